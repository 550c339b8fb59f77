"""After a new encryption key: people are still found, reached and let in, with the old key gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.accounts.settings import Settings
from services.accounts.storage.people import unseal
from services.accounts.tables import AccountRow, Base
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, Accounts
from tests.services.resealing import add_key, reseal_by_command, retire_key, sealed_with


def test_people_are_found_and_reached_with_the_new_key_alone(
    accounts: Accounts,
    notifications: FakeNotifications,
    keys: Path,
    clock: SettableClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accounts.open()
    database = accounts.cells[NAM_DUONG].database
    columns = {"accounts.identity_number": 1, "accounts.phone": 1, "accounts.email": 1}
    assert sealed_with("1", database, Base.metadata) == columns

    file = tmp_path / "encryption.json"
    add_key(keys / "encryption-accounts.json", file, NAM_DUONG)
    monkeypatch.setenv("ENCRYPTION_KEYS_FILE", str(file))
    assert reseal_by_command("accounts", NAM_DUONG).count(": 1 re-encrypted") == 3
    assert sealed_with("1", database, Base.metadata) == {}
    assert sealed_with("2", database, Base.metadata) == columns

    retire_key(file, NAM_DUONG)
    after = Accounts(Settings(), clock, keys)
    try:
        cell = after.cells[NAM_DUONG]
        with cell.database.transaction() as session:
            (person,) = session.query(AccountRow).all()
            assert unseal(cell.cipher, person, "identity_number") == "048155001001"
            assert unseal(cell.cipher, person, "email") == "sau@example.com"
    finally:
        after.stop()
