"""The note of a death on a marriage is told from the deaths, the notes and the marriages of others."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.dossiers.use_cases.registers import chained_notes
from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    DIE,
    ELSEWHERE,
    FROM_HERE,
    OTHER_BRIDE,
    QUASHED,
    kinds_of_notes,
    marriage_and_death,
    read_entry,
    register_death,
    register_marriage,
    withdraw_note,
)
from tests.services.dossiers.test_revivals import NAMESAKE, RESTORED, UNASKED
from tests.services.dossiers.world import World, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed

REMARRIED = CAME_BACK | {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}


def test_of_a_death_that_may_be_of_either_spouse_the_officer_says_whose_it_is(world: World) -> None:
    """Both have one name and one birth, and the deceased another number."""
    same = {"full_name": "Nguyễn Thanh Bình", "birth_date": "1994-11-20"}
    spouses = {f"/{part}/{name}": value for part in ("wife", "husband") for name, value in same.items()}
    married = register_marriage(world, spouses | {"/wife/identity_number": "201654322"}).register_entry.id
    deceased = {f"/deceased/{name}": value for name, value in same.items()}
    died = register_death(world, ALIKE | deceased)
    assert {(each.entry_id, each.who) for each in read_entry(world, married).likely_deaths} == {
        (died, "wife"),
        (died, "husband"),
    }
    no = refused(partial(world.propose_note, married, "death", **FROM_HERE, death_entry=died))
    assert (no.type, [each.field for each in no.fields]) == ("missing-field", ["who_died"])
    [note] = world.noted(married, "death", **FROM_HERE, death_entry=died, who_died="wife").notes
    assert note.who_died == "wife"


def test_a_note_of_a_death_is_told_from_the_notes_around_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: neither the note of the death nor the annulment is the first note of its entry."""
    married, died = marriage_and_death(world, ALIKE)
    for id, at in ((married, "wife/residence"), (died, "death/place")):
        world.noted(id, "correction", text="Cải chính.", changes=[pb.EntryChange(at=at, value="Nơi khác")])
    world.noted(married, "death", **ELSEWHERE)
    yes = [pb.EndedBy(entry_id=married, by_this_death=True)]
    world.noted(died, "declaration-annulled", **CAME_BACK, ended_marriages=yes)
    [_, annulled] = read_entry(world, died).notes
    [answer] = annulled.ended_marriages
    assert "Trích lục khai tử" in answer.basis, "of the second note on the marriage"
    assert kinds_of_notes(world, married) == ["correction", "death", "marriage-restored"]
    withdraw_note(world, died, 2)
    found = read_entry(world, married)
    assert [note.counts for note in found.notes] == [True, True, False, True]
    no = refused(partial(world.propose_note, married, "note-withdrawn", withdraws=3, **QUASHED))
    assert no.fields[0].field == "withdraws"


def test_a_note_is_not_completed_by_the_death_of_somebody_who_only_has_the_name(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the officer compares, and supplements the note if it is this death."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    died = register_death(world, ALIKE)
    assert kinds_of_notes(world, married) == ["death"]
    assert [each.entry_id for each in read_entry(world, married).likely_deaths] == [died]


def test_nobody_is_asked_about_the_note_of_somebody_who_came_back(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: it says of nobody any more that they are dead."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    died = register_death(world, ALIKE)
    assert read_entry(world, died).marriages_to_ask
    world.noted(married, "death-annulled", text="Hủy tuyên bố chết.")
    assert not read_entry(world, died).marriages_to_ask


def test_a_later_marriage_is_asked_about_at_the_death_that_a_note_may_be_about_alone(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: of a note without an entry it may be any like death; else it is that of the entry."""
    married = register_marriage(world).register_entry.id
    one = register_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    later = register_marriage(world, NAMESAKE).register_entry.id
    other = world.registered(DIE, changed(DEATH.form, ALIKE | {"/deceased/identity_number": "201000998"}))
    deaths = (one, other.register_entry.id)
    assert [[each.entry_id for each in read_entry(world, died).remarriages_to_ask] for died in deaths] == [[later]] * 2
    world.noted(married, "death-supplemented", **FROM_HERE | {"text": "Bổ sung mục khai tử."}, death_entry=one)
    assert [[each.entry_id for each in read_entry(world, died).remarriages_to_ask] for died in deaths] == [[later], []]


def test_a_later_marriage_of_somebody_like_the_deceased_is_not_the_spouses(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: it is the spouse's remarriage that keeps the marriage ended."""
    married, died = marriage_and_death(world)
    register_marriage(world, OTHER_BRIDE | {"/husband/identity_number": "201000888"})
    assert not read_entry(world, died).remarriages_to_ask
    assert not read_entry(world, married).remarriages_to_ask


def test_what_an_annulment_that_was_quashed_found_about_the_spouse_keeps_no_marriage_ended(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1: the death counts; an officer finds that it is the death of somebody else."""
    married, died = marriage_and_death(world)
    world.noted(died, "declaration-annulled", **REMARRIED)
    withdraw_note(world, died, 1)
    world.noted(married, "marriage-restored", **RESTORED)
    assert kinds_of_notes(world, married) == ["death", "death-annulled", "note-withdrawn", "marriage-restored"]


def test_a_marriage_that_another_annulled_death_restored_stays_restored(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the quashed annulment is of the death of a namesake."""
    married, died = marriage_and_death(world)
    alike = register_death(world, ALIKE)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    world.noted(alike, "declaration-annulled", **UNASKED)
    withdraw_note(world, alike, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]


def test_a_restoration_from_before_notes_referred_to_the_death_is_known_by_the_annulments_basis(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ65: notes of earlier releases are chained and cannot be changed."""
    married, died = marriage_and_death(world)
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.people_chain.chained_notes.write", _without_reference)
        world.noted(died, "declaration-annulled", **CAME_BACK)
    assert [note.death_entry for note in read_entry(world, married).notes] == [died, ""]
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"]


_write = chained_notes.write


def _without_reference(*args: Any, more: dict[str, Any] | None = None, **named: Any) -> Any:
    return _write(*args, more={name: each for name, each in (more or {}).items() if name != "death_entry"}, **named)


def test_a_withdrawn_note_of_a_death_elsewhere_is_not_repeated_by_another_death(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the death that counts again never ended this marriage."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    world.noted(married, "note-withdrawn", withdraws=1, **QUASHED)
    alike = register_death(world, ALIKE)
    world.noted(alike, "declaration-annulled", **UNASKED)
    withdraw_note(world, alike, 1)
    assert kinds_of_notes(world, married) == ["death", "note-withdrawn"]


def test_an_answer_about_a_note_says_nothing_of_a_later_note_on_the_same_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    about = [pb.EndedBy(entry_id=married, by_this_death=False)]
    world.noted(died, "declaration-annulled", **UNASKED, ended_marriages=about)
    withdraw_note(world, died, 1)
    [asked] = read_entry(world, died).marriages_to_ask
    assert asked.answered
    world.noted(married, "note-withdrawn", withdraws=1, **QUASHED)
    world.noted(married, "death", **ELSEWHERE | {"basis_number": "99/TLKT"})
    [asked] = read_entry(world, died).marriages_to_ask
    assert not asked.answered
