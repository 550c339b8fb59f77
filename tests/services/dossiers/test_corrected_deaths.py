"""A note of a death on a marriage waits while the entry of the death, or of the marriage, is corrected."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    ELSEWHERE,
    FROM_HERE,
    QUASHED,
    kinds_of_notes,
    marriage_and_death,
    read_entry,
    register_death,
    register_marriage,
    withdraw_note,
)
from tests.services.dossiers.world import World, refused
from tests.unit.dossiers.death_forms import DEATH_YEAR_ONLY
from tests.unit.dossiers.marriage_forms import MARRIAGE


def _changes(said: dict[str, str]) -> list[pb.EntryChange]:
    return [pb.EntryChange(at=at, value=value) for at, value in said.items()]


def _waiting(world: World) -> tuple[str, str, pb.FoundEntry]:
    """A marriage, this ward's entry of a death that may be the husband's, and the note about it that waits."""
    married, died = marriage_and_death(world, ALIKE)
    return married, died, world.propose_note(married, "death", **FROM_HERE, death_entry=died)


@pytest.mark.parametrize(
    ("corrected", "why"),
    [
        ({"deceased/full_name": "Trần Văn Khác", "deceased/birth_date": "1950-01-01"}, "đã cải chính người chết"),
        ({"death/date": "2020-10-07"}, "đã cải chính người chết hoặc ngày chết"),
        ({"death/date": "2020-10-04"}, "không còn là của người trong hôn nhân này"),  # before the marriage
    ],
)
def test_a_note_of_a_death_is_not_confirmed_after_its_entry_was_corrected(
    world: World, corrected: dict[str, str], why: str
) -> None:
    """Luật HNGĐ 2014 Đ65: otherwise the marriage would end with the death of somebody else, or on a wrong day."""
    married, died, written = _waiting(world)
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.noted(died, "correction", text="Cải chính.", changes=_changes(corrected))
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, why in no.text, "trả lại" in no.text) == ("note-decided", True, True)
    assert kinds_of_notes(world, married) == []


def test_a_correction_of_the_death_that_changes_neither_person_nor_day_stops_no_note(world: World) -> None:
    married, died, written = _waiting(world)
    world.noted(died, "correction", text="Cải chính.", changes=_changes({"death/place": "Nơi khác"}))
    world.decide_note(written, confirmed=True)
    assert kinds_of_notes(world, married) == ["death"]


def test_a_note_of_a_death_elsewhere_is_not_confirmed_after_the_spouse_has_another_name(world: World) -> None:
    """The note names who died, and the entry names nobody like that any more."""
    married = register_marriage(world).register_entry.id
    written = world.propose_note(married, "death", **ELSEWHERE)
    world.noted(married, "correction", text="Cải chính.", changes=_changes({"husband/full_name": "Trần Văn Khác"}))
    waits = pb.FoundEntry(id=married, proposed_notes=written.proposed_notes)
    assert refused(partial(world.decide_note, waits, confirmed=True)).type == "note-decided"
    assert kinds_of_notes(world, married) == ["correction"]


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
    married, died = marriage_and_death(world, ALIKE)
    assert not read_entry(world, died).marriages_noted
    world.noted(married, "death", **ELSEWHERE)
    assert not read_entry(world, died).marriages_noted, "by a death elsewhere"


def _corrected(world: World, died: str, **changes: str) -> None:
    said = {at.replace("__", "/"): value for at, value in changes.items()}
    world.noted(died, "correction", text="Cải chính.", changes=_changes(said))


def _standing(world: World, died: str) -> list[str]:
    return [each.entry_id for each in read_entry(world, died).marriages_standing]


OF_THE_HUSBAND = f"Căn cước công dân số {MARRIAGE.form['husband']['identity_number']}"


def test_a_marriage_ends_when_the_deceased_is_corrected_to_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: as if the entry had named the husband from the beginning."""
    married, died = marriage_and_death(world, ALIKE)
    assert _standing(world, died) == [married], "the officer compares them"
    _corrected(world, died, deceased__identity_paper=OF_THE_HUSBAND)
    [note] = read_entry(world, married).notes
    assert (note.kind, note.who_died, note.death_entry) == ("death", "husband", died)
    assert (_standing(world, died), [each.entry_id for each in read_entry(world, died).marriages_noted]) == (
        [],
        [married],
    )


