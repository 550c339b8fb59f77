"""Rows that were written at one moment always come in the order in which they were written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from services.dossiers import registers, storage
from services.dossiers.tables import Base, DocumentRow, DossierRow, FeeRow, SupplementRow, ToldRow
from tests.services.dossiers.world import BIRTH, NAM_DUONG, SAU, World, birth_form

MANY = 12  # by chance they would be in order once in 479,001,600 times


def _paper(dossier: UUID, world: World, which: int) -> DocumentRow:
    name = f"{which}.jpg"
    return DocumentRow(
        id=uuid4(),
        dossier_id=dossier,
        kind="witness-statement",
        filename=name,
        media_type="image/jpeg",
        size=1,
        sha256=f"{which:064}",
        path=name,
        added_at=world.clock.now(),
    )


def _request(dossier: UUID, world: World, which: int) -> SupplementRow:
    now = world.clock.now()
    return SupplementRow(id=uuid4(), dossier_id=dossier, items=[], reason=str(which), requested_at=now)


def _fee(dossier: UUID, world: World, which: int) -> FeeRow:
    now, reference = world.clock.now(), f"HT{which:04}"
    return FeeRow(
        id=uuid4(), dossier_id=dossier, lines=[], exemption="", total=which, reference=reference, asked_at=now
    )


def _told(dossier: UUID, world: World, which: int) -> ToldRow:
    id, now = str(uuid4()), world.clock.now()
    return ToldRow(message_id=id, dossier_id=dossier, channel="sms", template=str(which), delivered=True, at=now)


def _filed(session: Session, dossier: UUID) -> Sequence[DocumentRow]:
    return storage.file_documents(session, dossier, session.info["now"])


@pytest.mark.parametrize(
    ("made", "read", "which"),
    [
        (_paper, storage.documents, lambda row: int(row.filename.removesuffix(".jpg"))),
        (_paper, _filed, lambda row: int(row.sha256)),
        (_request, storage.supplements, lambda row: int(row.reason)),
        (_fee, storage.fees, lambda row: row.total),
        (_told, storage.told, lambda row: int(row.template)),
    ],
    ids=["papers", "filed papers", "requests", "fees", "messages"],
)
def test_what_a_dossier_has_of_one_moment_comes_as_it_was_written(
    world: World,
    made: Callable[[UUID, World, int], Base],
    read: Callable[[Session, UUID], Sequence[Base]],
    which: Callable[[Base], int],
) -> None:
    id = UUID(world.draft().id)
    for number in range(MANY):
        with world.cells[NAM_DUONG].database.transaction() as session:
            session.add(made(id, world, number))
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.info["now"] = world.clock.now()
        assert [which(row) for row in read(session, id)] == list(range(MANY))


def test_entries_and_accepted_dossiers_of_one_moment_come_by_their_numbers(world: World) -> None:
    """The tracking book, and the newest entry of the person who practises."""
    now, last = world.clock.now(), ""
    for number in range(4):
        child = {"full_name": f"Nguyễn Minh {('An', 'Bình', 'Chi', 'Dũng')[number]}"}
        entry = world.registered(BIRTH, birth_form(child=child)).register_entry
        last = str(entry.number)
    with world.cells[NAM_DUONG].database.transaction() as session:
        accepted = storage.accepted_between(session, now, now.replace(year=now.year + 1), 100)
        codes = [row.code for row in accepted if isinstance(row, DossierRow)]
        assert codes == sorted(code or "" for code in codes)
        newest = registers.newest_entry_of(session, "birth", SAU.id)
        assert newest is not None
        assert str(newest.number) == last
