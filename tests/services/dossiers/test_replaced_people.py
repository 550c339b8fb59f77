"""A correction that puts somebody else into an entry: the former person is found by it no more."""

from __future__ import annotations

from datetime import date
from functools import partial

from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import delete

from services.dossiers.adapters.records import WardRecords
from services.dossiers.domain.people import Person
from services.dossiers.register_tables import REPLACED, RegisterPersonRow
from services.dossiers.use_cases.opened import content_of, notes_of
from tests.services.dossiers.people import COPY_OUT, DIE, HUSBAND_DIED, withdraw_note
from tests.services.dossiers.world import DUNG, NAM_DUONG, World, refused
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

#: The deceased is a stranger to the couple.
OF_A_STRANGER = HUSBAND_DIED | {
    "/deceased/full_name": "Trần Văn Khác",
    "/deceased/birth_date": "1950-01-01",
    "/deceased/identity_number": "201000888",
}
NAME = {"deceased/full_name": MARRIAGE.form["husband"]["full_name"]}
BIRTH = {"deceased/birth_date": MARRIAGE.form["husband"]["birth_date"]}
PAPER = {"deceased/identity_paper": f"Căn cước công dân số {MARRIAGE.form['husband']['identity_number']}"}
TO_THE_HUSBAND = NAME | BIRTH | PAPER
STRANGER_HIMSELF = ("Trần Văn Khác", "1950-01-01", "201000888")
HUSBAND_HIMSELF = tuple(MARRIAGE.form["husband"][name] for name in ("full_name", "birth_date", "identity_number"))


def _correct(world: World, died: str, said: dict[str, str]) -> None:
    changes = [pb.EntryChange(at=at, value=value) for at, value in said.items()]
    world.noted(died, "correction", text="Cải chính.", changes=changes)


def _deaths(world: World, full_name: str, birth_date: str, number: str) -> list[tuple[str, bool]]:
    """The deaths in the ward's books that checks find of a person, each with whether it is certain."""
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        records = WardRecords(
            session, cell.cipher, lambda entry: content_of(cell, entry), lambda entry: notes_of(session, cell, entry)
        )
        person = Person(full_name, date.fromisoformat(birth_date), frozenset({number}))
        return [(each.id, each.certain) for each in records.deaths(person)]


def test_a_person_whom_a_correction_has_replaced_is_not_dead_by_that_entry(world: World) -> None:
    """docs/law.md §2.2: the entry is of somebody else."""
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    assert _deaths(world, *STRANGER_HIMSELF) == [(died, True)]
    _correct(world, died, TO_THE_HUSBAND)
    assert (_deaths(world, *STRANGER_HIMSELF), _deaths(world, *HUSBAND_HIMSELF)) == ([], [(died, True)])
    withdraw_note(world, died, 1)
    assert (_deaths(world, *STRANGER_HIMSELF), _deaths(world, *HUSBAND_HIMSELF)) == ([(died, True)], [])


def test_the_death_of_somebody_who_was_once_entered_by_mistake_can_be_registered(world: World) -> None:
    """docs/law.md §2.2, §5: the former entry is of somebody else by now."""
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    _correct(world, died, TO_THE_HUSBAND)
    again = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    assert _deaths(world, *STRANGER_HIMSELF) == [(again, True)]


def test_a_person_replaced_in_two_corrections_is_not_dead_by_that_entry(world: World) -> None:
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    _correct(world, died, NAME | BIRTH)
    assert _deaths(world, *STRANGER_HIMSELF) == [(died, True)], "the number is still that of the stranger"
    _correct(world, died, PAPER)
    assert (_deaths(world, *STRANGER_HIMSELF), _deaths(world, *HUSBAND_HIMSELF)) == ([], [(died, True)])


def test_a_person_with_a_corrected_name_and_birth_is_found_by_the_former_ones(world: World) -> None:
    """The number is the same: it is the same person, and papers from before the correction have those."""
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    _correct(world, died, {"deceased/full_name": "Trần Văn Khác Biệt", "deceased/birth_date": "1951-01-01"})
    assert _deaths(world, *STRANGER_HIMSELF) == [(died, True)]


def test_a_person_is_found_again_although_the_release_before_deleted_the_row_of_the_registration(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61: an entry without people would be copied for anybody."""
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    _correct(world, died, TO_THE_HUSBAND)
    _follow_as_before(world)
    withdraw_note(world, died, 1)
    assert (_deaths(world, *STRANGER_HIMSELF), _deaths(world, *HUSBAND_HIMSELF)) == ([(died, True)], [])
    kin = {"/copy/kind": "death", "/requester/kind": "kin", "/requester/kinship": "child", "/requester/relation": None}
    copied = world.filed_as(
        COPY_OUT, changed(COPY.form, kin | {"/subject/full_name": "Phạm Văn Ai", "/subject/sex": None})
    )
    world.take_in(copied)
    pick = pb.ApproveDossierRequest(dossier_id=copied, source_entry_id=died)
    no = refused(partial(world.call, "ApproveDossier", pick, DUNG))
    assert [each.field for each in no.fields] == ["source_entry_id"]


def test_a_replaced_person_stays_replaced_if_the_row_was_deleted_and_another_note_follows(world: World) -> None:
    died = world.registered(DIE, changed(DEATH.form, OF_A_STRANGER)).register_entry.id
    _correct(world, died, TO_THE_HUSBAND)
    _follow_as_before(world)
    _correct(world, died, {"death/place": "Nơi khác"})
    assert (_deaths(world, *STRANGER_HIMSELF), _deaths(world, *HUSBAND_HIMSELF)) == ([], [(died, True)])


def _follow_as_before(world: World) -> None:
    """Deletes the row of a replaced person, as a note by the release before does."""
    with world.cells[NAM_DUONG].database.transaction() as session:
        replaced = delete(RegisterPersonRow).where(RegisterPersonRow.version == REPLACED)
        assert session.scalars(replaced.returning(RegisterPersonRow.part)).all() == ["deceased"]
