"""The bodies and queries of the API's operations. Bodies of acts follow the same rules and are in `gateway.models`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_serializer

from gateway.acts import ACCEPTANCE, APPROVAL, SIGNATURE
from gateway.api import words
from gateway.api.words import one_of
from gateway.models import Body, FormObject, IsoDate, Nothing


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


WardCode = Annotated[str, Field(pattern=r"^\d{5}$", description="GSO code of a ward.", examples=["20248"])]
Otp = Annotated[
    str,
    Field(min_length=1, max_length=20, description="The one-time code from the SMS.", examples=["482913"]),
]


class OpenAccount(Body):
    """A person who opens an e-citizen account in the ward where they live."""

    full_name: str = Field(max_length=100, description="As on the identity card.", examples=["Trần Thị Mai"])
    date_of_birth: IsoDate = Field(examples=["1964-05-14"])
    identity_kind: Literal["cccd", "cmnd", "passport"] = Field(description="12 digits, 9 digits, or a passport number.")
    identity_number: str = Field(max_length=40, examples=["048164000123"])
    phone: str = Field(max_length=40, description="A Vietnamese mobile number.", examples=["0905 123 456"])
    email: str = Field(default="", max_length=254, description="Optional.", examples=["mai@example.vn"])
    password: str = Field(max_length=1000, examples=["sông Hàn mùa nước lớn"])
    address: str = Field(
        max_length=250,
        description="House, street and residential group within the ward.",
        examples=["12 Hoàng Diệu, tổ 7"],
    )


class Activation(Body):
    otp: Otp


class SignIn(Body):
    """Login and password. The login leads to the home ward; if several wards know it, `ward` says which is meant."""

    login: str = Field(
        min_length=1,
        max_length=200,
        description="Phone number, identity number or staff user name.",
        examples=["0905123456"],
    )
    password: str = Field(min_length=1, max_length=1000)
    new_password: str = Field(
        default="",
        max_length=1000,
        description="Replaces the password. Required with a password that the ward's administrator gave out.",
    )
    ward: WardCode | None = None


class ChangedPassword(Body):
    password: str = Field(min_length=1, max_length=1000, description="The present password.")
    new_password: str = Field(min_length=1, max_length=1000)


class RecoveryAsked(Body):
    """A person who has forgotten the password."""

    login: str = Field(
        min_length=1, max_length=200, description="Phone number or identity number.", examples=["0905123456"]
    )
    date_of_birth: IsoDate = Field(examples=["1964-05-14"])


class RecoveryCompleted(Body):
    recovery: str = Field(min_length=1, max_length=1000, description="From the answer to `requestRecovery`.")
    otp: Otp
    new_password: str = Field(min_length=1, max_length=1000)


class FinishedPractice(Body):
    proof: str = Field(min_length=1, max_length=4000, description="From the answer to `provePractice`.")
    by_own_hands: bool = Field(description="The person states that nobody else did it for them.")


Password = Annotated[str, Field(min_length=1, max_length=1000, description="The present password.")]
Phone = Annotated[str, Field(max_length=40, description="A Vietnamese mobile number.", examples=["0905 123 456"])]
IdentityKind = Literal["cccd", "cmnd", "passport"]


class PhoneChangeAsked(Body):
    password: Password
    phone: Phone


class ChangedPhone(Body):
    change: str = Field(min_length=1, max_length=100, serialization_alias="change_id")
    old_otp: Otp
    new_otp: Otp


class ChangedEmail(Body):
    password: Password
    email: str = Field(max_length=254, description="Empty to remove it.", examples=["mai@example.vn"])


class ChangedAddress(Body):
    password: Password
    address: str = Field(max_length=250, examples=["12 Hoàng Diệu, tổ 7"])


class IdentityPaper(Body):
    """As printed on the original. It is posted, since an identity number does not belong in an address."""

    identity_kind: IdentityKind
    identity_number: str = Field(max_length=40, examples=["048164000123"])


class SeenOriginal(IdentityPaper):
    """The number is compared with the account and recorded, with the person who saw the original."""

    original_seen: bool = Field(description="The caller has seen both the original and the person.")


class ConfirmedIdentity(SeenOriginal):
    full_name: str = Field(
        default="", max_length=100, description="As printed on the original. Only if the account has something else."
    )
    date_of_birth: str = Field(
        default="",
        max_length=10,
        description="As printed on the original. Only if the account has something else.",
        examples=["1958-03-05"],
    )


class ClosedAccount(SeenOriginal):
    reason: Literal["opened-by-other", "second-account"] = Field(
        default="opened-by-other",
        description="`opened-by-other`: somebody else opened the account with this person's number. `second-account`: "
        "the person has another account and keeps that one. The reason is recorded, and the account's owner is "
        "told.",
    )


class LostPhone(SeenOriginal):
    phone: Phone


class NewIdentityPaper(Body):
    """The account's present paper, the new paper, and the evidence that links them. Both numbers are recorded, with the
    person who saw the papers.
    """

    identity_kind: IdentityKind = Field(description="Kind of the account's present paper.", examples=["cmnd"])
    identity_number: str = Field(
        max_length=40,
        description="Number as it is in the evidence that links the papers; compared with the account.",
        examples=["201456789"],
    )
    original_seen: bool = Field(
        description="The caller has seen the original of the new paper, the person, and the evidence that links it to "
        "the old one."
    )
    new_identity_kind: IdentityKind = Field(description="`cccd` may follow any kind; `passport` only a passport.")
    new_identity_number: str = Field(
        max_length=40, description="As printed on the original of the new paper.", examples=["048164000123"]
    )
    ground: Literal["old-paper", "new-paper", "number-confirmation", "number-reissued", "mistyped-at-opening"] = Field(
        description="The evidence that links the papers. `old-paper`: the old paper was shown. `new-paper`: the new "
        "paper, its chip, its QR code or VNeID names the old number. `number-confirmation`: a confirmation of the "
        "number of a CMND. `number-reissued`: a paper says that the personal number was annulled and set up anew; "
        "only this links two citizen cards. `mistyped-at-opening`: there is only one card, and up to two digits "
        "of its number were mistyped in an account of level 1."
    )
    corrects: bool = Field(
        default=False,
        description="The account's number was noted wrongly when its paper was last replaced: `identity_kind` and "
        "`identity_number` are those of the paper that was replaced then.",
    )


class ReplacedPhone(Body):
    change: str = Field(min_length=1, max_length=100, serialization_alias="change_id")
    otp: Otp
    remove_email: bool = Field(
        default=False, description="The e-mail address is not the owner's: it is removed together with the lost phone."
    )


class RefreshToken(Body):
    refresh_token: str = Field(min_length=1, max_length=2000, description="From the answer with the session.")


class NewCapture(Body):
    kind: str = Field(examples=["birth-certificate-of-hospital"])
    source: Literal["scanner", "phone"]


class CaptureEnd(Nothing):
    fault: Literal["", "no-paper", "jammed", "cover-open", "device-busy", "device-gone", "too-many-pages"] = ""


class NewDossier(Body):
    procedure: str = Field(min_length=1, max_length=50, description="TTHC code.", examples=["1.001193"])


class Form(RootModel[FormObject]):
    """Members of the form, merged into what is saved (JSON Merge Patch, RFC 7396). The procedure's `form_schema`
    describes the form; unfinished and wrong values are saved, and returned with findings.
    """

    model_config = ConfigDict(
        strict=True, json_schema_extra={"examples": [{"child": {"full_name": "Trần Minh Anh", "sex": "female"}}]}
    )


class Submission(Body):
    confirmation: str = Field(
        min_length=1, max_length=100, description="`confirmation` in the answer to `requestConfirmation`."
    )
    otp: Otp


class PaymentTold(BaseModel):
    """The payment provider's report, with a signature over its bytes. The ward's service reads the other members."""

    model_config = ConfigDict(extra="ignore", strict=True)

    reference: str = Field(pattern=r"^HT\d{5}[0-9A-Z]{1,30}$", examples=["HT20248K7M2P9QX"])


class CounterDossier(Body):
    procedure: str = Field(min_length=1, max_length=50, description="TTHC code.", examples=["1.001193"])
    channel: Literal["counter", "post"] = Field(description="`counter`: the person came in; `post`: they wrote.")


class CounterSubmission(Body):
    form_signed: bool = Field(description="The person has signed the form on paper.")


class Compared(Body):
    agrees: bool = Field(description="The original agrees with what was sent in or declared.")
    note: str = Field(
        default="",
        max_length=2000,
        description="What differs; required if something does. For a certified copy: who certified it, and its number.",
    )
    certified: bool = Field(
        default=False,
        description="A certified copy was filed and replaces the original. Not for a paper that is only shown.",
    )


class LookedUp(Body):
    field: str = Field(max_length=200, description="One of the dossier's `residences`.", examples=["/mother/residence"])
    source: str = Field(
        json_schema_extra=one_of(words.RESIDENCE_SOURCES),
        description="`population` or `residence`: the national databases; `paper`: a paper that was shown.",
    )
    result: str = Field(
        json_schema_extra=one_of(words.RESIDENCE_RESULTS), description="`as-declared`, `otherwise` or `not-possible`."
    )
    note: str = Field(
        default="",
        max_length=2000,
        description="What was found, or why nothing could be looked up; required with `otherwise` and `not-possible`.",
    )


class Tracking(Body):
    code: str = Field(min_length=1, max_length=60, description="Dossier code.", examples=["009.01.01.H17-201006-0001"])
    key: str = Field(min_length=1, max_length=100, description="The tracking key given at the submission.")


class OnDate(Query):
    on: IsoDate | None = Field(default=None, description="The procedures in force on this day; left out, today.")


class Days(Query):
    from_day: IsoDate = Field(alias="from", serialization_alias="from_day")
    to_day: IsoDate = Field(alias="to", serialization_alias="to_day", description="Included; at most 31 days.")


class AllProcedures(OnDate):
    ward: WardCode | None = Field(default=None, exclude=True, description="The ward that `not_online` is about.")


class OneProcedure(AllProcedures):
    version: IsoDate | None = Field(
        default=None, description="A certain version, such as the one that a dossier has; `on` is then ignored."
    )


Cursor = Annotated[
    str,
    Field(
        max_length=4000,
        description="`next_cursor` of the page before, from the same list with the same filters; left out for the "
        "first page.",
    ),
]
Limit = Annotated[
    int,
    Field(
        ge=1,
        le=100,
        serialization_alias="page_size",
        description="The most items on a page, from all wards together.",
    ),
]


class Paged(Query):
    cursor: Cursor = ""
    limit: Limit = 50


class DeskQuery(Paged):
    status: list[Annotated[int, Field(ge=0, le=10)]] = Field(
        serialization_alias="statuses",
        default=[],
        max_length=10,
        description="National portal status; may be repeated. Left out, all open dossiers; with a search, also "
        "finished ones. 0 alone: the drafts that the desk enters for others.",
    )
    assigned: Literal["me", "none", ""] = Field(
        default="",
        description="Only dossiers that the caller works on (`me`), or that are assigned to nobody (`none`).",
    )
    due: Literal["overdue", "today", "soon", ""] = Field(
        default="", description="Only dossiers that are overdue, due today, or due so soon that the office is warned."
    )
    procedure: str = Field(
        default="", max_length=40, description="Code of a procedure; left out, all procedures.", examples=["1.001193"]
    )
    queue: str = Field(
        default="",
        max_length=40,
        description="Only dossiers of this queue, by its name in `listQueues`.",
        examples=["to-accept"],
    )
    search: str = Field(
        default="",
        max_length=2000,
        description="The `id` of one of the caller's searches (`searchDesk`), valid for fifteen minutes.",
    )

    #: Members that earlier clients sent, and what to send instead.
    GONE: ClassVar[Mapping[str, str]] = {
        "q": "tên, số, mã không đứng trong địa chỉ: xin gửi POST …/desk/searches, rồi ghi search=<id>"
    }


class DeskSearch(Body):
    """The search is posted, since names and numbers do not belong in an address."""

    q: str = Field(
        serialization_alias="query",
        min_length=1,
        max_length=200,
        description="Words of the names of the applicant or of the people whom a dossier is about, with or without "
        "diacritics; a dossier code; a whole number of an identity paper, passport or phone, or the last four "
        "digits of any of these.",
        examples=["tran minh anh"],
    )


class NextQuery(Nothing):
    act: str = Field(
        default="",
        max_length=40,
        json_schema_extra={"enum": [*(each.name for each in (ACCEPTANCE, APPROVAL, SIGNATURE)), ""]},
        description="The act that the dossier waits for. Left out, the caller's own queues.",
    )
    after: str = Field(
        serialization_alias="after_dossier_id",
        default="",
        max_length=36,
        description="A dossier in that list. The answer is the one after it, or the first if it is the last.",
    )


class PreviewQuery(Nothing):
    seen: str = Field(
        default="",
        max_length=64,
        description="`seen` of the signing. If the paper has changed since then, the answer is 412 `paper-changed`.",
    )


Year = Annotated[int, Field(ge=1900, le=9999)]


class RegisterSearch(Body):
    """The search is posted, since names do not belong in an address. The reason is recorded."""

    reason: str = Field(
        min_length=1,
        max_length=2000,
        description="The reason for the search, or the code of the dossier that it is for.",
        examples=["009.01.01.H17-201006-0001"],
    )
    q: str = Field(
        serialization_alias="query",
        default="",
        max_length=200,
        description="Words of names, in any order, with or without diacritics.",
        examples=["tran minh anh"],
    )
    year: Year | None = None
    number: Annotated[int, Field(ge=1, le=9_999_999)] | None = None
    from_day: IsoDate | None = Field(default=None, description="Registered on this day or later.")
    to_day: IsoDate | None = Field(default=None, description="Registered on this day or earlier.")
    cursor: Cursor = ""
    limit: Limit = 50


class EntryChange(Body):
    """A new value in an entry."""

    at: str = Field(min_length=1, max_length=60, description="`at` of one of the entry's `changeable`.")
    value: str = Field(
        default="", max_length=300, description="Written as its `value_kind` says; empty: it becomes blank."
    )


class EndedBy(Body):
    """Whether a marriage's note of a death is about the death that is taken back."""

    entry_id: str = Field(min_length=1, max_length=100, description="`entry_id` of one of the `marriages_to_ask`.")
    by_this_death: bool


