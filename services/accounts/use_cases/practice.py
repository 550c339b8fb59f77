"""A practice: an account of an invented person, signed in at once and deleted after seven days. An account that has
filed nothing is deleted as soon as nobody can use it. Only in the practice ward (access.py).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.opening import Application
from services.accounts.domain.practice import Invented, invent
from services.accounts.storage import people as storage
from services.accounts.use_cases.opening import activate, enter_account
from services.accounts.use_cases.sessions import SignedIn, open_session
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.cells import Cell
from services.chassis.practice import KEPT, Wipe, wipe_chassis
from services.chassis.refusal import Kind, Refusal

_TRIES = 5
_NO_PASSWORD = ""  # no hash: nobody signs in with it
_PAUSE = 600
#: A person who practises renews their tokens every ten minutes; an hour after the last renewal, somebody else may have
#: the place.
_IN_USE = timedelta(hours=1)
#: Longer than any session: after this time nobody can use an account that has no password.
_UNUSED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenPractice:
    pass


def open_practice(place: Workplace, _: OpenPractice) -> SignedIn:
    """An active account of an invented person, and its tokens. Raises a Refusal (THROTTLED, `too-many-practices`)."""
    with place.unit() as unit:
        if storage.in_use(unit.session, unit.now - _IN_USE) >= place.settings.open_practices:
            text = "Lúc này quá nhiều người đang tập thử. Xin thử lại sau ít phút."
            raise Refusal(Kind.THROTTLED, "too-many-practices", text, retry_after=_PAUSE)
        account = enter_account(unit, _application(unit), _NO_PASSWORD)
        activate(unit, account)
        return open_session(unit, account)


def _application(unit: Unit) -> Application:
    """The application of an invented person whose number nobody else has here."""
    for _ in range(_TRIES):
        person = invent(secrets.randbelow, unit.today)
        fingerprint = storage.identity_fingerprint(unit.cell.cipher, person.identity_number)
        if storage.account_by_identity(unit.session, fingerprint) is None:
            return _of(person)
    raise AssertionError(f"{_TRIES} invented numbers in a row were taken")


def _of(person: Invented) -> Application:
    phone = read_mobile(person.phone)
    assert phone is not None
    return Application(
        full_name=person.full_name,
        date_of_birth=person.date_of_birth,
        identity_kind="cccd",
        identity_number=person.identity_number,
        phone=phone,
        email="",
        password="",
        address=person.address,
    )


def wipe(cell: Cell) -> Wipe:
    """For `services.chassis.practice.wiping`."""
    return partial(_wipe, cell)


def _wipe(cell: Cell, before: datetime) -> int:
    with cell.database.transaction() as session:
        wipe_chassis(cell, session, before)
        unused = storage.delete_unused_accounts(cell, session, before + KEPT - _UNUSED)
        return unused + storage.delete_accounts(cell, session, before)
