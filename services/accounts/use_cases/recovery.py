"""A forgotten password is replaced with a code to the account's phone.

The caller never learns whether there is such an account: an unknown login, a wrong date of birth and a phone that has
had its codes for the day get the same answer from the same statements. They also get a challenge, but its code goes to
nobody. A loop sends real codes after the answer (`telling`), so that no answer waits for notifications.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from services.accounts.adapters.phones import read_mobile
from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain import changes, codes
from services.accounts.domain.logins import LoginKey, login_keys
from services.accounts.domain.passwords import fault_of
from services.accounts.domain.throttle import seconds_to_wait
from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, CredentialRow, OneTimeCodeRow
from services.accounts.use_cases import attempts, tries
from services.accounts.use_cases.codes import (
    note_redeemed,
    note_wrong,
    outcome_of,
    refuse_unless_redeemed,
    too_many_codes,
)
from services.accounts.use_cases.ending import sign_out_everywhere
from services.accounts.use_cases.sessions import replace_password
from services.accounts.use_cases.telling import send_later, tell
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Refusal, invalid, not_found

_RECOVERY = "recovery"  # the redemption of a code
_EXAMPLE = "+84900000000"  # the phone of a code that goes to nobody


@dataclass(frozen=True, slots=True)
class RequestRecovery:
    login: str
    date_of_birth: str


@dataclass(frozen=True, slots=True)
class RecoverAccount:
    recovery_id: str
    otp: str = field(repr=False)
    new_password: str = field(repr=False)


def request(place: Workplace, command: RequestRecovery) -> IssuedCode:
    """Sends a code to the phone of the account with this login and day of birth, if there is one.

    Raises a Refusal, whether or not there is such an account: INVALID (`invalid-recovery`), THROTTLED
    (`too-many-codes`) if the same was asked too often.
    """
    if not command.login.strip():
        fault = FieldFault("login", "Xin nhập số điện thoại hoặc số giấy tờ tùy thân.")
        raise invalid("invalid-recovery", fault.text, fault)
    born = changes.read_birth(command.date_of_birth)
    keys = login_keys(command.login, read_mobile)
    with place.unit() as unit:
        _throttle(unit, _subject(unit, keys, command.login, born.isoformat()))
        account = storage.recoverable(unit.session, unit.cell.cipher, keys, born)
        return _challenge(unit, account, "phone" if any(key.means == "phone" for key in keys) else "paper")


def _subject(unit: Unit, keys: list[LoginKey], login: str, born: str) -> str:
    """The subject of tries contains the day of birth: somebody who knows only a login cannot use up its owner's
    tries.
    """
    key = keys[0].value if keys else login.strip().lower()
    return "recovery:" + unit.cell.cipher.fingerprint(f"recovery:{key}:{born}").hex()


def _throttle(unit: Unit, subject: str) -> None:
    wait = max(tries.wait(unit, subject, limit) for limit in (changes.PER_HOUR, changes.PER_DAY))
    if wait:
        raise too_many_codes(wait, "Đã yêu cầu mã nhiều lần.")
    tries.count(unit, subject)


def _challenge(unit: Unit, account: AccountRow | None, means: str) -> IssuedCode:
    """Codes are limited for each kind of login. So somebody who has seen the number on a card cannot use up the codes
    that the owner asks for by the phone number, which is not on the card.
    """
    session, cipher, now = unit.session, unit.cell.cipher, unit.now
    id, code, nobody = uuid4(), codes.make_code(), uuid4()
    phone = account.phone_fingerprint if account else cipher.fingerprint(f"recovery-of-nobody:{nobody}")
    lock(session, phone)
    earlier = storage.codes_sent(session, phone, codes.RECOVER_ACCOUNT, now - changes.PER_DAY.window, means.encode())
    if any(seconds_to_wait(limit, earlier, now) for limit in (changes.PER_HOUR, changes.PER_DAY)):
        account = None  # as if there were no account: another answer would tell that there is one
    session.add(
        OneTimeCodeRow(
            id=id,
            account_id=account.id if account else nobody,
            purpose=codes.RECOVER_ACCOUNT,
            binding=means.encode(),
            code_digest=cipher.fingerprint(codes.code_text(str(id), code)),
            phone_fingerprint=account.phone_fingerprint if account else cipher.fingerprint(f"nobody:{nobody}"),
            issued_at=now,
            expires_at=now + changes.CODE_LIFE,
            tries=0,
        )
    )
    to = storage.unseal(cipher, account, "phone") if account else _EXAMPLE
    issued = IssuedCode(str(id), to, code, codes.RECOVER_ACCOUNT, now + changes.CODE_LIFE)
    send_later(unit, issued, str(account.id) if account else "")
    audit.record(session, "request-recovery", f"challenge:{id}", str(account.id) if account else "")
    return issued


def recover(place: Workplace, command: RecoverAccount) -> None:
    """Replaces the password; every session of the account ends, and its owner is told.

    A password that breaks the rules costs no try. It is refused before the code is checked if that says nothing about
    the account. Raises a Refusal: NOT_FOUND (`unknown-recovery`), INVALID (`wrong-code`, `invalid-password`), CONFLICT
    (`code-expired`, `code-used`, `too-many-tries`).
    """
    code = codes.read_code(command.otp)
    _refuse_password(command.new_password, phone=None, identity_number=None)
    before = _try(place, command, code, new_hash=None)
    if before is None:
        before = _try(place, command, code, new_hash=place.hasher.hash(command.new_password))
    if before is not None and not place.hasher.verify(before, command.new_password):
        _refuse_another_password(place, command)


def _refuse_another_password(place: Workplace, command: RecoverAccount) -> None:
    """The code was used. Somebody who has it can try passwords only as rarely as somebody without it can try codes.
    Raises a Refusal (`code-used`).
    """
    with place.unit() as unit:
        row = storage.code(unit.session, command.recovery_id)
        if row is not None:
            note_wrong(unit, row)
    refuse_unless_redeemed(codes.Outcome.USED, row or OneTimeCodeRow(tries=0))


def _try(place: Workplace, command: RecoverAccount, code: str, new_hash: str | None) -> str | None:
    """Tries the code. Only if the new password's hash is given, it redeems the code and replaces the password.

    If this code has set the present password, returns that password's hash: the answer was lost, or the request came
    twice, and the same password again is no fault.
    """
    with place.unit() as unit:
        account = _account(unit, command.recovery_id)
        row = storage.code(unit.session, command.recovery_id)
        if row is None or row.purpose != codes.RECOVER_ACCOUNT:
            raise not_found("unknown-recovery", "Không có lần yêu cầu này. Xin yêu cầu mã mới.")
        credential = unit.session.get(CredentialRow, account.id if account else row.account_id)
        is_newest = credential is not None and credential.changed_at <= row.issued_at
        counts = account is not None and account.phone_fingerprint == row.phone_fingerprint and is_newest
        outcome = outcome_of(unit, row, code, row.binding, _RECOVERY)
        if outcome is codes.Outcome.REPEATED:
            if account and credential and credential.changed_at == row.redeemed_at and row.tries < codes.TRIES:
                return credential.password_hash
            outcome = codes.Outcome.USED
        if outcome is codes.Outcome.REDEEMED and not counts:
            # A guess for nobody; or a code sent to a former phone, or before another new password.
            outcome = codes.Outcome.WRONG
        if outcome is codes.Outcome.REDEEMED and account is not None:
            _refuse_password(
                command.new_password,
                phone=storage.unseal(unit.cell.cipher, account, "phone"),
                identity_number=storage.unseal(unit.cell.cipher, account, "identity_number"),
            )
            if new_hash is not None:
                note_redeemed(unit, row, _RECOVERY)
                _replace(unit, account, new_hash)
            return None
        if outcome is codes.Outcome.WRONG:
            note_wrong(unit, row)
    # A wrong try counts: it is committed before it is refused.
    refuse_unless_redeemed(outcome, row)
    return None


def _account(unit: Unit, recovery_id: str) -> AccountRow | None:
    """The account of a challenge, locked. The order is person, account, code, as everywhere.

    The statements are the same for a challenge of nobody.
    """
    owner = str(storage.code_owner(unit.session, recovery_id))
    account = storage.account(unit.session, owner)
    lock(unit.session, account.identity_fingerprint if account else unit.cell.cipher.fingerprint(f"nobody:{owner}"))
    account = storage.account(unit.session, owner, locked=True)
    return account if account is not None and account.status == storage.ACTIVE else None


def _replace(unit: Unit, account: AccountRow, new_hash: str) -> None:
    attempts.prove(unit, account.id)
    credential = unit.session.get(CredentialRow, account.id, with_for_update=True, populate_existing=True)
    assert credential is not None  # an active account has one
    replace_password(unit, credential, new_hash)
    sign_out_everywhere(unit, account)
    phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
    tell(unit, account, "account-recovered", phone=phone, email=email)
    audit.record(unit.session, "recover-account", f"account:{account.id}", str(account.id))


def _refuse_password(password: str, *, phone: str | None, identity_number: str | None) -> None:
    fault = fault_of(password, phone=phone, identity_number=identity_number)
    if fault:
        raise _invalid_password(fault)


def _invalid_password(fault: str) -> Refusal:
    return invalid("invalid-password", fault, FieldFault("new_password", fault))
