"""A note of a death on a marriage waits while the entry of the death, or of the marriage, is corrected."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from tests.services.dossiers.people import DIE, read_entry, register_marriage
from tests.services.dossiers.test_noted_deaths import ALIKE, ELSEWHERE, FROM_HERE
from tests.services.dossiers.world import World, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed


def _kinds(world: World, entry_id: str) -> list[str]:
    return [note.kind for note in read_entry(world, entry_id).notes]


def _changes(said: dict[str, str]) -> list[pb.EntryChange]:
    return [pb.EntryChange(at=at, value=value) for at, value in said.items()]


def _waiting(world: World) -> tuple[str, str, pb.FoundEntry]:
    """A marriage, this ward's entry of a death that may be the husband's, and the note about it that waits."""
    married = register_marriage(world).register_entry.id
    died = world.registered(DIE, changed(DEATH.form, ALIKE)).register_entry.id
    return married, died, world.propose_note(married, "death", **FROM_HERE, death_entry=died)


@pytest.mark.parametrize(
    "corrected",
    [
        {"deceased/full_name": "Trần Văn Khác", "deceased/birth_date": "1950-01-01"},
        {"death/date": "2020-10-07"},
        {"death/date": "2020-10-04"},  # before the marriage
    ],
)
def test_a_note_of_a_death_is_not_confirmed_after_its_entry_was_corrected(
    world: World, corrected: dict[str, str]
) -> None:
    """Luật HNGĐ 2014 Đ65: otherwise the marriage would end with the death of somebody else, or on a wrong day."""
    married, died, written = _waiting(world)
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.noted(died, "correction", text="Cải chính.", changes=_changes(corrected))
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, "trả lại" in no.text) == ("note-decided", True)
    assert _kinds(world, married) == []


def test_a_correction_of_the_death_that_changes_neither_person_nor_day_stops_no_note(world: World) -> None:
    married, died, written = _waiting(world)
    world.noted(died, "correction", text="Cải chính.", changes=_changes({"death/place": "Nơi khác"}))
    world.decide_note(written, confirmed=True)
    assert _kinds(world, married) == ["death"]


def test_a_note_of_a_death_elsewhere_is_not_confirmed_after_the_spouse_has_another_name(world: World) -> None:
    """The note names who died, and the entry names nobody like that any more."""
    married = register_marriage(world).register_entry.id
    written = world.propose_note(married, "death", **ELSEWHERE)
    world.noted(married, "correction", text="Cải chính.", changes=_changes({"husband/full_name": "Trần Văn Khác"}))
    waits = pb.FoundEntry(id=married, proposed_notes=written.proposed_notes)
    assert refused(partial(world.decide_note, waits, confirmed=True)).type == "note-decided"
    assert _kinds(world, married) == ["correction"]


def test_a_correction_after_the_confirmation_leaves_the_note_as_it_was_written(world: World) -> None:
    """TT 04/2020 Đ35: nothing is taken out; the day that counts is the one of the death's entry."""
    married, died, written = _waiting(world)
    [before] = world.decide_note(written, confirmed=True).notes
    assert [each.entry_id for each in read_entry(world, died).marriages_noted] == [married], "who corrects looks there"
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.noted(died, "correction", text="Cải chính.", changes=_changes({"death/date": "2020-10-07"}))
    [after] = read_entry(world, married).notes
    assert (after.text, "06/10/2020" in after.text) == (before.text, True)
    assert (before.died_on, after.died_on) == ("2020-10-06", "2020-10-07")


def test_a_marriage_that_no_note_about_the_death_has_ended_is_not_named_with_it(world: World) -> None:
    married = register_marriage(world).register_entry.id
    died = world.registered(DIE, changed(DEATH.form, ALIKE)).register_entry.id
    assert not read_entry(world, died).marriages_noted
    world.noted(married, "death", **ELSEWHERE)
    assert not read_entry(world, died).marriages_noted, "by a death elsewhere"