def test_a_marriage_ends_when_the_correction_of_the_day_to_before_it_is_withdrawn(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the day that counts is again the one from after the marriage."""
    married, died = marriage_and_death(world, ALIKE)
    _corrected(world, died, death__date="2020-10-05")
    _corrected(world, died, deceased__identity_paper=OF_THE_HUSBAND)
    assert (kinds_of_notes(world, married), _standing(world, died)) == ([], [married]), "it is from after the death"
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death"]


def test_a_correction_that_waits_names_the_marriage_that_it_will_end(world: World) -> None:
    married = register_marriage(world).register_entry.id
    other = ALIKE | {"/deceased/full_name": "Trần Văn Khác", "/deceased/birth_date": "1950-01-01"}
    died = register_death(world, other)
    assert _standing(world, died) == []
    husband = MARRIAGE.form["husband"]
    to_husband = {
        "deceased/full_name": husband["full_name"],
        "deceased/birth_date": husband["birth_date"],
        "deceased/identity_paper": OF_THE_HUSBAND,
    }
    written = world.propose_note(died, "correction", text="Cải chính.", changes=_changes(to_husband))
    assert (_standing(world, died), kinds_of_notes(world, married)) == ([married], [])
    [ends] = written.proposed_notes[0].ends_marriages
    assert (ends.entry_id, ends.label) == (married, read_entry(world, married).label), "the signer reads it"
    place = world.propose_note(died, "correction", text="Cải chính.", changes=_changes({"death/place": "Nơi khác"}))
    assert not place.proposed_notes[-1].ends_marriages
    world.decide_note(written, confirmed=True)
    assert (_standing(world, died), kinds_of_notes(world, married)) == ([], ["death"])


def test_a_correction_ends_no_marriage_of_which_an_officer_found_that_somebody_else_died(world: World) -> None:
    married, died = marriage_and_death(world)
    world.noted(married, "marriage-restored", text="Người chết là người khác.")
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    _corrected(world, died, death__date="2020-10-07")
    assert (kinds_of_notes(world, married), _standing(world, died)) == (["death", "marriage-restored"], [])


def test_a_correction_of_neither_person_nor_day_ends_no_marriage(world: World) -> None:
    """The husband's number was corrected meanwhile; a place of death says nothing about whose death it was."""
    married = register_marriage(world, {"/husband/identity_number": "201000999"}).register_entry.id
    died = register_death(world)
    assert kinds_of_notes(world, married) == []
    world.noted(married, "correction", text="Cải chính.", changes=_changes({"husband/identity_paper": OF_THE_HUSBAND}))
    _corrected(world, died, death__place="Nơi khác")
    assert (kinds_of_notes(world, married), _standing(world, died)) == (["correction"], [married])


def test_a_marriage_ends_with_a_death_that_was_corrected_to_the_spouse_while_annulled(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: once the annulment is withdrawn, the death counts as its entry tells of it by then."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    _corrected(world, died, deceased__identity_paper=OF_THE_HUSBAND)
    assert kinds_of_notes(world, married) == [], "nobody is dead by it"
    withdraw_note(world, died, 1)
    [note] = read_entry(world, married).notes
    assert (note.kind, note.who_died, note.death_entry) == ("death", "husband", died)


@pytest.mark.parametrize(
    "corrected",
    [
        {"death__date": "2020-10-05"},  # before the marriage
        {
            "deceased__full_name": "Trần Văn Khác",
            "deceased__birth_date": "1950-01-01",
            "deceased__identity_paper": "Căn cước công dân số 048050000777",
        },
    ],
)
def test_a_marriage_stays_restored_if_the_death_that_ended_it_was_corrected_while_annulled(
    world: World, corrected: dict[str, str]
) -> None:
    """Luật HNGĐ 2014 Đ65: by what its entry tells now, the death is somebody else's, or from before the marriage."""
    married, died = marriage_and_death(world)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    _corrected(world, died, **corrected)
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]
    _corrected(world, died, **_AS_REGISTERED)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "death"], "corrected back"


_AS_REGISTERED = {
    "death__date": "2020-10-06",
    "deceased__full_name": MARRIAGE.form["husband"]["full_name"],
    "deceased__birth_date": MARRIAGE.form["husband"]["birth_date"],
    "deceased__identity_paper": OF_THE_HUSBAND,
}


def test_a_note_without_entry_is_completed_by_the_death_that_is_corrected_to_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: as by the registration; so the annulment of the death reaches the marriage."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    assert [each.entry_id for each in read_entry(world, died).marriages_to_ask] == [married], "the officer compares"
    _corrected(world, died, deceased__identity_paper=OF_THE_HUSBAND)
    _, added = read_entry(world, married).notes
    assert (added.kind, added.supplements, added.who_died, added.death_entry) == (
        *("death-supplemented", 1, "husband"),
        died,
    )
    assert not read_entry(world, died).marriages_to_ask
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "death-supplemented", "marriage-restored"]


def test_a_correction_after_which_it_is_only_likely_asks_the_officer_about_the_note(world: World) -> None:
    married = register_marriage(world).register_entry.id
    other = ALIKE | {"/deceased/full_name": "Trần Văn Khác", "/deceased/birth_date": "1950-01-01"}
    died = register_death(world, other)
    world.noted(married, "death", **ELSEWHERE)
    assert not read_entry(world, died).marriages_to_ask
    husband = MARRIAGE.form["husband"]
    _corrected(world, died, deceased__full_name=husband["full_name"], deceased__birth_date=husband["birth_date"])
    assert kinds_of_notes(world, married) == ["death"]
    assert [each.entry_id for each in read_entry(world, died).marriages_to_ask] == [married]


def test_a_correction_completes_no_note_on_a_marriage_of_which_an_officer_found_that_somebody_else_died(
    world: World,
) -> None:
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **FROM_HERE, death_entry=died)
    world.noted(married, "note-withdrawn", withdraws=1, **QUASHED, not_this_person=True)
    world.noted(married, "death", **ELSEWHERE)
    _corrected(world, died, deceased__identity_paper=OF_THE_HUSBAND)
    assert kinds_of_notes(world, married) == ["death", "note-withdrawn", "death"]


def test_the_year_of_a_death_long_ago_is_corrected_to_another_year_or_a_day(world: World) -> None:
    """TT 04/2020 Đ29.9: of the date only the year may be known."""
    died = register_death(world, DEATH_YEAR_ONLY)
    for told in ("1967", "1967-03", "1967-03-02", "1966"):
        _corrected(world, died, death__date=told)
        [at] = [each.value for each in read_entry(world, died).changeable if each.at == "death/date"]
        assert at == told


def test_the_day_of_any_other_death_is_not_corrected_to_a_year(world: World) -> None:
    """TT 04/2020 Đ29.9."""
    died = register_death(world, ALIKE)
    corrected = partial(world.propose_note, died, "correction", text="Cải chính.")
    no = refused(partial(corrected, changes=_changes({"death/date": "2020"})))
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["changes/0/value"])
