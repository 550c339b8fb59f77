"""A citizen opens an account, and shows by a code that the phone is theirs.

What a stranger can learn: that an identity number they know has an account somewhere in the district (a second one
has to be refused), never in which ward, of whom, or by which phone. Whether a phone has an account is told to nobody.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2, events_pb2
from caunoi.accounts.v1.accounts_pb2 import OpenAccountRequest, OpenAccountResponse, ResendActivationCodeRequest
from sqlalchemy.orm import Session

from services.accounts import storage
from services.accounts.domain import codes
from services.accounts.domain.directory import Claim
from services.accounts.domain.identity import masked_phone, normal_form
from services.accounts.domain.opening import Application, Form, read_application
from services.accounts.phones import read_mobile
from services.accounts.sending import IssuedCode
from services.accounts.tables import AccountRow, CredentialRow
from services.accounts.use_cases.codes import (
    NO_BINDING,
    deliver,
    new_activation_code,
    refuse_unless_redeemed,
    try_and_note,
)
from services.accounts.use_cases.directory import settle
from services.accounts.use_cases.workshop import Workshop
from services.chassis.call import current_call
from services.chassis.cells import Cell
from services.chassis.clock import today_in_vietnam
from services.chassis.database import audit
from services.chassis.database.idempotency import once
from services.chassis.events import outbox
from services.chassis.refusal import Kind, Refusal, conflict, not_found

_ACTIVATION = "activation"  # what an activation code is redeemed for


def open_account(shop: Workshop, request: OpenAccountRequest) -> OpenAccountResponse:
    """Opens a pending account and sends its code; a pending one of the same person, never activated, is replaced.

    Where the code cannot be sent `code-not-sent` is raised: the same request again, with or without its idempotency
    key, sends one. Raises a Refusal: INVALID (`invalid-account`), EXISTS
    (`account-exists`), THROTTLED (`too-many-codes`), UNAVAILABLE (`code-not-sent`).
    """
    application = read_application(_form(request), today_in_vietnam(shop.clock), read_mobile)
    password_hash = shop.hasher.hash(application.password)
    cell = shop.cells.current()
    keyed = _without_password(cell, request)
    issued: list[IssuedCode] = []
    with cell.database.transaction() as session:

        def act() -> OpenAccountResponse:
            account = enter_account(session, cell, application, password_hash, shop.clock.now())
            issued.append(new_activation_code(shop, session, cell, account, apart=False))
            return _answer(account, issued[0])

        answer = once(session, current_call(), keyed, OpenAccountResponse, act)
    for code in issued:
        deliver(shop, cell, code, keyed)
    return answer


def resend_activation_code(shop: Workshop, request: ResendActivationCodeRequest) -> OpenAccountResponse:
    """Raises a Refusal: NOT_FOUND (`unknown-account`), CONFLICT (`account-not-pending`), THROTTLED, UNAVAILABLE."""
    cell = shop.cells.current()
    issued: list[IssuedCode] = []
    with cell.database.transaction() as session:

        def act() -> OpenAccountResponse:
            account = _account(session, request.account_id)
            if account.status != storage.PENDING:
                raise _not_pending()
            issued.append(new_activation_code(shop, session, cell, account, apart=True))
            audit.record(session, "resend-code", f"account:{account.id}")
            return _answer(account, issued[0])

        answer = once(session, current_call(), request, OpenAccountResponse, act)
    for code in issued:
        deliver(shop, cell, code, request)
    return answer


def activate_account(shop: Workshop, account_id: str, typed: str) -> AccountRow:
    """Makes a pending account active. Repeated with the same code while it is fresh, answers as the first time.

    Raises a Refusal: NOT_FOUND (`unknown-account`), INVALID (`wrong-code`), CONFLICT (`code-expired`, `too-many-tries`,
    `account-not-pending`, `account-elsewhere`).
    """
    code = codes.read_code(typed)
    cell, now = shop.cells.current(), shop.clock.now()
    with cell.database.transaction() as session:
        account = _account(session, account_id)
        row = storage.newest_code(session, account.id, codes.ACTIVATE_ACCOUNT)
        if account.status != storage.PENDING and (row is None or now >= row.expires_at):
            raise _not_pending()
        if row is None:
            raise _no_code()
        outcome = try_and_note(cell, row, code, NO_BINDING, _ACTIVATION, now)
        if outcome is codes.Outcome.REDEEMED:
            activate(session, cell, account, now)
    # A wrong try counts: it is committed before it is refused.
    refuse_unless_redeemed(outcome, row)
    if account.moved_to:
        raise account_elsewhere(shop.ward_name(account.moved_to))
    return account


def enter_account(
    session: Session, cell: Cell, application: Application, password_hash: str, now: datetime
) -> AccountRow:
    """Writes a pending account into the caller's transaction. Raises a Refusal (EXISTS, `account-exists`)."""
    cipher = cell.cipher
    number = normal_form(application.identity_kind, application.identity_number)
    fingerprint = storage.identity_fingerprint(cipher, number)
    storage.lock(session, fingerprint)
    earlier = storage.account_by_identity(session, fingerprint, locked=True)
    if storage.home(session, fingerprint) or (earlier and earlier.status != storage.PENDING):
        text = "Số giấy tờ này đã có tài khoản. Xin đăng nhập; nếu không phải do mình mở, xin đến UBND phường."
        raise Refusal(Kind.EXISTS, "account-exists", text)
    if earlier:
        storage.remove_account(session, earlier.id)
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
    event = events_pb2.AccountOpened(account_id=str(id), ward=cell.ward.code)
    event.opened_at.FromDatetime(now)
    outbox.tell(session, event, str(id))
    # Nobody is signed in yet, so the row is nobody's look at this person: it does not stand in their access log.
    audit.record(session, "open-account", f"account:{id}")
    return account


