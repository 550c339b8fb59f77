"""The API's answers, for its document and for `encode`, which fills the members from the services' messages.

Wards and procedures are here; the modules beside this one hold the other answers, by subject.

Moments carry the offset of Đà Nẵng, +07:00, in milliseconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.api import words
from gateway.api.words import one_of

Moment = Annotated[datetime, Field(description="With the offset +07:00.", examples=["2020-10-06T09:12:30+07:00"])]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


#: The words that a form's schema adds to JSON Schema (docs/glossary.md).
_KEYWORDS = """Its own keywords:

- `x-when`: the field is asked for only if each JSON pointer in it has exactly that value, or one of a list of values.
  A page's `when` in `form_pages` holds for all its fields in the same way, a document's `when` for the paper.
- `x-optional`: the field may stay empty. All other fields that are asked for have to be answered; `required` is not
  used, since it has no conditions.
- `x-optional-when`: the field may stay empty if this condition holds; written like `x-when`.
- `x-optional-with`: the field may stay empty if one of the fields at these JSON pointers is answered.
- `x-instead`: the fields that may be answered instead; a supplement request for one of them also opens the others.
- `x-optional-unless`: the field may stay empty unless this condition holds; written like `x-when`.
- `x-prefill`: the part of the caller's account that fills the field when a draft starts: `full_name`, `address`,
  `email`, `date_of_birth`, `identity_paper`, `identity_number` or `phone`.
- `x-prefill-when`: the field is not filled then, but the value can be offered if this condition holds, because the
  question is then about the caller.
- `x-with-account`: the choices that need an account. In drafts of the desk, which have none, they are refused.
- `x-labels`: the Vietnamese text of each choice in `enum`. `x-errors`: texts by keyword of the schema, and `missing`
  for an empty field.
- `x-widget`: how a page shows the field: `text`, `name`, `textarea`, `date`, `radios`, `select` or `number`;
    `declaration` if the only answer is yes. `x-autocomplete`: HTML's name for the field.
- `x-formerly`: the choices that `true` and `false` mean, if the field was a yes or no in an earlier version.
"""


class WardName(Answer):
    code: str = Field(examples=["20248"])
    name: str = Field(examples=["Phường Nam Dương"])


class WardWithStatus(WardName):
    slug: str = Field(examples=["nam-duong"])
    status: Literal["up", "degraded", "down"] = Field(
        description="Whether all, some or none of the ward's services answer."
    )


class Wards(Answer):
    district: str
    province: str
    wards: list[WardWithStatus]


class DocumentRequirement(Answer):
    kind: str = Field(examples=["birth-certificate-of-hospital"])
    title: str
    hint: str
    mode: str = Field(
        json_schema_extra=one_of(words.MODES),
        description="`file`: to be uploaded; `present`: to be shown at the office.",
    )
    required: bool
    condition: str = Field(
        description="In words; empty if it is always asked for. If `when` is empty, the office decides."
    )
    when: dict[str, Any] = Field(
        validation_alias="when_json",
        description="The same for machines, in the form of `x-when` (see `Procedure.form_schema`); empty if it is "
        "always asked for.",
    )


class ProcedureSummary(Answer):
    code: str = Field(examples=["1.001193"])
    version: Date = Field(description="The day from which the version is in force; it identifies the version.")
    name: str
    summary: str
    time_limit: str
    fee: str
    legal_basis: list[str]
    documents: list[DocumentRequirement]
    not_online: bool | None = Field(
        examples=[False],
        description="Whether the `ward` of the query does not take it online: then only its desk can start one "
        "(`createDossier` is refused with `not-online`). Null if the query has no ward, or the ward runs the "
        "previous release.",
    )
    by_post: bool = Field(description="Whether it may be sent to the ward by post; if not, it is filed in person.")
    filing_offline: str = Field(
        examples=["mang giấy tờ đến nộp ở Bộ phận Một cửa của phường (thủ tục này không nhận qua bưu chính)"],
        description="How it is filed other than online, for people; continues `xin ông/bà`.",
    )
    remote_handover: bool = Field(description="Whether the result may be sent by post or electronically.")
    fee_title: str = Field(
        description="What `fee` is about: copies cost a phí, registrations and confirmations a lệ phí, and where both "
        "may be due it is `Phí, lệ phí`.",
        examples=["Phí, lệ phí"],
    )


class Procedure(ProcedureSummary):
    steps: list[str]
    before_you_start: str = Field(description="What to have at hand before starting.")
    declaration: str = Field(description="The declaration that the applicant makes by filing.")
    at_handover: str = Field(description="How the result is handed over.")
    form_schema: dict[str, Any] = Field(
        validation_alias="form_schema_json", description=f"JSON Schema 2020-12 of the form. {_KEYWORDS}"
    )
    form_pages: list[dict[str, Any]] = Field(
        validation_alias="form_pages_json", description="The questions of the form, page by page."
    )


class Procedures(Answer):
    procedures: list[ProcedureSummary]
