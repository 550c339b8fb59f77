"""What the ward's own registers tell of people, from its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.encryption import Cipher
from services.dossiers import storage
from services.dossiers.domain.people import FoundEntry, Person
from services.dossiers.domain.search import folded
from services.dossiers.tables import RegisterEntryRow

#: Notes that end a marriage (Luật HNGĐ 2014; TT 04/2020 Đ23).
ENDS_A_MARRIAGE = ("divorce", "death", "annulment")


class WardRecords:
    """`domain.people.Records` on one session; people are found by the keyed fingerprints of their numbers."""

    def __init__(
        self, session: Session, cipher: Cipher, content_of: Callable[[RegisterEntryRow], dict[str, Any]]
    ) -> None:
        self._session = session
        self._cipher = cipher
        self._content_of = content_of

    def standing_marriages(self, person: Person) -> Sequence[FoundEntry]:
        found = self.entries("marriage", person)
        ended = storage.entries_noted(self._session, [each.id for each in found], ENDS_A_MARRIAGE)
        return [each for each in found if each.id not in ended]

    def deaths(self, person: Person) -> Sequence[FoundEntry]:
        return self.entries("death", person)

    def births(self, person: Person) -> Sequence[FoundEntry]:
        return self.entries("birth", person)

    def parents(self, person: Person) -> Sequence[Person]:
        return [
            Person(full_name=content[parent]["full_name"])
            for row, _ in self._rows("birth", person)
            for content in [self._content_of(row)]
            for parent in ("mother", "father")
            if content[parent]["full_name"]
        ]

    def entries(self, register: str, person: Person) -> Sequence[FoundEntry]:
        """Entries of a register that speak of the person, the certain ones first."""
        return [
            FoundEntry(
                id=str(row.id),
                register=row.register,
                label=label_of(row),
                registered_on=day_of_entry(row),
                certain=certain,
            )
            for row, certain in self._rows(register, person)
        ]

    def _rows(self, register: str, person: Person) -> Sequence[tuple[RegisterEntryRow, bool]]:
        return storage.entries_about(
            self._session,
            register,
            numbers=number_fingerprints(self._cipher, person.identity_numbers),
            name=folded(person.full_name),
            birth_date=person.birth_date,
        )


def number_fingerprints(cipher: Cipher, numbers: frozenset[str]) -> list[bytes]:
    """Keyed fingerprints of the numbers of papers, whatever spaces they were written with."""
    plain = {"".join(number.split()).upper() for number in numbers}
    return sorted(cipher.fingerprint(f"number:{number}") for number in plain if number)


def label_of(row: RegisterEntryRow) -> str:
    """As people cite an entry: its number, book and day."""
    return f"số {row.number:02d}/{row.year}, quyển {row.book}, ngày {day_of_entry(row):%d/%m/%Y}"


def day_of_entry(row: RegisterEntryRow) -> date:
    return row.registered_at.astimezone(VIETNAM).date()
