"""A ward's stations and their opening sessions: the public timetable, and the administrator's changes to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID, uuid4

from services.accounts.domain import openings
from services.accounts.domain.guidance import Because
from services.accounts.domain.stations import LONGEST, LONGEST_NOTE, read_station, read_text
from services.accounts.storage import guidance
from services.accounts.storage import stations as storage
from services.accounts.storage.rows import by_id, lock
from services.accounts.tables import OpeningRow, StationRow
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.unit import Unit
from services.chassis.database import audit
from services.chassis.refusal import Kind, Refusal, conflict, not_found, stale


@dataclass(frozen=True, slots=True)
class ListStations:
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class ListAdministeredStations(ListStations):
    pass


@dataclass(frozen=True, slots=True)
class GetStation:
    id: str


@dataclass(frozen=True, slots=True)
class GetOpening:
    station_id: str
    id: str


@dataclass(frozen=True, slots=True)
class SaveStation:
    id: str
    name: str
    venue: str
    address: str
    residential_group: str
    directions: str
    step_free: bool
    contact_name: str
    contact_phone: str
    opening_hours: str
    closed: bool
    expected_version: int


@dataclass(frozen=True, slots=True)
class SaveOpening:
    id: str
    station_id: str
    on: str
    starts: str
    ends: str
    note: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class CancelOpening:
    id: str
    note: str
    station_id: str
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A station with its opening sessions in the requested days."""

    row: StationRow
    openings: Sequence[OpeningRow] = ()


def stations(unit: Unit, query: ListStations) -> list[Listed]:
    """The ward's stations by name, with the opening sessions of some days. A closed station is included only if it has
    such sessions.

    Raises a Refusal (INVALID, `invalid-days`).
    """
    return [each for each in administered_stations(unit, query) if each.row.closed_at is None or each.openings]


def administered_stations(unit: Unit, query: ListStations) -> list[Listed]:
    """All stations of the ward by name, with the opening sessions of some days.

    Raises a Refusal (INVALID, `invalid-days`).
    """
    of_station: dict[UUID, list[OpeningRow]] = defaultdict(list)
    if query.since or query.until:
        for opening in storage.openings(unit.session, openings.read_days(query.since, query.until)):
            of_station[opening.station_id].append(opening)
    return [Listed(row, of_station[row.id]) for row in storage.stations(unit.session)]


def station(unit: Unit, query: GetStation) -> Listed:
    """Raises a Refusal (NOT_FOUND, `unknown-station`)."""
    return Listed(find_station(unit, query.id, locked=False))


def opening(unit: Unit, query: GetOpening) -> OpeningRow:
    """Raises a Refusal (NOT_FOUND, `unknown-opening`)."""
    return _opening(unit, query.id, query.station_id, locked=False)


def save_station(unit: Unit, command: SaveStation) -> Listed:
    """Adds or changes a station. Closing it calls off the sessions that are not over.

    Raises a Refusal: INVALID (`invalid-station`), NOT_FOUND (`unknown-station`), EXISTS (`station-exists`), STALE.
    """
    session = unit.session
    texts = read_station({each.name: getattr(command, each.name) for each in fields(command) if each.name in LONGEST})
    lock(session, unit.cell.cipher.fingerprint(f"station:{texts['name']}"))
    namesake = storage.station_named(session, texts["name"])
    if command.id:
        row = find_station(unit, command.id)
        if command.expected_version and row.version != command.expected_version:
            raise stale(row.version)
    else:
        row = StationRow(id=uuid4())
        session.add(row)
    if namesake is not None and namesake.id != row.id:
        raise Refusal(Kind.EXISTS, "station-exists", "Phường đã có điểm hỗ trợ mang tên này. Xin đặt tên khác.")
    for name, text in texts.items():
        setattr(row, name, text)
    row.step_free = command.step_free
    if command.closed and row.closed_at is None:
        row.closed_at = unit.now
        for opening in storage.openings_to_come(session, row.id, unit.now):
            _call_off(unit, opening, "Điểm hỗ trợ đã đóng.")
    elif not command.closed:
        row.closed_at = None
    audit.record(session, "save-station", f"station:{row.id}")
    return Listed(row)


