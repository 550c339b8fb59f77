"""The bodies of acts, and the base of all bodies. Unknown members are refused, and nothing is converted: "1" is not 1.

A member goes into the request's field of the same name, or of its `serialization_alias`.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, field_validator

from services.chassis.letters import normalised


class _Composed(BaseModel):
    @field_validator("*", mode="before")
    @classmethod
    def _as_it_is_kept(cls, value: object) -> object:
        """Some keyboards write a letter's marks as separate characters. They do not count: services store text
        composed.
        """
        return normalised(value) if isinstance(value, str) else value


class Nothing(_Composed):
    """An empty object."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Body(_Composed):
    model_config = ConfigDict(extra="forbid", strict=True)


def _iso_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as fault:
        raise ValueError("không có ngày này trong lịch; viết năm-tháng-ngày, như 2020-10-06") from fault
    return text


def _iso_moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise ValueError("không có thời điểm này; viết như 2020-10-08T10:00:00+07:00") from fault
    if moment.tzinfo is None:
        raise ValueError("cần ghi cả múi giờ, như +07:00")
    try:
        moment.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("không có thời điểm này; xin xem lại năm") from fault
    return text


IsoMoment = Annotated[
    str,
    Field(max_length=40, json_schema_extra={"format": "date-time"}, examples=["2020-10-08T10:00:00+07:00"]),
    AfterValidator(_iso_moment),
]
IsoDate = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"}, examples=["2020-10-06"]),
    AfterValidator(_iso_date),
]
ShortText = Annotated[str, Field(max_length=500)]
LongText = Annotated[str, Field(max_length=2000)]
Reason = Annotated[
    str, Field(min_length=1, max_length=2000, description="For the citizen, in plain Vietnamese: why and what to do.")
]
Article = Annotated[
    str,
    Field(
        max_length=500,
        description="The article of law that the act rests on.",
        examples=["Luật Hộ tịch 2014, Điều 16 khoản 1"],
    ),
]
Pointer = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="JSON pointer into the form, or `documents/<kind>`.",
        examples=["/child/full_name", "documents/birth-certificate-of-hospital"],
    ),
]
Contradicted = Annotated[
    list[Pointer],
    Field(
        max_length=100,
        description="With `contradicts`, the answers of the form that the reply contradicts: it stops the dossier "
        "until each of them is declared otherwise, or, if none is named, until a newer reply agrees. Not of a reply "
        "about a party of a marriage.",
    ),
]
Uuid = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", json_schema_extra={"format": "uuid"})
]
EntryId = Annotated[Uuid, Field(description="`id` of a register entry.")]
FormObject = dict[str, Any]


def form_json(form: FormObject) -> str:
    """As the services take it; empty where nothing is given."""
    return json.dumps(form, ensure_ascii=False) if form else ""


