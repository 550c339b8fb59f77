"""Signing in, staying signed in, signing out.

Who signs in with a login that nobody has waits as long, and is answered and throttled alike, as with a wrong password.
Passwords are hashed between two transactions, never inside one.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from services.accounts import storage
from services.accounts.domain.logins import LoginKey, login_keys
from services.accounts.domain.throttle import Limit, seconds_to_wait
from services.accounts.phones import read_mobile
from services.accounts.storage import Person
from services.accounts.tables import AccountRow, AttemptRow, CredentialRow, RefreshTokenRow, SessionRow
from services.accounts.use_cases.opening import account_elsewhere
from services.accounts.use_cases.workshop import Workshop
from services.chassis.cells import Cell
from services.chassis.database import audit
from services.chassis.refusal import Kind, Refusal, conflict
from services.chassis.tokens import Principal, Role

#: How long a used refresh token is answered as before: longer than any request of the same browser is under way.
REUSE_GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    access_token: str
    refresh_token: str


def create_session(shop: Workshop, login: str, password: str) -> SignedIn:
    """Signs a person in.

    Raises a Refusal: UNAUTHENTICATED (`wrong-login`), THROTTLED (`too-many-logins`) and, after the right password
    only, CONFLICT (`account-pending`, `account-elsewhere`).
    """
    cell = shop.cells.current()
    keys = login_keys(login, read_mobile)
    with cell.database.transaction() as session:
        person = storage.find_person(session, cell.cipher, keys)
        subject = _subject(cell, person, keys, login)
        _count_attempt(shop, session, subject)
        credential = session.get(CredentialRow, person.id) if person else None
    stored = credential.password_hash if credential else None
    right = shop.hasher.verify(stored, password)
    if not right or person is None or stored is None:
        raise _wrong_login()
    fresh = shop.hasher.hash(password) if shop.hasher.outdated(stored) else None
    with cell.database.transaction() as session:
        storage.forget_attempts(session, subject)
        credential = session.get(CredentialRow, person.id, with_for_update=True)
        now_person = storage.person(session, person.id)
        if credential is None or now_person is None or credential.password_hash != stored:
            raise _wrong_login()  # replaced while the password was checked
        if fresh:
            credential.password_hash = fresh
        obstacle = _obstacle(shop, now_person)
        if obstacle is None:
            signed_in = _open_session(shop, session, cell, now_person)
    if obstacle:
        raise obstacle
    return signed_in


def refresh_session(shop: Workshop, token: str) -> SignedIn:
    """Exchanges a refresh token for its successor, once. Raises a Refusal (UNAUTHENTICATED, `session-ended`).

    A browser asks for several pages at once, each with the token it had: whoever comes again within `REUSE_GRACE`
    gets the same successor, as long as nobody has used that. A used token that comes at any other time was stolen, or
    its successor was: the whole family ends, and the person signs in again (docs/decisions/0019).
    """
    cell, now = shop.cells.current(), shop.clock.now()
    signed_in: SignedIn | None = None
    with cell.database.transaction() as session:
        found = storage.refresh_token(session, _digest(token))
        if found is not None and found.session.ended_at is None and now < found.session.expires_at:
            successor = _successor(cell, token)
            if _may_be_exchanged(session, found.token, successor, now):
                person = storage.person(session, found.session.person_id)
                if person is not None and _obstacle(shop, person) is None:
                    signed_in = SignedIn(person, _access_token(cell, person), successor)
                if found.token.used_at is None:
                    found.token.used_at = now
                    _hand_out(session, found.session, successor, now)
            else:
                _end(found.session, now, "token-reused")
                audit.record(session, "end-session", f"session:{found.session.id}")
    # The end of a family is committed before it is told.
    if signed_in is None:
        raise Refusal(Kind.UNAUTHENTICATED, "session-ended", "Phiên làm việc đã kết thúc. Xin đăng nhập lại.")
    return signed_in


def _may_be_exchanged(session: Session, token: RefreshTokenRow, successor: str, now: datetime) -> bool:
    if token.used_at is None:
        return True
    handed_out = session.get(RefreshTokenRow, _digest(successor))
    return now - token.used_at <= REUSE_GRACE and handed_out is not None and handed_out.used_at is None


def end_session(shop: Workshop, token: str) -> None:
    """Ends the session of a refresh token, used or not; of a token that nobody has, nothing is said."""
    cell = shop.cells.current()
    with cell.database.transaction() as session:
        found = storage.refresh_token(session, _digest(token))
        if found is not None and found.session.ended_at is None:
            _end(found.session, shop.clock.now(), "signed-out")
            audit.record(session, "end-session", f"session:{found.session.id}")


def _subject(cell: Cell, person: Person | None, keys: list[LoginKey], login: str) -> bytes:
    """Whom attempts are counted for: the person however they are named, else the login that nobody has."""
    unknown = keys[0].value if keys else login.strip().lower()
    return cell.cipher.fingerprint(f"login:{person.id}" if person else f"login:unknown:{unknown}")


def _count_attempt(shop: Workshop, session: Session, subject: bytes) -> None:
    """Each attempt counts as failed until it has succeeded, so that many at once are no more than many in a row."""
    storage.lock(session, subject)
    now = shop.clock.now()
    limit = Limit(shop.settings.failed_logins, shop.settings.failed_logins_window)
    wait = seconds_to_wait(limit, storage.attempts(session, subject, now - limit.window), now)
    if wait:
        text = f"Đã đăng nhập sai nhiều lần. Xin chờ {-(-wait // 60)} phút rồi thử lại."
        raise Refusal(Kind.THROTTLED, "too-many-logins", text, retry_after=wait)
    session.add(AttemptRow(subject=subject, at=now))


def _obstacle(shop: Workshop, person: Person) -> Refusal | None:
    """Why somebody with the right password is not signed in all the same."""
    if not isinstance(person, AccountRow) or person.status == storage.ACTIVE:
        return None
    if person.status == storage.MOVED:
        return account_elsewhere(shop.ward_name(person.moved_to or ""))
    return conflict("account-pending", "Tài khoản chưa kích hoạt. Xin nhập mã đã gửi đến điện thoại, hoặc mở lại.")


def _open_session(shop: Workshop, session: Session, cell: Cell, person: Person) -> SignedIn:
    now = shop.clock.now()
    row = SessionRow(id=uuid4(), person_id=person.id, opened_at=now, expires_at=now + shop.settings.session_life)
    session.add(row)
    session.flush()
    audit.record(session, "sign-in", f"session:{row.id}")
    # The ward stands in front so that whoever holds the token knows where it counts.
    refresh = f"{cell.ward.code}.{secrets.token_urlsafe(32)}"
    _hand_out(session, row, refresh, now)
    return SignedIn(person, _access_token(cell, person), refresh)


def _hand_out(session: Session, row: SessionRow, refresh: str, now: datetime) -> None:
    session.add(RefreshTokenRow(digest=_digest(refresh), session_id=row.id, issued_at=now))


def _successor(cell: Cell, token: str) -> str:
    """The refresh token that follows one: the same each time, and to be found only with the token and our key."""
    following = cell.cipher.fingerprint(f"refresh-token-after:{token}")
    return f"{cell.ward.code}.{base64.urlsafe_b64encode(following).rstrip(b'=').decode()}"


def _access_token(cell: Cell, person: Person) -> str:
    if isinstance(person, AccountRow):
        principal = Principal(str(person.id), cell.ward.code, frozenset({Role.CITIZEN}), person.full_name)
    else:
        roles = frozenset(Role(role) for role in person.roles)
        principal = Principal(str(person.id), cell.ward.code, roles, person.full_name, person.title)
    return cell.issuer.issue(principal)


def _end(row: SessionRow, now: datetime, because: str) -> None:
    row.ended_at, row.ended_because = now, because


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _wrong_login() -> Refusal:
    text = (
        "Tên đăng nhập hoặc mật khẩu không đúng. Nếu nhiều người dùng chung một số điện thoại, "
        "xin đăng nhập bằng số giấy tờ của mình."
    )
    return Refusal(Kind.UNAUTHENTICATED, "wrong-login", text)
