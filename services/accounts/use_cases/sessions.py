"""Signing in, staying signed in, signing out.

An unknown login takes as long as a wrong password, gets the same answer and is slowed down in the same way
(`attempts`). Passwords are hashed between two transactions, never inside one.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.codes import OPEN_STAFF_ACCOUNT, RESET_STAFF_ACCOUNT
from services.accounts.domain.logins import login_keys
from services.accounts.domain.passwords import fault_of, one_spelling
from services.accounts.domain.second_factor import ENROL
from services.accounts.storage import people as storage
from services.accounts.storage.people import Person
from services.accounts.tables import AccountRow, CredentialRow, RefreshTokenRow, SessionRow, StaffRow
from services.accounts.use_cases import attempts, factors, links
from services.accounts.use_cases.factors import Asked
from services.accounts.use_cases.opening import account_elsewhere
from services.accounts.use_cases.people import Profile, profile
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.capacity import Capacity
from services.chassis.cells import Cell
from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from services.chassis.tokens import Principal, Role, unauthenticated

#: How long a used refresh token gets the same answer: longer than any request of one browser takes.
REUSE_GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class CreateSession:
    login: str
    password: str = field(repr=False)
    new_password: str = field(repr=False, default="")
    devices: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class ChangePassword:
    password: str = field(repr=False)
    new_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshSession:
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndSession:
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GetOwnSession:
    pass


@dataclass(frozen=True, slots=True)
class SignedIn:
    profile: Profile
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    device: str = field(repr=False, default="")  # the browser is recognised by it; only after a typed password


def create_session(place: Workplace, command: CreateSession) -> SignedIn | Asked:
    """Signs a person in; a new password, if given, replaces the old one. Staff who have or need a second factor are
    asked for it; the password is not replaced before they have proved it.

    Raises a Refusal: UNAUTHENTICATED (`wrong-login`), THROTTLED (`too-many-logins`) and, after the right password
    only, CONFLICT (`account-pending`, `account-elsewhere`, `account-closed`, `password-to-change`), INVALID
    (`invalid-password`).
    """
    keys = login_keys(command.login, read_mobile)
    with place.unit() as unit:
        person = storage.find_person(unit.session, unit.cell.cipher, keys)
        # Also for nobody: an unknown login takes the same statements.
        credential = unit.session.get(CredentialRow, person.id if person else attempts.NOBODY)
        attempt = attempts.begin(unit, keys, command.login, credential, command.devices)
    stored = credential.password_hash if credential else None
    right = place.hasher.verify(stored, command.password)
    if not right or person is None or stored is None:
        raise _wrong_login()
    new = new_hash(place, person, command.password, command.new_password) if command.new_password else None
    fresh = place.hasher.hash(command.password) if not new and place.hasher.outdated(stored) else None
    with place.unit() as unit:
        attempts.succeeded(unit, attempt)
        credential = unit.session.get(CredentialRow, person.id, with_for_update=True)
        now_person = storage.person(unit.session, person.id)
        if credential is None or now_person is None or credential.password_hash != stored or _has_left(now_person):
            raise _wrong_login()  # the password was replaced, or the person deleted, while it was checked
        if fresh:
            credential.password_hash = fresh
        obstacle = _obstacle(place, now_person) or (None if new else _to_change(credential))
        if obstacle is None and isinstance(now_person, StaffRow) and (purpose := factors.due(unit, now_person)):
            return factors.ask(unit, now_person, purpose, new_hash=new, device=attempt.device)
        if obstacle is None:
            if new:
                choose_password(unit, now_person, credential, new)
            signed_in = replace(open_session(unit, now_person), device=attempts.new_device(unit, credential))
    if obstacle:
        raise obstacle
    return signed_in


def refresh_session(place: Workplace, command: RefreshSession) -> SignedIn:
    """Exchanges a refresh token for its successor, once. Raises a Refusal (UNAUTHENTICATED, `session-ended`).

    A browser requests several pages at once, each with its present token. So a repetition within `REUSE_GRACE` gets the
    same successor, as long as that is unused. At any other time a used token means that it, or its successor, was
    stolen: the whole family ends, and the person signs in again (docs/decisions/0019).
    """
    token = command.refresh_token
    signed_in: SignedIn | None = None
    with place.unit() as unit:
        session, now = unit.session, unit.now
        found = storage.refresh_token(session, _digest(token))
        if found is not None and found.session.ended_at is None and now < found.session.expires_at:
            successor = _successor(unit.cell, token, found.session)
            if _may_be_exchanged(session, found.token, successor, now):
                person = storage.person(session, found.session.person_id)
                if person is not None and _may_stay(unit, person):
                    signed_in = SignedIn(
                        profile(unit, person), _access_token(unit.cell, person, found.session), successor
                    )
                if found.token.used_at is None:
                    found.token.used_at = now
                    _hand_out(session, found.session, successor, now)
            else:
                _end(found.session, now, "token-reused")
                audit.record(session, "end-session", f"session:{found.session.id}")
    # The end of a family is committed before the refusal.
    if signed_in is None:
        raise Refusal(Kind.UNAUTHENTICATED, "session-ended", "Phiên làm việc đã kết thúc. Xin đăng nhập lại.")
    return signed_in


def _may_stay(unit: Unit, person: Person) -> bool:
    """Whether a session may continue. A person who now needs a second factor and has none must sign in again and set
    one up.
    """
    stays = not _has_left(person) and _obstacle(unit.place, person) is None
    return stays and factors.due(unit, person) != ENROL


def _has_left(person: Person) -> bool:
    return isinstance(person, StaffRow) and person.has_left


def _may_be_exchanged(session: Session, token: RefreshTokenRow, successor: str, now: datetime) -> bool:
    if token.used_at is None:
        return True
    handed_out = session.get(RefreshTokenRow, _digest(successor))
    return now - token.used_at <= REUSE_GRACE and handed_out is not None and handed_out.used_at is None


def end_session(place: Workplace, command: EndSession) -> None:
    """Ends the session of a refresh token, used or not; ignores an unknown token."""
    with place.unit() as unit:
        found = storage.refresh_token(unit.session, _digest(command.refresh_token))
        if found is not None and found.session.ended_at is None:
            _end(found.session, unit.now, "signed-out")
            audit.record(unit.session, "end-session", f"session:{found.session.id}")


def own_session(unit: Unit, _: GetOwnSession) -> bool:
    """Whether the session of the caller's token is still open."""
    id = read_uuid(unit.caller.session)
    row = unit.session.get(SessionRow, id) if id else None
    return row is not None and row.ended_at is None and unit.now < row.expires_at