def save_opening(unit: Unit, command: SaveOpening) -> OpeningRow:
    """Adds an opening session, or changes one that is neither over nor called off.

    Raises a Refusal: INVALID (`invalid-opening`, `invalid-field`), NOT_FOUND (`unknown-station`, `unknown-opening`),
    CONFLICT (`station-closed`, `opening-over`, `opening-cancelled`, `openings-overlap`), STALE.
    """
    session = unit.session
    span = openings.read_hours(command.on, command.starts, command.ends, unit.now)
    note = read_text("note", command.note, LONGEST_NOTE, needed=False)
    station = find_station(unit, command.station_id)  # locked, so that two overlapping sessions are not entered at once
    refuse_closed(station, "Xin mở lại trước khi thêm buổi.")
    row = OpeningRow(id=uuid4(), station_id=station.id)
    if command.id:
        row = coming_opening(unit, command.id, str(station.id))
    if command.id and command.expected_version and row.version != command.expected_version:
        raise stale(row.version)
    if any(other.id != row.id for other in storage.openings_within(session, station.id, span)):
        raise conflict("openings-overlap", "Buổi này trùng giờ với một buổi khác của điểm hỗ trợ.")
    row.starts_at, row.ends_at, row.note = span.starts_at, span.ends_at, note
    session.add(row)
    if command.id and not openings.is_running(span, unit.now):
        _end_sessions(unit, row)
    audit.record(session, "save-opening", f"opening:{row.id}")
    return row


def cancel_opening(unit: Unit, command: CancelOpening) -> OpeningRow:
    """Calls off a session; if it was called off before, this note replaces the earlier one. Guided sessions that depend
    on its duties end.

    Raises a Refusal: INVALID (`invalid-field`), NOT_FOUND (`unknown-opening`), CONFLICT (`opening-over`), STALE.
    """
    note = read_text("note", command.note, LONGEST_NOTE)
    row = _opening(unit, command.id, command.station_id)
    if row.cancelled_at is not None and row.note == note:
        return row
    if command.expected_version not in (0, row.version):
        raise stale(row.version)
    if row.ends_at <= unit.now:
        raise _over()
    _call_off(unit, row, note)
    return row


def find_station(unit: Unit, station_id: str, *, locked: bool = True) -> StationRow:
    """Raises a Refusal (NOT_FOUND, `unknown-station`)."""
    row = by_id(unit.session, StationRow, station_id, locked=locked)
    if row is None:
        raise not_found("unknown-station", "Phường không có điểm hỗ trợ này.")
    return row


def refuse_closed(station: StationRow, advice: str) -> None:
    """Raises a Refusal (CONFLICT, `station-closed`) that says what to do instead."""
    if station.closed_at is not None:
        raise conflict("station-closed", f"Điểm hỗ trợ này đã đóng. {advice}")


def coming_opening(unit: Unit, opening_id: str, station_id: str = "") -> OpeningRow:
    """A session, locked, that is neither over nor called off; if a station is named, of this station.

    Raises a Refusal: NOT_FOUND (`unknown-opening`), CONFLICT (`opening-over`, `opening-cancelled`).
    """
    row = _opening(unit, opening_id, station_id)
    if row.cancelled_at is not None:
        raise conflict("opening-cancelled", "Buổi này đã hủy. Xin thêm buổi mới.")
    if row.ends_at <= unit.now:
        raise _over()
    return row


def _opening(unit: Unit, opening_id: str, station_id: str, *, locked: bool = True) -> OpeningRow:
    row = by_id(unit.session, OpeningRow, opening_id, locked=locked)
    if row is None or station_id not in ("", str(row.station_id)):
        raise not_found("unknown-opening", "Không có buổi mở cửa này.")
    return row


def _call_off(unit: Unit, row: OpeningRow, note: str) -> None:
    row.cancelled_at, row.note = row.cancelled_at or unit.now, note
    _end_sessions(unit, row)
    audit.record(unit.session, "cancel-opening", f"opening:{row.id}")


def _end_sessions(unit: Unit, row: OpeningRow) -> None:
    resting = guidance.resting_on(unit.session, duty_ids=storage.duty_ids(unit.session, row.id))
    end_sessions(unit, resting, Because.DUTY_ENDED)


def _over() -> Refusal:
    return conflict("opening-over", "Buổi này đã qua.")