def activate(session: Session, cell: Cell, account: AccountRow, now: datetime) -> None:
    """Makes a locked, pending account active, or `moved` where another ward has been the person's home meanwhile."""
    home = storage.home(session, account.identity_fingerprint)
    if home is not None:
        account.status, account.moved_to = storage.MOVED, home.ward
        audit.record(session, "move-account", f"account:{account.id}")
        return
    account.status, account.activated_at = storage.ACTIVE, now
    session.flush()
    settle(session, account.identity_fingerprint, Claim(now, cell.ward.code, str(account.id)), now)
    event = events_pb2.AccountActivated(
        account_id=str(account.id), ward=cell.ward.code, identity_fingerprint=account.identity_fingerprint
    )
    event.activated_at.FromDatetime(now)
    outbox.tell(session, event, str(account.id))
    audit.record(session, "activate-account", f"account:{account.id}")


def account_elsewhere(ward_name: str) -> Refusal:
    text = f"Tài khoản của ông/bà ở {ward_name} và vẫn dùng được. Xin đăng nhập ở phường đó."
    return conflict("account-elsewhere", text)


def _form(request: OpenAccountRequest) -> Form:
    return Form(
        full_name=request.full_name,
        date_of_birth=request.date_of_birth,
        identity_kind=request.identity_kind,
        identity_number=request.identity_number,
        phone=request.phone,
        email=request.email,
        password=request.password,
        address=request.address,
    )


def _without_password(cell: Cell, request: OpenAccountRequest) -> OpenAccountRequest:
    """The request as idempotency remembers it: a plain digest of a password could be guessed from at leisure."""
    keyed = OpenAccountRequest()
    keyed.CopyFrom(request)
    keyed.password = cell.cipher.fingerprint(f"idempotency:{request.password}").hex()
    return keyed


def _answer(account: AccountRow, code: IssuedCode) -> OpenAccountResponse:
    answer = OpenAccountResponse(
        account_id=str(account.id),
        status=accounts_pb2.ACCOUNT_STATUS_PENDING,
        phone_masked=masked_phone(code.phone),
    )
    answer.code_expires_at.FromDatetime(code.expires_at)
    return answer


def _account(session: Session, account_id: str) -> AccountRow:
    """Locked: the person first, then the account, as everywhere, so that no two wait for one another."""
    account = storage.account(session, account_id)
    if account is not None:
        storage.lock(session, account.identity_fingerprint)
        account = storage.account(session, account_id, locked=True)
    if account is None:
        raise not_found("unknown-account", "Không có lần mở tài khoản này. Xin mở tài khoản lại từ đầu.")
    return account


def _not_pending() -> Refusal:
    return conflict("account-not-pending", "Tài khoản này không chờ kích hoạt. Xin đăng nhập.")


def _no_code() -> Refusal:
    return conflict("code-expired", "Mã đã hết hạn. Xin yêu cầu mã mới.")
