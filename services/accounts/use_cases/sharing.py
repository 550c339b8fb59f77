"""A household may share one phone: whoever had it before hears of each further account that gets it."""

from __future__ import annotations

from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.tables import AccountRow
from services.accounts.use_cases.telling import tell
from services.chassis import unit as chassis

SHARED = "account-phone-shared"


def tell_those_before(unit: chassis.Unit, account: AccountRow) -> None:
    """Tells the other accounts of this ward that `account` has their phone from now on, without a name.

    The phone hears it once, however many share it, and each account by e-mail. The caller holds the account: the phone
    is locked after it, so that of two that get it at the same moment the later tells the earlier.
    """
    lock(unit.session, account.phone_fingerprint)
    cipher = unit.cell.cipher
    for at, other in enumerate(storage.sharing(unit.session, account.phone_fingerprint, account.id)):
        phone, email = (storage.unseal(cipher, other, column) for column in ("phone", "email"))
        tell(unit, other, SHARED, phone="" if at else phone, email=email)
