"""Issuing and redeeming one-time codes.

A code leaves only after its challenge is committed: whoever holds an SMS can redeem it. Where notifications does not
take it, the challenge is voided, so that it costs nobody a wait, and the caller is told (UNAVAILABLE, `code-not-sent`)
to ask again: nothing else that was done is undone. A process that dies between commit and sending leaves a code that
nobody gets; asking again after `resend_seconds` helps.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from caunoi.accounts.v1.accounts_pb2 import IssueOneTimeCodeRequest, OneTimeCodeChallenge
from google.protobuf.message import Message
from sqlalchemy.orm import Session

from services.accounts import storage
from services.accounts.domain import codes
from services.accounts.domain.codes import Challenge, Outcome
from services.accounts.domain.identity import masked_phone
from services.accounts.domain.throttle import Limit, seconds_to_wait
from services.accounts.sending import IssuedCode
from services.accounts.tables import AccountRow, OneTimeCodeRow
from services.accounts.use_cases.workshop import Workshop
from services.chassis.call import current_call
from services.chassis.cells import Cell
from services.chassis.database import audit
from services.chassis.database.idempotency import forget, once
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found

_HOUR = timedelta(hours=1)
BINDING_BYTES = 32
#: An activation is bound to its account, which the challenge names.
NO_BINDING = b""


def issue_code(shop: Workshop, request: IssueOneTimeCodeRequest) -> OneTimeCodeChallenge:
    """Sends a code to the caller's own phone.

    Raises a Refusal: INVALID (`invalid-code-request`), THROTTLED (`too-many-codes`), UNAVAILABLE (`code-not-sent`).
    """
    if request.purpose != codes.FILE_DOSSIER:
        raise invalid("invalid-code-request", "Không gửi mã cho việc này.", FieldFault("purpose", "file-dossier"))
    if len(request.binding) != BINDING_BYTES:
        text = "Nội dung cần xác nhận phải được tóm bằng SHA-256."
        raise invalid("invalid-code-request", text, FieldFault("binding", "32 byte"))
    cell = shop.cells.current()
    issued: list[IssuedCode] = []
    with cell.database.transaction() as session:

        def act() -> OneTimeCodeChallenge:
            account = storage.account(session, current_call().caller.id)
            if account is None or account.status != storage.ACTIVE:
                raise conflict("account-not-active", "Tài khoản không còn dùng được ở phường này. Xin đăng nhập lại.")
            limit = Limit(shop.settings.filing_codes_per_hour, _HOUR)
            life = timedelta(minutes=shop.settings.filing_code_minutes)
            now = shop.clock.now()
            code = new_code(session, cell, account, request.purpose, request.binding, now, life, limit)
            audit.record(session, "issue-code", f"challenge:{code.challenge_id}", str(account.id))
            issued.append(code)
            challenge = OneTimeCodeChallenge(challenge_id=code.challenge_id, phone_masked=masked_phone(code.phone))
            challenge.expires_at.FromDatetime(code.expires_at)
            return challenge

        answer = once(session, current_call(), request, OneTimeCodeChallenge, act)
    for code in issued:
        deliver(shop, cell, code, request)
    return answer


def new_activation_code(
    shop: Workshop, session: Session, cell: Cell, account: AccountRow, *, apart: bool
) -> IssuedCode:
    """A code that activates a pending account; `apart`: not sooner than `resend_seconds` after the last one."""
    pause = timedelta(seconds=shop.settings.resend_seconds if apart else 0)
    limit = Limit(shop.settings.activation_codes_per_hour, _HOUR, pause)
    life = timedelta(minutes=shop.settings.activation_code_minutes)
    return new_code(session, cell, account, codes.ACTIVATE_ACCOUNT, NO_BINDING, shop.clock.now(), life, limit)


def new_code(
    session: Session,
    cell: Cell,
    account: AccountRow,
    purpose: str,
    binding: bytes,
    now: datetime,
    life: timedelta,
    limit: Limit,
) -> IssuedCode:
    """Writes a challenge into the caller's transaction. Raises a Refusal (THROTTLED): the limit is the phone's."""
    storage.lock(session, account.phone_fingerprint)
    earlier = storage.codes_sent(session, account.phone_fingerprint, purpose, now - limit.window)
    wait = seconds_to_wait(limit, earlier, now)
    if wait:
        text = f"Số điện thoại này vừa được gửi mã. Xin chờ {_spoken(wait)} rồi yêu cầu mã mới."
        raise Refusal(Kind.THROTTLED, "too-many-codes", text, retry_after=wait)
    challenge_id, code = uuid4(), codes.make_code()
    session.add(
        OneTimeCodeRow(
            id=challenge_id,
            account_id=account.id,
            purpose=purpose,
            binding=binding,
            code_digest=cell.cipher.fingerprint(codes.code_text(str(challenge_id), code)),
            phone_fingerprint=account.phone_fingerprint,
            issued_at=now,
            expires_at=now + life,
            tries=0,
        )
    )
    session.flush()
    phone = storage.unseal(cell.cipher, account, "phone")
    return IssuedCode(str(challenge_id), phone, code, purpose, now + life)


def deliver(shop: Workshop, cell: Cell, issued: IssuedCode, request: Message) -> None:
    """Sends a code whose challenge is committed. Raises a Refusal (UNAVAILABLE, `code-not-sent`).

    The request, as its idempotency knows it, is then as if it had not been made: repeated, it sends another code.
    """
    try:
        shop.sender.send(cell, issued)
    except Refusal as fault:
        with cell.database.transaction() as session:
            storage.void_code(session, issued.challenge_id, shop.clock.now())
            forget(session, current_call(), request)
        text = "Chưa gửi được tin nhắn có mã. Điều đã lưu vẫn còn; xin chờ ít phút rồi bấm gửi lại."
        raise Refusal(Kind.UNAVAILABLE, "code-not-sent", text, retry_after=fault.retry_after or 5) from fault


def redeem_code(shop: Workshop, challenge_id: str, typed: str, binding: bytes, redemption: str) -> None:
    """Redeems a code, once; the same redemption is answered alike again.

    Raises a Refusal: NOT_FOUND (`unknown-challenge`), INVALID (`wrong-code`, `invalid-redemption`), CONFLICT
    (`code-expired`, `code-used`, `too-many-tries`, `code-for-other-content`).
    """
    if not redemption:
        raise invalid("invalid-redemption", "Thiếu việc mà mã xác nhận.", FieldFault("redemption", "không được trống"))
    code = codes.read_code(typed)
    cell = shop.cells.current()
    with cell.database.transaction() as session:
        row = storage.code(session, challenge_id)
        caller = current_call().caller
        if row is None or row.purpose == codes.ACTIVATE_ACCOUNT or caller.id != str(row.account_id):
            raise not_found("unknown-challenge", "Không có lần gửi mã này. Xin yêu cầu mã mới.")
        outcome = try_and_note(cell, row, code, binding, redemption, shop.clock.now())
        if outcome is Outcome.REDEEMED:
            audit.record(session, "redeem-code", f"challenge:{row.id}", str(row.account_id))
    # A wrong try counts: it is committed before it is refused.
    refuse_unless_redeemed(outcome, row)


def try_and_note(cell: Cell, row: OneTimeCodeRow, code: str, binding: bytes, redemption: str, now: datetime) -> Outcome:
    """Tries a code at a locked challenge and writes down what came of it; the caller commits, then refuses."""

    def digest() -> bytes:
        return cell.cipher.fingerprint(codes.code_text(str(row.id), code))

    challenge = Challenge(
        row.code_digest, row.binding, row.expires_at, row.tries, row.redemption, row.voided_at is not None
    )
    outcome = codes.try_code(challenge, digest=digest, binding=binding, redemption=redemption, now=now)
    if outcome is Outcome.WRONG:
        row.tries += 1
    if outcome is Outcome.REDEEMED:
        row.redeemed_at, row.redemption = now, redemption
    return outcome


def refuse_unless_redeemed(outcome: Outcome, row: OneTimeCodeRow) -> None:
    refusal = codes.refusal_of(outcome, codes.TRIES - row.tries)
    if refusal:
        raise refusal


def _spoken(seconds: int) -> str:
    return f"{seconds} giây" if seconds < 120 else f"{-(-seconds // 60)} phút"
