"""The statements of the calls that everybody makes: each more statement costs each call one more round trip."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import event

from services.chassis.database.encryption import Cipher
from tests.services.dossiers.world import HOA, NAM_DUONG, SAU, World

_TABLE = re.compile(r"\b(?:FROM|INTO|JOIN|UPDATE)\s+([a-z_]+)(?!\w*\()")


def _told(statement: str) -> str:
    """Verb and tables of a statement; of a WITH, the verb of what it writes."""
    verb = re.search(r"INSERT|UPDATE|DELETE|SELECT", statement)
    return f"{verb.group() if verb else statement} {', '.join(dict.fromkeys(_TABLE.findall(statement)))}"


@pytest.fixture
def statements(world: World) -> Iterator[Callable[[Callable[[], object]], list[str]]]:
    """The statements of an act in the ward's database: verb and tables of each, in order."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(_told(statement))

    def of(act: Callable[[], object]) -> list[str]:
        sent.clear()
        act()
        return list(sent)

    engine = world.cells[NAM_DUONG].database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield of
    event.remove(engine, "before_cursor_execute", note)


def test_a_filing_is_checked_before_its_code_is_redeemed_and_written_at_once_after_it(
    world: World, statements: Callable[[Callable[[], object]], list[str]]
) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    assert statements(lambda: world.submit(draft.id, confirmation.id, key="k")) == [
        "SELECT documents, guided_by, dossiers, confirmations",
        "INSERT idempotency",
        "SELECT dossiers",
        "UPDATE confirmations, documents",
        "INSERT day_numbers",
        "UPDATE dossiers",
        "INSERT history, outbox, audit",
        "UPDATE idempotency",
    ]


def test_a_look_reads_the_dossier_its_documents_and_what_was_told_at_once(
    world: World, statements: Callable[[Callable[[], object]], list[str]]
) -> None:
    id = world.filed().dossier.id
    own = ["SELECT documents, told, dossiers", "INSERT audit"]
    assert statements(lambda: world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), SAU)) == own
    office = [*own, "SELECT comparisons", "SELECT dossiers"]
    assert statements(lambda: world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), HOA)) == office


def test_a_save_opens_reads_writes_and_seals_the_form_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer shows the form as it was just written, and does not open what was just sealed."""
    draft = world.ready()
    request = pb.SaveFormRequest(dossier_id=draft.id, form_json='{"child": {"full_name": "Nguyễn Minh Ân"}}')
    done: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        does = getattr(owner, name)

        def counted(*args: Any, **how: Any) -> Any:
            done[name] += "full_name" in str(args[0]) or owner is Cipher  # tokens are JSON, too
            return does(*args, **how)

        monkeypatch.setattr(owner, name, counted)

    for owner, names in ((Cipher, ("encrypt", "decrypt")), (json, ("loads", "dumps"))):
        for name in names:
            count(owner, name)
    saved = world.call("SaveForm", request, SAU)
    monkeypatch.undo()
    assert json.loads(saved.form_json)["child"]["full_name"] == "Nguyễn Minh Ân"
    assert done == {"decrypt": 1, "encrypt": 1, "loads": 2, "dumps": 1}, "what was sent is read, too"


def test_a_look_takes_no_transaction_around_its_statements(world: World) -> None:
    id = world.filed().dossier.id
    engine, apart = world.cells[NAM_DUONG].database.engine, []

    def note(connection: Any, *_: object) -> None:
        apart.append(connection.connection.dbapi_connection.autocommit)

    event.listen(engine, "before_cursor_execute", note)
    try:
        world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), SAU)
        assert apart == [True, True]
        world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert not any(apart[2:]), "it has to be left as it was found"
