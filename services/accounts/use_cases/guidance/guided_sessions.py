"""Guided sessions at the ward's stations: asked for by a citizen, joined by a volunteer, ended by either or by time.

Each change locks the session's row and increases its version. A session whose time is over has ended for every caller;
the sweep only writes that down.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.accounts.adapters.wording import TERMS, Term
from services.accounts.domain import guidance as rules
from services.accounts.domain.guidance import Because, OpenPoint, Place
from services.accounts.storage import guidance as storage
from services.accounts.storage.guidance import Guided
from services.accounts.storage.rows import lock
from services.accounts.tables import GuidanceRow, GuidedSessionRow
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis import unit as chassis
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal, faulty, not_found

MOST_WATCHED = 500
MOST_SECONDS_WATCHED = 10


@dataclass(frozen=True, slots=True)
class EndGuidedSession:
    session_id: str
    because: str


@dataclass(frozen=True, slots=True)
class ListTerms:
    pass


@dataclass(frozen=True, slots=True)
class Told:
    session_id: str
    version: int
    ended: bool
    citizen_silent: bool


@dataclass(frozen=True, slots=True)
class WatchGuidedSessions:
    told: Sequence[Told]
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class ListGuidedSessionsOfDossier:
    dossier_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A session at a moment, with the last acts in it. `code` is set only when it has just been given out, and
    `presence_key` only for its citizen.
    """

    guided: Guided
    now: datetime
    done: Sequence[GuidanceRow] = ()
    explained_before: Sequence[str] = ()
    code: str = field(default="", repr=False)
    presence_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A guided session in which a dossier was filled in."""

    row: GuidedSessionRow
    minutes: int
    pages: int


def end(unit: Unit, command: EndGuidedSession) -> None:
    """The citizen or the volunteer ends a session; one that has ended stays as it is.

    Raises a Refusal: NOT_FOUND (`unknown-guided-session`), INVALID (`invalid-field`).
    """
    if command.because not in ("", Because.SIGNED_OUT):
        text = "Chỉ ghi signed-out, hoặc để trống."
        raise faulty("because", text)
    guided = storage.guided_session(unit.session, command.session_id, locked=True)
    by_citizen = guided is not None and guided.row.account_id == unit.caller.id
    by_volunteer = guided is not None and guided.row.volunteer_id == UUID(unit.caller.id)
    if guided is None or not (by_citizen or by_volunteer):
        raise unknown_guided_session()
    if guided.row.ended_at is None:
        because = Because(command.because or Because.CITIZEN) if by_citizen else Because.VOLUNTEER
        end_sessions(unit, [guided], because)


def terms(_: Workplace, __: ListTerms) -> Collection[Term]:
    return TERMS.values()


def watch(unit: Unit, query: WatchGuidedSessions) -> Sequence[storage.Watched]:
    """Raises a Refusal (INVALID, `invalid-field`) for more than 500."""
    refuse_too_many(query.told, "told")
    ids = [key for each in query.told if (key := read_uuid(each.session_id))]
    return storage.watched(unit.session, ids, unit.now) if ids else []


def refuse_too_many(sessions: Sequence[object], field: str) -> None:
    """Raises a Refusal (INVALID, `invalid-field`) for more than 500."""
    if len(sessions) > MOST_WATCHED:
        text = f"Mỗi lần hỏi nhiều nhất {MOST_WATCHED} buổi."
        raise faulty(field, text)


def patience(unit: Unit, query: WatchGuidedSessions, found: Sequence[storage.Watched]) -> float:
    """Seconds that the caller may wait for a change: until the next session is over by time; 0 if there is news, or if
    no session is watched.
    """
    known = {(each.session_id, each.version, each.ended, each.citizen_silent) for each in query.told}
    if not known or known != {(str(each.id), each.version, each.ended, each.citizen_silent) for each in found}:
        return 0
    ends = [(each.over_at - unit.now).total_seconds() for each in found if not each.ended and each.over_at]
    return min(query.wait_seconds, MOST_SECONDS_WATCHED, *ends)


def given(unit: Unit, query: ListGuidedSessionsOfDossier) -> list[Given]:
    """The sessions that a volunteer joined and in which an account's draft was open."""
    found = storage.given(unit.session, query.account_id, query.dossier_id)
    return [Given(each.row, _minutes(each, unit.now), pages) for each, pages in found]


def lock_requests(unit: Unit) -> None:
    """Only one call at a time may ask for a session or take one over: a citizen has one session, and a computer has
    one.
    """
    lock(unit.session, unit.cell.cipher.fingerprint("request-guidance"))


def write_ends(unit: chassis.Unit) -> int:
    """Writes the end of the sessions whose time, code or duty is over; returns how many."""
    found = storage.over_now(unit.session, unit.now)
    end_sessions(unit, found, Because.TIME)
    return len(found)


def place_of(row: GuidedSessionRow) -> Place:
    """The stored place; it is not kept after a session has ended."""
    if not row.place:
        return Place()
    points = tuple(OpenPoint(**point) for point in row.place["open_points"])
    return Place(**{**row.place, "fields": tuple(row.place["fields"]), "open_points": points})


def digest_of(unit: Unit, station_id: UUID, code: str) -> bytes:
    return unit.cell.cipher.fingerprint(rules.code_text(str(station_id), code))


def _minutes(guided: Guided, now: datetime) -> int:
    ended, joined = guided.ending(now), guided.row.joined_at
    assert joined is not None  # only joined sessions count
    return max(1, int(((ended.at if ended else now) - joined).total_seconds() // 60))


def unknown_guided_session() -> Refusal:
    return not_found("unknown-guided-session", "Không có buổi hướng dẫn này.")
