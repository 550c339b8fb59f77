"""A citizen opens an account, and proves by a code that the phone is theirs.

A stranger can learn that an identity number has an account somewhere in the district (a second account must be
refused), but not its ward, its person or its phone. Nobody can learn if a phone has an account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from services.accounts import events
from services.accounts.adapters.phones import read_mobile
from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain import codes
from services.accounts.domain.directory import Claim
from services.accounts.domain.identity import normal_form
from services.accounts.domain.opening import Application, Details, Fault, Form, doubts_of, faults_of, read_application
from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, CredentialRow
from services.accounts.use_cases.codes import NO_BINDING, new_activation_code, refuse_unless_redeemed, try_and_note
from services.accounts.use_cases.directory import make_room, settle
from services.accounts.use_cases.people import Profile, profile
from services.accounts.use_cases.sharing import tell_those_before
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis import unit as chassis
from services.chassis.clock import today_in_vietnam
from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.refusal import Kind, Refusal, conflict, not_found

_ACTIVATION = "activation"  # the redemption of an activation code


@dataclass(frozen=True, slots=True)
class OpenAccount(Form):
    pass


@dataclass(frozen=True, slots=True)
class VerifyApplication(Details):
    pass


@dataclass(frozen=True, slots=True)
class ResendActivationCode:
    account_id: str


@dataclass(frozen=True, slots=True)
class ActivateAccount:
    account_id: str
    otp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hashed:
    """An application whose password has been hashed, outside any transaction."""

    application: Application
    password_hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The faults that stop an application, and the doubts that do not."""

    faults: list[Fault]
    doubts: list[Fault]


@dataclass(frozen=True, slots=True)
class Opened:
    """A pending account, and the code that is on its way to its phone."""

    account: AccountRow
    code: IssuedCode


def application(unit: Unit, command: OpenAccount) -> Application:
    """The application from the request. Raises a Refusal (INVALID, `invalid-account`)."""
    return read_application(command, unit.today, read_mobile)


def verify(place: Workplace, query: VerifyApplication) -> Verified:
    """The faults for which OpenAccount would refuse the application (without the password's), and the doubts. It asks
    no database, so it cannot tell whether an account exists.
    """
    return Verified(faults_of(query, today_in_vietnam(place.clock), read_mobile), doubts_of(query))


def hash_password(place: Workplace, _: OpenAccount, asked: Application) -> Hashed:
    return Hashed(asked, place.hasher.hash(asked.password))


def open_account(unit: Unit, _: OpenAccount, hashed: Hashed) -> Opened:
    """Opens a pending account and sends its code; replaces a pending one of the same person.

    If the code cannot be sent, `code-not-sent` is raised; a repeated request, with or without its idempotency key,
    sends another code. Raises a Refusal: EXISTS (`account-exists`), THROTTLED (`too-many-codes`), UNAVAILABLE
    (`code-not-sent`).
    """
    account = enter_account(unit, hashed.application, hashed.password_hash)
    return Opened(account, new_activation_code(unit, account, apart=False))


def resend_activation_code(unit: Unit, command: ResendActivationCode) -> Opened:
    """Raises a Refusal: NOT_FOUND (`unknown-account`), CONFLICT (`account-not-pending`), THROTTLED, UNAVAILABLE."""
    account = _account(unit, command.account_id)
    if account.status != storage.PENDING:
        raise _not_pending()
    code = new_activation_code(unit, account, apart=True)
    audit.record(unit.session, "resend-code", f"account:{account.id}")
    return Opened(account, code)


