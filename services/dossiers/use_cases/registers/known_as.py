"""The names, births and numbers by which searches find the people of an entry after notes have changed these.

The former ones stay, because papers from before the note and entries of other registers have them. The values of a note
that was withdrawn are removed, and so are those of a person whom a correction has replaced by another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.dossiers import registers, storage
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.noted_changes import RENAMED, Changes, applied, stands_at
from services.dossiers.domain.notes import changes_of
from services.dossiers.domain.people import Person
from services.dossiers.domain.search import folded, words
from services.dossiers.register_tables import REPLACED, WRITTEN, RegisterEntryRow, RegisterPersonRow
from services.dossiers.use_cases.opened import content_of, counted_of
from services.dossiers.use_cases.registers import entries
from services.dossiers.use_cases.unit import Unit

#: The people whom searches of the registers look for; for parents, the registers have only names and years.
_SOUGHT = ("child", "wife", "husband", "deceased")
_NUMBERS = ("identity_paper", "personal_identification_number")
_FINDS = ("full_name", "birth_date", *_NUMBERS)
_NUMBER = re.compile(r"[A-Z]?\d{7,12}")


def person_of(content: Mapping[str, Any], part: str) -> Person:
    """A person of an entry with the name, birth and numbers in its content."""
    day, year = _birth_in(content, part)
    return Person(stands_at(content, f"{part}/full_name"), day, _numbers_in(content, part), year)


def is_about(unit: Unit, person: Sequence[RegisterPersonRow], named: Person) -> bool:
    """Whether a person of an entry, in all its rows, may be the one `named`: by number, else by name and what is known
    of the birth.

    A number with another name and another birth proves nothing (docs/law.md §2.2). Names and births are those of the
    entry, or as its notes have changed them (TT 04/2020 Đ23). `named` may lack the date of birth: then the name is
    enough.
    """
    numbers = set(number_fingerprints(unit.cell.cipher, named.identity_numbers))
    called = (folded(named.full_name), named.birth_date, named.born_in)
    if any(numbers & set(row.numbers) and not registers.is_denied(row, called) for row in person):
        return True
    return folded(named.full_name) in {row.name for row in person} and any(_born_as(row, named) for row in person)


def _born_as(row: RegisterPersonRow, named: Person) -> bool:
    if row.birth_date is not None and named.birth_date is not None:
        return row.birth_date == named.birth_date
    return row.birth_year is None or named.born_in in {None, row.birth_year}


def follow(unit: Unit, entry: RegisterEntryRow) -> None:
    """Makes the people of an entry findable by the values of its notes that count, and not by those of other notes.

    Writes the row from the registration again if it is missing: the release before deletes it with its next note once
    somebody else stands there.
    """
    content, later = content_of(unit.cell, entry), counted_of(unit.session, unit.cell, entry)
    people = registers.people_of(unit.session, entry.id, replaced=True)
    for row in people:
        if row.version > WRITTEN:
            unit.session.delete(row)
    unit.session.flush()
    for part in _SOUGHT:
        if part in RENAMED.get(entry.register, ()):
            written = next((row for row in people if row.part == part and row.version <= WRITTEN), None)
            written = written or _rewritten(unit, entry, part, content)
            _find(unit, entry, part, written, _versions(unit, part, written, content, later))
    names = [name for each in later for at, name in _new_names(changes_of(each)) if at.startswith(_SOUGHT)]
    if names:
        registers.find_entry_by(unit.session, entry.id, storage.word_vector(words(" ".join(names))))


def _rewritten(unit: Unit, entry: RegisterEntryRow, part: str, content: Mapping[str, Any]) -> RegisterPersonRow | None:
    """The row of a person as the registration wrote it, from the content of the entry; None if it names nobody."""
    person = person_of(content, part)
    if not person.full_name:
        return None
    row = entries.person_row(unit, entry, part, person)
    unit.session.add(row)
    return row


def _new_names(changes: Changes) -> list[tuple[str, str]]:
    return [(at, change["now"]) for at, change in changes.items() if at.endswith("/full_name")]


def _birth_in(content: Mapping[str, Any], part: str) -> tuple[date | None, int | None]:
    """The day and the year of a person's birth, as far as they are known."""
    born = stands_at(content, f"{part}/birth_date")
    return read_day(born), int(born[:4]) if born[:4].isdecimal() else None


def _numbers_in(content: Mapping[str, Any], part: str) -> frozenset[str]:
    said = (stands_at(content, f"{part}/{name}").upper() for name in _NUMBERS)
    return frozenset(number for text in said for number in _NUMBER.findall(text))


def _versions(
    unit: Unit,
    part: str,
    written: RegisterPersonRow | None,
    content: Mapping[str, Any],
    notes: Sequence[Mapping[str, Any]],
) -> list[RegisterPersonRow]:
    """A person of an entry as it was written, and after each note that changed by what they are found; oldest first."""
    versions = [] if written is None else [written]
    numbers = [] if written is None else written.numbers
    now = dict(content)
    for changes in map(changes_of, notes):
        now = applied(now, changes)
        changed = {at.partition("/")[2] for at in changes if at.startswith(f"{part}/")}
        if not changed.intersection(_FINDS) or not stands_at(now, f"{part}/full_name"):
            continue
        if changed.intersection(_NUMBERS):
            numbers = number_fingerprints(unit.cell.cipher, _numbers_in(now, part))
        day, year = _birth_in(now, part)
        name = folded(stands_at(now, f"{part}/full_name"))
        versions.append(RegisterPersonRow(name=name, birth_date=day, birth_year=year, numbers=numbers))
    return versions


def _is_replaced(former: RegisterPersonRow, now: RegisterPersonRow) -> bool:
    """Whether the entry names somebody else by now: name, birth and numbers are all different, not only mistyped."""
    other_number = bool(former.numbers) and set(former.numbers).isdisjoint(now.numbers)
    return other_number and registers.is_denied(former, (now.name, now.birth_date, now.birth_year))


def _find(
    unit: Unit,
    entry: RegisterEntryRow,
    part: str,
    written: RegisterPersonRow | None,
    versions: Sequence[RegisterPersonRow],
) -> None:
    """Adds rows for every name with every birth that a person has had; each with all numbers.

    Without those of somebody whom a correction has replaced; the row from the registration counts again if that
    correction is withdrawn.
    """
    if not versions:
        return
    now = versions[-1]
    same = [each for each in versions if not _is_replaced(each, now)]
    of_others = {number for each in versions if each not in same for number in each.numbers} - set(now.numbers)
    numbers = {number for each in same for number in each.numbers} - of_others
    births = {(each.birth_date, each.birth_year) for each in same}
    called = {(each.name, *born) for each in same for born in births}
    if written is not None:
        written.version = WRITTEN if written in same else REPLACED
        if written in same and numbers == set(written.numbers):
            called.remove((written.name, written.birth_date, written.birth_year))
    for version, (name, birth_date, birth_year) in enumerate(sorted(called, key=str), WRITTEN + 1):
        unit.session.add(
            RegisterPersonRow(
                entry_id=entry.id,
                part=part,
                version=version,
                register=entry.register,
                name=name,
                birth_date=birth_date,
                birth_year=birth_year,
                numbers=sorted(numbers),
            )
        )
    unit.session.flush()