class Supplement(Body):
    """The answer to a supplement request: the members of the form that may change, merged as in the form. Documents are
    added beforehand.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"form": {"mother": {"full_name": "Phạm Thị Hạnh"}}}]})

    form: Annotated[FormObject, PlainSerializer(form_json)] = Field(
        default_factory=dict, serialization_alias="form_json"
    )
    right_as_it_is: LongText = Field(
        default="",
        description="For the office: why the requested answers and papers that are not sent are right as they are. "
        "Without it, everything that was requested has to be sent, and each requested answer has to change.",
    )
    remark: LongText = Field(
        default="",
        description="For the office: a sentence beside what is sent. Unlike `right_as_it_is`, it lets nothing stay as "
        "it was.",
    )


class Withdrawal(Body):
    reason: LongText = ""
    request_signed: bool = Field(
        default=False, description="The desk enters the withdrawal for a person who requested it in writing and signed."
    )


class ItemAsked(Body):
    field: Pointer
    text: str = Field(
        min_length=1,
        max_length=1000,
        description="What to correct, in plain Vietnamese.",
        examples=["Tên mẹ chưa khớp giấy chứng sinh; xin ghi lại."],
    )


class SupplementAsked(Body):
    items: list[ItemAsked] = Field(min_length=1, max_length=50)
    reason: Reason


class NewAppointment(Body):
    """An apology and new appointment, once for each dossier."""

    new_due_at: Annotated[IsoMoment, PlainSerializer(datetime.fromisoformat)] = Field(
        description="Later than the old time, within working hours."
    )
    reason: Reason


class VerificationAsked(Body):
    """What is verified before the result. Which members are required depends on the kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "inquiry",
                    "recipient": "Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn",
                    "person": "Trần Văn Nam",
                    "birth_date": "1992",
                    "place": "Xã Điện Phong",
                    "from_day": "2013",
                    "until_day": "2016",
                    "question": "Tình trạng hôn nhân trong thời gian cư trú.",
                    "document_number": "12/UBND-TP",
                }
            ]
        }
    )

    kind: Literal["inquiry", "own", "notice", "in-hand"] = Field(
        description="`inquiry`: another office is asked (at most 20 days); `own`: the ward itself verifies, within the "
        "procedure's longer limit; `notice`: a public notice for an abandoned child (7 days); `in-hand`: a written "
        "reply that the office has already, with its `document_number`, `document_date`, `text` and `finding`."
    )
    about: Literal["", "wife-marital-status", "husband-marital-status"] = Field(
        default="",
        description="For a marriage: the party whose marital status an `inquiry` or a reply `in-hand` is about. "
        "`person`, `birth_date` and `identity_paper` are then the form's and may be left out; others are refused.",
    )
    recipient: ShortText = Field(
        default="",
        description="The office that is asked, or that replied; for a notice, the person who takes care of the child.",
    )
    person: ShortText = Field(default="", description="The person in question.")
    birth_date: ShortText = Field(default="", description="In digits, as far as it is known.")
    identity_paper: ShortText = ""
    place: ShortText = Field(default="", description="Where the person lived, or the child was found.")
    from_day: ShortText = Field(default="", description="Since when, or when the child was found.")
    until_day: ShortText = ""
    question: LongText = Field(
        default="", description="What is to be verified; for a notice, what the child looks like."
    )
    document_number: ShortText = Field(default="", description="Number of the letter or notice, or of a reply in hand.")
    document_date: IsoDate | Literal[""] = Field(default="", description="Of a reply in hand.")
    text: LongText = Field(default="", description="What a reply in hand says.")
    finding: Literal["", "agrees", "contradicts"] = Field(
        default="", description="Whether a reply in hand agrees with what was declared."
    )
    contradicted: Contradicted = Field(default_factory=list)
    signer_capacity: Literal["", "head", "acting", "deputy"] = Field(
        default="",
        description='Capacity of the person who signs it by hand: `acting` ("Q."), `deputy` ("KT."), else the head.',
    )


class VerificationReply(Body):
    """The outcome of a verification."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "replied",
                    "finding": "agrees",
                    "text": "Chưa đăng ký kết hôn với ai.",
                    "document_number": "45/UBND-TP",
                    "document_date": "2020-10-06",
                }
            ]
        }
    )

    verification: str = Field(
        default="",
        max_length=100,
        serialization_alias="verification_id",
        description="Id of the verification; may be left out if only one is open.",
    )
    outcome: Literal["replied", "no-result", "commitment", "done", "withdrawn"] = Field(
        description="`commitment`: nobody could answer, and the requester has committed themselves in writing. "
        "`withdrawn`: the recorded outcome is taken back, with the reason in `text`, and the office waits again."
    )
    finding: Literal["", "agrees", "contradicts"] = Field(
        default="",
        description="Whether the answer agrees with the declaration; required with `replied`, and with `done` if the "
        "ward itself has verified.",
    )
    contradicted: Contradicted = Field(default_factory=list)
    text: LongText = ""
    document_number: ShortText = ""
    document_date: IsoDate | Literal[""] = Field(default="", description="Day of the reply or commitment.")


class ChargeAsked(Body):
    item: str = Field(min_length=1, max_length=100, description="One of the dossier's `chargeable`.", examples=["copy"])
    count: int = Field(ge=1, le=100)


class FeeAsked(Body):
    items: list[ChargeAsked] = Field(min_length=1, max_length=10)
    reason: Reason


class Payment(Body):
    """From the applicant: empty; the answer says where to pay online. From the office: the payment at the counter, or
    the exemption that was proven there, or both.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    receipt: str = Field(default="", max_length=100, description="Number of the receipt that was given.")
    exemption: Literal["", "merit", "poor", "disabled"] = Field(
        default="", description="Proven at the desk. It frees from the registration fees and needs reason and article."
    )
    reason: LongText = ""
    article: Article = ""


class Return(Body):
    reason: str = Field(min_length=1, max_length=2000, description="For the officer: what to look at again.")


