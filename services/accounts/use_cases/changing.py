"""The owner of an account changes its phone, e-mail address or address. They type the password again, and the old and
new addresses are told.

A new phone needs two codes: one sent to the present phone, so that a stolen password alone does not move the account,
and one sent to the new phone, so that a slip does not lose the account.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain import changes, codes
from services.accounts.domain.opening import read_address, read_email
from services.accounts.domain.throttle import Limit, spoken_wait
from services.accounts.storage import people as storage
from services.accounts.storage import recovery as stored
from services.accounts.tables import AccountRow, CredentialRow
from services.accounts.use_cases import attempts, phones, tries
from services.accounts.use_cases.people import Profile, locked_account, profile
from services.accounts.use_cases.sessions import wrong_password
from services.accounts.use_cases.telling import tell
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from services.chassis.tokens import unauthenticated


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


def request_phone_change(place: Workplace, command: RequestPhoneChange) -> phones.Requested:
    """Sends a code to the present phone and one to the new.

    Raises a Refusal: INVALID (`wrong-password`, `invalid-phone`), THROTTLED (`too-many-logins`, `too-many-codes`),
    UNAVAILABLE (`code-not-sent`).
    """
    stored_hash = check_password(place, command.password)
    with place.unit() as unit:
        account = own_by_password(unit, stored_hash)
        present = storage.unseal(unit.cell.cipher, account, "phone")
        phone = changes.read_phone(command.phone, present, read_mobile)
        return phones.request_change(unit, account, phone, lost=False)


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
        row = phones.open_change(unit, command.change_id, account)
        if row.old_code is None:
            raise phones.unknown_change()
        refusal = phones.redeem_all(unit, account, row, typed)
        if refusal is None and row.changed_at is not None:
            return profile(unit, account)  # a repetition: the answer was lost, or the request was sent twice
        if refusal is None:
            old = storage.unseal(unit.cell.cipher, account, "phone")
            email = storage.unseal(unit.cell.cipher, account, "email")
            phones.set_phone(unit, account, row)
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
        account = own_by_password(unit, stored_hash)
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
        account = own_by_password(unit, stored_hash)
        if address != account.address:
            _count(unit, account)
            account.address = address
            phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
            tell(unit, account, "account-address-changed", phone=phone, email=email)
            audit.record(unit.session, "change-address", f"account:{account.id}", str(account.id))
        return profile(unit, account)


def _count(unit: Unit, account: AccountRow) -> None:
    """Limits changes: each one writes messages, which cost the ward money and could hide another message."""
    text = "Tài khoản đã đổi nhiều lần trong một ngày."
    refuse_too_many(unit, f"changes:{account.id}", changes.CHANGES_PER_DAY, text)


def refuse_too_many(unit: Unit, subject: str, limit: Limit, done: str) -> None:
    """Counts a change of this subject. Raises a Refusal (THROTTLED, `too-many-changes`) that says what was done too
    often.
    """
    wait = tries.wait(unit, subject, limit)
    if wait:
        text = f"{done} Xin làm tiếp sau {spoken_wait(wait)}."
        raise Refusal(Kind.THROTTLED, "too-many-changes", text, retry_after=wait)
    tries.count(unit, subject)


def check_password(place: Workplace, password: str) -> str:
    """The stored hash of the caller's password, if the typed one is right; wrong ones slow down the next try.

    Raises a Refusal: INVALID (`wrong-password`), THROTTLED (`too-many-logins`), UNAUTHENTICATED.
    """
    with place.unit() as unit:
        account = own(unit)
        credential = unit.session.get(CredentialRow, account.id)
        if credential is None:
            raise unauthenticated()
        attempt = attempts.begin_signed_in(unit, account.id)
        stored_hash = credential.password_hash
    if not place.hasher.verify(stored_hash, password):
        raise wrong_password()
    with place.unit() as unit:
        attempts.succeeded(unit, attempt)
    return stored_hash


def own(unit: Unit) -> AccountRow:
    """The caller's active account, locked. Raises a Refusal: UNAUTHENTICATED."""
    account = locked_account(unit, unit.caller.id)
    if account is None or account.status != storage.ACTIVE:
        raise unauthenticated()
    return account


def own_by_password(unit: Unit, stored_hash: str) -> AccountRow:
    """As `own`; the checked hash must still be the stored one.

    Raises a Refusal: UNAUTHENTICATED, INVALID (`wrong-password`).
    """
    account = own(unit)
    credential = unit.session.get(CredentialRow, account.id, with_for_update=True, populate_existing=True)
    if credential is None or credential.password_hash != stored_hash:
        raise wrong_password()
    return account


def _read(typed: str, name: str) -> str:
    try:
        return codes.read_code(typed)
    except Refusal as no:
        raise invalid("wrong-code", no.text, FieldFault(name, no.text)) from None
