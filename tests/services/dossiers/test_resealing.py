"""After a new encryption key: all that is kept is sealed with it, and the old one can go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.chassis.database.resealing import Sealed, reseal
from services.chassis.database.tables import AuditRow
from services.dossiers.sealed import SEALED
from services.dossiers.service import verify_register
from services.dossiers.settings import Settings
from services.dossiers.tables import Base, DossierRow
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.dossiers.world import NAM_DUONG, World
from tests.services.resealing import add_key, reseal_by_command, retire_key, sealed_with

FORM = SEALED[0]


@pytest.fixture
def ring(world: World, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of keys that the next process reads: the second key is current in it."""
    file = tmp_path / "encryption.json"
    add_key(keys / "encryption-dossiers.json", file, NAM_DUONG)
    monkeypatch.setenv("ENCRYPTION_KEYS_FILE", str(file))
    return file


@pytest.fixture
def again(ring: Path, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> Iterator[Callable[[], World]]:
    """Restarts the service with the current keys."""
    worlds: list[World] = []

    def begin() -> World:
        worlds.append(World(Settings(), clock, keys, accounts))
        return worlds[-1]

    yield begin
    for world in worlds:
        world.stop()


def test_all_that_is_kept_opens_with_the_new_key_alone_and_the_book_is_as_it_was(
    world: World, ring: Path, again: Callable[[], World]
) -> None:
    filed = world.filed()
    signed = world.signed()
    database = world.cells[NAM_DUONG].database
    before = sealed_with("1", database, Base.metadata)
    assert {"dossiers.form", "dossiers.proposal", "dossiers.tracking_key", "register_entries.content"} <= before.keys()
    version = world.get(signed.id).version

    assert "register_entries.content: 1 re-encrypted" in reseal_by_command("dossiers", NAM_DUONG)
    assert sealed_with("1", database, Base.metadata) == {}
    assert sealed_with("2", database, Base.metadata) == before
    retire_key(ring, NAM_DUONG)

    after = again()
    book = SimpleNamespace(ward=NAM_DUONG, register="birth", year=after.clock.now().year)
    assert verify_register(book, after.settings, after.cells, after.clock) == 0
    assert after.get(signed.id).version == version, "whoever has it open is not told that somebody changed it"
    assert after.track(filed.dossier.code, filed.tracking_key).code == filed.dossier.code


def test_a_second_run_finds_nothing_and_each_batch_is_in_the_audit(world: World, again: Callable[[], World]) -> None:
    for _ in range(3):
        world.draft()
    cell = again().cells[NAM_DUONG]
    assert [reseal(cell.database, cell.cipher, FORM, batch=2) for _ in range(2)] == [3, 0]
    with cell.database.transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "reseal").order_by(AuditRow.seq)).all()
    assert [row.subject for row in rows] == ["dossiers.form:2", "dossiers.form:1"]
    assert {(row.actor_id, row.role, row.person_id) for row in rows} == {("operator", "operator", "")}


def test_an_interrupted_run_continues(world: World, again: Callable[[], World]) -> None:
    for _ in range(5):
        world.draft()
    cell = again().cells[NAM_DUONG]
    asked: list[Any] = []

    def context(row: Any) -> str:
        asked.append(row)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return FORM.context(row)

    with pytest.raises(KeyboardInterrupt):
        reseal(cell.database, cell.cipher, Sealed(FORM.row, FORM.column, context), batch=2)
    assert sealed_with("2", cell.database, Base.metadata) == {"dossiers.form": 2}
    assert reseal(cell.database, cell.cipher, FORM, batch=2) == 3
    assert sealed_with("1", cell.database, Base.metadata) == {}


def test_what_a_person_saves_meanwhile_is_not_overwritten(world: World, again: Callable[[], World]) -> None:
    """The command waits for a concurrent writer of the row, and takes the new value."""
    draft = world.draft()
    cell = again().cells[NAM_DUONG]
    outcome: list[int] = []
    work = threading.Thread(target=lambda: outcome.append(reseal(cell.database, cell.cipher, FORM)))
    with cell.database.transaction() as session:
        row = session.scalars(select(DossierRow).with_for_update()).one()
        work.start()
        row.form = world.cells[NAM_DUONG].cipher.encrypt('{"said": "meanwhile"}', f"dossier:{draft.id}")
    work.join(20)
    assert outcome == [1]
    with cell.database.transaction() as session:
        form = session.scalars(select(DossierRow.form)).one()
    assert form.startswith(b"2:")
    assert cell.cipher.decrypt(form, f"dossier:{draft.id}") == '{"said": "meanwhile"}'


def test_a_value_that_was_put_into_another_row_is_not_resealed(world: World, again: Callable[[], World]) -> None:
    world.draft()
    world.draft()
    cell = again().cells[NAM_DUONG]
    with cell.database.transaction() as session:
        session.execute(text("UPDATE dossiers SET form = (SELECT form FROM dossiers ORDER BY id LIMIT 1)"))
    with pytest.raises(InvalidTag):
        reseal(cell.database, cell.cipher, FORM)


@pytest.mark.parametrize(
    ("resealing", "change"),
    [("on", "number = 7"), ("on", "content = 'x', digest = 'x'"), ("off", "content = 'x'")],
    ids=["its number", "its digest", "its seal, by somebody else"],
)
def test_what_is_registered_takes_no_other_change(world: World, resealing: str, change: str) -> None:
    world.signed()
    with world.cells[NAM_DUONG].database.engine.connect() as connection:
        connection.execute(text(f"SET LOCAL caunoi.resealing = '{resealing}'"))
        with pytest.raises(DBAPIError, match="never changed"):
            connection.execute(text(f"UPDATE register_entries SET {change}"))
