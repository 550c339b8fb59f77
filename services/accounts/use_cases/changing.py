"""The owner of an account changes its phone, e-mail address or address: with the password typed again, and told to the
addresses of before and after.

A phone takes two codes: one from the present phone, so that a stolen password alone does not move the account, and one
from the new, so that a slip does not lose it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.accounts.adapters.phones import read_mobile
from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain import changes, codes
from services.accounts.domain.opening import read_address, read_email
from services.accounts.domain.throttle import Limit, seconds_to_wait, spoken_wait
from services.accounts.storage import people as storage
from services.accounts.storage import recovery as stored
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, CredentialRow, OneTimeCodeRow, PhoneChangeRow
from services.accounts.use_cases import tries
from services.accounts.use_cases.codes import (
    new_code,
    note_redeemed,
    note_wrong,
    outcome_of,
    too_many_codes,
)
from services.accounts.use_cases.people import Profile, profile
from services.accounts.use_cases.sessions import count_attempt, subject_of, wrong_password
from services.accounts.use_cases.telling import tell
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found
from services.chassis.tokens import unauthenticated

_OTPS = {codes.CHANGE_PHONE_OLD: "old_otp", codes.CHANGE_PHONE_NEW: "new_otp", codes.REPLACE_PHONE: "otp"}


@dataclass(frozen=True, slots=True)
class RequestPhoneChange:
    password: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangePhone:
    change_id: str
    old_otp: str = field(repr=False)
    new_otp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeEmail:
    password: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeAddress:
    password: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Requested:
    """A change of the phone that waits for its codes; `old` is none where the present phone was lost."""

    change_id: str
    old: IssuedCode | None
    new: IssuedCode


def request_phone_change(place: Workplace, command: RequestPhoneChange) -> Requested:
    """Sends a code to the present phone and one to the new.

    Raises a Refusal: INVALID (`wrong-password`, `invalid-phone`), THROTTLED (`too-many-logins`, `too-many-codes`),
    UNAVAILABLE (`code-not-sent`).
    """
    stored_hash = check_password(place, command.password)
    with place.unit() as unit:
        account = own(unit, stored_hash)
        present = storage.unseal(unit.cell.cipher, account, "phone")
        phone = changes.read_phone(command.phone, present, read_mobile)
        return request_change(unit, account, phone, lost=False)


def request_change(unit: Unit, account: AccountRow, phone: str, *, lost: bool) -> Requested:
    """Writes a change of the phone, and its codes."""
    session, cipher, now = unit.session, unit.cell.cipher, unit.now
    limit = changes.CHANGES_PER_DAY
    wait = seconds_to_wait(limit, stored.phone_changes(session, account.id, now - limit.window, at_desk=lost), now)
    if wait:
        raise too_many_codes(wait, "Tài khoản này đã được yêu cầu đổi số điện thoại nhiều lần trong một ngày.")
    for fingerprint in sorted({account.phone_fingerprint, storage.phone_fingerprint(cipher, phone)}):
        lock(session, fingerprint)  # in one order, should two people exchange their phones
    limits = (changes.PER_HOUR, changes.PER_DAY)
    binding, life = _binding(account, phone), changes.CODE_LIFE
    old = None if lost else new_code(unit, account, codes.CHANGE_PHONE_OLD, binding, life, *limits)
    purpose = codes.REPLACE_PHONE if lost else codes.CHANGE_PHONE_NEW
    new = new_code(unit, account, purpose, binding, life, *limits, phone=phone)
    id = uuid4()
    session.add(
        PhoneChangeRow(
            id=id,
            account_id=account.id,
            phone=stored.seal_phone(cipher, id, phone),
            phone_fingerprint=storage.phone_fingerprint(cipher, phone),
            old_code=UUID(old.challenge_id) if old else None,
            new_code=UUID(new.challenge_id),
            requested_by=unit.caller.id,
            requested_at=now,
        )
    )
    audit.record(session, "request-phone-change", f"account:{account.id}", str(account.id))
    return Requested(str(id), old, new)


def change_phone(place: Workplace, command: ChangePhone) -> Profile:
    """Changes the caller's phone.

    Raises a Refusal: NOT_FOUND (`unknown-change`), INVALID (`wrong-code`), CONFLICT (`code-expired`, `code-used`,
    `too-many-tries`).
    """
    typed = {
        codes.CHANGE_PHONE_OLD: _read(command.old_otp, "old_otp"),
        codes.CHANGE_PHONE_NEW: _read(command.new_otp, "new_otp"),
    }
    with place.unit() as unit:
        account = own(unit)
        row = open_change(unit, command.change_id, account)
        if row.old_code is None:
            raise unknown_change()
        refusal = redeem_all(unit, account, row, typed)
        if refusal is None and row.changed_at is not None:
            return profile(unit, account)  # the same request again: its answer was lost, or it was sent twice
        if refusal is None:
            old = storage.unseal(unit.cell.cipher, account, "phone")
            email = storage.unseal(unit.cell.cipher, account, "email")
            set_phone(unit, account, row)
            tell(unit, account, "account-phone-changed", phone=old, email=email)
            tell(unit, account, "account-phone-changed", phone=stored.new_phone(unit.cell.cipher, row))
            audit.record(unit.session, "change-phone", f"account:{account.id}", str(account.id))
            return profile(unit, account)
    # A wrong try counts: it is committed before it is refused.
    raise refusal


def change_email(place: Workplace, command: ChangeEmail) -> Profile:
    """Raises a Refusal: INVALID (`wrong-password`, `invalid-account`), THROTTLED (`too-many-logins`)."""
    email = read_email(command.email)
    stored_hash = check_password(place, command.password)
    with place.unit() as unit:
        account = own(unit, stored_hash)
        cipher = unit.cell.cipher
        old, phone = (storage.unseal(cipher, account, column) for column in ("email", "phone"))
        if email != old:
            _count(unit, account)
            account.email = storage.seal(cipher, account.id, "email", email) if email else None
            tell(unit, account, "account-email-changed", phone=phone, email=old)
            tell(unit, account, "account-email-changed", email=email)
            audit.record(unit.session, "change-email", f"account:{account.id}", str(account.id))
        return profile(unit, account)


def change_address(place: Workplace, command: ChangeAddress) -> Profile:
    """Raises a Refusal: INVALID (`wrong-password`, `invalid-account`), THROTTLED (`too-many-logins`)."""
    address = read_address(command.address)
    stored_hash = check_password(place, command.password)
    with place.unit() as unit:
        account = own(unit, stored_hash)
        if address != account.address:
            _count(unit, account)
            account.address = address
            phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
            tell(unit, account, "account-address-changed", phone=phone, email=email)
            audit.record(unit.session, "change-address", f"account:{account.id}", str(account.id))
        return profile(unit, account)


def _count(unit: Unit, account: AccountRow) -> None:
    """Each change writes messages, which the ward pays for, and under which another could be buried."""
    refuse_too_many(unit, f"changes:{account.id}", changes.CHANGES_PER_DAY)


def refuse_too_many(unit: Unit, subject: str, limit: Limit) -> None:
    """Counts a change of this subject. Raises a Refusal (THROTTLED, `too-many-changes`)."""
    wait = tries.wait(unit, subject, limit)
    if wait:
        text = f"Tài khoản đã đổi nhiều lần trong một ngày. Xin đổi tiếp sau {spoken_wait(wait)}."
        raise Refusal(Kind.THROTTLED, "too-many-changes", text, retry_after=wait)
    tries.count(unit, subject)


def check_password(place: Workplace, password: str) -> str:
    """The stored hash of the caller's password, once it is typed right; a wrong one counts as a failed sign-in.

    Raises a Refusal: INVALID (`wrong-password`), THROTTLED (`too-many-logins`), UNAUTHENTICATED.
    """
    with place.unit() as unit:
        account = own(unit)
        credential = unit.session.get(CredentialRow, account.id)
        if credential is None:
            raise unauthenticated()
        subject = subject_of(unit.cell, account)
        count_attempt(unit, subject)
        stored_hash = credential.password_hash
    if not place.hasher.verify(stored_hash, password):
        raise wrong_password()
    with place.unit() as unit:
        storage.forget_attempts(unit.session, subject)
    return stored_hash


def own(unit: Unit, stored_hash: str | None = None) -> AccountRow:
    """The caller's active account, locked; with the hash that was checked, which must not have been replaced since.

    Raises a Refusal: UNAUTHENTICATED, INVALID (`wrong-password`).
    """
    account = locked_account(unit, unit.caller.id)
    if account is None or account.status != storage.ACTIVE:
        raise unauthenticated()
    if stored_hash is not None:
        credential = unit.session.get(CredentialRow, account.id, with_for_update=True, populate_existing=True)
        if credential is None or credential.password_hash != stored_hash:
            raise wrong_password()
    return account


def locked_account(unit: Unit, account_id: str) -> AccountRow | None:
    """The person first, then the account, as everywhere, so that no deadlock is possible."""
    account = storage.account(unit.session, account_id)
    if account is None:
        return None
    lock(unit.session, account.identity_fingerprint)
    return storage.account(unit.session, account_id, locked=True)


def open_change(unit: Unit, change_id: str, account: AccountRow) -> PhoneChangeRow:
    """A change of the phone that the caller asked for, locked, and that nothing has overtaken; one that is done stays
    open to who sends its codes again.

    Raises a Refusal: NOT_FOUND (`unknown-change`), CONFLICT (`code-used`, `code-expired`).
    """
    row = stored.phone_change(unit.session, change_id, locked=True)
    if row is None or row.account_id != account.id or row.requested_by != unit.caller.id:
        raise unknown_change()
    if row.changed_at is not None:
        if row.changed_at != account.phone_changed_at:
            raise _changed_already()
    elif row.old_code is not None and _is_overtaken(unit, account, row):
        raise conflict("code-expired", "Tài khoản đã đổi trong lúc chờ mã. Xin làm lại từ đầu.")
    return row


def _is_overtaken(unit: Unit, account: AccountRow, row: PhoneChangeRow) -> bool:
    """Whether the phone or the password has changed since, or the desk was asked to: whoever holds the old phone and a
    token that is still valid must not come after the owner. The desk, which saw the original, is overtaken by nothing.
    """
    since = row.requested_at
    if account.phone_changed_at is not None and account.phone_changed_at > since:
        return True
    credential = unit.session.get(CredentialRow, account.id)
    if credential is None or credential.changed_at > since:
        return True
    return bool(stored.phone_changes(unit.session, account.id, since, at_desk=True))


def redeem_all(unit: Unit, account: AccountRow, row: PhoneChangeRow, typed: Mapping[str, str]) -> Refusal | None:
    """Redeems all codes of a change, or none; a wrong one uses up a try of its own challenge. The codes of a change
    that is done are compared, and nothing is stored.

    Returns the refusal of the first that is wrong, under the name of its field: the caller commits, then refuses.
    """
    challenges = [id for id in (row.old_code, row.new_code) if id is not None]
    rows = [storage.code(unit.session, str(id)) for id in sorted(challenges)]
    found = {one.purpose: one for one in rows if one is not None}
    binding = _binding(account, stored.new_phone(unit.cell.cipher, row))
    refusals: list[Refusal] = []
    for purpose, code in typed.items():
        challenge = found.get(purpose)
        if challenge is None:
            return unknown_change()
        outcome = outcome_of(unit, challenge, code, binding, str(row.id))
        if outcome is codes.Outcome.WRONG:
            note_wrong(unit, challenge)
        refusals += _refusal(outcome, challenge, _OTPS[purpose])
    if row.changed_at is not None:
        return _changed_already() if refusals else None
    if refusals:
        return refusals[0]
    for challenge in found.values():
        note_redeemed(unit, challenge, str(row.id))
    return None


def set_phone(unit: Unit, account: AccountRow, row: PhoneChangeRow) -> None:
    """Writes the new phone; from now on filings wait."""
    cipher, phone = unit.cell.cipher, stored.new_phone(unit.cell.cipher, row)
    account.phone = storage.seal(cipher, account.id, "phone", phone)
    account.phone_fingerprint = row.phone_fingerprint
    account.phone_changed_at = row.changed_at = unit.now
    unit.session.flush()


def _changed_already() -> Refusal:
    return conflict("code-used", "Số điện thoại này đã được ghi rồi.")


def unknown_change() -> Refusal:
    return not_found("unknown-change", "Không có lần đổi số điện thoại này. Xin làm lại từ đầu.")


def _refusal(outcome: codes.Outcome, challenge: OneTimeCodeRow, name: str) -> list[Refusal]:
    no = codes.refusal_of(outcome, codes.TRIES - challenge.tries)
    if no is None:
        return []
    no.fields = (FieldFault(name, no.text),)
    return [no]


def _read(typed: str, name: str) -> str:
    try:
        return codes.read_code(typed)
    except Refusal as no:
        raise invalid("wrong-code", no.text, FieldFault(name, no.text)) from None


def _binding(account: AccountRow, phone: str) -> bytes:
    """A code is good for this account and this new phone."""
    return hashlib.sha256(f"{account.id}:{phone}".encode()).digest()