def change_password(place: Workplace, command: ChangePassword) -> SignedIn:
    """Replaces the caller's password, and signs them in again.

    Raises a Refusal: INVALID (`wrong-password`, `invalid-password`), THROTTLED (`too-many-logins`), UNAUTHENTICATED if
    the caller's account does not exist or is not in use any more: a token that is still valid is not enough for a new
    session.
    """
    with place.unit() as unit:
        person, credential = _in_use(unit)
        attempt = attempts.begin_signed_in(unit, person.id)
        stored = credential.password_hash
    if not place.hasher.verify(stored, command.password):
        raise wrong_password()
    new = new_hash(place, person, command.password, command.new_password)
    with place.unit() as unit:
        attempts.succeeded(unit, attempt)
        person, credential = _in_use(unit, locked=True)
        if credential.password_hash != stored:
            raise wrong_password()  # replaced while the password was checked
        choose_password(unit, person, credential, new)
        return replace(open_session(unit, person), device=attempts.new_device(unit, credential))


def _in_use(unit: Unit, *, locked: bool = False) -> tuple[Person, CredentialRow]:
    """The caller, as they are now. Raises a Refusal (UNAUTHENTICATED)."""
    id = UUID(unit.caller.id)
    credential = unit.session.get(CredentialRow, id, with_for_update=locked, populate_existing=locked)
    person = storage.person(unit.session, id)
    if person is None or credential is None or not _may_stay(unit, person) or _is_over(unit):
        raise unauthenticated()
    return person, credential


def _is_over(unit: Unit) -> bool:
    """Whether the session of the caller's token is over."""
    id = read_uuid(unit.caller.session)
    row = unit.session.get(SessionRow, id) if id else None
    return row is not None and row.ended_at is not None


def new_hash(place: Workplace, person: Person, old: str, new: str) -> str:
    """The hash of a new password, made outside any transaction. Raises a Refusal (INVALID, `invalid-password`)."""
    with place.unit() as unit:
        own = profile(unit, person)
    fault = fault_of(new, phone=own.phone or None, identity_number=own.identity_number or None)
    if fault is None and one_spelling(new) == one_spelling(old):
        fault = "Mật khẩu mới phải khác mật khẩu đang dùng."
    if fault:
        raise invalid("invalid-password", fault, FieldFault("new_password", fault))
    return place.hasher.hash(new)


