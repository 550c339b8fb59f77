"""The deaths that notes on marriages are about, and what is asked of them when a death is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.dossiers import registers
from services.dossiers.adapters.records import NotedDeath, day_of_entry
from services.dossiers.domain.dates import in_digits
from services.dossiers.domain.noted_changes import stands_at
from services.dossiers.domain.notes import (
    ANNULLING,
    NOTE_KINDS,
    counting,
    died_before,
    is_dead,
    marriage_stands,
    set_aside,
    updated,
)
from services.dossiers.domain.people import SPOUSES, FoundEntry, Person
from services.dossiers.domain.register import DEATH, MARRIAGE
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.opened import (
    content_of,
    content_of_note,
    content_of_proposed_note,
    counted_of,
    current_content_of,
    notes_of,
)
from services.dossiers.use_cases.registers import known_as
from services.dossiers.use_cases.unit import Unit


class LikelyDeath(NamedTuple):
    """This ward's entry of a death that may be of a spouse, and of which: `wife` or `husband`."""

    entry: RegisterEntryRow
    who: str
    died_on: str  # a day, or a year
    deceased: Mapping[str, Any]  # the member of that name of the entry, as its notes have changed it


class Told(NamedTuple):
    """Who died, and when, by the entry of a death."""

    deceased: Person
    died_on: str  # a day, month and year, or a year


class AskedMarriage(NamedTuple):
    """A marriage of somebody who may be a deceased, and the note of a death on it that refers to no entry.

    `answer`: whether the note is about this death, as an officer last said; None if nobody did.
    """

    entry: RegisterEntryRow
    noted: NotedDeath
    answer: bool | None


def likely(unit: Unit, marriage: RegisterEntryRow) -> list[LikelyDeath]:
    """This ward's entries of deaths that may be of one of the spouses, without those that were annulled, happened
    before the marriage was registered, or were found to be of somebody else.
    """
    others = _of_others(unit, marriage)
    found = {
        (each.entry.id, person.part): each.entry
        for person in registers.people_of(unit.session, marriage.id)
        for each in registers.entries_like(unit.session, DEATH, person)
    }
    deaths = []
    for (id, who), entry in found.items():
        died = unit.records.day_of(entry)
        if entry in others or died_before(died, day_of_entry(marriage)) or registers.is_annulled(unit.session, [id]):
            continue
        content = current_content_of(unit.session, unit.cell, entry)
        deaths.append(LikelyDeath(entry, who, died, content["deceased"]))
    return deaths


def _of_others(unit: Unit, marriage: RegisterEntryRow) -> set[RegisterEntryRow | None]:
    """The entries of deaths that an officer found not to be of a spouse."""
    written = notes_of(unit.session, unit.cell, marriage)
    return {unit.records.death_of(marriage, written[number - 1]).entry for number in set_aside(written)}


def ended_with(unit: Unit, deceased: Person, died: str) -> list[FoundEntry]:
    """The marriages that the registration of a death ends: the standing ones that are certainly the deceased's, and
    were not registered after the death (Luật HNGĐ 2014 Đ65).

    `died`: a day or a year.
    """
    standing = unit.records.standing_marriages(deceased)
    return [each for each in standing if each.certain and not died_before(died, each.registered_on)]


def newly_told(
    unit: Unit, entry: RegisterEntryRow, before: Sequence[Mapping[str, Any]], note: Mapping[str, Any]
) -> Told | None:
    """Who died, and when, by an entry of a death with this note after the notes `before`; None if it told the same
    before, or tells of no death: of another register, or annulled.

    A correction changes what it tells, and so does a note that withdraws a correction or an annulment.
    """
    if entry.register != DEATH:
        return None
    content = content_of(unit.cell, entry)
    was, now = (_told(content, notes) for notes in (before, [*before, note]))
    return None if was == now else now


