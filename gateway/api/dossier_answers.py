"""What the API answers about dossiers (see `answers`)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasPath, Field

from gateway.acts import SIGNATURE
from gateway.api import words
from gateway.api.answers import Answer, Date, Moment, Uuid, WardName
from gateway.api.capture_answers import OpenCapture
from gateway.api.words import one_of, some_of


class Document(Answer):
    id: str
    kind: str
    filename: str
    media_type: str = Field(json_schema_extra=one_of(words.MEDIA_TYPES))
    size: int = Field(description="Bytes as stored.")
    sha256: str
    added_at: Moment | None
    removable: bool


class AddedDocument(Document):
    dossier_version: int = Field(description="The dossier's version with it, as in the ETag.")


class Finding(Answer):
    field: str = Field(description="JSON pointer into the form, or `documents/<kind>`.")
    check: str
    kind: Literal["stops", "warns", "informs", "asks_officer"] = Field(
        description="`stops`: cannot be filed as it stands."
    )
    text: str
    article: str
    harmless: bool = Field(description="Whether a volunteer who guides may know which check it is.")


class GuidedBy(Answer):
    station_ward: str = Field(validation_alias="ward", description="GSO code of the station's ward.")
    session_id: Uuid
    minutes: int = Field(description="0 where the station's ward did not answer at the filing.")
    pages: int = Field(description="Pages of the dossier that were open meanwhile.")


class Assistance(Answer):
    how: str = Field(
        json_schema_extra=one_of(words.ASSISTANCE), description="`alone`, `station`, `helped` or `counter`."
    )
    station_ward: str | None = Field(description="Of the station whose computer it was filed at; null elsewhere.")
    station_id: Uuid | None
    guided: list[GuidedBy] = Field(description="The guided sessions in which it was filled in.")


class SupplementItem(Answer):
    field: str
    text: str


class SupplementRequest(Answer):
    items: list[SupplementItem]
    reason: str
    requested_at: Moment | None
    answered_at: Moment | None
    before: dict[str, Any] = Field(
        validation_alias="before_json",
        description="For the office, once it is answered: pointer and value of what the form said before, where it "
        "says something else now; empty where nothing changed.",
        examples=[{"/mother/full_name": "Phạm Thị Hạn"}],
    )
    right_as_it_is: str = Field(description="What the applicant answered where nothing had to change; empty otherwise.")


class ProposedEntry(Answer):
    prepared_at: Moment | None
    prepared_by: str
    personal_identification_number: str
    note: str
    statement: str
    source_entry_id: str | None = Field(description="The entry that is copied.")
    wife_elsewhere: str = Field(
        json_schema_extra=one_of(words.ELSEWHERE, empty=True),
        description="Of a marriage, how it was asked whether one of this party stands elsewhere.",
    )
    husband_elsewhere: str = Field(json_schema_extra=one_of(words.ELSEWHERE, empty=True))
    wife_elsewhere_note: str = Field(description="Which answer, or which look, it was about this party.")
    husband_elsewhere_note: str
    elsewhere: str = Field(
        description="The one note of both parties, of an entry that was prepared before each had its own; else empty.",
    )


class FeeLine(Answer):
    item: str = Field(examples=["copy"])
    text: str
    count: int
    price: int = Field(description="Of one, in đồng.")
    amount: int = Field(description="What is owed, in đồng: 0 where exempt.")


class Transfer(Answer):
    bank: str
    account: str
    holder: str
    message: str
    vietqr: str = Field(description="Text of a VietQR code.")


class Fee(Answer):
    lines: list[FeeLine]
    exemption: str | None = Field(
        json_schema_extra=one_of(words.EXEMPTIONS, null=True),
        description="`merit`, `poor` or `disabled` where it lowers the sum.",
    )
    total: int = Field(description="In đồng.")
    reference: str = Field(description="What a transfer has to name.")
    asked_at: Moment | None
    settled_at: Moment | None = Field(description="Null while it is open.")
    method: str | None = Field(
        json_schema_extra=one_of(words.METHODS, null=True), description="`counter`, `provider` or `exempt`."
    )
    receipt: str | None
    online: bool = Field(description="Whether it can be paid online now.")
    transfer: Transfer | None


class Charge(Answer):
    item: str
    text: str
    price: int


class RegisterEntry(Answer):
    id: str
    kind: str = Field(
        json_schema_extra=one_of(words.REGISTERS), alias="register", examples=["birth"]
    )  # pydantic keeps `register` for itself
    book: str
    year: int
    number: int
    registered_at: Moment | None
    signer_name: str
    signer_title: str
    certificate_id: str
    ministry_number: str = Field(description="What the Ministry's software gave it; for the office alone.")
    printed_on_blank: int = Field(
        description="How often its paper was printed on the Ministry's form; for the office alone."
    )
    last_printed_on_blank_at: Moment | None


class Told(Answer):
    channel: str = Field(json_schema_extra=one_of(words.MESSAGE_CHANNELS))
    template: str = Field(json_schema_extra=one_of(words.MESSAGE_TEMPLATES), description="What it tells.")
    delivered: bool
    at: Moment | None


class Comparison(Answer):
    kind: str
    title: str
    mode: str = Field(
        json_schema_extra=one_of(words.MODES),
        description="`file`: compared with what was sent in; `present`: with what was declared.",
    )
    compared_at: Moment | None = Field(description="Null: nobody has compared it yet.")
    officer: str
    agrees: bool
    note: str


class ResidenceLookup(Answer):
    at: Moment | None
    officer: str
    source: str = Field(
        json_schema_extra=one_of(words.RESIDENCE_SOURCES),
        description="`population` or `residence`, the national databases; `paper`: one that was shown.",
    )
    result: str = Field(json_schema_extra=one_of(words.RESIDENCE_RESULTS))
    note: str = Field(description="What was found, or why nothing could be looked up.")
    holds: bool = Field(description="False once another residence was declared.")


class Residence(Answer):
    field: str = Field(description="JSON pointer to the residence in the form.")
    lookups: list[ResidenceLookup] = Field(description="Oldest first; the last one that holds counts.")


class PresentPerson(Answer):
    field: str = Field(description="JSON pointer to the name in the form.")
    name: str


class HandoverRules(Answer):
    register_signed: Literal["at-handover", "at-signature", "never"] = Field(description="When the register is signed.")
    present: list[PresentPerson] = Field(description="Who has to come, all of them; empty: whoever fetches it.")
    remote: bool = Field(description="May be sent by post or electronically.")
    asked: Literal["", "office", "post", "electronic"] = Field(
        description="How the applicant asked for the result; empty where they said nothing."
    )
    address: str = Field(description="Where the post is to take it; empty unless it was asked for by post.")
    given: Literal["", "office", "post", "electronic"] = Field(description="How it was given, once it was.")
    posted_number: str = Field(description="Of what was posted.")
    recipient_name: str = Field(description="Who received it; for the office and the applicant.")


class Extension(Answer):
    """The apology and new appointment."""

    at: Moment | None
    due_before: Moment | None
    due_after: Moment | None
    reason: str
    late: bool = Field(description="It came only when the time had run out.")


class WithdrawnResult(Answer):
    outcome: str = Field(json_schema_extra=one_of(words.VERIFICATION_OUTCOMES))
    document_number: str
    answer: str
    reason: str
    at: Moment | None
    by: str


class Verification(Answer):
    id: str
    kind: str = Field(json_schema_extra=one_of(words.VERIFICATION_KINDS), description="`inquiry`, `own` or `notice`.")
    state: str = Field(
        json_schema_extra=one_of(words.VERIFICATION_STATES),
        description="`sent`, `replied`, `no-result`, `timed-out`, `commitment` or `done`.",
    )
    state_text: str
    sent_at: Moment | None
    reply_due_at: Moment | None
    waits_until: Date | None = Field(description="The last day of the wait or notice.")
    ended_at: Moment | None
    recipient: str
    person: str
    question: str
    letter_number: str = Field(description="Of the letter or notice that went out, as it was requested with.")
    document_number: str = Field(description="Of the reply or commitment.")
    document_date: Date | None
    answer: str
    finding: str = Field(
        json_schema_extra=one_of(words.VERIFICATION_FINDINGS, empty=True),
        description="Whether the answer `agrees` with what was declared or `contradicts` it; empty: nobody has said.",
    )
    outcomes: list[str] = Field(
        json_schema_extra=some_of(words.VERIFICATION_RESULTS), description="What can be recorded now."
    )
    withdrawn: list[WithdrawnResult] = Field(description="Recorded wrongly and taken back, oldest first.")


class Dossier(Answer):
    id: str
    ward: str
    code: str | None = Field(description="Null for drafts.")
    procedure: str
    procedure_version: Date
    procedure_name: str
    result_name: str = Field(description="Such as Giấy chứng nhận kết hôn.")
    status: int = Field(
        json_schema_extra=one_of(words.STATUSES), description="National portal status, 1 to 10; 0 is a draft."
    )
    status_text: str
    waits_for: str
    version: int = Field(description="As in the ETag.")
    form: dict[str, Any] = Field(validation_alias="form_json")
    documents: list[Document]
    findings: list[Finding]
    created_at: Moment | None
    submitted_at: Moment | None
    accepted_at: Moment | None
    due_at: Moment | None = Field(description="Legal due time; null while the clock stands still.")
    overdue: bool
    paused_at: Moment | None
    supplement_request: SupplementRequest | None
    applicant_account_id: str
    applicant_name: str
    subject_name: str = Field(description="Of whom the dossier is about, such as the child.")
    kind: str = Field(
        json_schema_extra=one_of(words.REGISTERS),
        alias="register",
        description="The register of the result.",
        examples=["birth"],
    )  # pydantic keeps `register` for itself
    copied_register: str | None = Field(
        json_schema_extra=one_of(words.REGISTERS, null=True), description="The register that a copy is asked from."
    )
    channel: str = Field(json_schema_extra=one_of(words.CHANNELS))
    assistance: str = Field(
        json_schema_extra=one_of(words.ASSISTANCE, empty=True), description="`alone`, `station`, `helped` or `counter`."
    )
    assisted: Assistance | None = Field(description="How the filing came about; null for drafts.")
    proposed_entry: ProposedEntry | None
    approval_asks: list[str] = Field(
        json_schema_extra=some_of(words.APPROVAL_FIELDS),
        description="Members that an approval of this dossier takes, any other is refused; for the office.",
    )
    proposed_statement: str = Field(description="What the office would confirm as the form stands; for the office.")
    register_entry: RegisterEntry | None
    papers: list[str] = Field(
        json_schema_extra=some_of(words.PAPERS), description="Kinds of paper that can be fetched now."
    )
    tracking_key: str | None = Field(description="For the applicant, once filed.")
    actions: list[str] = Field(
        json_schema_extra=some_of(words.ACTIONS),
        description="What the caller may do now, by the last word of the path.",
    )
    told: list[Told]
    assigned_to: str | None = Field(description="Who works on it; for the office alone.")
    comparisons: list[Comparison] = Field(description="The papers this dossier needs; for the office alone.")
    residences: list[Residence] = Field(description="What the office looks up from 1/1/2023; for the office alone.")
    handover: HandoverRules | None
    fees: list[Fee] = Field(description="Oldest first; of several the last counts.")
    chargeable: list[Charge] = Field(description="What more the office may ask for now.")
    extension: Extension | None
    verifications: list[Verification] = Field(description="For the office alone.")
    verifying_until: Date | None = Field(description="While a verification is waited for: the last day of the wait.")
    verdict: str | None = Field(
        json_schema_extra=one_of(words.VERDICTS, null=True),
        description="`early`, `on-time`, `late` or `running` (QĐ 766/QĐ-TTg); null for drafts.",
    )
    tellable: list[str] = Field(
        description="What a volunteer may be told by name: JSON pointers, `documents/<kind>` and `page/<name>` that "
        "everybody is asked for. For the filer alone."
    )
    about_filer: list[str] = Field(
        description="JSON pointers of the questions that are about the filer as the form stands, so that their account "
        "can answer them. Of what can be changed now, for the filer alone."
    )
    open_captures: list[OpenCapture] = Field(
        description="Pages from a scanner or a phone that are in no document yet. For the filer alone."
    )
    kept_until: Date | None = Field(
        description="Of a draft: the last day on which it is kept where nobody touches it any more; null once filed."
    )
    reminded_at: Moment | None = Field(description="For the office: when it was warned that the time is nearly over.")


class PaymentStep(Answer):
    url: str | None = Field(description="For the applicant: the page where it is paid. Null where it is settled.")
    version: int
    dossier: Dossier


class PaymentNoted(Answer):
    outcome: str = Field(
        json_schema_extra=one_of(words.OUTCOMES_OF_PAYMENTS),
        description="`settled`; `late`: to be paid back; `unknown`.",
    )


class Confirmation(Answer):
    confirmation: str = Field(validation_alias="id")
    digest: str = Field(description="Hex SHA-256 of what will be filed.")
    phone_masked: str
    expires_at: Moment | None


class Submitted(Answer):
    code: str = Field(validation_alias=AliasPath("dossier", "code"), examples=["009.01.01.H17-201006-0001"])
    status: int = Field(json_schema_extra=one_of(words.STATUSES), validation_alias=AliasPath("dossier", "status"))
    status_text: str = Field(validation_alias=AliasPath("dossier", "status_text"))
    due_at: Moment | None = Field(validation_alias=AliasPath("dossier", "due_at"))
    tracking_key: str
    version: int = Field(validation_alias=AliasPath("dossier", "version"))
    dossier: Dossier


class DossierSummary(Answer):
    id: str
    ward: str
    code: str | None
    procedure: str
    procedure_name: str
    status: int = Field(json_schema_extra=one_of(words.STATUSES))
    status_text: str
    submitted_at: Moment | None
    due_at: Moment | None
    overdue: bool
    subject_name: str
    applicant_name: str
    waits_for: str
    updated_at: Moment | None
    version: int
    assigned_to: str | None = Field(description="Who works on it; for the office alone.")
    channel: str = Field(json_schema_extra=one_of(words.CHANNELS))


class DossierList(Answer):
    dossiers: list[DossierSummary]
    next_cursor: str | None = Field(description="Null on the last page.")


class WorkList(DossierList):
    overdue: int = Field(
        description="On the first page: how many of the ward's open dossiers are overdue; 100 stands for 100 and more."
    )


class NextDossier(Answer):
    dossier: DossierSummary | None = Field(description="Null where nothing waits.")
    act: str = Field(description="For what it waits.", examples=[SIGNATURE.name])


class SigningLine(Answer):
    title: str = Field(examples=["Họ, chữ đệm, tên người mẹ"])
    fields: list[str] = Field(description="JSON pointers of the declaration; empty where nothing was declared.")
    declared: str = Field(examples=["Phạm Thị Hạnh"])
    entered: str = Field(
        description="As it will stand in the register, and where the paper has the line, on it.",
        examples=["PHẠM THỊ HẠNH"],
    )
    difference: Literal["", "capitals", "law", "office"] = Field(
        description="Why they differ: the writing of names, the law, or the officer; empty where they say the same.",
        examples=["capitals"],
    )
    reason: str = Field(examples=["Họ tên viết chữ in hoa (TT 04/2020)."])


class Signing(Answer):
    version: int
    seen: str = Field(
        description="Stands for all that would be registered but number and book; the signature has to send it. The "
        "paper names who signs it: another signer's is another.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    lines: list[SigningLine]
    pages: int = Field(description="Of the paper.")
    findings: list[Finding] = Field(
        description="What warns and what asks the officer to look; what stops refuses the signing."
    )
    verifications: list[Verification] = Field(description="What others were asked, and what they answered.")
    comparisons: list[Comparison] = Field(description="Of the originals, also those that nobody has compared yet.")


class StartedSearch(Answer):
    id: str = Field(description="For the caller's own lists; says nothing of what is searched for.")
    expires_at: Moment | None


class Queue(Answer):
    name: str = Field(
        description="`to-accept`, `supplemented`, `to-hand-over`, `answered`, `returned`, `to-decide`, `to-sign`, "
        "`to-stop`, `overdue`, `due-soon`: `listDesk` lists it. `notes-to-sign`, `notes-returned`: "
        "`listWaitingNotes` does.",
        examples=["to-accept"],
    )
    text: str = Field(examples=["Chờ tiếp nhận"])
    role: str | None = Field(description="That it waits for; null: whoever of the office.", examples=["receptionist"])
    count: int = Field(description="How many wait; 100 stands for 100 and more.")


class Queues(Answer):
    queues: list[Queue]


class OwnDossiers(DossierList):
    unanswered: list[WardName] = Field(description="Wards that did not answer; their dossiers are not in the list.")


class HistoryEntry(Answer):
    sequence: int
    at: Moment | None
    action: str = Field(description=f"What happened: one of {', '.join(words.PAST_ACTIONS)}.")
    status: int = Field(json_schema_extra=one_of(words.STATUSES))
    text: str
    actor: str
    reason: str


class History(Answer):
    entries: list[HistoryEntry] = Field(description="Oldest first.")


class Tracked(Answer):
    code: str
    procedure_name: str
    status: int = Field(json_schema_extra=one_of(words.STATUSES))
    status_text: str
    waits_for: str
    submitted_at: Moment | None
    accepted_at: Moment | None
    due_at: Moment | None
    overdue: bool
    paused_at: Moment | None
    asked_for: list[str]
    reason: str = Field(
        description="A set phrase: what the office wrote to the applicant is not told here, nor in `history` and "
        "`extension`."
    )
    owed: int = Field(description="In đồng, while a payment is waited for.")
    extension: Extension | None
    verifying_until: Date | None = Field(description="While a verification is waited for: the last day of the wait.")
    history: list[HistoryEntry]