class SpouseRemarried(Body):
    """Whether a later marriage is of the spouse of the person who came back."""

    entry_id: str = Field(min_length=1, max_length=100, description="`entry_id` of one of the `remarriages_to_ask`.")
    of_spouse: bool


class NewNote(Body):
    """A later fact about an entry, based on a paper of another office."""

    kind: str = Field(
        min_length=1,
        max_length=40,
        json_schema_extra=one_of(words.NOTE_KINDS),
        description="One of the entry's `note_kinds`.",
        examples=["divorce"],
    )
    text: str = Field(
        min_length=1,
        max_length=2000,
        description="What has changed, in Vietnamese, worded as the note will have it.",
        examples=["Đã ly hôn theo Quyết định số 45/2020/QĐST-HNGĐ."],
    )
    basis: str = Field(
        default="",
        max_length=2000,
        description="Name of the paper that the note is based on; required, with its number, issuer and day, unless "
        "`death_entry` names what the note is based on, or the kind is `death-supplemented`, which is based on the "
        "paper of the earlier note.",
    )
    basis_number: str = Field(default="", max_length=100, description="Number of that paper.")
    basis_agency: str = Field(default="", max_length=400, description="Who issued that paper, and who signed it.")
    basis_date: IsoDate | None = Field(default=None, description="Day of that paper.")
    renamed: Literal["", "child", "mother", "father", "wife", "husband", "deceased"] = Field(
        default="", description="The person who has a new name; may be empty if the entry is about one person."
    )
    new_name: str = Field(
        default="",
        max_length=200,
        description="The person's new full name, which copies will have; the note's text states it, too.",
    )
    changes: list[EntryChange] = Field(
        default=[],
        max_length=30,
        description="Other new values of the entry, as in the paper: copies have them, and searches find the entry by "
        "them. The note's text states the former values.",
    )
    withdraws: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Only for kind `note-withdrawn`: `sequence` of the note of this entry that no longer counts.",
    )
    spouse_elsewhere: Literal["", "none", "remarried", "divorced"] = Field(
        default="",
        description="What other offices know about the spouse. Required if the note takes back a death that had ended "
        "a marriage of these books. After `remarried` or `divorced` that marriage is not restored.",
    )
    spouse_elsewhere_text: str = Field(
        default="", max_length=2000, description="Where, and by which entry or judgment; not required with `none`."
    )
    died_on: str = Field(
        default="",
        max_length=10,
        description="When the spouse died, by the paper; required for kind `death` without `death_entry`, allowed for "
        "`death-supplemented`. An ISO day; if the paper has no more, month and year (`2020-10`) or the year.",
    )
    who_died: Literal["", "wife", "husband"] = Field(
        default="",
        description="Which spouse died; required for kind `death`, with `death_entry` only if that may be the "
        "death of either spouse; allowed for `death-supplemented`.",
    )
    death_entry: str = Field(
        default="",
        max_length=100,
        description="Only for kinds `death` and `death-supplemented`: `entry_id` of one of the entry's "
        "`likely_deaths`, if the note is about it. It then gives the person who died, the day and the basis.",
    )
    ended_marriages: list[EndedBy] = Field(
        default=[],
        max_length=100,
        description="Required if the note annuls a death: for each of the entry's `marriages_to_ask`, whether the note "
        "there is about this death. If it is, the marriage is restored with this note. Each that is left out is a "
        "fault at `/ended_marriages`, whose text has its `label`.",
    )
    remarriages: list[SpouseRemarried] = Field(
        default=[],
        max_length=100,
        description="Required if the note annuls a death, restores a marriage, or withdraws a divorce or the annulment "
        "of a marriage: for each of the entry's `remarriages_to_ask`, whether it is of the spouse. If it is, a "
        "marriage that a death ended is not restored. Each that is left out is a fault at `/remarriages`, whose text "
        "has its `label`.",
    )
    not_this_person: bool = Field(
        default=False,
        description="Only for kind `note-withdrawn`: the note of a death that it withdraws is about a person who is "
        "not in this marriage. Its paper and its entry of a death are not accepted for this marriage again.",
    )
    instead_of: str = Field(
        default="",
        max_length=100,
        description="`id` of the entry's proposed note that this one replaces, such as one that was sent back.",
    )


