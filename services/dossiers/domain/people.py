"""People as registers know them, and what a ward's registers can tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, date of birth and the numbers of their papers; any of it may be missing."""

    full_name: str = ""
    birth_date: date | None = None
    identity_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry of the ward's registers that speaks of somebody."""

    id: str
    register: str  # such as `marriage`
    label: str  # as people cite it, such as "số 12/2020 ngày 6/10/2020"
    registered_on: date
    certain: bool  # found by the number of a paper; else by name and date of birth, which others may share


class Records(Protocol):
    """The ward's own registers. Wards do not see into each other's: what happened elsewhere is proved by papers."""

    def standing_marriages(self, person: Person) -> Sequence[FoundEntry]:
        """Marriages of the person that neither divorce nor death nor annulment has ended."""
        ...

    def deaths(self, person: Person) -> Sequence[FoundEntry]:
        """Entries of the person's own death."""
        ...

    def births(self, person: Person) -> Sequence[FoundEntry]:
        """Entries of the person's own birth."""
        ...

    def parents(self, person: Person) -> Sequence[Person]:
        """Father and mother of the person, where the ward registered the birth."""
        ...
