"""Queries about people to the ward's own registers, in its database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.database.encryption import Cipher
from services.dossiers import registers
from services.dossiers.domain.dates import days_of, read_day
from services.dossiers.domain.notes import ANNULLING, NOTE_KINDS, counting, marriage_stands, parents_named, updated
from services.dossiers.domain.people import FoundEntry, Person, Relative
from services.dossiers.domain.register import BIRTH, DEATH, MARRIAGE
from services.dossiers.domain.search import folded
from services.dossiers.register_tables import RegisterEntryRow

_SPOUSES = ("wife", "husband")
_NOTED = " (tìm thấy theo ghi chú thay đổi thông tin của người này)"


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
        found = self.entries(DEATH, person)
        noted = self._noted(found)
        return [each for each in found if not set(noted.get(UUID(each.id), ())).intersection(ANNULLING)]

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
            other = self._content_of(row)[_SPOUSES[1 - _SPOUSES.index(part)]]
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
            FoundEntry(
                id=str(each.entry.id),
                register=register,
                label=f"{label_of(each.entry)}{_NOTED if each.noted else ''}",
                registered_on=day_of_entry(each.entry),
                certain=each.certain,
                since=self._established_on(each.entry) if register == MARRIAGE else None,
                died=self._ended_by_death(each.entry) if register == MARRIAGE else None,
                number_alone=each.number_alone,
            )
            for each in self._rows(register, person)
        ]

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
        note = self._last_death(marriage)
        if note is None:
            return None
        known = days_of(self.died_on(marriage))
        if known is not None:
            return known
        registered, last = day_of_entry(marriage), _day_of_paper(note)
        return min(registered, last), last

    def _last_death(self, marriage: RegisterEntryRow) -> Mapping[str, Any] | None:
        noted = self._counting_of(marriage)
        deaths = [note for note in noted if NOTE_KINDS[note["kind"]].reversible]
        return None if not deaths or marriage_stands(note["kind"] for note in noted) else deaths[-1]

    def died_on(self, marriage: RegisterEntryRow) -> str:
        """When the spouse died, if the death has ended a marriage: a day, month and year, or a year.

        Taken from this ward's entry of the death, with its notes; else from the note that was written from a paper.
        Empty if no death has ended the marriage, and for notes from before this was asked.
        """
        note = self._last_death(marriage)
        if note is None:
            return ""
        for person in registers.people_of(self._session, marriage.id):
            for found in registers.entries_like(self._session, DEATH, person):
                if basis_of_death(found.entry) == note["basis"]:
                    return str(self._content_of(found.entry)["death"]["date"])
        return str(note.get("died_on", ""))

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


def _day_of_paper(note: Mapping[str, Any]) -> date:
    """The day of the paper on which a note rests, as its basis ends with it; else the day of the note, no earlier."""
    day, month, year = (*note["basis"].rpartition("ngày ")[2].split("/"), "", "", "")[:3]
    return read_day(f"{year}-{month}-{day}") or date.fromisoformat(note["on"])


def basis_of_death(death: RegisterEntryRow) -> str:
    """The basis of a note that a death ended a marriage."""
    return f"Đăng ký khai tử {label_of(death)}"


def day_of_entry(row: RegisterEntryRow) -> date:
    """The day of registration in Việt Nam."""
    return row.registered_at.astimezone(VIETNAM).date()
