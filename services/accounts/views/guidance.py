"""Guided sessions and consents as the contract's messages: for the citizen, and for the volunteer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caunoi.accounts.v1 import guidance_pb2
from google.protobuf.empty_pb2 import Empty

from services.accounts.adapters.wording import TERMS, ConsentText, Term
from services.accounts.domain.guidance import Place
from services.accounts.storage.guidance import Watched
from services.accounts.tables import ConsentRow, GuidanceRow
from services.accounts.use_cases.guidance.guided_sessions import Given, Seen, place_of
from services.accounts.use_cases.unit import Unit
from services.accounts.use_cases.visits import SECONDS
from services.chassis.timestamps import stamp


def visit(token: str) -> guidance_pb2.Visit:
    return guidance_pb2.Visit(token=token, expires_in=SECONDS)


def requested(_: Unit, seen: Seen) -> guidance_pb2.RequestGuidedSessionResponse:
    return guidance_pb2.RequestGuidedSessionResponse(session=shown(seen), code=seen.code)


def shown(seen: Seen) -> guidance_pb2.OwnGuidedSession:
    """The session as its citizen sees it."""
    row, ended = seen.guided.row, seen.guided.ending(seen.now)
    return guidance_pb2.OwnGuidedSession(
        id=str(row.id),
        version=seen.guided.version(seen.now),
        state=seen.guided.state(seen.now),
        requested_at=stamp(row.requested_at),
        code_expires_at=stamp(row.code_expires_at),
        joined_at=stamp(row.joined_at),
        ends_at=stamp(row.ends_at),
        ended_at=stamp(ended.at) if ended else None,
        ended_because=(ended and ended.because) or "",
        volunteer_name=seen.guided.volunteer.full_name if seen.guided.volunteer else "",
        guidance=_done(seen.done),
        station_id=str(row.station_id),
        consent_id=str(row.consent_id),
        presence_key=seen.presence_key,
    )


def joined(seen: Seen) -> guidance_pb2.GuidedSession:
    """The session as its volunteer sees it: nothing in it tells who the citizen is, or what they have filled in."""
    row, ended = seen.guided.row, seen.guided.ending(seen.now)
    return guidance_pb2.GuidedSession(
        id=str(row.id),
        version=seen.guided.version(seen.now),
        state=seen.guided.state(seen.now),
        station_name=seen.guided.station.name,
        kiosk_name=seen.guided.kiosk.name,
        joined_at=stamp(row.joined_at),
        ends_at=stamp(row.ends_at),
        ended_at=stamp(ended.at) if ended else None,
        ended_because=(ended and ended.because) or "",
        place=None if ended else _place(place_of(row)),
        place_at=None if ended else stamp(row.place_at),
        citizen_seen_at=stamp(row.citizen_seen_at),
        guidance=_done(seen.done),
        explained_before=seen.explained_before,
        citizen_silent=seen.guided.is_silent(seen.now),
    )


def guided(_: Unit, seen: Seen) -> guidance_pb2.GuidedSession:
    return joined(seen)


def guided_sessions(_: Unit, found: Sequence[Seen]) -> guidance_pb2.ListGuidedSessionsResponse:
    return guidance_pb2.ListGuidedSessionsResponse(sessions=map(joined, found))


def done(_: Unit, __: None) -> Empty:
    return Empty()


def terms(found: Iterable[Term]) -> guidance_pb2.ListTermsResponse:
    return guidance_pb2.ListTermsResponse(
        terms=[guidance_pb2.Term(key=term.key, name=term.name, explanation=term.explanation) for term in found]
    )


def watched(_: Unit, found: Iterable[Watched]) -> guidance_pb2.WatchGuidedSessionsResponse:
    return guidance_pb2.WatchGuidedSessionsResponse(
        versions=[
            guidance_pb2.GuidedSessionVersion(
                session_id=str(each.id),
                version=each.version,
                ended=each.ended,
                citizen_silent=each.citizen_silent,
            )
            for each in found
        ]
    )


def given(_: Unit, found: Iterable[Given]) -> guidance_pb2.ListGuidedSessionsOfDossierResponse:
    return guidance_pb2.ListGuidedSessionsOfDossierResponse(
        sessions=[
            guidance_pb2.GuidedSessionOfDossier(
                session_id=str(each.row.id),
                station_id=str(each.row.station_id),
                minutes=each.minutes,
                pages=each.pages,
            )
            for each in found
        ]
    )


def consent_text(text: ConsentText) -> guidance_pb2.ConsentText:
    return guidance_pb2.ConsentText(
        purpose=text.purpose,
        version=text.version,
        title=text.title,
        in_short=text.in_short,
        parts=[guidance_pb2.ConsentPart(heading=part.heading, lines=part.lines) for part in text.parts],
    )


def consent(unit: Unit, found: tuple[ConsentRow, str]) -> guidance_pb2.Consent:
    row, station_name = found
    return guidance_pb2.Consent(
        id=str(row.id),
        purpose=row.purpose,
        text_version=row.text_version,
        given_at=stamp(row.given_at),
        withdrawn_at=stamp(row.withdrawn_at),
        ward=unit.ward,
        station_name=station_name,
    )


def consents(unit: Unit, found: Iterable[tuple[ConsentRow, str]]) -> guidance_pb2.ListOwnConsentsResponse:
    return guidance_pb2.ListOwnConsentsResponse(consents=[consent(unit, each) for each in found])


def _place(place: Place) -> guidance_pb2.Place:
    return guidance_pb2.Place(
        page=place.page,
        procedure=place.procedure,
        procedure_version=place.procedure_version,
        part=place.part,
        fields=place.fields,
        open_points=[guidance_pb2.OpenPoint(field=point.field, check=point.check) for point in place.open_points],
    )


def _done(rows: Iterable[GuidanceRow]) -> list[guidance_pb2.Guidance]:
    return [_one(row) for row in rows]


def _one(row: GuidanceRow) -> guidance_pb2.Guidance:
    message = guidance_pb2.Guidance(
        sequence=row.sequence, at=stamp(row.at), kind=row.kind, subject=row.subject, text=row.text
    )
    term = TERMS.get(row.subject)
    if term is not None:
        message.title, message.text = term.name, term.explanation
    return message
