"""What the API answers, for its document and for `encode`, which fills the members from the services' messages.

Here stand the wards and procedures; the rest is in the modules beside it, by what it speaks of.

Moments carry the offset of Đà Nẵng, +07:00, in milliseconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[datetime, Field(description="With the offset +07:00.", examples=["2020-10-06T09:12:30+07:00"])]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    mode: str = Field(description="`file`: to be sent in; `present`: to be shown at the office.")
    required: bool
    condition: str = Field(description="In words; empty where always.")


class ProcedureSummary(Answer):
    code: str = Field(examples=["1.001193"])
    version: Date = Field(description="In force from this day; names the version.")
    name: str
    summary: str
    time_limit: str
    fee: str
    legal_basis: list[str]
    documents: list[DocumentRequirement]


class Procedure(ProcedureSummary):
    steps: list[str]
    before_you_start: str = Field(description="What to have at hand.")
    declaration: str = Field(description="What the applicant answers for by filing.")
    at_handover: str = Field(description="How the result is had.")
    form_schema: dict[str, Any] = Field(
        validation_alias="form_schema_json", description="JSON Schema 2020-12 of the form."
    )
    form_pages: list[dict[str, Any]] = Field(
        validation_alias="form_pages_json", description="The questions of the form, page by page."
    )


class Procedures(Answer):
    procedures: list[ProcedureSummary]
