"""What the calls that everybody makes ask of the database: a statement more is a round trip more for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import event

from tests.services.dossiers.world import HOA, NAM_DUONG, SAU, World

_VERB_AND_TABLE = re.compile(r"(\w+)(?:.*?\s(?:FROM|INTO))?\s+(\w+)", re.DOTALL)


@pytest.fixture
def statements(world: World) -> Iterator[Callable[[Callable[[], object]], list[str]]]:
    """What an act sends to the ward's database: verb and table of each statement, in order."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found = _VERB_AND_TABLE.match(statement)
        sent.append(" ".join(found.groups()) if found else statement)

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
        "SELECT dossiers",
        "SELECT documents",
        "SELECT confirmations",
        "INSERT idempotency",
        "SELECT dossiers",
        "SELECT documents",
        "UPDATE confirmations",
        "INSERT day_numbers",
        "UPDATE documents",
        "UPDATE dossiers",
        "INSERT history",
        "INSERT outbox",
        "INSERT audit",
        "UPDATE idempotency",
    ]


def test_a_look_reads_the_dossier_its_documents_and_what_was_told(
    world: World, statements: Callable[[Callable[[], object]], list[str]]
) -> None:
    id = world.filed().dossier.id
    own = ["SELECT dossiers", "INSERT audit", "SELECT documents", "SELECT told"]
    assert statements(lambda: world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), SAU)) == own
    office = [*own[:3], "SELECT comparisons", "SELECT dossiers", "SELECT told"]
    assert statements(lambda: world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), HOA)) == office
