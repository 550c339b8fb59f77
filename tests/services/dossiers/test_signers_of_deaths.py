"""Who is named in an entry that a signature writes a note on, or refers to, says before that it is somebody else."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.capacity import Capacity
from services.chassis.tokens import Role
from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    DIE,
    ELSEWHERE,
    FROM_HERE,
    HUSBAND_DIED,
    QUASHED,
    kinds_of_notes,
    marriage_and_death,
    register_death,
    register_marriage,
)
from tests.services.dossiers.world import CHAIR, Person, World, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

WIDOW = Person(
    "0b000000-0000-4000-8000-0000000000aa",
    MARRIAGE.form["wife"]["full_name"],
    (Role.SIGNER,),
    title="Phó Chủ tịch",
    capacity=Capacity.DEPUTY,
)
SON = replace(WIDOW, id="0b000000-0000-4000-8000-0000000000ab", name="Lê Văn Con")
#: The form names nobody of the marriage but the deceased.
BY_A_SON = HUSBAND_DIED | {"/requester/full_name": SON.name}


def _own(decide: Any, who: Person = WIDOW) -> None:
    """Who is named does not sign without saying that it is somebody of the same name."""
    no = refused(partial(decide, who))
    assert (no.type, [each.field for each in no.fields]) == ("conflict-of-interest", ["namesake"])
    decide(who, namesake=True)


def test_who_restores_the_signers_own_marriage_is_somebody_else(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: the annulled death names the deceased alone, the marriage names the signer."""
    married, died = marriage_and_death(world, BY_A_SON)
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    _own(partial(world.decide_note, written, confirmed=True))
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]
    quashed = world.propose_note(died, "note-withdrawn", withdraws=1, **QUASHED)
    _own(partial(world.decide_note, quashed, confirmed=True))
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"]


@pytest.mark.parametrize("about_this", [True, False])
def test_who_decides_whether_the_signers_own_marriage_is_restored_is_somebody_else(
    world: World, about_this: bool
) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: an answer about a marriage decides on it, whichever it is."""
    married, died = marriage_and_death(world, BY_A_SON | ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    said = [pb.EndedBy(entry_id=married, by_this_death=about_this)]
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK, ended_marriages=said)
    _own(partial(world.decide_note, written, confirmed=True))


def test_who_registers_a_death_that_a_note_on_the_signers_own_marriage_told_of_is_somebody_else(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: the signature completes that note; the form of the death names no spouse."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    id = world.ready_to_sign(DIE, changed(DEATH.form, BY_A_SON))
    no = refused(partial(world.sign, id, WIDOW))
    assert (no.type, [each.field for each in no.fields]) == ("conflict-of-interest", ["namesake"])
    assert world.sign(id, WIDOW, namesake=True).status == 9
    assert kinds_of_notes(world, married) == ["death", "death-supplemented"]


def test_a_marriage_is_answered_about_once(world: World) -> None:
    """Two answers may contradict each other, and both would be chained."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    said = [pb.EndedBy(entry_id=married, by_this_death=each) for each in (True, False)]
    no = refused(partial(world.propose_note, died, "declaration-annulled", **CAME_BACK, ended_marriages=said))
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["ended_marriages/1/entry_id"])


def test_a_marriage_that_no_note_ties_to_the_death_keeps_nobody_from_signing(world: World) -> None:
    """Somebody of the husband's name died: the annulment of that death is nothing of the wife's."""
    register_marriage(world)
    died = register_death(world, BY_A_SON | ALIKE)
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    world.decide_note(written, WIDOW, confirmed=True)
    assert kinds_of_notes(world, died) == ["declaration-annulled"]


def test_who_is_named_in_the_entry_of_a_death_does_not_sign_a_note_about_it_unasked(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: a son declared the death, and the marriage does not name him."""
    married, died = marriage_and_death(world, BY_A_SON | ALIKE)
    written = world.propose_note(married, "death", **FROM_HERE, death_entry=died)
    _own(partial(world.decide_note, written, confirmed=True), SON)
    assert kinds_of_notes(world, married) == ["death"]


def test_who_registers_a_death_that_ends_the_signers_own_marriage_is_somebody_else(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: the form of the death does not name the spouse, whose marriage it ends."""
    married = register_marriage(world).register_entry.id
    id = world.ready_to_sign(DIE, changed(DEATH.form, BY_A_SON))
    assert "signer-named" in {each.check for each in world.get(id, WIDOW).findings}
    assert "signer-named" not in {each.check for each in world.get(id, CHAIR).findings}
    no = refused(partial(world.sign, id, WIDOW))
    assert (no.type, [each.field for each in no.fields]) == ("conflict-of-interest", ["namesake"])
    assert kinds_of_notes(world, married) == []
    assert world.sign(id, WIDOW, namesake=True).status == 9
    assert kinds_of_notes(world, married) == ["death"]


@pytest.mark.parametrize("noted", [False, True])
def test_who_corrects_a_death_that_then_ends_the_signers_own_marriage_is_somebody_else(
    world: World, noted: bool
) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: the entry of the death names no spouse, whose marriage the signature ends, or
    completes the note of that.
    """
    married, died = marriage_and_death(world, BY_A_SON | ALIKE)
    if noted:
        world.noted(married, "death", **ELSEWHERE)
    paper = f"Căn cước công dân số {MARRIAGE.form['husband']['identity_number']}"
    to_husband = [pb.EntryChange(at="deceased/identity_paper", value=paper)]
    written = world.propose_note(died, "correction", text="Cải chính.", changes=to_husband)
    _own(partial(world.decide_note, written, confirmed=True))
    assert kinds_of_notes(world, married) == ["death", *(["death-supplemented"] if noted else [])]
