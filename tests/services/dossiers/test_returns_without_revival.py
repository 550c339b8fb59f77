"""A death is annulled, and the marriage that it ended stays ended: what its entry and the papers of both say then."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.services.dossiers.people import (
    CAME_BACK,
    CONFIRM,
    DIE,
    HUSBAND_DIED,
    read_entry,
    register_marriage,
    status_of,
    withdraw_note,
)
from tests.services.dossiers.world import World, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS, OTHER_PURPOSE, WIDOWED
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

REMARRIED = CAME_BACK | {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}


def _notes(world: World, entry_id: str) -> list[tuple[str, bool]]:
    return [(note.kind, note.counts) for note in read_entry(world, entry_id).notes]


def _widows_paper(world: World) -> str:
    """The certificate that confirms to the wife that she is a widow."""
    wife = MARRIAGE.form["wife"]
    of_her = {f"/person/{name}": wife[name] for name in ("full_name", "birth_date")}
    of_her |= {f"/requester/{name}": wife[name] for name in ("full_name", "identity_number")}
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | WIDOWED | of_her)
    return world.registered(CONFIRM, form).register_entry.certificate_id


def _widow(world: World) -> tuple[str, str]:
    """The ids of a marriage and of the husband's death, which has ended it."""
    married = register_marriage(world).register_entry.id
    return married, world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry.id


@pytest.mark.parametrize("said", [CAME_BACK, REMARRIED])
def test_a_widows_paper_is_superseded_when_the_death_is_annulled(world: World, said: dict[str, Any]) -> None:
    """NĐ 123/2015 Đ23: it says that her husband is dead, whether or not the marriage stands again."""
    _, died = _widow(world)
    before = _widows_paper(world)
    world.noted(died, "declaration-annulled", **said)
    assert status_of(world, before) == "superseded"


def test_a_marriage_that_is_not_restored_says_that_the_spouse_is_alive_while_the_death_is_annulled(
    world: World,
) -> None:
    """Luật HNGĐ 2014 Đ67.1: the wife has remarried elsewhere; the note goes with the annulment."""
    married, died = _widow(world)
    world.noted(died, "declaration-annulled", **REMARRIED)
    assert _notes(world, married) == [("death", True), ("death-annulled", True)]
    assert read_entry(world, married).notes[-1].death_entry == died
    withdraw_note(world, died, 1)
    assert _notes(world, married) == [("death", True), ("death-annulled", False), ("note-withdrawn", True)]


def test_an_officer_notes_that_the_spouse_is_alive_where_the_annulment_of_the_death_did_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ67.1: of a death that was annulled before the note followed by itself; it goes with it, too."""
    married, died = _widow(world)
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.people_chain.is_dead", lambda _: False)
        world.noted(died, "declaration-annulled", **REMARRIED)
    assert _notes(world, married) == [("death", True)]
    world.noted(married, "death-annulled", text="Chồng còn sống.")
    again = refused(partial(world.propose_note, married, "death-annulled", text="Chồng còn sống."))
    assert again.fields[0].field == "kind", "nobody is dead"
    withdraw_note(world, died, 1)
    assert _notes(world, married) == [("death", True), ("death-annulled", False), ("note-withdrawn", True)]


def test_a_paper_from_while_the_death_was_annulled_is_superseded_when_it_counts_again(world: World) -> None:
    """NĐ 123/2015 Đ23: she is a widow again, by the same note on her marriage."""
    married, died = _widow(world)
    world.noted(died, "declaration-annulled", **REMARRIED)
    withdraw_note(world, married, 2)
    paper = _widows_paper(world)
    withdraw_note(world, died, 1)
    assert status_of(world, paper) == "superseded"
