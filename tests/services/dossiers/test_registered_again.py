"""A birth or a death was registered anew while its entry was annulled: the annulment is not withdrawn meanwhile."""

from __future__ import annotations

from functools import partial

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.people import (
    DIE,
    HUSBAND_DIED,
    QUASHED,
    read_entry,
    register_death,
    status_of,
    withdraw_note,
)
from tests.services.dossiers.world import World, refused
from tests.unit.dossiers.death_forms import DEATH, DEATH_YEAR_ONLY
from tests.unit.dossiers.worlds import changed

ANNULLED = {"text": "Hủy việc đăng ký.", "basis": "Quyết định hủy giấy tờ cấp trái pháp luật"}

OTHER_NUMBER = {"/deceased/identity_number": "201000999"}


def _died(world: World, changes: dict[str, str] | None = None) -> str:
    return world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | (changes or {}))).register_entry.id


def test_the_annulment_of_a_birth_is_not_withdrawn_while_the_birth_is_registered_anew(world: World) -> None:
    """docs/law.md §3, §5: one birth has one entry that counts, and its papers are valid again only then."""
    one = world.signed().register_entry
    world.noted(one.id, "annulment", **ANNULLED)
    two = world.signed().register_entry
    no = refused(partial(withdraw_note, world, one.id, 1))
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["withdraws"])
    assert read_entry(world, two.id).label in no.fields[0].text
    assert status_of(world, one.certificate_id) == "revoked"
    world.noted(two.id, "annulment", **ANNULLED)
    withdraw_note(world, one.id, 1)
    assert (status_of(world, one.certificate_id), status_of(world, two.certificate_id)) == ("valid", "revoked")
    no = refused(partial(withdraw_note, world, two.id, 1))
    assert read_entry(world, one.id).label in no.fields[0].text, "also of the later entry while the earlier one counts"


def test_the_withdrawal_of_an_annulment_that_waits_is_not_confirmed_after_the_death_was_registered_anew(
    world: World,
) -> None:
    """docs/law.md §5: a death is registered once."""
    one = _died(world)
    world.noted(one, "annulment", **ANNULLED)
    written = world.propose_note(one, "note-withdrawn", withdraws=1, **QUASHED)
    two = _died(world)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, read_entry(world, two).label in no.text) == ("note-decided", True)
    world.noted(two, "annulment", **ANNULLED)
    world.decide_note(written, confirmed=True)
    assert [note.counts for note in read_entry(world, one).notes] == [False, True]


def test_the_death_of_somebody_of_the_same_name_and_birth_prevents_no_withdrawal(world: World) -> None:
    """docs/law.md §5: they died on another day, with another number."""
    one = _died(world)
    world.noted(one, "annulment", **ANNULLED)
    _died(world, OTHER_NUMBER | {"/death/date": "2020-10-05"})
    withdraw_note(world, one, 1)
    assert [note.counts for note in read_entry(world, one).notes] == [False, True]


def test_a_death_of_the_same_name_birth_and_day_with_another_number_prevents_the_withdrawal(world: World) -> None:
    one = _died(world)
    world.noted(one, "annulment", **ANNULLED)
    two = _died(world, OTHER_NUMBER)
    no = refused(partial(withdraw_note, world, one, 1))
    assert read_entry(world, two).label in no.fields[0].text


def test_a_death_of_which_only_the_same_year_is_known_prevents_no_withdrawal(world: World) -> None:
    """docs/law.md §5: two people of the same name may have died in 1968."""
    one = register_death(world, DEATH_YEAR_ONLY)
    world.noted(one, "annulment", **ANNULLED)
    two = register_death(world, DEATH_YEAR_ONLY | OTHER_NUMBER)
    written = world.propose_note(one, "note-withdrawn", withdraws=1, **QUASHED)
    [waits] = written.proposed_notes
    assert [*waits.ends_annulment.maybe_registered_again] == [read_entry(world, two).label], "the signer compares"
    world.decide_note(written, confirmed=True)
    assert [note.counts for note in read_entry(world, one).notes] == [False, True]


def test_the_birth_of_a_child_whose_mother_nobody_knows_prevents_no_withdrawal(world: World) -> None:
    """docs/law.md §5: two foundlings may have one name and day of birth."""
    unknown = [pb.EntryChange(at="mother/full_name", value="")]
    one = world.signed().register_entry.id
    world.noted(one, "correction", text="Cải chính.", changes=unknown)
    world.noted(one, "annulment", **ANNULLED)
    other = world.filed().dossier.id
    world.accept(other)
    world.approve(other, number="048220000456")
    two = world.sign(other).register_entry.id
    world.noted(two, "correction", text="Cải chính.", changes=unknown)
    withdraw_note(world, one, 2)
    assert [note.counts for note in read_entry(world, one).notes] == [True, False, True]
