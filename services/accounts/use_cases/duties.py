"""Volunteers of the ward, and for which opening sessions they have duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.accounts.domain.guidance import Because
from services.accounts.domain.openings import read_days
from services.accounts.domain.stations import LONGEST_PERSON_NAME, make_password, read_text, read_username
from services.accounts.storage import guidance
from services.accounts.storage import stations as storage
from services.accounts.storage.people import staff_named
from services.accounts.storage.rows import by_id, lock
from services.accounts.storage.stations import Duty
from services.accounts.tables import CredentialRow, DutyRow, StaffRow
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.stations import coming_opening
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import Kind, Refusal, not_found
from services.chassis.tokens import Role

TITLE = "Tình nguyện viên"


@dataclass(frozen=True, slots=True)
class AddVolunteer:
    full_name: str
    username: str


@dataclass(frozen=True, slots=True)
class ListVolunteers:
    pass


@dataclass(frozen=True, slots=True)
class PutOnDuty:
    opening_id: str
    volunteer_id: str


@dataclass(frozen=True, slots=True)
class TakeOffDuty:
    duty_id: str


@dataclass(frozen=True, slots=True)
class ListDuties:
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Password:
    """A new password and its hash, made outside any transaction."""

    plain: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Added:
    volunteer: StaffRow
    password: str = field(repr=False)


def check_volunteer(unit: Unit, command: AddVolunteer) -> None:
    """Raises a Refusal: INVALID (`invalid-field`), EXISTS (`username-taken`)."""
    read_text("full_name", command.full_name, LONGEST_PERSON_NAME)
    _free_username(unit, command)


def new_password(place: Workplace, _: AddVolunteer, __: None) -> Password:
    plain = make_password()
    return Password(plain, place.hasher.hash(plain))


def add_volunteer(unit: Unit, command: AddVolunteer, password: Password) -> Added:
    """Adds a volunteer with a first password, which is in the answer alone. Raises as `check_volunteer`."""
    session = unit.session
    username = _free_username(unit, command)
    row = StaffRow(
        id=uuid4(),
        username=username,
        full_name=read_text("full_name", command.full_name, LONGEST_PERSON_NAME),
        title=TITLE,
        roles=[str(Role.VOLUNTEER)],
        created_at=unit.now,
    )
    session.add_all([row, CredentialRow(person_id=row.id, password_hash=password.hash, changed_at=unit.now)])
    audit.record(session, "add-volunteer", f"staff:{row.id}")
    return Added(row, password.plain)


def _free_username(unit: Unit, command: AddVolunteer) -> str:
    username = read_username(command.username, unit.cell.ward.slug)
    lock(unit.session, unit.cell.cipher.fingerprint(f"username:{username}"))
    if staff_named(unit.session, username) is not None:
        text = f"Tên đăng nhập {username} đã có người dùng. Xin chọn tên khác."
        raise Refusal(Kind.EXISTS, "username-taken", text)
    return username


def volunteers(unit: Unit, _: ListVolunteers) -> Sequence[StaffRow]:
    """By name."""
    return storage.volunteers(unit.session)


def put_on_duty(unit: Unit, command: PutOnDuty) -> Duty:
    """Puts a volunteer on duty; one who has it keeps it, one who was taken off has it again.

    Raises a Refusal: NOT_FOUND (`unknown-opening`, `unknown-volunteer`), CONFLICT (`opening-over`,
    `opening-cancelled`).
    """
    session = unit.session
    opening = coming_opening(unit, command.opening_id)
    volunteer = by_id(session, StaffRow, command.volunteer_id)
    if volunteer is None or Role.VOLUNTEER not in volunteer.roles:
        raise not_found("unknown-volunteer", "Phường không có tình nguyện viên này.")
    row = storage.duty_for(session, opening.id, volunteer.id)
    if row is None:
        row = DutyRow(id=uuid4(), opening_id=opening.id, volunteer_id=volunteer.id, put_on_at=unit.now)
        session.add(row)
    elif row.taken_off_at is not None:
        row.put_on_at, row.taken_off_at = unit.now, None
    audit.record(session, "put-on-duty", f"duty:{row.id}")
    return storage.duty(session, row.id)


def take_off_duty(unit: Unit, command: TakeOffDuty) -> Duty:
    """Takes a volunteer off duty; the guided sessions that rest on it end. Repeating it changes nothing.

    Raises a Refusal (NOT_FOUND, `unknown-duty`).
    """
    session = unit.session
    row = by_id(session, DutyRow, command.duty_id, locked=True)
    if row is None:
        raise not_found("unknown-duty", "Không có lượt trực này.")
    if row.taken_off_at is None:
        row.taken_off_at = unit.now
        end_sessions(unit, guidance.resting_on(session, duty_ids=[row.id]), Because.DUTY_ENDED)
        audit.record(session, "take-off-duty", f"duty:{row.id}")
    return storage.duty(session, row.id)


def duties(unit: Unit, query: ListDuties) -> list[Duty]:
    """Duties of some days by time: everybody's for the administrator, their own for a volunteer.

    Raises a Refusal (INVALID, `invalid-days`).
    """
    span = read_days(query.since, query.until)
    own = None if unit.caller.has(Role.WARD_ADMIN) else UUID(unit.caller.id)
    return storage.duties(unit.session, span, own)
