"""The API's answers about dossiers (see `answers`)."""

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
    dossier_version: int = Field(description="The dossier's version once the document is added, as in the ETag.")


class Finding(Answer):
    field: str = Field(description="JSON pointer into the form, or `documents/<kind>`.")
    check: str
    kind: Literal["stops", "warns", "informs", "asks_officer"] = Field(
        description="`stops`: the dossier cannot be filed like this."
    )
    text: str
    article: str
    harmless: bool = Field(description="Whether a guiding volunteer may know which check it is.")


class GuidedBy(Answer):
    station_ward: str = Field(validation_alias="ward", description="GSO code of the station's ward.")
    session_id: Uuid
    minutes: int = Field(description="0 if the station's ward did not answer at the filing.")
    pages: int = Field(description="Pages of the dossier that were open in that time.")


class Assistance(Answer):
    how: str = Field(
        json_schema_extra=one_of(words.ASSISTANCE), description="`alone`, `station`, `helped` or `counter`."
    )
    station_ward: str | None = Field(
        description="The ward of the station whose computer it was filed at; null elsewhere."
    )
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
        description="For the office, once the supplement has come: the pointers of the fields that it changed, each "
        "with the former value; empty if nothing changed.",
        examples=[{"/mother/full_name": "Phạm Thị Hạn"}],
    )
    right_as_it_is: str = Field(
        description="What the applicant wrote to the office: why it is right as it is, or a remark; may be empty."
    )


class ProposedEntry(Answer):
    prepared_at: Moment | None
    prepared_by: str
    personal_identification_number: str
    note: str
    statement: str
    source_entry_id: str | None = Field(description="The entry that is copied.")
    wife_elsewhere: str = Field(
        json_schema_extra=one_of(words.ELSEWHERE, empty=True),
        description="For a marriage: how the office found out whether this party has a marriage registered elsewhere.",
    )
    husband_elsewhere: str = Field(json_schema_extra=one_of(words.ELSEWHERE, empty=True))
    wife_elsewhere_note: str = Field(description="Which answer or which search it was for this party.")
    husband_elsewhere_note: str
    elsewhere: str = Field(
        description="One note for both parties, in an entry that was prepared before each party had its own; else "
        "empty.",
    )


class FeeLine(Answer):
    item: str = Field(examples=["copy"])
    text: str
    count: int
    price: int = Field(description="For one, in đồng.")
    amount: int = Field(description="The sum owed, in đồng: 0 if exempt.")


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
        description="`merit`, `poor` or `disabled` if that exemption lowers the sum.",
    )
    total: int = Field(description="In đồng.")
    reference: str = Field(description="The reference that a transfer has to name.")
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
    ministry_number: str = Field(description="The number that the Ministry's software gave it; for the office only.")
    printed_on_blank: int = Field(
        description="How often its paper was printed on the Ministry's form; for the office only."
    )
    last_printed_on_blank_at: Moment | None


class Told(Answer):
    channel: str = Field(json_schema_extra=one_of(words.MESSAGE_CHANNELS))
    template: str = Field(json_schema_extra=one_of(words.MESSAGE_TEMPLATES), description="The kind of the message.")
    delivered: bool
    at: Moment | None


