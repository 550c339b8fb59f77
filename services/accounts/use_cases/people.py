"""Reads data about people: for themselves, or for a service that must notify them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.accounts.storage import people as storage
from services.accounts.storage.people import Person
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow
from services.accounts.use_cases.unit import Unit
from services.chassis import unit as chassis
from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, list_mark, page_size
from services.chassis.refusal import not_found
from services.chassis.tokens import unauthenticated


@dataclass(frozen=True, slots=True)
class GetOwnAccount:
    unmasked: bool


@dataclass(frozen=True, slots=True)
class GetContact:
    account_id: str


@dataclass(frozen=True, slots=True)
class ListOwnAccessLog:
    page_size: int
    cursor: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the decrypted values of their row; staff have no such values. The phone is E.164."""

    person: Person
    ward: str
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    identity_number: str = field(default="", repr=False)
    unmasked: bool = False
    now: datetime | None = None  # when it was read


def profile(unit: chassis.Unit, person: Person, *, unmasked: bool = False) -> Profile:
    if not isinstance(person, AccountRow):
        return Profile(person, unit.ward)
    sealed = ("phone", "email", "identity_number")
    opened = {column: storage.unseal(unit.cell.cipher, person, column) for column in sealed}
    return Profile(person, unit.ward, **opened, unmasked=unmasked, now=unit.now)


def own_account(unit: Unit, query: GetOwnAccount) -> Profile:
    """The caller's account. Raises a Refusal (UNAUTHENTICATED) if it does not exist any more."""
    person = storage.person(unit.session, UUID(unit.caller.id))
    if person is None:
        raise unauthenticated()
    return profile(unit, person, unmasked=query.unmasked)


def contact(unit: Unit, query: GetContact) -> Profile:
    """Name, phone and e-mail of an account that is or was active; the look is recorded.

    Raises a Refusal (NOT_FOUND), also for a pending account, which has not proved that the phone is its own, and for
    staff, who have none here.
    """
    account = storage.account(unit.session, query.account_id)
    if account is None or account.activated_at is None:
        raise not_found("unknown-account", "Không có tài khoản này.")
    audit.record(unit.session, "view-contact", f"account:{account.id}", str(account.id))
    phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
    return Profile(account, unit.ward, phone, email)


def own_access_log(unit: Unit, query: ListOwnAccessLog) -> Page[Look]:
    """What others did with the caller's data, newest first. Raises a Refusal: INVALID for a foreign cursor;
    UNAUTHENTICATED if another ward vouches for an account of this ward, because the log names who lives with whom.
    """
    if unit.caller.ward != unit.ward and storage.account(unit.session, unit.caller.id) is not None:
        raise unauthenticated()
    mark = list_mark(unit.cell.issuer.service, unit.caller.id)
    return audit.looks(unit.session, unit.caller.id, page_size(query.page_size), query.cursor, mark)


def locked_account(unit: Unit, account_id: str, *fingerprints: bytes) -> AccountRow | None:
    """Locks the person first, then the account, as everywhere, so that no deadlock is possible; with the person the
    numbers of these fingerprints, always in one order.

    While the caller waited for the lock, the account may have got another number; a caller that depends on the number
    compares it again.
    """
    account = storage.account(unit.session, account_id)
    if account is None:
        return None
    for fingerprint in sorted({account.identity_fingerprint, *fingerprints}):
        lock(unit.session, fingerprint)
    return storage.account(unit.session, account_id, locked=True)
