"""Guided sessions at the ward's stations: asked for by a citizen, joined by a volunteer, ended by either or by time.

Each change locks the session's row and increases its version. A session whose time is over has ended, whoever asks; the
sweep only writes it down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.accounts.adapters.wording import CONSENTS, TERMS, Term
from services.accounts.domain import guidance as rules
from services.accounts.domain.guidance import Because, OpenPoint, Place
from services.accounts.storage import guidance as storage
from services.accounts.storage.guidance import Guided
from services.accounts.storage.rows import lock
from services.accounts.tables import ConsentRow, DeviceRow, GuidanceRow, GuidedSessionRow
from services.accounts.use_cases.devices import kiosk_here
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.stations import find_station, refuse_closed
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis import unit as chassis
from services.chassis.clock import day_in_vietnam
from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Refusal, conflict, invalid, not_found

MOST_WATCHED = 500
MOST_SECONDS_WATCHED = 10
#: What the citizen is shown of what was done.
MOST_FOR_CITIZEN = 20


@dataclass(frozen=True, slots=True)
class RequestGuidedSession:
    text_version: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class GetOwnGuidedSession:
    pass


@dataclass(frozen=True, slots=True)
class ShowPlace:
    session_id: str
    place: Place | None
    dossier_ward: str
    dossier_id: str
    dossier_page: str


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


@dataclass(frozen=True, slots=True)
class WatchGuidedSessions:
    told: Sequence[Told]
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class ListGuidedSessionsOfDossier:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A session at a moment, with what was done in it last; `code` only where it has just been given out."""

    guided: Guided
    now: datetime
    done: Sequence[GuidanceRow] = ()
    explained_before: Sequence[str] = ()
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A guided session in which a dossier was filled in."""

    row: GuidedSessionRow
    minutes: int
    pages: int


# --- the citizen


def request(unit: Unit, command: RequestGuidedSession) -> Seen:
    """The citizen agrees, and gets a code. What they, or somebody else at this computer, had before ends.

    Raises a Refusal: FORBIDDEN (`not-at-a-station`), CONFLICT (`station-closed`, `text-changed`), INVALID
    (`invalid-place`).
    """
    kiosk = kiosk_here(unit)
    refuse_closed(find_station(unit, str(kiosk.station_id), locked=False), "Ông/bà vẫn tự làm được ở máy này.")
    if command.text_version != CONSENTS[rules.PURPOSE].in_force(day_in_vietnam(unit.now)).version:
        raise conflict("text-changed", "Nội dung đồng ý vừa được sửa. Xin đọc lại rồi bấm đồng ý.")
    place = _read_place(command.place)
    lock(unit.session, unit.cell.cipher.fingerprint("request-guidance"))  # one session a citizen, and one a computer
    for earlier in storage.unended(unit.session, kiosk.id, unit.caller.id):
        own = earlier.row.account_id == unit.caller.id
        end_sessions(unit, [earlier], Because.CITIZEN if own else Because.SIGNED_OUT)
    unit.session.flush()
    code, digest = _free_code(unit, kiosk)
    consent = ConsentRow(
        id=uuid4(),
        account_id=unit.caller.id,
        account_ward=unit.caller.ward,
        purpose=rules.PURPOSE,
        text_version=command.text_version,
        given_at=unit.now,
        station_id=kiosk.station_id,
    )
    unit.session.add(consent)
    unit.session.flush()
    row = GuidedSessionRow(
        id=uuid4(),
        version=1,
        station_id=kiosk.station_id,
        kiosk_id=kiosk.id,
        account_id=unit.caller.id,
        account_ward=unit.caller.ward,
        consent_id=consent.id,
        code_digest=digest,
        code_expires_at=unit.now + rules.CODE_LIFE,
        requested_at=unit.now,
        ended_because="",
        place=asdict(place),
        place_at=unit.now,
        citizen_seen_at=unit.now,
        guidance_count=0,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit.session, "request-guidance", f"guided-session:{row.id}", unit.caller.id)
    return Seen(_of_citizen(unit, str(row.id)), unit.now, code=code)


def own(workplace: Workplace, _: GetOwnGuidedSession) -> Seen:
    """The citizen's session; an ended one for a minute longer. That the citizen was heard of is noted.

    Raises a Refusal (NOT_FOUND, `no-guided-session`).
    """
    with workplace.unit() as unit:
        return _own(unit)


def _own(unit: Unit) -> Seen:
    guided = storage.newest_of_citizen(unit.session, unit.caller.id)
    ended = guided.ending(unit.now) if guided else None
    if guided is None or (ended and ended.at + rules.AFTERGLOW <= unit.now):
        raise not_found("no-guided-session", "Hiện không có buổi hướng dẫn nào.")
    if not ended:
        storage.note_seen(unit.session, guided.row, unit.now)
    return _seen_by_citizen(unit, guided)


def show_place(workplace: Workplace, command: ShowPlace) -> Seen:
    """The citizen's browser shows another page. An ended session is returned as it is.

    The same place again changes only when the citizen was heard of. Raises a Refusal: NOT_FOUND
    (`unknown-guided-session`), INVALID (`invalid-place`, `invalid-field`).
    """
    with workplace.unit() as unit:
        return _show_place(unit, command)


def _show_place(unit: Unit, command: ShowPlace) -> Seen:
    place = asdict(_read_place(command.place))
    dossier = _read_dossier(command)
    guided = _of_citizen(unit, command.session_id, locked=True)
    row = guided.row
    if guided.ending(unit.now) is None:
        storage.note_seen(unit.session, row, unit.now)
        if _as_json(place) != row.place:
            row.place, row.place_at = place, unit.now
            row.version += 1
        page = command.dossier_page or Place(**place).dossier_page
        storage.show_page(unit.session, row, dossier and (*dossier, page))
        unit.session.flush()
    return _seen_by_citizen(unit, guided)


def end(unit: Unit, command: EndGuidedSession) -> None:
    """The citizen or the volunteer ends a session; one that has ended stays as it is.

    Raises a Refusal: NOT_FOUND (`unknown-guided-session`), INVALID (`invalid-field`).
    """
    if command.because not in ("", Because.SIGNED_OUT):
        text = "Chỉ ghi signed-out, hoặc để trống."
        raise invalid("invalid-field", text, FieldFault("because", text))
    guided = storage.guided_session(unit.session, command.session_id, locked=True)
    by_citizen = guided is not None and guided.row.account_id == unit.caller.id
    by_volunteer = guided is not None and guided.row.volunteer_id == UUID(unit.caller.id)
    if guided is None or not (by_citizen or by_volunteer):
        raise unknown_guided_session()
    if guided.row.ended_at is None:
        because = Because(command.because or Because.CITIZEN) if by_citizen else Because.VOLUNTEER
        end_sessions(unit, [guided], because)


# --- others


def terms(_: Workplace, __: ListTerms) -> Collection[Term]:
    return TERMS.values()


def watch(unit: Unit, query: WatchGuidedSessions) -> Sequence[storage.Watched]:
    """Raises a Refusal (INVALID, `invalid-field`) for more than 500."""
    if len(query.told) > MOST_WATCHED:
        text = f"Mỗi lần hỏi nhiều nhất {MOST_WATCHED} buổi."
        raise invalid("invalid-field", text, FieldFault("told", text))
    ids = [key for each in query.told if (key := read_uuid(each.session_id))]
    return storage.watched(unit.session, ids, unit.now) if ids else []


def patience(unit: Unit, query: WatchGuidedSessions, found: Sequence[storage.Watched]) -> float:
    """Seconds that the caller would wait for a change: until the next session is over by time, and 0 for news."""
    known = {(each.session_id, each.version, each.ended) for each in query.told}
    if known != {(str(each.id), each.version, each.ended) for each in found}:
        return 0
    ends = [(each.over_at - unit.now).total_seconds() for each in found if not each.ended and each.over_at]
    return min(query.wait_seconds, MOST_SECONDS_WATCHED, *ends)


def given(unit: Unit, query: ListGuidedSessionsOfDossier) -> list[Given]:
    """The sessions, joined by a volunteer, in which the caller's draft was open."""
    found = storage.given(unit.session, unit.caller.id, query.dossier_id)
    return [Given(each.row, _minutes(each, unit.now), pages) for each, pages in found]


