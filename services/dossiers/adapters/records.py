"""Queries about people to the ward's own registers, in its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.database.encryption import Cipher
from services.dossiers import registers
from services.dossiers.domain.dates import days_of, read_day
from services.dossiers.domain.notes import (
    ANNULLING,
    NOTE_KINDS,
    completed,
    counting,
    ending_death,
    is_dead,
    marriage_stands,
    parents_named,
    updated,
)
from services.dossiers.domain.people import SPOUSES, FoundEntry, Person, Relative
from services.dossiers.domain.register import BIRTH, DEATH, MARRIAGE
from services.dossiers.domain.search import folded
from services.dossiers.register_tables import RegisterEntryRow

_NOTED = " (tìm thấy theo ghi chú thay đổi thông tin của người này)"
_ANNULLED = "mục kết hôn đó đã có ghi chú hủy"
_WHO_UNSAID = "ghi chú viết khi chưa hỏi ai chết"


class NotedDeath(NamedTuple):
    """The death of a spouse that a note on a marriage tells of.

    `note` has what supplementing notes add to it. `who` is the part of the marriage's entry, empty if nobody said it.
    `entry` is this ward's entry of the death; None if another office has registered it. `named`: the note says which
    entry; else an officer has said so, or nobody.
    """

    note: Mapping[str, Any]
    who: str
    entry: RegisterEntryRow | None
    named: bool


class WardRecords:
    """`domain.people.Records` on one session; people are found by the keyed fingerprints of their numbers."""

    def __init__(
        self,
        session: Session,
        cipher: Cipher,
        content_of: Callable[[RegisterEntryRow], dict[str, Any]],
        notes_of: Callable[[RegisterEntryRow], Sequence[Mapping[str, Any]]],
    ) -> None:
        """`content_of` returns the content of an entry as it was written; `notes_of` returns the content of its notes,
        oldest first.
        """
        self._session = session
        self._cipher = cipher
        self._written = content_of
        self._notes_of = notes_of

    def standing_marriages(self, person: Person) -> Sequence[FoundEntry]:
        found = self.entries(MARRIAGE, person)
        noted = self._noted(found)
        return [each for each in found if marriage_stands(noted.get(UUID(each.id), ()))]

    def deaths(self, person: Person) -> Sequence[FoundEntry]:
        entries = self.entries(DEATH, person)
        noted = self._noted(entries)
        standing = [each for each in entries if not set(noted.get(UUID(each.id), ())).intersection(ANNULLING)]
        found: dict[str, FoundEntry] = {}
        for each in (*standing, *self._deaths_by_notes(person)):
            if each.id not in found or (each.certain and not found[each.id].certain):
                found[each.id] = each
        return list(found.values())

    def _deaths_by_notes(self, person: Person) -> Iterator[FoundEntry]:
        """Deaths of the person that notes on marriages tell of: this ward's entry of it, else the marriage."""
        for known in self._rows(MARRIAGE, person):
            noted = self.noted_death(known.entry) if is_dead(self._counting_of(known.entry)) else None
            if noted is None or noted.who not in {"", known.part}:
                continue
            if noted.entry is not None and registers.is_annulled(self._session, [noted.entry.id]):
                continue
            annulled = self._annulled(known.entry, "kết hôn")
            doubt = _ANNULLED if annulled else "" if noted.who else _WHO_UNSAID
            marriage = self._found(MARRIAGE, known, died=self.days_of_death(known.entry))
            found = marriage if noted.entry is None else self._found(DEATH, known._replace(entry=noted.entry))
            yield replace(found, certain=known.certain and not doubt, doubt=doubt)

    def _noted(self, found: Sequence[FoundEntry]) -> dict[UUID, list[str]]:
        return registers.kinds_noted(self._session, [UUID(each.id) for each in found])

    def parents(self, person: Person) -> Sequence[Relative]:
        found = []
        for row, part, certain, *_ in self._rows(BIRTH, person):
            annulled = self._annulled(row, "khai sinh")
            for name, year in parents_named(self._written(row), self._notes_of(row)) if part == "child" else ():
                born = int(year) if year.isdecimal() else None
                found.append(Relative(Person(name, birth_year=born), certain and not annulled, annulled))
        return found

    def spouses(self, person: Person) -> Sequence[Relative]:
        found = []
        for row, part, certain, *_ in self._rows(MARRIAGE, person):
            (other,) = (spouse for name, spouse in self._content_of(row).items() if name in SPOUSES and name != part)
            born = other["birth_date"]  # a year, or month and year, if no more is known
            spouse = Person(other["full_name"], read_day(born), birth_year=int(born[:4]))
            annulled = self._annulled(row, "kết hôn")
            found.append(Relative(spouse, certain and not annulled, annulled, no_spouses=bool(annulled)))
        return found

    def _annulled(self, row: RegisterEntryRow, of: str) -> str:
        """The citation of an entry that was annulled; empty if it was not."""
        kinds = {note["kind"] for note in self._counting_of(row)}
        return f"{of} {label_of(row)}" if kinds.intersection(ANNULLING) else ""

    def entries(self, register: str, person: Person) -> Sequence[FoundEntry]:
        """Entries of a register about the person; those found by the number of a paper come first."""
        return [
            self._found(register, each, died=self._ended_by_death(each.entry) if register == MARRIAGE else None)
            for each in self._rows(register, person)
        ]

    def _found(self, register: str, known: registers.Known, *, died: tuple[date, date] | None = None) -> FoundEntry:
        return FoundEntry(
            id=str(known.entry.id),
            register=register,
            label=f"{label_of(known.entry)}{_NOTED if known.noted else ''}",
            registered_on=day_of_entry(known.entry),
            certain=known.certain,
            since=self._established_on(known.entry) if register == MARRIAGE else None,
            died=died,
            number_alone=known.number_alone,
            part=known.part,
        )

    def _established_on(self, marriage: RegisterEntryRow) -> date | None:
        """For a couple from before 3/1/1987 this is before the registration (NĐ 123/2015 Đ44.2)."""
        return read_day(self._content_of(marriage).get("marriage_established_on", ""))

    def _ended_by_death(self, marriage: RegisterEntryRow) -> tuple[date, date] | None:
        if any(_ends_otherwise(note) for note in self._counting_of(marriage)):
            return None  # before that death, or as if it had never been
        return self.days_of_death(marriage)

    def days_of_death(self, marriage: RegisterEntryRow) -> tuple[date, date] | None:
        """The first and the last day on which the spouse can have died whose death has ended a marriage.

        Of a note from before the day was asked: between the registration and the paper on which the note rests.
        """
        noted = self.noted_death(marriage)
        if noted is None:
            return None
        known = days_of(self.died_on(noted))
        if known is not None:
            return known
        registered, last = day_of_entry(marriage), day_of_paper(noted.note)
        return min(registered, last), last

    def died_on(self, noted: NotedDeath) -> str:
        """When the spouse died: a day, month and year, or a year.

        Taken from the note, which says it if it was written from a paper; else from this ward's entry of the death,
        with its notes. Empty for notes from before this was asked.
        """
        if noted.entry is None or noted.note.get("died_on"):
            return str(noted.note.get("died_on", ""))
        return self.day_of(noted.entry)

    def day_of(self, death: RegisterEntryRow) -> str:
        """The day of a death by its entry and the notes on it; or the year."""
        return str(self._content_of(death)["death"]["date"])

    def noted_death(self, marriage: RegisterEntryRow) -> NotedDeath | None:
        """The death that ended a marriage, by its notes; None if none did, or if the marriage was restored since."""
        note = ending_death(self._counting_of(marriage))
        return None if note is None else self.death_of(marriage, note)

    def death_of(self, marriage: RegisterEntryRow, note: Mapping[str, Any]) -> NotedDeath:
        """The death that a note on a marriage tells of.

        The note, or one that supplements it, refers to this ward's entry of the death. Of a note from before it did,
        the entry is the one that the basis names, or the one of which an officer says, in a note on the death that
        counts, that the note is about it.
        """
        note = completed(note, self._counting_of(marriage))
        who = str(note.get("who_died", ""))
        if "death_entry" in note:
            return NotedDeath(note, who, registers.entry(self._session, UUID(note["death_entry"])), named=True)
        alike = [
            (person.part, each.entry)
            for person in registers.people_of(self._session, marriage.id)
            for each in registers.entries_like(self._session, DEATH, person)
            if who in {"", person.part}
        ]
        named = {part: entry for part, entry in alike if basis_of_death(entry) == note["basis"]}
        found = named or {part: entry for part, entry in alike if self.answer_about(entry, marriage, note)}
        (one,) = found if len(found) == 1 else ("",)
        return NotedDeath(note, who or one, next(iter(found.values()), None), named=bool(named))

    def answer_about(
        self, death: RegisterEntryRow, marriage: RegisterEntryRow, note: Mapping[str, Any], *, ever: bool = False
    ) -> bool | None:
        """Whether the note of a death on a marriage is about this death, as an officer last said when taking it back;
        None if nobody was asked. An answer counts as long as the note that has it; `ever`: the last one in any case.
        """
        answers = [
            each["by_this_death"]
            for answering in (self._notes_of(death) if ever else self._counting_of(death))
            for each in answering.get("ended_marriages", ())
            if (each["entry_id"], each["sequence"]) == (str(marriage.id), note["sequence"])
        ]
        return answers[-1] if answers else None

    def _counting_of(self, row: RegisterEntryRow) -> list[Mapping[str, Any]]:
        noted = self._notes_of(row)
        return [noted[number - 1] for number in counting([note.get("withdraws") for note in noted])]

    def _content_of(self, row: RegisterEntryRow) -> dict[str, Any]:
        return updated(self._written(row), self._notes_of(row))

    def _rows(self, register: str, person: Person) -> Sequence[registers.Known]:
        return registers.entries_about(
            self._session,
            register,
            numbers=number_fingerprints(self._cipher, person.identity_numbers),
            name=folded(person.full_name),
            birth_date=person.birth_date,
            birth_year=person.born_in,
        )


