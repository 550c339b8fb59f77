"""The citizen's side of guided sessions: the citizen asks for one, sees it, and shows where they are."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID, uuid4

from services.accounts.domain import guidance as rules
from services.accounts.domain.guidance import Because, Place
from services.accounts.storage import guidance as storage
from services.accounts.storage.guidance import Guided
from services.accounts.tables import DeviceRow, GuidedSessionRow
from services.accounts.use_cases.consents import give, refuse_old_text
from services.accounts.use_cases.devices import kiosk_here
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.guidance.guided_sessions import (
    Seen,
    digest_of,
    lock_requests,
    refuse_too_many,
    unknown_guided_session,
)
from services.accounts.use_cases.stations import find_station, refuse_closed
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import faulty, not_found

#: The most acts that the citizen is shown.
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
class Presence:
    session_id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotePresence:
    present: Sequence[Presence]


def request(unit: Unit, command: RequestGuidedSession) -> Seen:
    """The citizen agrees, and gets a code. Earlier sessions of this citizen or at this computer end.

    Raises a Refusal: FORBIDDEN (`not-at-a-station`), CONFLICT (`station-closed`, `text-changed`), INVALID
    (`invalid-place`).
    """
    kiosk = kiosk_here(unit)
    refuse_closed(find_station(unit, str(kiosk.station_id), locked=False), "Ông/bà vẫn tự làm được ở máy này.")
    refuse_old_text(unit, rules.PURPOSE, command.text_version)
    place = _read_place(command.place)
    lock_requests(unit)
    for earlier in storage.unended(unit.session, kiosk.id, unit.caller.id):
        own = earlier.row.account_id == unit.caller.id
        end_sessions(unit, [earlier], Because.CITIZEN if own else Because.SIGNED_OUT)
    unit.session.flush()
    code, digest = _free_code(unit, kiosk)
    consent = give(unit, rules.PURPOSE, command.text_version, kiosk.station_id)
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
    return Seen(_of_citizen(unit, str(row.id)), unit.now, code=code, presence_key=_presence_key(unit, row.id))


def own(workplace: Workplace, _: GetOwnGuidedSession) -> Seen:
    """The citizen's session; an ended one for a minute longer. Notes that the citizen's browser has been heard from.

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
        storage.note_seen(unit.session, [guided.row.id], unit.now)
    return _seen_by_citizen(unit, guided)


def show_place(workplace: Workplace, command: ShowPlace) -> Seen:
    """The citizen's browser shows another page. An ended session is returned as it is.

    The same place again only renews the time when the citizen was heard from. Raises a Refusal: NOT_FOUND
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
        storage.note_seen(unit.session, [row.id], unit.now)
        if _as_json(place) != row.place:
            row.place, row.place_at = place, unit.now
            row.version += 1
        page = command.dossier_page or Place(**place).dossier_page
        storage.show_page(unit.session, row, dossier and (*dossier, page))
        unit.session.flush()
    return _seen_by_citizen(unit, guided)


def note_presence(workplace: Workplace, command: NotePresence) -> None:
    """The citizens' browsers are still open. Sessions that have ended, or whose key is wrong, are ignored.

    Raises a Refusal (INVALID, `invalid-field`) for more than 500.
    """
    refuse_too_many(command.present, "present")
    with workplace.unit() as unit:
        known = [(read_uuid(each.session_id), each.key) for each in command.present]
        ids = [id for id, key in known if id and hmac.compare_digest(key, _presence_key(unit, id))]
        storage.note_seen(unit.session, ids, unit.now)


def _presence_key(unit: Unit, session_id: UUID) -> bytes:
    """The key that only the citizen's side gets."""
    return unit.cell.cipher.key_for(rules.PRESENCE, str(session_id))


def _free_code(unit: Unit, kiosk: DeviceRow) -> tuple[str, bytes]:
    while True:
        code = rules.make_code()
        digest = digest_of(unit, kiosk.station_id, code)
        if storage.by_code(unit.session, kiosk.station_id, digest, unit.now) is None:
            return code, digest


def _read_place(place: Place | None) -> Place:
    place = place or Place()
    rules.refuse_values(place)
    return place


def _as_json(place: Mapping[str, Any]) -> dict[str, Any]:
    """The place as the database returns it: lists instead of tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in place.items()}


def _read_dossier(command: ShowPlace) -> tuple[str, str] | None:
    if not (command.dossier_ward or command.dossier_id):
        return None
    key = read_uuid(command.dossier_id)
    if key is None or not (command.dossier_ward.isascii() and command.dossier_ward.isdigit()):
        text = "Mã hồ sơ hoặc mã phường không đúng."
        raise faulty("dossier_id", text)
    if not rules.is_page_digest(command.dossier_page):
        text = "Trang của hồ sơ chỉ nhận mã băm SHA-256."
        raise faulty("dossier_page", text)
    return command.dossier_ward[:10], str(key)


def _of_citizen(unit: Unit, session_id: str, *, locked: bool = False) -> Guided:
    guided = storage.guided_session(unit.session, session_id, locked=locked)
    if guided is None or guided.row.account_id != unit.caller.id:
        raise unknown_guided_session()
    return guided


def _seen_by_citizen(unit: Unit, guided: Guided) -> Seen:
    done = storage.done(unit.session, guided.row.id, MOST_FOR_CITIZEN)
    return Seen(guided, unit.now, done, presence_key=_presence_key(unit, guided.row.id))
