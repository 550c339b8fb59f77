"""The resident directory: the home ward of a person, and what follows for an account here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.directory import Claim
from services.accounts.domain.logins import LoginKey, login_keys
from services.accounts.storage import people as storage
from services.accounts.storage import staff as workers
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow, StaffRow
from services.accounts.use_cases import parting
from services.accounts.use_cases.attempts import subject_of_login
from services.accounts.use_cases.unit import Unit
from services.chassis import unit as chassis
from services.chassis.database import audit


@dataclass(frozen=True, slots=True)
class FindHomeWard:
    login: str


@dataclass(frozen=True, slots=True)
class ListStaff:
    pass


def settle(unit: chassis.Unit, fingerprint: bytes, claim: Claim) -> None:
    """Enters a claim; if this ward's own active account loses to another, it becomes `moved`.

    Every claim of the district arrives here, in any order and perhaps more than once; domain/directory.py says which
    wins.
    """
    session = unit.session
    lock(session, fingerprint)
    if not _counts(session, fingerprint, claim):
        return  # a repeated or late copy of the event
    _enter(session, fingerprint, claim)
    _follow(unit, fingerprint)


def settle_closing(unit: chassis.Unit, fingerprint: bytes, account_id: str, ward: str, at: datetime) -> None:
    """Removes a claim for good; the next claim to the same number, if there is one, counts from now on.

    So every ward has the least of the claims that are not closed, for any order of activations and closings.
    """
    session = unit.session
    lock(session, fingerprint)
    if storage.is_closed_claim(session, account_id, ward):
        return
    storage.close_claim(session, fingerprint, account_id, ward, at)
    for claim in storage.later_claims(session, fingerprint):
        _enter(session, fingerprint, claim)
    _follow(unit, fingerprint)


def settle_change(unit: chassis.Unit, former: bytes, fingerprint: bytes, claim: Claim) -> None:
    """An account has another number: it gives up the former one and claims the new one from now on, as if it were
    opened now. Its earlier claim was to another number, so it must not win over an account that was opened with this
    number before.

    The events of one account arrive in their order (docs/architecture.md, rule 2), those of different accounts in any
    order.
    """
    session = unit.session
    for number in sorted({former, fingerprint}):
        lock(session, number)
    storage.give_up_claim(session, former, claim)
    for later in storage.later_claims(session, former):
        _enter(session, former, later)
    _follow(unit, former)
    if _counts(session, fingerprint, claim):
        _enter(session, fingerprint, claim)
        _follow(unit, fingerprint)


def make_room(unit: chassis.Unit, fingerprint: bytes, account_id: str = "") -> bool:
    """Whether an account of this ward can get a number: nobody else of the district has it. The number is locked. After
    a restore the account may have the number itself: the directory knows about the change, but the account has lost it.

    Accounts that nobody uses give the number up: an account that was never activated, and an account that had moved to
    another which was closed since.
    """
    session = unit.session
    earlier = storage.account_by_identity(session, fingerprint, locked=True)
    home = storage.home(session, fingerprint)
    if home and (home.ward, home.account_id) != (unit.ward, account_id):
        return False
    if earlier and earlier.status not in (storage.PENDING, storage.MOVED):
        return False
    if earlier and earlier.status == storage.MOVED:
        storage.close_account(unit.cell.cipher, earlier, unit.now)
        session.flush()
    elif earlier:
        storage.remove_account(session, earlier.id)
    return True


def _counts(session: Session, fingerprint: bytes, claim: Claim) -> bool:
    closed = storage.is_closed_claim(session, claim.account_id, claim.ward)
    return not closed and not storage.is_given_up(session, fingerprint, claim)


def _enter(session: Session, fingerprint: bytes, claim: Claim) -> None:
    """Enters a claim. The losing claim is kept: it counts after the other account is closed."""
    before = storage.home(session, fingerprint)
    stays = storage.keep_least_claim(session, fingerprint, claim)
    for other in (claim, before):
        if other is not None and (other.account_id, other.ward) != (stays.account_id, stays.ward):
            storage.keep_later_claim(session, fingerprint, other)


def _follow(unit: chassis.Unit, fingerprint: bytes) -> None:
    """Makes the ward's own account with that number active if its claim counts, else `moved`; a moved account leaves
    its household. The owner is told about both, and again if the home ward turns out to be another one.
    """
    session = unit.session
    own = storage.account_by_identity(session, fingerprint, locked=True)
    stays = storage.home(session, fingerprint)
    if own is None or own.status not in (storage.ACTIVE, storage.MOVED) or stays is None:
        return
    if (stays.account_id, stays.ward) == (str(own.id), unit.ward):
        if own.status == storage.MOVED:
            own.status, own.moved_to = storage.ACTIVE, None
            audit.record(session, "return-account", f"account:{own.id}", str(own.id))
            parting.tell_owner(unit, own.id, "account-returned")
        return
    if own.status == storage.ACTIVE:
        own.status = storage.MOVED
        parting.leave_of(unit, own.id)
        storage.end_sessions(session, own.id, unit.now, "moved")
        audit.record(session, "move-account", f"account:{own.id}", str(own.id))
    if own.moved_to != stays.ward:
        own.moved_to = stays.ward
        parting.tell_owner(unit, own.id, "account-moved", stays.ward)


@dataclass(frozen=True, slots=True)
class Home:
    """The GSO code of the ward where a login has its account (empty if this ward knows none), and this ward's rank for
    that login. If none of the asked wards knows the login, the ward with the least rank tries it.
    """

    ward: str
    rank: bytes


def home_ward(unit: Unit, query: FindHomeWard) -> Home:
    keys = login_keys(query.login, read_mobile)
    # The rank does not depend on the spelling: tries of a login that nobody has must be counted in one place, like all
    # others.
    login = subject_of_login(unit.cell, keys, query.login).hex()
    return Home(_home(unit, keys), unit.cell.cipher.fingerprint(f"rank:{unit.ward}:{login}")[:8])


def _home(unit: Unit, keys: Sequence[LoginKey]) -> str:
    session, cipher = unit.session, unit.cell.cipher
    person = storage.find_person(session, cipher, keys)
    if isinstance(person, AccountRow) and person.status == storage.MOVED:
        return person.moved_to or ""
    if person is not None and not _is_pending(person):
        return unit.ward
    for key in keys:
        if key.means != "identity":
            continue
        home = storage.home(session, storage.identity_fingerprint(cipher, key.value))
        if home is not None:
            return home.ward
    return unit.ward if person is not None else ""


def _is_pending(person: storage.Person) -> bool:
    return isinstance(person, AccountRow) and person.status == storage.PENDING


def staff(unit: Unit, _: ListStaff) -> Sequence[StaffRow]:
    """The staff of the ward's office, by name."""
    return workers.office(unit.session)