def number_fingerprints(cipher: Cipher, numbers: frozenset[str]) -> list[bytes]:
    """Keyed fingerprints of the numbers of papers, ignoring spaces."""
    plain = {"".join(number.split()).upper() for number in numbers}
    return sorted(cipher.fingerprint(f"number:{number}") for number in plain if number)


def label_of(row: RegisterEntryRow) -> str:
    """The citation of an entry: its number, book and day."""
    return f"số {row.number:02d}/{row.year}, quyển {row.book}, ngày {day_of_entry(row):%d/%m/%Y}"


def _ends_otherwise(note: Mapping[str, Any]) -> bool:
    kind = NOTE_KINDS[note["kind"]]
    return kind.ends_marriage and not kind.reversible


def day_of_paper(note: Mapping[str, Any]) -> date:
    """The day of the paper on which a note rests, as its basis ends with it; else the day of the note, no earlier."""
    day, month, year = (*note["basis"].rpartition("ngày ")[2].split("/"), "", "", "")[:3]
    return read_day(f"{year}-{month}-{day}") or date.fromisoformat(note["on"])


def basis_of_death(death: RegisterEntryRow) -> str:
    """The basis of a note that a death ended a marriage."""
    return f"Đăng ký khai tử {label_of(death)}"


def day_of_entry(row: RegisterEntryRow) -> date:
    """The day of registration in Việt Nam."""
    return row.registered_at.astimezone(VIETNAM).date()