class WaitingNotes(Query):
    returned: bool = Field(
        default=False,
        description="True: the notes that the signer sent back to the officer, with the reason. False: "
        "those that wait for the signer.",
    )


class NoteDecision(Body):
    """The signer's decision about a note that an officer wrote."""

    confirmed: bool = Field(
        description="True: signed and sealed, the note counts from now on. False: it goes back to the officer."
    )
    reason: str = Field(default="", max_length=2000, description="Required if the note goes back.")
    no_conflict_of_interest: bool = Field(
        default=False,
        examples=[True],
        description="The signer declares that the entry is neither their own nor a relative's; required to confirm.",
    )
    namesake: bool = Field(
        default=False,
        description="A person in the entry has the signer's name but is somebody else; required if there is one.",
    )


class BookYear(Query):
    year: Year | None = Field(default=None, description="Left out, this year.")


class PaperBook(Body):
    paper_number: Annotated[int, Field(ge=0, le=9_999_999)] = Field(
        description="The last number in the paper book; 0 if it has none."
    )


_Tenths = Annotated[int, Field(ge=-300, le=300)]


class NewMinistryNumber(Body):
    number: str = Field(
        min_length=1, max_length=40, description="As written by the Ministry's software.", examples=["0007/KS/2020"]
    )
    reason: str = Field(
        default="", max_length=2000, description="Why the number is corrected; required if the entry has one already."
    )


class BlankOffset(Body):
    dx: _Tenths = Field(description="To the right, in tenths of a millimetre.", examples=[-15])
    dy: _Tenths = Field(description="Down, in tenths of a millimetre.", examples=[20])


class Closing(Body):
    full: bool = Field(description="True: the volume is full and the next one follows. False: the year is closed.")


class HouseholdAgreed(Body):
    text_version: str = Field(
        min_length=1,
        max_length=20,
        description="Version of the text (`getConsentText`, purpose `household`) that the caller has read.",
    )


class HouseholdJoined(HouseholdAgreed):
    code: str = Field(min_length=1, max_length=40, description="The eight digits.", examples=["4829 1307"])


class ResidentialGroup(Body):
    residential_group: int | None = Field(ge=1, le=300, description="Null if it is not known.", examples=[12])
    shown_group: int | None = Field(
        ge=1,
        le=300,
        description="The group that `getMyHousehold` returned; if the group is another one by now, nothing is changed.",
    )

    @field_serializer("shown_group")
    def _none_is_zero(self, shown: int | None) -> int:
        """The service would skip the comparison if it were unset."""
        return shown or 0
