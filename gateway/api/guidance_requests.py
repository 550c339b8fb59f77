"""The bodies and queries about guided sessions and consents (see `requests`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.requests import Query, WardCode
from gateway.models import Body, Nothing, Uuid

_Field = Annotated[str, Field(min_length=1, max_length=200)]


class OpenPoint(Body):
    field: _Field = Field(description="JSON pointer, or `documents/<kind>`.", examples=["/child/birth_date"])
    check: str = Field(
        default="",
        max_length=60,
        description="The check that finds it so.",
        examples=["birth-date"],
    )


class Place(Body):
    page: Literal[
        "start",
        "account",
        "procedure",
        "overview",
        "form",
        "documents",
        "check",
        "code",
        "filed",
        "guidance",
        "elsewhere",
    ]
    procedure: str = Field(default="", max_length=20, examples=["1.001193"])
    procedure_version: str = Field(default="", max_length=10, examples=["2023-01-01"])
    part: str = Field(
        default="",
        max_length=60,
        description="For `account`, the step of opening one; for `form`, the name of the page; for `documents`, the "
        "kind of the paper. For the last two only one that is `tellable` in the dossier, as `page/<name>` or "
        "`documents/<kind>`: the one that is shown, else the nearest one before it.",
    )
    fields: list[_Field] = Field(
        default=[],
        max_length=60,
        description="JSON pointers of the questions on that page that are `tellable`, and `/here` for what the screen "
        "shows. Never the answers.",
    )
    open_points: list[OpenPoint] = Field(
        default=[],
        max_length=120,
        description="What still keeps the dossier from being filed: only findings that are `harmless`, at `tellable` "
        "questions and papers, because any other finding can disclose an answer.",
    )


class VisitToken(Body):
    token: str = Field(min_length=1, max_length=2000, description="The token of the visit (`openVisit`).")


class NewGuidedSession(Body):
    text_version: str = Field(
        min_length=1, max_length=20, description="Version of the text (`getConsentText`) that the citizen has read."
    )
    place: Place


class ShownPlace(Body):
    place: Place
    dossier_ward: WardCode | None = Field(default=None, description="GSO code of the dossier's ward.")
    dossier_id: Uuid | None = Field(
        default=None,
        description="Id of the draft that is open, for counting pages; the volunteer does not see it.",
    )
    dossier_page: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="Hex SHA-256 that represents the page when pages are counted; left out, `place` is counted.",
    )


class GuidedSessionEnd(Nothing):
    because: Literal["", "signed-out"] = Field(default="", description="`signed-out`: the citizen leaves the computer.")


class GuidedSessionCode(Body):
    code: str = Field(min_length=1, max_length=40, description="The six digits.", examples=["482 913"])
    duty_id: Uuid | None = Field(default=None, description="The volunteer's duty, if several are running now.")


class NewGuidance(Body):
    kind: Literal["point", "phrase", "term", "explained"]
    subject: str = Field(
        min_length=1,
        max_length=200,
        examples=["/child/full_name"],
        description="`point`: JSON pointer or `documents/<kind>` of the citizen's place. `phrase`: id. `term`: key. "
        "`explained`: the field or the key of the term.",
    )


class NotedGuidedSession(Body):
    station_ward: WardCode = Field(serialization_alias="ward", description="GSO code of the station's ward.")
    session_id: Uuid = Field(description="Id of the guided session.")


class TextVersion(Query):
    purpose: str = Field(default="", max_length=40, description="Left out, `guided-session`.")
    version: str = Field(default="", max_length=20, description="Left out, the version in force today.")
