"""A marriage that a death ended stands again, by itself or by an officer's note, if the spouse has not remarried."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    DIE,
    ELSEWHERE,
    FROM_HERE,
    HUSBAND_DIED,
    QUASHED,
    WIDOW,
    kinds_of_notes,
    marriage_and_death,
    read_entry,
    register_marriage,
    withdraw_note,
)
from tests.services.dossiers.world import BIRTH, World, birth_form, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

UNASKED = {name: value for name, value in CAME_BACK.items() if name != "spouse_elsewhere"}
#: Somebody with the widow's name and birth, and another number.
NAMESAKE = {"/wife/identity_number": "048196000555"} | {
    name: value for name, value in WIDOW.items() if name.startswith("/husband/")
}
RESTORED: dict[str, Any] = {"text": "Khôi phục hôn nhân."}


def _widowed(world: World, again: dict[str, Any]) -> tuple[str, str, str]:
    """A marriage that a death ended, that death, and a later marriage."""
    married, died = marriage_and_death(world)
    return married, died, register_marriage(world, again).register_entry.id


def test_a_marriage_is_not_restored_by_hand_where_these_books_have_the_spouses_later_one(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ5.2c: nobody stands in two marriages."""
    married, died, _ = _widowed(world, WIDOW)
    world.noted(died, "declaration-annulled", **UNASKED)
    assert kinds_of_notes(world, married) == ["death", "death-annulled"]
    no = refused(partial(world.propose_note, married, "marriage-restored", **RESTORED))
    assert (no.type, no.fields[0].field, "02/2020" in no.fields[0].text) == ("invalid-field", "kind", True)


def test_a_restoring_note_is_not_confirmed_after_the_spouse_has_remarried(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ5.2c."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    restored = world.propose_note(married, "marriage-restored", **RESTORED)
    register_marriage(world, WIDOW)
    no = refused(partial(world.decide_note, restored, confirmed=True))
    assert (no.type, "02/2020" in no.text) == ("note-decided", True)
    [wrong] = refused(partial(world.propose_note, married, "note-withdrawn", withdraws=1, **QUASHED)).fields
    assert (wrong.field, "02/2020" in wrong.text) == ("withdraws", True), "nor is the death simply withdrawn"
    assert kinds_of_notes(world, married) == ["death"]


@pytest.mark.parametrize(
    ("of_spouse", "kinds"), [(False, ["death", "marriage-restored"]), (True, ["death", "death-annulled"])]
)
def test_of_a_later_marriage_of_a_namesake_the_officer_says_whether_it_is_the_spouse(
    world: World, of_spouse: bool, kinds: list[str]
) -> None:
    """Luật HNGĐ 2014 Đ67.1: name and birth alone neither keep a marriage ended nor let it stand again."""
    married, died, later = _widowed(world, NAMESAKE)
    for entry in (died, married):
        assert [each.entry_id for each in read_entry(world, entry).remarriages_to_ask] == [later]
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, "02/2020" in no.text) == ("note-decided", True), "nobody has said it"
    back = world.decide_note(written, reason="Xin trả lời.").proposed_notes[0].id
    said = [pb.SpouseRemarried(entry_id=later, of_spouse=of_spouse)]
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK, remarriages=said, instead_of=back)
    [shown] = written.proposed_notes[0].remarriages
    assert (shown.entry_id, shown.of_spouse, "02/2020" in shown.label) == (later, of_spouse, True), (
        "the signer reads it"
    )
    [note] = world.decide_note(written, confirmed=True).notes
    assert [each.of_spouse for each in note.remarriages] == [of_spouse], "the answer stays"
    assert kinds_of_notes(world, married) == kinds


def test_who_restores_a_marriage_by_hand_is_asked_about_a_namesake_too(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    later = register_marriage(world, NAMESAKE).register_entry.id
    written = world.propose_note(married, "marriage-restored", **RESTORED)
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided"
    yes, no = ([pb.SpouseRemarried(entry_id=later, of_spouse=each)] for each in (True, False))
    [wrong] = refused(partial(world.propose_note, married, "marriage-restored", **RESTORED, remarriages=yes)).fields
    assert wrong.field == "kind"
    for about, kind in ((married, "marriage-restored"), (later, "correction")):
        other = [pb.SpouseRemarried(entry_id=about, of_spouse=False)]
        [wrong] = refused(partial(world.propose_note, married, kind, **RESTORED, remarriages=other)).fields
        assert wrong.field.startswith("remarriages"), "of what is asked alone"
    world.noted(married, "marriage-restored", **RESTORED, remarriages=no)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]


