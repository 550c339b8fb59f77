"""Opening a dossier: one statement reads it with its documents and messages, with the same result as separate
statements.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database.gathering import rows_of
from services.chassis.refusal import Kind, Refusal
from services.dossiers import storage
from services.dossiers.tables import DocumentRow, DossierRow, ToldRow
from tests.services.dossiers.world import NAM_DUONG, SAU, World, photograph

AT = datetime(2020, 10, 6, 2, 0, 0, 500_000, tzinfo=UTC)


def columns(row: DeclarativeBase) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def test_documents_and_what_was_told_are_read_with_the_dossier_as_they_are_alone(world: World) -> None:
    draft = world.draft()
    for place in range(3):
        world.add(draft.id, photograph(place))
    id = UUID(draft.id)
    with world.cells[NAM_DUONG].database.transaction() as session:
        for at in (AT, AT.replace(microsecond=1), AT.replace(microsecond=0)):  # one digit of a fraction, six, none
            told = {"channel": "sms", "template": "đã “nộp”\n", "delivered": at == AT, "at": at}
            session.add(ToldRow(message_id=uuid4().hex, dossier_id=id, **told))
    with world.cells[NAM_DUONG].database.transaction() as session:
        found = storage.seen(session, id)
        assert found is not None
        assert found.row is storage.dossier(session, id)
        assert [*map(columns, found.documents)] == [*map(columns, storage.documents(session, id))]
        assert [*map(columns, found.told)] == [*map(columns, storage.told(session, id))]
        assert (len(found.documents), len(found.told)) == (3, 3)


def test_what_was_read_with_a_dossier_is_stored_by_nobody(world: World) -> None:
    draft = world.ready()
    with world.cells[NAM_DUONG].database.transaction() as session:
        found = storage.seen(session, UUID(draft.id))
        assert found is not None
        found.documents[0].filename = "khac.jpg"
    with world.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalars(select(DocumentRow.filename)).one() != "khac.jpg"


def test_a_dossier_without_documents_that_nothing_was_told_of_has_none(world: World) -> None:
    draft = world.draft()
    with world.cells[NAM_DUONG].database.transaction() as session:
        found = storage.seen(session, UUID(draft.id))
        assert found is not None
        assert (found.documents, found.told) == ([], [])
        assert storage.seen(session, uuid4()) is None


def test_rows_that_json_does_not_hold_are_not_gathered() -> None:
    with pytest.raises(TypeError, match=r"JSON does not hold DossierRow\."):
        rows_of(DossierRow, [])


@pytest.mark.parametrize("id", ["5e000000000040008000000000000000", "no id"])
def test_a_look_at_no_dossier_is_refused(world: World, id: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.call("GetDossier", pb.GetDossierRequest(dossier_id=id), SAU)
    assert refused.value.kind is Kind.NOT_FOUND
