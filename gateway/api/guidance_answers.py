"""The API's answers about guided sessions and consents (see `answers`)."""

from __future__ import annotations

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Moment, Uuid, WardName
from gateway.api.words import one_of

_VERSION = "Grows with every change."
_BECAUSE = (
    "`citizen`, `volunteer`, `time`, `code-expired`, `signed-out`, `duty-ended` or `consent-withdrawn`; else empty."
)
_STATE = "`waiting` until the code was used, `open`, `ended`."


class Guidance(Answer):
    """One thing that the volunteer did in a session."""

    sequence: int = Field(description="Its number in the session, from 1.")
    at: Moment | None
    kind: str = Field(
        json_schema_extra=one_of(words.GUIDANCE_KINDS), description="`point`, `phrase`, `term` or `explained`."
    )
    subject: str = Field(description="A JSON pointer, `documents/<kind>`, the id of a phrase or the key of a term.")
    title: str = Field(description="For a term, its name.")
    text: str = Field(description="For a phrase, its text; for a term, its explanation.")


class SeenPoint(Answer):
    field: str
    check: str = Field(description="The check that finds that it needs another look.")


class SeenPlace(Answer):
    page: str
    procedure: str
    procedure_version: str
    part: str
    fields: list[str]
    open_points: list[SeenPoint]


class Visit(Answer):
    token: str = Field(description="A bearer token for guided sessions; its role is `visitor`.")
    expires_in: int = Field(description="Seconds for which the token is valid.")


class OwnGuidedSession(Answer):
    id: Uuid
    version: int = Field(description=_VERSION)
    state: str = Field(json_schema_extra=one_of(words.GUIDED_STATES), description=_STATE)
    requested_at: Moment | None
    code_expires_at: Moment | None
    joined_at: Moment | None
    ends_at: Moment | None = Field(description="When it ends by itself.")
    ended_at: Moment | None
    ended_because: str = Field(json_schema_extra=one_of(words.BECAUSE, empty=True), description=_BECAUSE)
    volunteer_name: str
    guidance: list[Guidance] = Field(description="What the volunteer did last, newest last; at most 20.")
    station_id: Uuid
    consent_id: Uuid


class RequestedGuidedSession(Answer):
    session: OwnGuidedSession
    code: str = Field(description="Six digits for the volunteer; good once, for five minutes.")


class GuidedSession(Answer):
    id: Uuid
    version: int = Field(description=_VERSION)
    state: str = Field(json_schema_extra=one_of(words.GUIDED_STATES), description=_STATE)
    station_name: str
    kiosk_name: str = Field(description="The computer at which the citizen sits.")
    joined_at: Moment | None
    ends_at: Moment | None
    ended_at: Moment | None
    ended_because: str = Field(json_schema_extra=one_of(words.BECAUSE, empty=True), description=_BECAUSE)
    place: SeenPlace | None = Field(description="Where the citizen is; null once it has ended.")
    place_at: Moment | None
    citizen_seen_at: Moment | None = Field(description="When the citizen's browser last reported.")
    citizen_silent: bool = Field(description="The browser has not reported for two and a half minutes.")
    guidance: list[Guidance] = Field(description="What was done in this session, newest last; at most 50.")
    explained_before: list[str] = Field(
        description="Keys of the terms that were explained to the same person in earlier sessions, each once."
    )


class GuidedSessions(Answer):
    sessions: list[GuidedSession]


class Term(Answer):
    key: str = Field(examples=["que-quan"])
    name: str = Field(examples=["Quê quán"])
    explanation: str


class Terms(Answer):
    terms: list[Term]


class ConsentPart(Answer):
    heading: str
    lines: list[str] = Field(description="A paragraph each.")


class ConsentText(Answer):
    purpose: str = Field(examples=["guided-session"])
    version: str = Field(description="The day from which it is in force.", examples=["2026-11-28"])
    title: str
    in_short: list[str] = Field(description="A summary in a few sentences, shown before the text.")
    parts: list[ConsentPart]


class Consent(Answer):
    id: Uuid
    purpose: str = Field(examples=["guided-session"])
    text_version: str
    given_at: Moment | None
    withdrawn_at: Moment | None = Field(description="Null while it is in force.")
    ward: str = Field(description="GSO code of the ward that keeps it.")
    station_name: str = Field(description="Empty for the purpose `household`.")


class OwnConsents(Answer):
    consents: list[Consent] = Field(description="Newest first.")
    unanswered: list[WardName] = Field(description="Wards that did not answer; their consents are not in the list.")
