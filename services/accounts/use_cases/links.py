"""Links with which a member of staff opens their account: made by an operator's command or by the ward's administrator,
good once, within a day. Only their digests are stored.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.accounts.domain import codes
from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import OneTimeCodeRow
from services.accounts.use_cases.unit import Unit
from services.chassis import unit as chassis

LINK_LIFE = timedelta(hours=24)
#: A browser that got no answer sends it again.
REPEATED_WITHIN = timedelta(minutes=2)
#: Purpose → the text before the ticket in its digest.
_PREFIXES = {codes.OPEN_ADMINISTRATION: "administrator-link"}


def issue(unit: chassis.Unit, purpose: str, person: UUID, *, of_anybody: bool = False) -> str:
    """A new ticket for a person. Earlier unused tickets become invalid: those of the person, or with `of_anybody` those
    of all people.
    """
    here = place(unit, purpose)
    lock(unit.session, here)
    for earlier in storage.codes_of(unit.session, here, purpose):
        theirs = of_anybody or earlier.account_id == person
        if theirs and earlier.redeemed_at is None and earlier.voided_at is None:
            earlier.voided_at = unit.now
    ticket = secrets.token_urlsafe(32)
    unit.session.add(
        OneTimeCodeRow(
            id=uuid4(),
            account_id=person,
            purpose=purpose,
            binding=b"",
            code_digest=_digest(unit, purpose, ticket),
            phone_fingerprint=here,
            issued_at=unit.now,
            expires_at=unit.now + LINK_LIFE,
            tries=0,
        )
    )
    return ticket


def void(unit: chassis.Unit, person: UUID, *purposes: str) -> None:
    """Makes the links of a person invalid."""
    for purpose in purposes:
        for row in storage.codes_of(unit.session, place(unit, purpose), purpose):
            if row.account_id == person and row.redeemed_at is None and row.voided_at is None:
                row.voided_at = unit.now


def find(unit: Unit, purpose: str, ticket: str) -> OneTimeCodeRow | None:
    """The row of a ticket, used or not; None if it is not valid."""
    digest = _digest(unit, purpose, ticket.strip())
    for row in storage.codes_of(unit.session, place(unit, purpose), purpose):
        is_good = row.voided_at is None and unit.now < row.expires_at
        if is_good and hmac.compare_digest(row.code_digest, digest):
            return row
    return None


def pending(unit: Unit, purpose: str) -> datetime | None:
    """When an unused link expires; None if there is no such link."""
    for row in storage.codes_of(unit.session, place(unit, purpose), purpose):
        if row.redeemed_at is None and row.voided_at is None and unit.now < row.expires_at:
            return row.expires_at
    return None


def place(unit: chassis.Unit, purpose: str) -> bytes:
    """The value that links have in place of a phone's fingerprint, by which codes are found; also the lock for using
    them.
    """
    return unit.cell.cipher.fingerprint(f"{_PREFIXES.get(purpose, purpose)}s:{unit.cell.ward.code}")


def _digest(unit: chassis.Unit, purpose: str, ticket: str) -> bytes:
    return unit.cell.cipher.fingerprint(f"{_PREFIXES.get(purpose, purpose)}:{unit.cell.ward.code}:{ticket}")