def activate_account(place: Workplace, command: ActivateAccount) -> Profile:
    """Makes a pending account active. A repetition with the same code succeeds until the code expires.

    Raises a Refusal: NOT_FOUND (`unknown-account`), INVALID (`wrong-code`), CONFLICT (`code-expired`, `too-many-tries`,
    `account-not-pending`, `account-elsewhere`).
    """
    code = codes.read_code(command.otp)
    with place.unit() as unit:
        account = _account(unit, command.account_id)
        row = storage.newest_code(unit.session, account.id, codes.ACTIVATE_ACCOUNT)
        if account.status != storage.PENDING and (row is None or unit.now >= row.expires_at):
            raise _not_pending()
        if row is None:
            raise _no_code()
        outcome = try_and_note(unit, row, code, NO_BINDING, _ACTIVATION)
        if outcome is codes.Outcome.REDEEMED:
            activate(unit, account)
            if account.status == storage.ACTIVE:
                tell_those_before(unit, account)
    # A wrong try counts: it is committed before it is refused.
    refuse_unless_redeemed(outcome, row)
    if account.moved_to:
        raise account_elsewhere(place.ward_name(account.moved_to))
    return profile(unit, account)


def enter_account(unit: chassis.Unit, application: Application, password_hash: str) -> AccountRow:
    """Writes a pending account. Raises a Refusal (EXISTS, `account-exists`)."""
    session, now = unit.session, unit.now
    cipher = unit.cell.cipher
    number = normal_form(application.identity_kind, application.identity_number)
    fingerprint = storage.identity_fingerprint(cipher, number)
    lock(session, fingerprint)
    if not make_room(unit, fingerprint):
        text = "Số giấy tờ này đã có tài khoản. Xin đăng nhập; nếu không phải do mình mở, xin đến UBND phường."
        raise Refusal(Kind.EXISTS, "account-exists", text)
    id = uuid4()
    account = AccountRow(
        id=id,
        status=storage.PENDING,
        full_name=application.full_name,
        date_of_birth=application.date_of_birth,
        identity_kind=application.identity_kind,
        identity_number=storage.seal(cipher, id, "identity_number", application.identity_number),
        identity_fingerprint=fingerprint,
        phone=storage.seal(cipher, id, "phone", application.phone),
        phone_fingerprint=storage.phone_fingerprint(cipher, application.phone),
        email=storage.seal(cipher, id, "email", application.email) if application.email else None,
        address=application.address,
        created_at=now,
    )
    session.add_all([account, CredentialRow(person_id=id, password_hash=password_hash, changed_at=now)])
    outbox.tell(session, events.opened(unit.ward, account), str(id))
    # Nobody is signed in yet, so the audit row has no actor, and the person's access log does not show it.
    audit.record(session, "open-account", f"account:{id}")
    return account


def activate(unit: chassis.Unit, account: AccountRow) -> None:
    """Makes a locked, pending account active, or `moved` if another ward has become the person's home meanwhile."""
    session, now = unit.session, unit.now
    home = storage.home(session, account.identity_fingerprint)
    if home is not None:
        account.status, account.moved_to = storage.MOVED, home.ward
        audit.record(session, "move-account", f"account:{account.id}")
        return
    account.status, account.activated_at = storage.ACTIVE, now
    session.flush()
    settle(unit, account.identity_fingerprint, Claim(now, unit.ward, str(account.id)))
    outbox.tell(session, events.activated(unit.ward, account, now), str(account.id))
    audit.record(session, "activate-account", f"account:{account.id}")


def account_elsewhere(ward_name: str) -> Refusal:
    text = f"Tài khoản của ông/bà ở {ward_name} và vẫn dùng được. Xin đăng nhập ở phường đó."
    return conflict("account-elsewhere", text)


def _account(unit: Unit, account_id: str) -> AccountRow:
    """The account, locked. The person is locked first, then the account, as everywhere, so that no deadlock is
    possible.
    """
    session = unit.session
    account = storage.account(session, account_id)
    if account is not None:
        lock(session, account.identity_fingerprint)
        account = storage.account(session, account_id, locked=True)
    if account is None:
        raise not_found("unknown-account", "Không có lần mở tài khoản này. Xin mở tài khoản lại từ đầu.")
    return account


def _not_pending() -> Refusal:
    return conflict("account-not-pending", "Tài khoản này không chờ kích hoạt. Xin đăng nhập.")


def _no_code() -> Refusal:
    return conflict("code-expired", "Mã đã hết hạn. Xin yêu cầu mã mới.")
