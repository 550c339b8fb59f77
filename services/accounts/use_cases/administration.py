"""The ward's first administrator: an operator's command makes a link, and the person who gets the link opens the
account.

Nobody else could add them, because an administrator adds all other staff. The operator learns no password, and the
ward's people need no right on the machines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.accounts.domain import codes
from services.accounts.domain.passwords import fault_of
from services.accounts.domain.stations import LONGEST_PERSON_NAME, read_text, read_username
from services.accounts.storage import staff as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import CredentialRow, OneTimeCodeRow, StaffRow
from services.accounts.use_cases import links
from services.accounts.use_cases.telling import tell_administrators
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis import unit as chassis
from services.chassis.database import audit
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid, not_found
from services.chassis.tokens import Role

TITLE = "Quản trị viên"


@dataclass(frozen=True, slots=True)
class OpenAdministration:
    ticket: str = field(repr=False)
    username: str
    full_name: str
    password: str = field(repr=False)


def issue_ticket(unit: chassis.Unit) -> str:
    """A new ticket, stored only as its digest. Earlier unused tickets become invalid."""
    person = uuid4()
    ticket = links.issue(unit, codes.OPEN_ADMINISTRATION, person, of_anybody=True)
    note_operator(unit, "issue-administrator-link", person)
    return ticket


def note_operator(unit: chassis.Unit, action: str, person: UUID) -> None:
    """Records in the audit what an operator's command did to a member of staff."""
    about = {"action": action, "subject": f"staff:{person}", "person_id": ""}
    by = {"actor_id": "operator", "actor": "", "role": "operator", "request_id": unit.call.request_id}
    unit.session.add(AuditRow(**about, **by))


def open_administration(place: Workplace, command: OpenAdministration) -> str:
    """Opens the account of an administrator; returns their user name. A repetition with the same password changes
    nothing.

    Raises a Refusal: NOT_FOUND (`unknown-link`), INVALID (`invalid-field`, `invalid-password`), EXISTS
    (`username-taken`).
    """
    with place.unit() as unit:
        row = _ticket(unit, command.ticket)
        username = read_username(command.username, unit.cell.ward.slug)
        full_name = read_text("full_name", command.full_name, LONGEST_PERSON_NAME)
        refuse_password(command.password, username, username.removesuffix(f".{unit.cell.ward.slug}"))
        made = unit.session.get(StaffRow, row.account_id)
        credential = unit.session.get(CredentialRow, row.account_id)
    if made is not None and credential is not None:
        if row.redeemed_at is None or unit.now - row.redeemed_at > links.REPEATED_WITHIN:
            raise unknown_link()  # after that a repetition would only tell whether a password is right
        if made.username != username or not place.hasher.verify(credential.password_hash, command.password):
            raise unknown_link()
        return username
    hash = place.hasher.hash(command.password)
    with place.unit() as unit:
        lock(unit.session, links.place(unit, codes.OPEN_ADMINISTRATION))
        row = _ticket(unit, command.ticket)
        if row.redeemed_at is not None:
            raise unknown_link()  # somebody was quicker
        refuse_taken(unit, username)
        row.redeemed_at, row.redemption = unit.now, username
        roles = [str(Role.WARD_ADMIN)]
        unit.session.add_all(
            [
                StaffRow(
                    id=row.account_id,
                    username=username,
                    full_name=full_name,
                    title=TITLE,
                    roles=roles,
                    created_at=unit.now,
                    administrator_since=unit.now,
                ),
                CredentialRow(person_id=row.account_id, password_hash=hash, changed_at=unit.now),
            ]
        )
        tell_administrators(unit, "account-administrator-added", but=row.account_id)
        audit.record(unit.session, "open-administration", f"staff:{row.account_id}")
    return username


def _ticket(unit: Unit, ticket: str) -> OneTimeCodeRow:
    """The row of a ticket, used or not. Raises a Refusal (NOT_FOUND, `unknown-link`)."""
    row = links.find(unit, codes.OPEN_ADMINISTRATION, ticket)
    if row is None:
        raise unknown_link()
    return row


def refuse_password(password: str, *usernames: str) -> None:
    fault = fault_of(password, phone=None, identity_number=None)
    if fault is None and password.strip().lower() in usernames:
        fault = "Mật khẩu không được là tên đăng nhập. Xin chọn mật khẩu khác."
    if fault:
        raise invalid("invalid-password", fault, FieldFault("password", fault))


def refuse_taken(unit: Unit, username: str) -> None:
    lock(unit.session, unit.cell.cipher.fingerprint(f"username:{username}"))
    if storage.named(unit.session, username) is not None:
        text = f"Tên đăng nhập {username} đã có người dùng. Xin chọn tên khác."
        raise Refusal(Kind.EXISTS, "username-taken", text, fields=(FieldFault("username", text),))


def unknown_link() -> Refusal:
    return not_found(
        "unknown-link",
        "Liên kết này không còn dùng được: đã dùng rồi, đã quá 24 giờ, hoặc đã có liên kết mới hơn. Nếu tự gõ mã thì "
        "có thể đã gõ nhầm: xin xem lại. Nếu tài khoản đã mở thì xin đăng nhập; nếu chưa, xin người đã đưa liên kết "
        "tạo liên kết khác.",
    )