def choose_password(unit: Unit, person: Person, credential: CredentialRow, hash: str) -> None:
    """The owner has chosen another password. A link for their account becomes invalid: an owner who is told about a
    link that they did not ask for changes the password.
    """
    replace_password(unit, credential, hash)
    if isinstance(person, StaffRow):
        links.void(unit, person.id, OPEN_STAFF_ACCOUNT, RESET_STAFF_ACCOUNT)
    audit.record(unit.session, "change-password", f"person:{person.id}")


def replace_password(unit: Unit, credential: CredentialRow, hash: str, *, to_change: bool = False) -> None:
    """Stores a new password; everybody who signed in with the old one must sign in again.

    With `to_change` the ward has given it out: it is good once, for setting another.
    """
    credential.password_hash, credential.changed_at, credential.to_change = hash, unit.now, to_change
    storage.end_sessions(unit.session, credential.person_id, unit.now, "password-changed")


def _obstacle(place: Workplace, person: Person) -> Refusal | None:
    """The reason why a person with the right password cannot sign in."""
    if not isinstance(person, AccountRow) or person.status == storage.ACTIVE:
        return None
    if person.status == storage.CLOSED:
        text = "Tài khoản này đã đóng. Xin đến UBND phường với giấy tờ tùy thân để biết lý do."
        return conflict("account-closed", text)
    if person.status == storage.MOVED:
        return account_elsewhere(place.ward_name(person.moved_to or ""))
    return conflict("account-pending", "Tài khoản chưa kích hoạt. Xin nhập mã đã gửi đến điện thoại, hoặc mở lại.")


def _to_change(credential: CredentialRow) -> Refusal | None:
    text = "Mật khẩu này do phường cấp, chỉ dùng một lần. Xin đặt mật khẩu của riêng mình."
    return conflict("password-to-change", text) if credential.to_change else None


def open_session(unit: Unit, person: Person) -> SignedIn:
    session, cell, now = unit.session, unit.cell, unit.now
    expires_at = now + unit.place.settings.session_life
    row = SessionRow(id=uuid4(), person_id=person.id, opened_at=now, expires_at=expires_at)
    session.add(row)
    session.flush()
    audit.record(session, "sign-in", f"session:{row.id}")
    refresh = _refresh_token(cell, row, secrets.token_urlsafe(32))
    _hand_out(session, row, refresh, now)
    return SignedIn(profile(unit, person), _access_token(cell, person, row), refresh)


def _hand_out(session: Session, row: SessionRow, refresh: str, now: datetime) -> None:
    session.add(RefreshTokenRow(digest=_digest(refresh), session_id=row.id, issued_at=now))


def _refresh_token(cell: Cell, row: SessionRow, secret: str) -> str:
    """The prefix is the ward, so that the holder knows which ward the token belongs to. Then comes the session, so that
    the gateway can drop what it has stored about a session when it ends (gateway/ended_sessions.py).
    """
    return f"{cell.ward.code}.{row.id.hex}.{secret}"


def _successor(cell: Cell, token: str, row: SessionRow) -> str:
    """The successor of a refresh token: always the same, and computable only with the token and our key."""
    following = cell.cipher.fingerprint(f"refresh-token-after:{token}")
    return _refresh_token(cell, row, base64.urlsafe_b64encode(following).rstrip(b"=").decode())


def _access_token(cell: Cell, person: Person, session: SessionRow) -> str:
    if isinstance(person, AccountRow):
        principal = Principal(str(person.id), cell.ward.code, frozenset({Role.CITIZEN}), person.full_name)
    else:
        roles = frozenset(Role(role) for role in person.roles)
        capacity = Capacity(person.capacity) if person.capacity else None
        who = (str(person.id), cell.ward.code, roles, person.full_name, person.title)
        principal = Principal(*who, capacity=capacity)
    return cell.issuer.issue(replace(principal, session=str(session.id)))


def _end(row: SessionRow, now: datetime, because: str) -> None:
    row.ended_at, row.ended_because = now, because


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _wrong_login() -> Refusal:
    text = (
        "Tên đăng nhập hoặc mật khẩu không đúng. Nếu nhiều người dùng chung một số điện thoại, hoặc tài khoản chưa "
        "kích hoạt, xin đăng nhập bằng số giấy tờ của mình. Nếu phường đã ghi giấy tờ mới của ông/bà vào tài khoản, "
        "xin dùng số mới hoặc số điện thoại, đừng dùng số cũ."
    )
    return Refusal(Kind.UNAUTHENTICATED, "wrong-login", text)


def wrong_password() -> Refusal:
    text = "Mật khẩu đang dùng không đúng. Xin nhập lại."
    return invalid("wrong-password", text, FieldFault("password", text))
