"""A household may share one phone: accounts that had it before are told about each further account that gets it."""

from __future__ import annotations

from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow
from services.accounts.use_cases.telling import tell
from services.chassis import unit as chassis

SHARED = "account-phone-shared"


def tell_those_before(unit: chassis.Unit, account: AccountRow) -> None:
    """Tells the other accounts of this ward, without a name, that one more account has their phone from now on.

    The phone gets one SMS, however many accounts share it; each account gets an e-mail. The caller holds the lock of
    the account; the phone is locked after it. So if two accounts get the phone at the same moment, the later one tells
    the earlier one.
    """
    lock(unit.session, account.phone_fingerprint)
    cipher = unit.cell.cipher
    for at, other in enumerate(storage.sharing(unit.session, account.phone_fingerprint, account.id)):
        phone, email = (storage.unseal(cipher, other, column) for column in ("phone", "email"))
        tell(unit, other, SHARED, phone="" if at else phone, email=email)