def test_a_later_marriage_is_answered_about_once(world: World) -> None:
    """Two answers may contradict each other, and both would be chained."""
    married, _, later = _widowed(world, NAMESAKE)
    said = [pb.SpouseRemarried(entry_id=later, of_spouse=each) for each in (True, False)]
    [wrong] = refused(partial(world.propose_note, married, "marriage-restored", **RESTORED, remarriages=said)).fields
    assert wrong.field == "remarriages/1/entry_id"


def test_a_marriage_restored_by_hand_after_an_annulment_ends_again_with_the_death(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the annulment that it followed from was quashed."""
    married, died, later = _widowed(world, NAMESAKE)
    yes, no = ([pb.SpouseRemarried(entry_id=later, of_spouse=each)] for each in (True, False))
    world.noted(died, "declaration-annulled", **CAME_BACK, remarriages=yes)
    world.noted(married, "marriage-restored", **RESTORED, remarriages=no)
    assert read_entry(world, married).notes[-1].death_entry == died
    withdraw_note(world, died, 1)
    kinds = kinds_of_notes(world, married)
    assert kinds == ["death", "death-annulled", "marriage-restored", "note-withdrawn", "note-withdrawn"]


def test_a_note_about_a_namesake_is_withdrawn_as_such_and_never_comes_back(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: nobody in this marriage has died; a quashed annulment does not make it so."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **FROM_HERE, death_entry=died)
    withdrawn = {**QUASHED, "withdraws": 1, "text": "Người chết là người khác.", "not_this_person": True}
    [note] = [each for each in world.noted(married, "note-withdrawn", **withdrawn).notes if each.not_this_person]
    assert ("không phải người trong mục này" in note.text, "không còn giá trị" in note.text) == (True, False)
    assert not read_entry(world, married).likely_deaths
    no = refused(partial(world.propose_note, married, "death", **FROM_HERE, death_entry=died))
    assert no.fields[0].field == "death_entry"
    world.noted(died, "declaration-annulled", **UNASKED)
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "note-withdrawn"], "it is not repeated"


def test_a_paper_about_somebody_else_is_not_taken_for_this_marriage_again(world: World) -> None:
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    withdrawn = {**QUASHED, "withdraws": 1, "text": "Người chết là người khác.", "not_this_person": True}
    world.noted(married, "note-withdrawn", **withdrawn)
    no = refused(partial(world.propose_note, married, "death", **ELSEWHERE))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis")
    world.noted(married, "note-withdrawn", withdraws=2, **QUASHED)
    assert [note.counts for note in read_entry(world, married).notes] == [True, False, True], "the statement was wrong"


def test_only_a_note_of_a_death_by_hand_is_withdrawn_as_that_of_somebody_else(world: World) -> None:
    married = register_marriage(world).register_entry.id
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    said = {**QUASHED, "not_this_person": True}
    [wrong] = refused(partial(world.propose_note, married, "note-withdrawn", withdraws=1, **said)).fields
    assert wrong.field == "withdraws", "the number of a paper says who it was"
    world.noted(married, "correction", text="Cải chính.")
    for kind, withdraws in (("note-withdrawn", 2), ("correction", 0)):
        [wrong] = refused(partial(world.propose_note, married, kind, withdraws=withdraws, **said)).fields
        assert wrong.field == "not_this_person", kind


def test_a_death_that_an_officers_restoring_note_has_set_aside_is_not_repeated(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the officer restored the marriage while the death counted, as it is somebody else's."""
    married, died = marriage_and_death(world)
    world.noted(married, "marriage-restored", **RESTORED)
    world.noted(died, "declaration-annulled", **UNASKED)
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]


def test_a_marriage_ends_again_by_a_death_that_only_an_officer_knows_to_be_the_spouses(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: he had another name and another number when he married; the note on his death stands."""
    married = register_marriage(world, {"/husband/identity_number": "201000777"}).register_entry.id
    child = {name: MARRIAGE.form["husband"][name] for name in ("full_name", "birth_date", "sex")}
    parents = {"mother": {"birth_year": 1970}, "father": {"birth_year": 1968}, "parents": {"married_on": "1990-03-02"}}
    born = world.registered(BIRTH, birth_form(child=child, **parents)).register_entry.id
    renamed = [pb.EntryChange(at="child/full_name", value="Lê Văn Đổi Tên")]
    world.noted(born, "correction", text="Đổi tên.", changes=renamed)
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | {"/deceased/full_name": "Lê Văn Đổi Tên"}))
    death = died.register_entry.id
    assert kinds_of_notes(world, married) == [], "the officer compares"
    world.noted(married, "death", **FROM_HERE, death_entry=death)
    world.noted(death, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]
    withdraw_note(world, death, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"]
