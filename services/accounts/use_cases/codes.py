"""Issuing and redeeming one-time codes.

A code is sent only after its challenge is committed (`Workplace.unit`), so that it can be redeemed as soon as it
arrives. If notifications does not accept it, the challenge is voided, so that the next code needs no wait, and the
caller is told (UNAVAILABLE, `code-not-sent`) to ask again; other changes stay. If the process dies before the result of
sending is known, another code can be requested after the longest time that sending takes (`adapters.sending.SECONDS`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from services.accounts import events
from services.accounts.adapters import sending
from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain import codes
from services.accounts.domain.changes import refuse_while_phone_is_new
from services.accounts.domain.codes import Challenge, Outcome
from services.accounts.domain.throttle import Limit, seconds_to_wait, spoken_wait
from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, OneTimeCodeRow
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.database.writing import Writing, write
from services.chassis.events import outbox
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
BINDING_BYTES = 32
#: An activation is bound to its account, which the challenge names.
NO_BINDING = b""


@dataclass(frozen=True, slots=True)
class IssueOneTimeCode:
    purpose: str
    binding: bytes


@dataclass(frozen=True, slots=True)
class RedeemOneTimeCode:
    challenge_id: str
    otp: str = field(repr=False)
    binding: bytes
    redemption: str


def issue(unit: Unit, command: IssueOneTimeCode) -> IssuedCode:
    """Sends a code to the caller's own phone.

    Raises a Refusal: INVALID (`invalid-code-request`), CONFLICT (`phone-just-changed`), THROTTLED (`too-many-codes`),
    UNAVAILABLE (`code-not-sent`).
    """
    if command.purpose != codes.FILE_DOSSIER:
        raise invalid("invalid-code-request", "Không gửi mã cho việc này.", FieldFault("purpose", "file-dossier"))
    if len(command.binding) != BINDING_BYTES:
        text = "Nội dung cần xác nhận phải được tóm bằng SHA-256."
        raise invalid("invalid-code-request", text, FieldFault("binding", "32 byte"))
    account = storage.account(unit.session, unit.caller.id)
    if account is None or account.status != storage.ACTIVE:
        raise _not_active()
    refuse_while_phone_is_new(account.phone_changed_at, unit.now)
    settings = unit.place.settings
    limit = Limit(settings.filing_codes_per_hour, _HOUR)
    life = timedelta(minutes=settings.filing_code_minutes)
    code = new_code(unit, account, command.purpose, command.binding, life, limit)
    audit.record(unit.session, "issue-code", f"challenge:{code.challenge_id}", str(account.id))
    return code


def new_activation_code(unit: Unit, account: AccountRow, *, apart: bool) -> IssuedCode:
    """A code that activates a pending account. With `apart`, it is refused within `resend_seconds` of the last code
    that is known to be on its way, and while another is being sent.
    """
    settings = unit.place.settings
    pause = timedelta(seconds=sending.SECONDS if apart else 0)
    limit = Limit(settings.activation_codes_per_hour, _HOUR, pause)
    life = timedelta(minutes=settings.activation_code_minutes)
    accepted = storage.last_code_accepted(unit.session, account.phone_fingerprint, codes.ACTIVATE_ACCOUNT)
    if apart and accepted is not None:
        wait = seconds_to_wait(Limit(1, timedelta(seconds=settings.resend_seconds)), [accepted], unit.now)
        if wait:
            raise too_many_codes(wait)
    return new_code(unit, account, codes.ACTIVATE_ACCOUNT, NO_BINDING, life, limit)


def new_code(
    unit: Unit,
    account: AccountRow,
    purpose: str,
    binding: bytes,
    life: timedelta,
    *limits: Limit,
    phone: str = "",
) -> IssuedCode:
    """Writes a challenge whose code is sent after the commit, to the account's phone or to the given phone.

    Raises a Refusal (THROTTLED, `too-many-codes`) beyond the limits of that phone.
    """
    session, cell, now = unit.session, unit.cell, unit.now
    fingerprint = storage.phone_fingerprint(cell.cipher, phone) if phone else account.phone_fingerprint
    lock(session, fingerprint)
    earlier = storage.codes_sent(session, fingerprint, purpose, now - max(limit.window for limit in limits))
    wait = max(seconds_to_wait(limit, earlier, now) for limit in limits)
    if wait:
        raise too_many_codes(wait)
    _refuse_beyond_the_day(unit, fingerprint, purpose)
    challenge_id, code = uuid4(), codes.make_code()
    session.add(
        OneTimeCodeRow(
            id=challenge_id,
            account_id=account.id,
            purpose=purpose,
            binding=binding,
            code_digest=cell.cipher.fingerprint(codes.code_text(str(challenge_id), code)),
            phone_fingerprint=fingerprint,
            issued_at=now,
            expires_at=now + life,
            tries=0,
        )
    )
    session.flush()
    to = phone or storage.unseal(cell.cipher, account, "phone")
    issued = IssuedCode(str(challenge_id), to, code, purpose, now + life, str(account.id))
    unit.issued.append(issued)
    if purpose in codes.OPEN:
        outbox.tell(session, events.code_issued(unit.ward, str(account.id), fingerprint, now), str(account.id))
    return issued


def _refuse_beyond_the_day(unit: Unit, phone: bytes, purpose: str) -> None:
    """Raises a Refusal (THROTTLED, `too-many-codes`) if all wards together have sent the phone its codes for the day.

    Codes of other wards count after their events have arrived, so a ward that is away stops no other.
    """
    session, since, settings = unit.session, unit.now - _DAY, unit.place.settings
    if purpose in codes.OPEN:
        most, earlier = settings.open_codes_per_day, list(storage.codes_of_day(session, phone, codes.OPEN, since))
        earlier += storage.codes_elsewhere(session, phone, since)
    else:
        most, earlier = settings.own_codes_per_day, list(storage.codes_of_day(session, phone, codes.OWN, since))
    wait = seconds_to_wait(Limit(most, _DAY), earlier, unit.now)
    if wait:
        raise too_many_codes(wait, "Số điện thoại này đã được gửi nhiều mã trong một ngày.")


def redeem(place: Workplace, command: RedeemOneTimeCode) -> None:
    """Redeems a code, once; the same redemption gets the same answer again.

    Raises a Refusal: NOT_FOUND (`unknown-challenge`), INVALID (`wrong-code`, `invalid-redemption`), CONFLICT
    (`code-expired`, `code-used`, `too-many-tries`, `code-for-other-content`, `phone-just-changed`).
    """
    if not command.redemption:
        raise invalid("invalid-redemption", "Thiếu việc mà mã xác nhận.", FieldFault("redemption", "không được trống"))
    code = codes.read_code(command.otp)
    with place.unit() as unit:
        found = storage.filing_code(unit.session, command.challenge_id)
        if found is None or found[0].purpose != codes.FILE_DOSSIER or unit.caller.id != str(found[0].account_id):
            raise not_found("unknown-challenge", "Không có lần gửi mã này. Xin yêu cầu mã mới.")
        row, status, phone_changed_at, password_changed_at = found
        if status != storage.ACTIVE:
            raise _not_active()
        refuse_while_phone_is_new(phone_changed_at, unit.now)  # also a code that was sent before the phone changed
        if row.redemption is None and password_changed_at is not None and password_changed_at > row.issued_at:
            # Somebody who read the code on the phone and has a valid token must not file after the owner is back.
            raise conflict("code-expired", "Mật khẩu đã đổi sau khi mã được gửi. Xin yêu cầu mã mới.")
        redeeming = audit.recording("redeem-code", f"challenge:{row.id}", str(row.account_id))
        outcome = try_and_note(unit, row, code, command.binding, command.redemption, redeeming)
    # A wrong try counts: it is committed before it is refused.
    refuse_unless_redeemed(outcome, row)


def _not_active() -> Refusal:
    return conflict("account-not-active", "Tài khoản không còn dùng được ở phường này. Xin đăng nhập lại.")


def try_and_note(
    unit: Unit, row: OneTimeCodeRow, code: str, binding: bytes, redemption: str, *redeeming: Writing
) -> Outcome:
    """Tries a code at a locked challenge and stores the outcome, together with the further writings of a redemption.

    The caller commits, then refuses.
    """
    outcome = outcome_of(unit, row, code, binding, redemption)
    if outcome is Outcome.WRONG:
        note_wrong(unit, row)
    if outcome is Outcome.REDEEMED:
        note_redeemed(unit, row, redemption, *redeeming)
    return outcome


def outcome_of(unit: Unit, row: OneTimeCodeRow, code: str, binding: bytes, redemption: str) -> Outcome:
    """The outcome of a try, without storing it: for acts that need several codes, or something else beside the code."""

    def digest() -> bytes:
        return unit.cell.cipher.fingerprint(codes.code_text(str(row.id), code))

    challenge = Challenge(
        row.code_digest, row.binding, row.expires_at, row.tries, row.redemption, row.voided_at is not None
    )
    return codes.try_code(challenge, digest=digest, binding=binding, redemption=redemption, now=unit.now)


def note_wrong(unit: Unit, row: OneTimeCodeRow) -> None:
    row.tries += 1
    write(unit.session, storage.noting_try(row))


def note_redeemed(unit: Unit, row: OneTimeCodeRow, redemption: str, *redeeming: Writing) -> None:
    row.redeemed_at, row.redemption = unit.now, redemption
    write(unit.session, storage.noting_try(row), *redeeming)


def refuse_unless_redeemed(outcome: Outcome, row: OneTimeCodeRow) -> None:
    refusal = codes.refusal_of(outcome, codes.TRIES - row.tries)
    if refusal:
        raise refusal


def too_many_codes(seconds: int, why: str = "Số điện thoại này vừa được gửi mã.") -> Refusal:
    text = f"{why} Xin chờ {spoken_wait(seconds)} rồi yêu cầu mã mới."
    return Refusal(Kind.THROTTLED, "too-many-codes", text, retry_after=seconds)
