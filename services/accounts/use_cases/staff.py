"""Staff of the ward: the ward's administrator adds them, sets their roles, and ends their work.

Nobody changes their own roles, and the last administrator stays. The owner of an account is told what the administrator
does to it: with a new link, or without the second factor, somebody else could use it. All other administrators are told
when one more administrator is to be added, and when that account is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from services.accounts import events
from services.accounts.adapters.phones import read_mobile
from services.accounts.domain import codes
from services.accounts.domain.guidance import Because
from services.accounts.domain.opening import checked_email
from services.accounts.domain.stations import LONGEST_PERSON_NAME, read_text, read_username
from services.accounts.storage import guidance, people
from services.accounts.storage import staff as storage
from services.accounts.storage.rows import by_id, lock
from services.accounts.tables import CredentialRow, FactorResetRow, OneTimeCodeRow, StaffRow
from services.accounts.use_cases import links
from services.accounts.use_cases.administration import refuse_password, refuse_taken, unknown_link
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.sessions import replace_password
from services.accounts.use_cases.telling import tell_administrators, tell_staff
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.capacity import Capacity
from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, faulty, invalid, not_found, stale
from services.chassis.tokens import OFFICE, Role

#: The roles that an administrator may give. Volunteers are added separately: they open no dossier, and nobody is both.
ROLES = (*sorted(OFFICE), Role.WARD_ADMIN)
LONGEST_TITLE, SHORTEST_REASON, LONGEST_REASON = 100, 5, 300
_LINKS = (codes.OPEN_STAFF_ACCOUNT, codes.RESET_STAFF_ACCOUNT)


@dataclass(frozen=True, slots=True)
class ListAdministeredStaff:
    pass


@dataclass(frozen=True, slots=True)
class AddStaff:
    full_name: str
    username: str
    title: str
    roles: tuple[str, ...]
    capacity: str  # of a signer; empty for others
    phone: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeStaff:
    staff_id: str
    full_name: str
    title: str
    roles: tuple[str, ...]
    capacity: str  # of a signer; empty for others
    phone: str = field(repr=False)
    email: str = field(repr=False)
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class EndStaff:
    staff_id: str
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class RenewStaffLink:
    staff_id: str


@dataclass(frozen=True, slots=True)
class ResetSecondFactor:
    staff_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenStaffAccount:
    ticket: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as the administrator sees them."""

    row: StaffRow
    phone: str = field(repr=False)
    email: str = field(repr=False)
    opened: bool
    authenticators: int
    duties_ahead: int


@dataclass(frozen=True, slots=True)
class Administered:
    """The ward's staff, and until when an operator's link can open the account of one more administrator."""

    members: list[Member]
    link_until: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    member: Member
    ticket: str = field(repr=False)
    expires_at: datetime


def administered(unit: Unit, _: ListAdministeredStaff) -> Administered:
    """By name; those who have left come last."""
    rows = storage.everybody(unit.session)
    return Administered(_members(unit, rows), links.pending(unit, codes.OPEN_ADMINISTRATION))


def add_staff(unit: Unit, command: AddStaff) -> Link:
    """Adds a member of staff; they open their account with the link in the answer. Raises a Refusal: INVALID
    (`invalid-field`), EXISTS (`username-taken`).
    """
    named, username, roles, capacity, (phone, email) = _all_of(
        lambda: _named(command, command.roles),
        lambda: read_username(command.username, unit.cell.ward.slug),
        lambda: _roles(command.roles),
        lambda: _capacity(command, command.roles),
        lambda: _contact(command),
    )
    id = uuid4()
    row = StaffRow(id=id, username=username, created_at=unit.now, roles=roles, capacity=capacity, **named)
    if not phone and not email:
        raise faulty("phone", "Xin ghi số di động hoặc thư điện tử, để báo khi tài khoản thay đổi.")
    refuse_taken(unit, username)
    _keep_contact(unit, row, phone, email)
    if str(Role.WARD_ADMIN) in roles:
        row.administrator_since = unit.now
    unit.session.add(row)
    unit.session.flush()
    if str(Role.WARD_ADMIN) in roles:
        tell_administrators(unit, "account-administrator-link", but=id)
    audit.record(unit.session, "add-staff", f"staff:{id}", str(id))
    return _link(unit, row)


