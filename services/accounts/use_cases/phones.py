"""Another phone for an account. The owner asks for it, or the desk after an officer has seen the original.

A change waits for its codes: one to the new phone and, if the owner asks, also one to the present phone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain import changes, codes
from services.accounts.domain.throttle import seconds_to_wait
from services.accounts.storage import people as storage
from services.accounts.storage import recovery as stored
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, CredentialRow, OneTimeCodeRow, PhoneChangeRow
from services.accounts.use_cases.codes import new_code, note_redeemed, note_wrong, outcome_of, too_many_codes
from services.accounts.use_cases.sharing import tell_those_before
from services.accounts.use_cases.unit import Unit
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Refusal, conflict, not_found

_OTPS = {codes.CHANGE_PHONE_OLD: "old_otp", codes.CHANGE_PHONE_NEW: "new_otp", codes.REPLACE_PHONE: "otp"}


@dataclass(frozen=True, slots=True)
class Requested:
    """A change of the phone that waits for its codes; `old` is None if the present phone is lost."""

    change_id: str
    old: IssuedCode | None
    new: IssuedCode


def request_change(unit: Unit, account: AccountRow, phone: str, *, lost: bool) -> Requested:
    """Writes a change of the phone, and its codes."""
    session, cipher, now = unit.session, unit.cell.cipher, unit.now
    limit = changes.CHANGES_PER_DAY
    wait = seconds_to_wait(limit, stored.phone_changes(session, account.id, now - limit.window, at_desk=lost), now)
    if wait:
        raise too_many_codes(wait, "Tài khoản này đã được yêu cầu đổi số điện thoại nhiều lần trong một ngày.")
    for fingerprint in sorted({account.phone_fingerprint, storage.phone_fingerprint(cipher, phone)}):
        lock(session, fingerprint)  # in one order, in case two people exchange their phones
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


def open_change(unit: Unit, change_id: str, account: AccountRow) -> PhoneChangeRow:
    """A change of the phone, locked, that the caller asked for and nothing has overtaken. A completed change is also
    returned, for a caller who sends its codes again.

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
    """Whether the phone or the password has changed since, or the desk was asked for a change: somebody with the old
    phone and a valid token must not undo what the owner did. A change at the desk, which saw the original, is never
    overtaken.
    """
    since = row.requested_at
    if account.phone_changed_at is not None and account.phone_changed_at > since:
        return True
    credential = unit.session.get(CredentialRow, account.id)
    if credential is None or credential.changed_at > since:
        return True
    return bool(stored.phone_changes(unit.session, account.id, since, at_desk=True))


def redeem_all(unit: Unit, account: AccountRow, row: PhoneChangeRow, typed: Mapping[str, str]) -> Refusal | None:
    """Redeems all codes of a change, or none; a wrong code uses up a try of its own challenge. For a completed change
    the codes are only compared, and nothing is stored.

    Returns the refusal of the first wrong code, under the name of its field; the caller commits, then refuses.
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
    """Writes the new phone; from now on filings wait. Other accounts with that phone are told."""
    cipher, phone = unit.cell.cipher, stored.new_phone(unit.cell.cipher, row)
    account.phone = storage.seal(cipher, account.id, "phone", phone)
    account.phone_fingerprint = row.phone_fingerprint
    account.phone_changed_at = row.changed_at = unit.now
    unit.session.flush()
    tell_those_before(unit, account)


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


def _binding(account: AccountRow, phone: str) -> bytes:
    """Binds a code to this account and this new phone."""
    return hashlib.sha256(f"{account.id}:{phone}".encode()).digest()