def _told(content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> Told | None:
    counted = counting([note.get("withdraws") for note in notes])
    if any(notes[number - 1]["kind"] in ANNULLING for number in counted):
        return None
    now = updated(content, notes)
    return Told(known_as.person_of(now, "deceased"), stands_at(now, "death/date"))


def ends_by(unit: Unit, death: RegisterEntryRow, marriage: RegisterEntryRow, noted: NotedDeath | None) -> bool:
    """Whether a marriage may have ended by a death as its entry tells of it now: after corrections, the deceased may be
    nobody of this marriage any more, or have died before it.

    `noted`: the note on the marriage that is about this death; None if there is none. As long as the entry tells what
    it told then, the note proves it: an officer may have found that it is the spouse although names and numbers differ.
    """
    told = _told(content_of(unit.cell, death), notes_of(unit.session, unit.cell, death))
    if told is None:
        return False
    if noted is not None and told == _told_at(unit, death, marriage, noted):
        return True
    if died_before(told.died_on, day_of_entry(marriage)):
        return False
    people = registers.people_of(unit.session, marriage.id)
    parts = [noted.who] if noted is not None and noted.who else SPOUSES
    return any(known_as.is_about(unit, [row for row in people if row.part == part], told.deceased) for part in parts)


def _told_at(unit: Unit, death: RegisterEntryRow, marriage: RegisterEntryRow, noted: NotedDeath) -> Told | None:
    """What the entry of a death told when the note on the marriage, or one that supplements it, was confirmed."""
    sequence = noted.note["sequence"]
    at = max(
        each.at
        for each in registers.notes(unit.session, marriage.id)
        if sequence in {each.sequence, content_of_note(unit.cell, each).get("supplements")}
    )
    before = [content_of_note(unit.cell, each) for each in registers.notes(unit.session, death.id) if each.at < at]
    return _told(content_of(unit.cell, death), before)


def ended_with_corrected(unit: Unit, death: RegisterEntryRow, told: Told) -> list[FoundEntry]:
    """The marriages that a corrected death ends, as its registration would have (see `ended_with`)."""
    return _but_of_others(unit, death, ended_with(unit, *told))


def completed_with_corrected(unit: Unit, death: RegisterEntryRow, told: Told) -> list[FoundEntry]:
    """The marriages with a note of a death that a corrected death completes, as its registration would have (see
    `completed_with`).
    """
    return _but_of_others(unit, death, completed_with(unit, *told))


def _but_of_others(unit: Unit, death: RegisterEntryRow, marriages: Iterable[FoundEntry]) -> list[FoundEntry]:
    """Without those marriages of which an officer found that the deceased was no spouse."""
    found = [(each, registers.entry(unit.session, UUID(each.id))) for each in marriages]
    return [each for each, marriage in found if marriage is not None and death not in _of_others(unit, marriage)]


def completed_with(unit: Unit, deceased: Person, died: str) -> list[FoundEntry]:
    """The marriages with a note of a death that the registration of this death completes: those certainly of the
    deceased, by a note that refers to no entry.

    `died`: a day or a year.
    """
    noted = [each for each in unit.records.deaths(deceased) if each.register == MARRIAGE]
    return [each for each in noted if each.certain and not died_before(died, each.registered_on)]


def ended_by_note(unit: Unit, entry: RegisterEntryRow, kind: str, content: Mapping[str, Any]) -> list[RegisterEntryRow]:
    """The marriages that end with the confirmation of a note on an entry of a death, which changes who died, or when
    (Luật HNGĐ 2014 Đ65).
    """
    told = newly_told(unit, entry, notes_of(unit.session, unit.cell, entry), {**content, "kind": kind})
    ended = [] if told is None else ended_with_corrected(unit, entry, told)
    found = [registers.entry(unit.session, UUID(each.id)) for each in ended]
    return [each for each in found if each is not None]


def concerned(unit: Unit, kind: str, entry: RegisterEntryRow, content: Mapping[str, Any]) -> list[RegisterEntryRow]:
    """The other entries that a note refers to, or on which it may lead to notes.

    For the note of a death, that death. For a correction of who died or when, the marriages that end by it, or whose
    note it completes. For a note that takes a death back, or restores it, the marriages with a note that is about this
    death, and those of which the note says whether theirs is.
    """
    ids = [content["death_entry"]] if content.get("death_entry") else []
    annulled = registers.is_annulled(unit.session, [entry.id])
    after = registers.is_annulled_after(unit.session, entry.id, kind, content.get("withdraws"))
    if entry.register == DEATH and annulled is not after:
        ids += [each["entry_id"] for each in content.get("ended_marriages", ())]
        ids += [str(each.id) for each in marriages_of(unit, entry) if _is_noted(unit, each, entry)]
    ids += [str(each.id) for each in ended_by_note(unit, entry, kind, content)]
    told = newly_told(unit, entry, notes_of(unit.session, unit.cell, entry), {**content, "kind": kind})
    if told is not None:
        ids += [each.id for each in completed_with_corrected(unit, entry, told)]
    found = [registers.entry(unit.session, UUID(id)) for id in dict.fromkeys(ids)]
    return [each for each in found if each is not None]


def marriages_ended_by(unit: Unit, death: RegisterEntryRow, *, locked: bool = False) -> list[RegisterEntryRow]:
    """The marriages that have ended by a note about this death: who corrects the entry looks at them, too."""
    noted = [(each, unit.records.noted_death(each)) for each in marriages_of(unit, death, locked=locked)]
    return [marriage for marriage, by in noted if by is not None and by.entry is not None and by.entry.id == death.id]


def standing_marriages(unit: Unit, death: RegisterEntryRow) -> list[RegisterEntryRow]:
    """The marriages that stand although a spouse may be the deceased, and those that end if a correction which waits is
    confirmed; without those of which an officer found that the deceased was no spouse.
    """
    found = [each for each in marriages_of(unit, death) if stands(unit, each) and death not in _of_others(unit, each)]
    for waiting in registers.proposed_notes(unit.session, death.id):
        found += ended_by_note(unit, death, waiting.kind, content_of_proposed_note(unit.cell, waiting))
    return list({each.id: each for each in found}.values())


def stands(unit: Unit, marriage: RegisterEntryRow) -> bool:
    """Whether a marriage has not ended, by its notes that count."""
    return marriage_stands(each.kind for each in registers.counting_notes(unit.session, marriage.id))


def _is_noted(unit: Unit, marriage: RegisterEntryRow, death: RegisterEntryRow) -> bool:
    """Whether a note on the marriage, which may have been withdrawn, is about this death."""
    told = [note for note in notes_of(unit.session, unit.cell, marriage) if NOTE_KINDS[note["kind"]].reversible]
    return any(
        noted.entry is not None and noted.entry.id == death.id
        for noted in (unit.records.death_of(marriage, note) for note in told)
    )


def marriages_of(unit: Unit, death: RegisterEntryRow, *, locked: bool = False) -> Iterator[RegisterEntryRow]:
    """The marriages with a note that refers to this death, and those of somebody who may be the deceased."""
    alike = (
        each.entry.id
        for person in registers.people_of(unit.session, death.id)
        for each in registers.entries_like(unit.session, MARRIAGE, person)
    )
    for id in dict.fromkeys((*registers.marriages_noted(unit.session, death.id), *alike)):
        marriage = registers.entry(unit.session, id, locked=locked)
        assert marriage is not None
        yield marriage


def text_of_death(members: Mapping[str, str], content: Mapping[str, Any], death: LikelyDeath | None = None) -> str:
    """Who died and when, as the text of a note on a marriage says it."""
    who, day = members.get("who_died", ""), members.get("died_on") or (death.died_on if death else "")
    person = f"Người chết: {SPOUSES[who]} {content[who]['full_name']}." if who else ""
    return " ".join(filter(None, (person, f"Chết: {in_digits(day)}." if day else "")))


def completes(unit: Unit, marriage: RegisterEntryRow) -> NotedDeath | None:
    """The note of a death on a marriage that a supplementing note may complete; None if there is none: a note that
    refers to an entry says it all.
    """
    noted = unit.records.noted_death(marriage)
    return None if noted is None or noted.named else noted


def takes_back(unit: Unit, kind: str, entry: RegisterEntryRow, withdraws: int | None) -> bool:
    """Whether a note takes a death back: it annuls its entry, or an annulment counts again by it."""
    stands = entry.register == DEATH and not registers.is_annulled(unit.session, [entry.id])
    return stands and registers.is_annulled_after(unit.session, entry.id, kind, withdraws)


def to_ask(unit: Unit, death: RegisterEntryRow) -> list[AskedMarriage]:
    """The marriages of somebody who may be the deceased, ended by a note of a death that refers to no entry, also where
    somebody has answered before: an answer may have been wrong.

    Such a note may have been written because of this death. Whoever takes the death back says of each whether it was:
    by the note alone the marriage would stay ended and the person dead (Luật HNGĐ 2014 Đ67.1).
    """
    found = {}
    for person in registers.people_of(unit.session, death.id):
        for each in registers.entries_like(unit.session, MARRIAGE, person):
            noted = unit.records.noted_death(each.entry)
            if noted is None or noted.named or noted.who not in {"", each.part}:
                continue
            if is_dead(counted_of(unit.session, unit.cell, each.entry)):
                answer = unit.records.answer_about(death, each.entry, noted.note, ever=True)
                found[each.entry.id] = AskedMarriage(each.entry, noted, answer)
    return list(found.values())


def unanswered(unit: Unit, death: RegisterEntryRow) -> list[AskedMarriage]:
    """Those marriages `to_ask` of which no answer counts."""
    asked = to_ask(unit, death)
    return [each for each in asked if unit.records.answer_about(death, each.entry, each.noted.note) is None]