def change_staff(unit: Unit, command: ChangeStaff) -> Member:
    """Changes the data of a member of staff. After a change of roles, capacity, name or title they must sign in again.

    Raises a Refusal: NOT_FOUND (`unknown-staff`), INVALID (`invalid-field`), CONFLICT (`own-roles`,
    `last-administrator`), STALE.
    """
    row = _working(unit, command.staff_id)
    _refuse_stale(row, command)
    administered_before = str(Role.WARD_ADMIN) in row.roles
    roles = list(row.roles) if row.is_volunteer_alone and not command.roles else _roles(command.roles)
    if row.is_volunteer_alone and roles != row.roles:
        raise faulty("roles", "Tình nguyện viên không kiêm việc khác. Xin thêm với tên đăng nhập khác.")
    named, capacity, (phone, email) = _all_of(
        lambda: _named(command, roles), lambda: _capacity(command, roles), lambda: _contact(command)
    )
    leaves_office = bool(OFFICE.intersection(row.roles)) and not OFFICE.intersection(roles)
    changes_roles = set(roles) != set(row.roles) or capacity != row.capacity
    if changes_roles and str(row.id) == unit.caller.id:
        text = "Không ai tự đổi vai trò hay tư cách ký của mình. Xin quản trị viên khác của phường đổi."
        raise conflict("own-roles", text)
    signs_otherwise = changes_roles or named["title"] != row.title or named["full_name"] != row.full_name
    row.full_name, row.title, row.roles, row.capacity = named["full_name"], named["title"], roles, capacity
    if str(Role.WARD_ADMIN) not in roles:
        row.administrator_since = None
    elif not administered_before:
        row.administrator_since = unit.now
    _change_contact(unit, row, phone, email)
    if signs_otherwise:  # an old token would still have the old roles, capacity, name and title
        storage.drop_tickets(unit.session, row.id)
        people.end_sessions(unit.session, row.id, unit.now, "roles-changed")
    unit.session.flush()
    if changes_roles:
        _refuse_without_administrator(unit)
        tell_staff(unit, row, "account-roles-changed")
        if leaves_office:
            _tell_departed(unit, row)
        if str(Role.WARD_ADMIN) in roles and not administered_before:
            tell_administrators(unit, "account-administrator-added", but=row.id)
        audit.record(unit.session, "change-roles", f"staff:{row.id}", str(row.id))
    else:
        audit.record(unit.session, "change-staff", f"staff:{row.id}", str(row.id))
    return _members(unit, [row])[0]


def end_staff(unit: Unit, command: EndStaff) -> Member:
    """Ends somebody's work for the ward: their sessions end, nobody can sign in as them, a volunteer is off duty, and
    the dossiers that they had taken on are nobody's. Repeating it changes nothing. Raises a Refusal: NOT_FOUND
    (`unknown-staff`), CONFLICT (`last-administrator`), STALE.
    """
    _lock_administrators(unit)
    row = by_id(unit.session, StaffRow, command.staff_id, locked=True)
    if row is None:
        raise _unknown()
    if not row.has_left:
        _refuse_stale(row, command)
        row.work_ended_at = unit.now
        unit.session.flush()
        _refuse_without_administrator(unit)
        storage.forget_factors(unit.session, row.id)
        people.end_sessions(unit.session, row.id, unit.now, "ended")
        links.void(unit, row.id, *_LINKS)
        storage.take_off_duty(unit.session, row.id, unit.now)
        end_sessions(unit, guidance.resting_on(unit.session, volunteer_id=row.id), Because.DUTY_ENDED)
        tell_staff(unit, row, "account-staff-ended")
        if OFFICE.intersection(row.roles):
            _tell_departed(unit, row)
        audit.record(unit.session, "end-staff", f"staff:{row.id}", str(row.id))
    return _members(unit, [row])[0]


def renew_link(unit: Unit, command: RenewStaffLink) -> Link:
    """A new link for somebody who has lost theirs or forgotten the password; the old password is good until the link is
    used. Raises a Refusal: NOT_FOUND (`unknown-staff`), CONFLICT (`own-account`).
    """
    row = _working(unit, command.staff_id)
    if row.is_volunteer_alone:
        raise _unknown()  # a volunteer gets a first password again instead (duties.py)
    _refuse_own(unit, row)
    tell_staff(unit, row, "account-link-made")
    audit.record(unit.session, "renew-staff-link", f"staff:{row.id}", str(row.id))
    return _link(unit, row)