class Comparison(Answer):
    kind: str
    title: str
    mode: str = Field(
        json_schema_extra=one_of(words.MODES),
        description="`file`: compared with the uploaded file; `present`: with the declared data.",
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
        description="`population` or `residence`: the national databases; `paper`: a paper that was shown.",
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
    present: list[PresentPerson] = Field(description="Everybody who has to come; empty if anybody may fetch it.")
    remote: bool = Field(description="May be sent by post or electronically.")
    asked: Literal["", "office", "post", "electronic"] = Field(
        description="How the applicant asked for the result; empty if they did not say."
    )
    address: str = Field(description="The address to which it is posted; empty unless it was asked for by post.")
    given: Literal["", "office", "post", "electronic"] = Field(
        description="How it was handed over, once that was done."
    )
    posted_number: str = Field(description="Number of the posted item.")
    recipient_name: str = Field(description="Who received it; for the office and the applicant.")


class Extension(Answer):
    """The apology and new appointment."""

    at: Moment | None
    due_before: Moment | None
    due_after: Moment | None
    reason: str
    late: bool = Field(description="It was made after the due time.")


class WithdrawnResult(Answer):
    outcome: str = Field(json_schema_extra=one_of(words.VERIFICATION_OUTCOMES))
    document_number: str
    answer: str
    reason: str
    at: Moment | None
    by: str


class Verification(Answer):
    id: str
    kind: str = Field(json_schema_extra=one_of(words.VERIFICATION_KINDS), description="Of `in-hand` nobody was asked.")
    about: str = Field(
        json_schema_extra=one_of(words.VERIFICATION_ABOUT, empty=True),
        description="Whose marital status it is about, in a marriage; empty for anything else.",
    )
    state: str = Field(
        json_schema_extra=one_of(words.VERIFICATION_STATES),
        description="`withdrawn` is a reply in hand that was recorded wrongly.",
    )
    state_text: str
    sent_at: Moment | None
    reply_due_at: Moment | None
    waits_until: Date | None = Field(description="The last day of the waiting time or of the notice.")
    ended_at: Moment | None
    recipient: str
    person: str
    question: str
    letter_number: str = Field(description="Number of the letter or notice that went out, as in the request.")
    document_number: str = Field(description="Number of the reply or commitment.")
    document_date: Date | None
    answer: str
    finding: str = Field(
        json_schema_extra=one_of(words.VERIFICATION_FINDINGS, empty=True),
        description="Whether the answer `agrees` with the declaration or `contradicts` it; empty if this was not "
        "recorded.",
    )
    contradicted: list[str] = Field(
        description="JSON pointers of the answers in the form that the reply contradicts, as the officer named them."
    )
    outcomes: list[str] = Field(
        json_schema_extra=some_of(words.VERIFICATION_RESULTS), description="The outcomes that can be recorded now."
    )
    withdrawn: list[WithdrawnResult] = Field(
        description="Outcomes that were recorded wrongly and taken back, oldest first."
    )


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
    result_annulled: bool = Field(
        description="The entry, or the entry that was copied, was annulled before the result was handed over: there is "
        "no paper to fetch. Until the dossier is stopped (8)."
    )
    result_paper_status: str | None = Field(
        json_schema_extra=one_of(words.RESULT_PAPER_STATUSES, null=True),
        description="Of the paper that was signed as the result; null before. `superseded`: a note came after the "
        "signature, and the paper shows the entry as of its day; a confirmation of marital status is no longer in "
        "force. `revoked`: the registration was annulled.",
    )
    result_paper_changed_at: Moment | None = Field(description="When that paper was superseded or revoked.")
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
    subject_name: str = Field(description="Name of the person whom the dossier is about, such as the child.")
    kind: str = Field(
        json_schema_extra=one_of(words.REGISTERS),
        alias="register",
        description="The register that the result is entered in.",
        examples=["birth"],
    )  # pydantic keeps `register` for itself
    copied_register: str | None = Field(
        json_schema_extra=one_of(words.REGISTERS, null=True), description="The register from which a copy is asked for."
    )
    channel: str = Field(json_schema_extra=one_of(words.CHANNELS))
    assistance: str = Field(
        json_schema_extra=one_of(words.ASSISTANCE, empty=True), description="`alone`, `station`, `helped` or `counter`."
    )
    assisted: Assistance | None = Field(description="How the filing came about; null for drafts.")
    proposed_entry: ProposedEntry | None
    approval_asks: list[str] = Field(
        json_schema_extra=some_of(words.APPROVAL_FIELDS),
        description="The members that an approval of this dossier may have; any other is refused. For the office only.",
    )
    proposed_statement: str = Field(
        description="The wording of the confirmation, by the present form; for the office only."
    )
    register_entry: RegisterEntry | None
    papers: list[str] = Field(
        json_schema_extra=some_of(words.PAPERS), description="Kinds of paper that can be fetched now."
    )
    tracking_key: str | None = Field(description="For the applicant, once filed.")
    actions: list[str] = Field(
        json_schema_extra=some_of(words.ACTIONS),
        description="The acts that the caller may do now, by the last word of their paths.",
    )
    told: list[Told]
    assigned_to: str | None = Field(description="The officer who works on it; for the office only.")
    comparisons: list[Comparison] = Field(description="The papers that this dossier needs; for the office only.")
    residences: list[Residence] = Field(
        description="The residences that the office looks up from 1/1/2023; for the office only."
    )
    handover: HandoverRules | None
    fees: list[Fee] = Field(description="Oldest first; the last one counts.")
    chargeable: list[Charge] = Field(description="The further charges that the office may ask for now.")
    extension: Extension | None
    verifications: list[Verification] = Field(description="For the office only.")
    verifying_until: Date | None = Field(description="While a verification is open: the last day of the waiting time.")
    verdict: str | None = Field(
        json_schema_extra=one_of(words.VERDICTS, null=True),
        description="`early`, `on-time`, `late` or `running` (QĐ 766/QĐ-TTg); null for drafts.",
    )
    tellable: list[str] = Field(
        description="What a volunteer may be told by name: JSON pointers, `documents/<kind>` and `page/<name>` that "
        "everybody is asked for. For the filer only."
    )
    about_filer: list[str] = Field(
        description="JSON pointers of the questions that, by the present form, are about the filer, so that their "
        "account can answer them. Only questions that can be changed now, and only for the filer."
    )
    prefilled: list[str] = Field(
        description="JSON pointers of the answers with which the draft began, from the account, and which nobody has "
        "sent since: sending one, changed or not, makes it the person's own. Empty once it is filed, and for a draft "
        "that was begun before this field existed."
    )
    open_captures: list[OpenCapture] = Field(
        description="Pages from a scanner or a phone that are in no document yet. For the filer only."
    )
    kept_until: Date | None = Field(
        description="For a draft: the last day before it is deleted if nobody changes it; null once filed."
    )
    reminded_at: Moment | None = Field(description="For the office only: when it was warned that the due time is near.")


class PaymentStep(Answer):
    url: str | None = Field(
        description="For the applicant: the address of the page to pay on. Null once it is settled."
    )
    version: int
    dossier: Dossier


class PaymentNoted(Answer):
    outcome: str = Field(
        json_schema_extra=one_of(words.OUTCOMES_OF_PAYMENTS),
        description="`settled`; `late`: the office pays it back; `unknown`: no fee of this ward.",
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
    result_annulled: bool = Field(
        description="The entry, or the entry that was copied, was annulled before the result was handed over: there is "
        "no paper to fetch. Until the dossier is stopped (8)."
    )
    updated_at: Moment | None
    version: int
    assigned_to: str | None = Field(description="The officer who works on it; for the office only.")
    channel: str = Field(json_schema_extra=one_of(words.CHANNELS))


class DossierList(Answer):
    dossiers: list[DossierSummary]
    next_cursor: str | None = Field(description="Null on the last page.")


class WorkList(DossierList):
    overdue: int = Field(
        description="On the first page: how many of the ward's open dossiers are overdue; 100 means 100 or more."
    )


class NextDossier(Answer):
    dossier: DossierSummary | None = Field(description="Null if nothing waits.")
    act: str = Field(description="The act that it waits for.", examples=[SIGNATURE.name])


class SigningLine(Answer):
    title: str = Field(examples=["Họ, chữ đệm, tên người mẹ"])
    fields: list[str] = Field(description="JSON pointers into the declaration; empty if nothing was declared.")
    declared: str = Field(examples=["Phạm Thị Hạnh"])
    entered: str = Field(
        description="As the register will have it, and the paper if it has this line.",
        examples=["PHẠM THỊ HẠNH"],
    )
    difference: Literal["", "capitals", "law", "office"] = Field(
        description="Why they differ: `capitals` (how names are written), `law`, or `office`; empty if they do not "
        "differ.",
        examples=["capitals"],
    )
    reason: str = Field(examples=["Họ tên viết chữ in hoa (TT 04/2020)."])


class Signing(Answer):
    version: int
    seen: str = Field(
        description="A digest of all that would be registered, except number and book; the signature has to send it. "
        "It differs from signer to signer, because the paper names its signer.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    lines: list[SigningLine]
    pages: int = Field(description="Pages of the paper.")
    findings: list[Finding] = Field(
        description="The findings that warn or ask the officer to look. With a finding that stops, the signing is "
        "refused."
    )
    verifications: list[Verification] = Field(description="What others were asked, and what they answered.")
    comparisons: list[Comparison] = Field(description="The originals, also those that nobody has compared yet.")


class StartedSearch(Answer):
    id: str = Field(description="For the caller's own lists. It discloses nothing about the search.")
    expires_at: Moment | None


class Queue(Answer):
    name: str = Field(
        description="`listDesk` lists `to-accept`, `supplemented`, `to-hand-over`, `answered`, `returned`, `annulled`, "
        "`to-decide`, `to-sign`, `to-stop`, `overdue` and `due-soon`; `listWaitingNotes` lists `notes-to-sign` "
        "and `notes-returned`.",
        examples=["to-accept"],
    )
    text: str = Field(examples=["Chờ tiếp nhận"])
    role: str | None = Field(
        description="The role that it waits for; null if it waits for anybody in the office.", examples=["receptionist"]
    )
    count: int = Field(description="How many wait; 100 means 100 or more.")


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
    result_annulled: bool = Field(
        description="The entry, or the entry that was copied, was annulled before the result was handed over: there is "
        "no paper to fetch. Until the dossier is stopped (8)."
    )
    submitted_at: Moment | None
    accepted_at: Moment | None
    due_at: Moment | None
    overdue: bool
    paused_at: Moment | None
    asked_for: list[str]
    reason: str = Field(
        description="A set phrase: the office's own words to the applicant are not shown here, nor in `history` and "
        "`extension`."
    )
    owed: int = Field(description="In đồng, while a payment is due.")
    extension: Extension | None
    verifying_until: Date | None = Field(description="While a verification is open: the last day of the waiting time.")
    history: list[HistoryEntry]
