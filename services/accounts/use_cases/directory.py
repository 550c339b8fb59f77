"""The resident directory: where in the district a person is at home, and what follows for an account here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.accounts import storage
from services.accounts.domain.directory import Claim
from services.accounts.domain.logins import login_keys
from services.accounts.phones import read_mobile
from services.accounts.tables import AccountRow
from services.accounts.use_cases.workshop import Workshop
from services.chassis.database import audit


def settle(session: Session, fingerprint: bytes, claim: Claim, now: datetime) -> None:
    """Enters a claim; where this ward's own active account is not the one that stays, it is asked to move.

    Every claim of the district comes here, in any order and more than once; domain/directory.py says who stays.
    """
    storage.lock(session, fingerprint)
    stays = storage.keep_least_claim(session, fingerprint, claim)
    own = storage.account_by_identity(session, fingerprint, locked=True)
    if own is None or own.status == storage.PENDING or stays.account_id == str(own.id):
        return
    if own.status == storage.ACTIVE:
        own.status = storage.MOVED
        storage.end_sessions(session, own.id, now, "moved")
        audit.record(session, "move-account", f"account:{own.id}", str(own.id))
    own.moved_to = stays.ward


def find_home_ward(shop: Workshop, login: str) -> str:
    """The GSO code of the ward where a login has its account; empty where this ward knows of none."""
    cell = shop.cells.current()
    keys = login_keys(login, read_mobile)
    with cell.database.transaction() as session:
        person = storage.find_person(session, cell.cipher, keys)
        if isinstance(person, AccountRow) and person.status == storage.MOVED:
            return person.moved_to or ""
        if person is not None and not _is_pending(person):
            return cell.ward.code
        for key in keys:
            if key.means != "identity":
                continue
            home = storage.home(session, storage.identity_fingerprint(cell.cipher, key.value))
            if home is not None:
                return home.ward
        return cell.ward.code if person is not None else ""


def _is_pending(person: storage.Person) -> bool:
    return isinstance(person, AccountRow) and person.status == storage.PENDING