def reset_second_factor(unit: Unit, command: ResetSecondFactor) -> Member:
    """Removes the second factors of somebody who has lost them. Raises a Refusal: NOT_FOUND (`unknown-staff`), INVALID
    (`invalid-field`), CONFLICT (`own-account`).
    """
    reason = read_text("reason", command.reason, LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise faulty("reason", "Xin ghi rõ lý do, chẳng hạn: mất điện thoại ngày 3/11, có đơn.")
    row = _working(unit, command.staff_id)
    _refuse_own(unit, row)
    forget_second_factor(unit, row)
    by = {"by": unit.caller.id, "by_name": unit.caller.signs_as, "reason": reason}
    unit.session.add(FactorResetRow(id=uuid4(), person_id=row.id, at=unit.now, **by))
    audit.record(unit.session, "reset-second-factor", f"staff:{row.id}", str(row.id))
    return _members(unit, [row])[0]


def forget_second_factor(unit: Unit, row: StaffRow) -> None:
    storage.forget_factors(unit.session, row.id)
    people.end_sessions(unit.session, row.id, unit.now, "second-factor-reset")
    tell_staff(unit, row, "account-factor-reset")


def open_account(place: Workplace, command: OpenStaffAccount) -> str:
    """Sets the password of a link's person; returns their user name. A repetition with the same password changes
    nothing. The link of an operator also removes the second factors.

    Raises a Refusal: NOT_FOUND (`unknown-link`), INVALID (`invalid-password`).
    """
    ticket = command.ticket.strip()
    with place.unit() as unit:
        row, member = _ticket(unit, ticket)
        refuse_password(command.password, member.username, member.username.removesuffix(f".{unit.cell.ward.slug}"))
        credential = unit.session.get(CredentialRow, member.id)
        stored, redeemed_at = credential.password_hash if credential else None, row.redeemed_at
        username = member.username
        repeated = redeemed_at is not None and unit.now - redeemed_at <= links.REPEATED_WITHIN
    if redeemed_at is not None:
        if not repeated or not place.hasher.verify(stored, command.password):
            raise unknown_link()  # after that a repetition would only tell whether a password is right
        return username
    hash = place.hasher.hash(command.password)
    with place.unit() as unit:
        lock(unit.session, unit.cell.cipher.fingerprint(f"staff-link:{ticket}"))
        row, member = _ticket(unit, ticket, locked=True)
        if row.redeemed_at is not None:
            raise unknown_link()  # somebody was quicker
        row.redeemed_at, row.redemption = unit.now, username
        credential = unit.session.get(CredentialRow, member.id, with_for_update=True, populate_existing=True)
        if row.purpose == codes.RESET_STAFF_ACCOUNT:
            forget_second_factor(unit, member)
        if credential is None:
            unit.session.add(CredentialRow(person_id=member.id, password_hash=hash, changed_at=unit.now))
            if str(Role.WARD_ADMIN) in member.roles:
                member.administrator_since = unit.now
                tell_administrators(unit, "account-administrator-added", but=member.id)
        else:
            replace_password(unit, credential, hash)
        links.void(unit, member.id, *_LINKS)
        audit.record(unit.session, "open-staff-account", f"staff:{member.id}", str(member.id))
    return username


def _ticket(unit: Unit, ticket: str, *, locked: bool = False) -> tuple[OneTimeCodeRow, StaffRow]:
    """A ticket's row and person; with `locked`, locked as in `factors.member`. Raises a Refusal (NOT_FOUND,
    `unknown-link`).
    """
    how: Any = {"key_share": True} if locked else None
    for purpose in _LINKS:
        row = links.find(unit, purpose, ticket)
        member = (
            unit.session.get(StaffRow, row.account_id, with_for_update=how, populate_existing=True) if row else None
        )
        if row is not None and member is not None and not member.has_left:
            return row, member
    raise unknown_link()


def _link(unit: Unit, row: StaffRow) -> Link:
    ticket = links.issue(unit, codes.OPEN_STAFF_ACCOUNT, row.id)
    return Link(_members(unit, [row])[0], ticket, unit.now + links.LINK_LIFE)


def _all_of(*reads: Callable[[], Any]) -> list[Any]:
    """What each of them reads. Where some refuse, all that is wrong is told at once: INVALID (`invalid-field`)."""
    read: list[Any] = []
    faults: list[FieldFault] = []
    for each in reads:
        try:
            read.append(each())
        except Refusal as refusal:
            if refusal.kind is not Kind.INVALID:
                raise
            faults.extend(refusal.fields)
    if faults:
        raise invalid("invalid-field", faults[0].text, *faults)
    return read


def _roles(given: Sequence[str]) -> list[str]:
    roles = sorted(set(given))
    if not roles or not set(roles) <= {str(role) for role in ROLES}:
        raise faulty("roles", "Xin chọn ít nhất một việc của người này.")
    return roles


def _capacity(command: AddStaff | ChangeStaff, roles: Sequence[str]) -> Capacity | None:
    if str(Role.SIGNER) not in roles:
        if command.capacity:
            raise faulty("capacity", "Chỉ người ký mới có tư cách ký. Xin để trống mục này.")
        return None
    if command.capacity not in list(Capacity):
        raise faulty("capacity", "Xin chọn người này ký với tư cách nào: Chủ tịch, Quyền Chủ tịch hay Phó Chủ tịch.")
    return Capacity(command.capacity)


def _named(command: AddStaff | ChangeStaff, roles: Sequence[str]) -> dict[str, str]:
    full_name = read_text("full_name", command.full_name, LONGEST_PERSON_NAME)
    if str(Role.SIGNER) in roles and not command.title.strip():
        raise faulty("title", "Xin ghi chức vụ của người ký, như trên giấy tờ: Phó Chủ tịch UBND phường.")
    return {"full_name": full_name, "title": read_text("title", command.title, LONGEST_TITLE)}


def _contact(command: AddStaff | ChangeStaff) -> tuple[str, str]:
    """Phone as E.164 and e-mail address; empty if not given."""
    phone = read_mobile(command.phone) if command.phone.strip() else ""
    email, fault = checked_email(command.email)
    faults = []
    if phone is None:
        faults.append(FieldFault("phone", "Xin ghi số di động Việt Nam, ví dụ 0905 123 456."))
    if fault is not None:
        faults.append(FieldFault("email", fault.text))
    if phone is None or faults:
        raise invalid("invalid-field", faults[0].text, *faults)
    return phone, email


def _keep_contact(unit: Unit, row: StaffRow, phone: str, email: str) -> None:
    """Stores phone and e-mail address; an empty one stays as it was, because the page does not show it."""
    if phone:
        row.phone = storage.seal_contact(unit.cell.cipher, row.id, "phone", phone)
    if email:
        row.email = storage.seal_contact(unit.cell.cipher, row.id, "email", email)


def _change_contact(unit: Unit, row: StaffRow, phone: str, email: str) -> None:
    """Also tells the former addresses: otherwise somebody could change the addresses first and do the rest
    unnoticed.
    """
    before = storage.contacts(unit.cell.cipher, row)
    _keep_contact(unit, row, phone, email)
    after = storage.contacts(unit.cell.cipher, row)
    if after != before:
        tell_staff(unit, row, "account-contact-changed", before)
        new = storage.Contacts(*("" if now == was else now for now, was in zip(after, before, strict=True)))
        tell_staff(unit, row, "account-contact-changed", new)


def _working(unit: Unit, id: str) -> StaffRow:
    """The person, locked. The administrators are locked first: if two take the role from each other at once,
    one stays.
    """
    _lock_administrators(unit)
    row = by_id(unit.session, StaffRow, id, locked=True)
    if row is None or row.has_left:
        raise _unknown()
    return row


def _refuse_stale(row: StaffRow, command: ChangeStaff | EndStaff) -> None:
    """Refuses a decision that was based on an outdated title or role. Raises a Refusal (STALE)."""
    if command.expected_version not in (0, row.version):
        raise stale(row.version)


def _lock_administrators(unit: Unit) -> None:
    lock(unit.session, unit.cell.cipher.fingerprint(f"administrators:{unit.ward}"))


def _refuse_without_administrator(unit: Unit) -> None:
    if not storage.working_administrators(unit.session):
        text = "Phường phải còn ít nhất một quản trị viên dùng được tài khoản. Xin thêm người khác trước."
        raise conflict("last-administrator", text)


def _refuse_own(unit: Unit, row: StaffRow) -> None:
    if str(row.id) == unit.caller.id:
        text = "Việc này của chính mình thì quản trị viên khác làm, hoặc người vận hành hệ thống tạo liên kết."
        raise conflict("own-account", text)


def _tell_departed(unit: Unit, row: StaffRow) -> None:
    """To the dossiers service, which has what they had taken on."""
    outbox.tell(unit.session, events.departed(unit.ward, row, unit.now), str(row.id))


def _members(unit: Unit, rows: Sequence[StaffRow]) -> list[Member]:
    opened = storage.opened(unit.session, [row.id for row in rows])
    counts = storage.authenticator_counts(unit.session)
    duties = storage.duties_ahead(unit.session, unit.now)
    return [
        Member(
            row,
            storage.contact(unit.cell.cipher, row, "phone"),
            storage.contact(unit.cell.cipher, row, "email"),
            row.id in opened,
            counts.get(row.id, 0),
            duties.get(row.id, 0),
        )
        for row in rows
    ]


def _unknown() -> Refusal:
    return not_found("unknown-staff", "Phường không có người này, hoặc người này đã thôi việc.")
