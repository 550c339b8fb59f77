"""Volunteers of the ward, and their duties for opening sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.accounts.domain.guidance import Because
from services.accounts.domain.openings import Span, read_days, spoken
from services.accounts.domain.stations import LONGEST_PERSON_NAME, make_password, read_text, read_username
from services.accounts.storage import guidance, staff
from services.accounts.storage import stations as storage
from services.accounts.storage.rows import by_id, lock
from services.accounts.storage.stations import Duty
from services.accounts.tables import CredentialRow, DutyRow, OpeningRow, StaffRow
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.sessions import replace_password
from services.accounts.use_cases.stations import coming_opening
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import Kind, Refusal, conflict, not_found
from services.chassis.tokens import Role

TITLE = "Tình nguyện viên"


@dataclass(frozen=True, slots=True)
class AddVolunteer:
    full_name: str
    username: str


@dataclass(frozen=True, slots=True)
class RenewPassword:
    volunteer_id: str


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
class GivenOut:
    """A volunteer with the password that the ward gives them; it is good once, for setting another."""

    volunteer: StaffRow
    password: str = field(repr=False)


def check_volunteer(unit: Unit, command: AddVolunteer) -> None:
    """Raises a Refusal: INVALID (`invalid-field`), EXISTS (`username-taken`)."""
    read_text("full_name", command.full_name, LONGEST_PERSON_NAME)
    _free_username(unit, command)


def new_password(place: Workplace, _: AddVolunteer | RenewPassword, __: None) -> Password:
    plain = make_password()
    return Password(plain, place.hasher.hash(plain))


def add_volunteer(unit: Unit, command: AddVolunteer, password: Password) -> GivenOut:
    """Adds a volunteer with a first password; only the answer contains it. Raises as `check_volunteer`."""
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
    credential = CredentialRow(person_id=row.id, password_hash=password.hash, changed_at=unit.now, to_change=True)
    session.add_all([row, credential])
    audit.record(session, "add-volunteer", f"staff:{row.id}")
    return GivenOut(row, password.plain)


def check_renewal(unit: Unit, command: RenewPassword) -> None:
    """Raises a Refusal (NOT_FOUND, `unknown-volunteer`)."""
    _volunteer_alone(unit, command.volunteer_id)


def renew_password(unit: Unit, command: RenewPassword, password: Password) -> GivenOut:
    """Gives a volunteer a first password again; all their sessions end, and they must sign in again.

    Their guided sessions end. A token that was issued before stays good for its ten minutes; to stop a volunteer at
    once, the administrator also takes them off duty. Raises a Refusal (NOT_FOUND, `unknown-volunteer`).
    """
    row = _volunteer_alone(unit, command.volunteer_id)
    credential = unit.session.get(CredentialRow, row.id, with_for_update=True, populate_existing=True)
    assert credential is not None  # staff are added with one
    replace_password(unit, credential, password.hash, to_change=True)
    end_sessions(unit, guidance.resting_on(unit.session, volunteer_id=row.id), Because.DUTY_ENDED)
    audit.record(unit.session, "renew-password", f"staff:{row.id}", str(row.id))
    return GivenOut(row, password.plain)


def _volunteer_alone(unit: Unit, id: str) -> StaffRow:
    """A volunteer who has no office role: with an officer's password the administrator could sign as that officer."""
    row = by_id(unit.session, StaffRow, id)
    if row is None or not row.is_volunteer_alone or row.has_left:
        raise _unknown_volunteer()
    return row


def _free_username(unit: Unit, command: AddVolunteer) -> str:
    username = read_username(command.username, unit.cell.ward.slug)
    lock(unit.session, unit.cell.cipher.fingerprint(f"username:{username}"))
    if staff.named(unit.session, username) is not None:
        text = f"Tên đăng nhập {username} đã có người dùng. Xin chọn tên khác."
        raise Refusal(Kind.EXISTS, "username-taken", text)
    return username


def volunteers(unit: Unit, _: ListVolunteers) -> Sequence[StaffRow]:
    """By name."""
    return staff.volunteers(unit.session)


def put_on_duty(unit: Unit, command: PutOnDuty) -> Duty:
    """Puts a volunteer on duty. A volunteer who has the duty keeps it; one who was taken off gets it again.

    Raises a Refusal: NOT_FOUND (`unknown-opening`, `unknown-volunteer`), CONFLICT (`opening-over`,
    `opening-cancelled`, `duty-overlaps`).
    """
    session = unit.session
    opening = coming_opening(unit, command.opening_id)
    volunteer = by_id(session, StaffRow, command.volunteer_id, locked=True)  # two duties at the same moment
    if volunteer is None or Role.VOLUNTEER not in volunteer.roles or volunteer.has_left:
        raise _unknown_volunteer()
    row = storage.duty_for(session, opening.id, volunteer.id)
    if row is None or row.taken_off_at is not None:
        _refuse_overlap(unit, opening, volunteer)
    if row is None:
        row = DutyRow(id=uuid4(), opening_id=opening.id, volunteer_id=volunteer.id, put_on_at=unit.now)
        session.add(row)
    elif row.taken_off_at is not None:
        row.put_on_at, row.taken_off_at = unit.now, None
    audit.record(session, "put-on-duty", f"duty:{row.id}")
    return storage.duty(session, row.id)


def _refuse_overlap(unit: Unit, opening: OpeningRow, volunteer: StaffRow) -> None:
    span = Span(opening.starts_at, opening.ends_at)
    other = next(iter(storage.duties_within(unit.session, volunteer.id, span)), None)
    if other is not None:
        hours = spoken(Span(other.opening.starts_at, other.opening.ends_at))
        text = f"{volunteer.full_name} đã trực ở {other.station.name} {hours}: hai buổi trùng giờ."
        raise conflict("duty-overlaps", text)


def take_off_duty(unit: Unit, command: TakeOffDuty) -> Duty:
    """Takes a volunteer off duty; the guided sessions that depend on the duty end. Repeating it changes nothing.

    Raises a Refusal (NOT_FOUND, `unknown-duty`).
    """
    session = unit.session
    row = by_id(session, DutyRow, command.duty_id, locked=True)
    if row is None:
        raise not_found("unknown-duty", "Không có ca trực này.")
    if row.taken_off_at is None:
        row.taken_off_at = unit.now
        end_sessions(unit, guidance.resting_on(session, duty_ids=[row.id]), Because.DUTY_ENDED)
        audit.record(session, "take-off-duty", f"duty:{row.id}")
    return storage.duty(session, row.id)


def duties(unit: Unit, query: ListDuties) -> list[Duty]:
    """Duties of some days by time: all duties for the administrator, their own for a volunteer.

    Raises a Refusal (INVALID, `invalid-days`).
    """
    span = read_days(query.since, query.until)
    own = None if unit.caller.has(Role.WARD_ADMIN) else UUID(unit.caller.id)
    return storage.duties(unit.session, span, own)


def _unknown_volunteer() -> Refusal:
    return not_found("unknown-volunteer", "Phường không có tình nguyện viên này.")