def write_ends(unit: chassis.Unit) -> int:
    """Writes the end of the sessions whose time, code or duty is over; returns how many."""
    found = storage.over_now(unit.session, unit.now)
    end_sessions(unit, found, Because.TIME)
    return len(found)


def place_of(row: GuidedSessionRow) -> Place:
    """The stored place; that of an ended session is not kept."""
    if not row.place:
        return Place()
    points = tuple(OpenPoint(**point) for point in row.place["open_points"])
    return Place(**{**row.place, "fields": tuple(row.place["fields"]), "open_points": points})


def _free_code(unit: Unit, kiosk: DeviceRow) -> tuple[str, bytes]:
    while True:
        code = rules.make_code()
        digest = digest_of(unit, kiosk.station_id, code)
        if storage.by_code(unit.session, kiosk.station_id, digest, unit.now) is None:
            return code, digest


def digest_of(unit: Unit, station_id: UUID, code: str) -> bytes:
    return unit.cell.cipher.fingerprint(rules.code_text(str(station_id), code))


def _read_place(place: Place | None) -> Place:
    place = place or Place()
    rules.refuse_values(place)
    return place


def _as_json(place: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from the database: lists for tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in place.items()}


def _read_dossier(command: ShowPlace) -> tuple[str, str] | None:
    if not (command.dossier_ward or command.dossier_id):
        return None
    key = read_uuid(command.dossier_id)
    if key is None or not (command.dossier_ward.isascii() and command.dossier_ward.isdigit()):
        text = "Mã hồ sơ hoặc mã phường không đúng."
        raise invalid("invalid-field", text, FieldFault("dossier_id", text))
    if not rules.is_page_digest(command.dossier_page):
        text = "Trang của hồ sơ chỉ nhận mã băm SHA-256."
        raise invalid("invalid-field", text, FieldFault("dossier_page", text))
    return command.dossier_ward[:10], str(key)


def _of_citizen(unit: Unit, session_id: str, *, locked: bool = False) -> Guided:
    guided = storage.guided_session(unit.session, session_id, locked=locked)
    if guided is None or guided.row.account_id != unit.caller.id:
        raise unknown_guided_session()
    return guided


def _seen_by_citizen(unit: Unit, guided: Guided) -> Seen:
    return Seen(guided, unit.now, storage.done(unit.session, guided.row.id, MOST_FOR_CITIZEN))


def _minutes(guided: Guided, now: datetime) -> int:
    ended, joined = guided.ending(now), guided.row.joined_at
    assert joined is not None  # only joined sessions count
    return max(1, int(((ended.at if ended else now) - joined).total_seconds() // 60))


def unknown_guided_session() -> Refusal:
    return not_found("unknown-guided-session", "Không có buổi hướng dẫn này.")