class ReasonAndArticle(Body):
    reason: Reason
    article: Article


class Stop(Body):
    """Empty to use the reason and article that the officer proposed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    reason: LongText = ""
    article: ShortText = ""


Elsewhere = Literal["", "paper", "answer", "database", "only-here"]


class Approval(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"personal_identification_number": "048220001234"}]})

    personal_identification_number: str = Field(
        default="",
        max_length=12,
        description="Số định danh cá nhân, 12 digits, from the national database. Left out if the database has not "
        "given it yet, or if `approval_asks` does not name it.",
    )
    note: LongText = Field(default="", description="For the note column of the register.")
    statement: LongText = Field(
        default="",
        description="What the office confirms, if the result is a confirmation. Left out, `proposed_statement` is "
        "used. Refused if `approval_asks` does not name it.",
    )
    source_entry_id: EntryId | None = Field(
        default=None, description="The entry that is copied, if the result is a copy."
    )
    wife_elsewhere: Elsewhere = Field(
        default="",
        description="For a marriage: how the office found out whether this party has a marriage registered elsewhere. "
        "`paper`: the confirmation that was filed; `answer`: of another office, refused unless the dossier has a reply "
        "`about` this party's marital status that `agrees`, or after which the form was corrected; `database`; "
        "`only-here`: never lived elsewhere, refused if the form declares a home elsewhere or a divorce abroad.",
    )
    wife_elsewhere_note: LongText = Field(
        default="",
        description="Which search it was for this party. Required with `database`, and with `only-here` if the party "
        "was married before.",
    )
    husband_elsewhere: Elsewhere = ""
    husband_elsewhere_note: LongText = ""


class Signature(Nothing):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "no_conflict_of_interest": True,
                    "seen": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        }
    )

    register_signed: bool = Field(
        default=False, description="Both spouses are here and have signed the register; required for a marriage."
    )
    no_conflict_of_interest: bool = Field(
        default=False,
        description="The signer declares that the registration is neither their own nor a relative's; required.",
    )
    namesake: bool = Field(
        default=False,
        description="A person in the form has the signer's name but is somebody else. Required if there is a finding "
        "`signer-named`.",
    )
    seen: str = Field(
        default="",
        max_length=64,
        pattern=r"^([0-9a-f]{64})?$",
        description="`seen` of the signing that this signer read; required. If the paper has changed since then, "
        "nothing is signed (412 `paper-changed`).",
    )


class DeliveryChange(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"delivery": "office", "asked_by": "Trần Thị Mai", "asked_how": "called"}]}
    )

    delivery: Literal["office", "post", "electronic"] = Field(
        description="How the applicant wants the result now; `electronic` only if they have an account."
    )
    address: ShortText = Field(
        default="", description="The address to which it is posted; required with `post`, refused otherwise."
    )
    asked_by: str = Field(
        min_length=1, max_length=200, description="The person who asked for it; the history shows this name."
    )
    asked_how: Literal["came", "called", "wrote"]


class Handover(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"recipient_name": "Trần Thị Mai", "register_signed": True}]}
    )

    recipient_name: str = Field(
        min_length=1, max_length=200, description="The person who received it, or to whom it was sent."
    )
    register_signed: bool = Field(
        default=False,
        description="The requester has read the paper and signed the register; required if "
        "`handover.register_signed` of the dossier is `at-handover`.",
    )
    present: list[Pointer] = Field(
        default=[],
        max_length=10,
        description="The people who are here, of those who have to come (`handover.present`); all of them are "
        "required. Each is given by `field`, or by `name` if only one of them has that name.",
    )
    delivery: Literal["office", "post", "electronic", ""] = Field(
        default="",
        description="`post` and `electronic` are possible if `handover.remote` of the dossier is true and "
        "`handover.asked` names no other way; `office` is always possible. Required if `handover.asked` is `post` or "
        "`electronic`; else it may be left out, which means `office`.",
    )
    delivery_note: str = Field(
        default="",
        max_length=200,
        description="Number of the posted item: 3 to 20 letters A to Z and digits. Required with `post`.",
    )
    authorised: bool = Field(default=False, description="The recipient is not the applicant, but authorised by them.")


class Assignment(Nothing):
    to: str = Field(default="", max_length=100, description="Id of a colleague; left out, it is the caller.")
    note: str = Field(default="", max_length=2000, description="Why, for the colleague; citizens do not see it.")
