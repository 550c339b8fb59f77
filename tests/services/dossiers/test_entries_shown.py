"""An entry shows other entries to who needs them for a note, and each look is recorded."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import select

from services.chassis.database.tables import AuditRow
from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    DIE,
    ELSEWHERE,
    FROM_HERE,
    HUSBAND_DIED,
    OTHER_BRIDE,
    marriage_and_death,
    register_marriage,
    withdraw_note,
)
from tests.services.dossiers.test_revivals import NAMESAKE
from tests.services.dossiers.world import CHAIR, DUNG, HOA, NAM_DUONG, Person, World
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed

OTHER_GROOM = {"full_name": "Đặng Quốc Bảo", "birth_date": "1990-06-01", "identity_number": "201777888"}


def _looks(world: World, who: Person) -> list[str]:
    """The entries at which somebody looked, in order."""
    with world.cells[NAM_DUONG].database.transaction() as session:
        looks = select(AuditRow.subject).where(AuditRow.action == "view-entry", AuditRow.actor_id == who.id)
        return [each.removeprefix("entry:") for each in session.scalars(looks.order_by(AuditRow.seq))]


def _get(world: World, entry_id: str, who: Person) -> pb.FoundEntry:
    answer = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry_id), who)
    assert isinstance(answer, pb.FoundEntry)
    return answer


def test_entries_that_are_only_likely_are_shown_to_who_notes_and_each_look_is_recorded(world: World) -> None:
    """docs/law.md §18: they may be of other people, and the desk has no use for them."""
    married, died = marriage_and_death(world, ALIKE)
    for who in (DUNG, CHAIR):
        before = len(_looks(world, who))
        assert [each.entry_id for each in _get(world, married, who).likely_deaths] == [died]
        assert _looks(world, who)[before:] == [married, died]
    assert not _get(world, married, HOA).likely_deaths
    assert _looks(world, HOA)[-1:] == [married]
    world.noted(married, "death", **ELSEWHERE)
    for who in (DUNG, CHAIR):
        before = len(_looks(world, who))
        assert [each.entry_id for each in _get(world, died, who).marriages_to_ask] == [married]
        assert _looks(world, who)[before:] == [died, married]
    assert not _get(world, died, HOA).marriages_to_ask
    assert _looks(world, HOA)[-1:] == [died]


def test_a_marriage_that_a_note_on_a_death_tells_of_is_a_look_at_it(world: World) -> None:
    """docs/law.md §18: the note shows the label and the paper of a note of another entry; also where it waits."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    said = [pb.EndedBy(entry_id=married, by_this_death=False)]
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK, ended_marriages=said)
    before = len(_looks(world, HOA))
    world.call("ListProposedNotes", pb.ListProposedNotesRequest(), HOA)
    assert _looks(world, HOA)[before:] == [died, married]
    world.decide_note(written, confirmed=True)
    before = len(_looks(world, HOA))
    assert _get(world, died, HOA).notes[0].ended_marriages[0].entry_id == married
    assert _looks(world, HOA)[before:] == [died, married]


def test_the_day_of_a_death_that_a_note_has_from_its_entry_is_a_look_at_it(world: World) -> None:
    """docs/law.md §18: by the entry that the note refers to; also where the note waits, and to who only reads."""
    married, died = marriage_and_death(world, ALIKE)
    written = world.propose_note(married, "death", **FROM_HERE, death_entry=died)
    assert written.proposed_notes[0].died_on == "2020-10-06"
    before = len(_looks(world, HOA))
    world.call("ListProposedNotes", pb.ListProposedNotesRequest(), HOA)
    assert _looks(world, HOA)[before:] == [married, died]
    world.decide_note(written, confirmed=True)
    for id, other in ((married, died), (died, married)):
        before = len(_looks(world, CHAIR))
        _get(world, id, CHAIR)
        assert _looks(world, CHAIR)[before:] == [id, other]
    before = len(_looks(world, HOA))
    assert not _get(world, died, HOA).marriages_noted
    assert _looks(world, HOA)[before:] == [died]


def test_a_later_marriage_that_a_waiting_note_tells_of_is_a_look_at_it(world: World) -> None:
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    later = register_marriage(world, NAMESAKE).register_entry.id
    said = [pb.SpouseRemarried(entry_id=later, of_spouse=False)]
    world.propose_note(married, "marriage-restored", text="Khôi phục hôn nhân.", remarriages=said)
    before = len(_looks(world, HOA))
    world.call("ListProposedNotes", pb.ListProposedNotesRequest(), HOA)
    assert _looks(world, HOA)[before:] == [married, later]


def test_each_entry_that_a_signature_writes_a_note_on_is_recorded(world: World) -> None:
    """docs/law.md §18: the death ends a marriage; another one completes the note that told of it before."""
    ended = register_marriage(world).register_entry.id
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    groom, deceased = (
        {f"/{part}/{name}": value for name, value in OTHER_GROOM.items()} for part in ("husband", "deceased")
    )
    told = register_marriage(world, OTHER_BRIDE | groom).register_entry.id
    world.noted(told, "death", **ELSEWHERE)
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | deceased))
    with world.cells[NAM_DUONG].database.transaction() as session:
        written = select(AuditRow.action, AuditRow.subject).where(AuditRow.action.startswith("note-entry-"))
        assert [(*each,) for each in session.execute(written.order_by(AuditRow.seq))] == [
            ("note-entry-death", f"entry:{ended}"),
            ("note-entry-death", f"entry:{told}"),
            ("note-entry-death-supplemented", f"entry:{told}"),
        ]


def test_looks_of_withdrawn_notes_are_recorded_once_for_each_entry(world: World) -> None:
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    said = [pb.EndedBy(entry_id=married, by_this_death=False)]
    world.noted(died, "declaration-annulled", **CAME_BACK, ended_marriages=said)
    withdraw_note(world, died, 1)
    before = len(_looks(world, DUNG))
    found = _get(world, died, DUNG)
    assert [each.entry_id for each in found.marriages_to_ask] == [married]
    assert _looks(world, DUNG)[before:] == [died, married]
