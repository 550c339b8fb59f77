"""People as registers know them, and what a ward's registers can tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from services.dossiers.domain.search import folded


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, date of birth and the numbers of their papers; any of it may be missing."""

    full_name: str = ""
    birth_date: date | None = None
    identity_numbers: frozenset[str] = frozenset()
    birth_year: int | None = None  # where the day is not known, as of parents in the birth register

    @property
    def born_in(self) -> int | None:
        """The year of birth, as far as it is known."""
        return self.birth_date.year if self.birth_date is not None else self.birth_year


class Match(Enum):
    """How sure it is that two descriptions are of one person."""

    NO = 0
    LIKELY = 1  # same name and birth, which others may share
    CERTAIN = 2  # the number of a paper


def match(one: Person, other: Person) -> Match:
    """Whether two descriptions are of one person; without a year of birth a name alone says nothing."""
    if one.identity_numbers & other.identity_numbers:
        return Match.CERTAIN
    same_name = bool(one.full_name) and folded(one.full_name) == folded(other.full_name)
    if not same_name or one.born_in is None or one.born_in != other.born_in:
        return Match.NO
    if one.birth_date is not None and other.birth_date is not None and one.birth_date != other.birth_date:
        return Match.NO
    return Match.LIKELY


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody whom an entry names beside the person asked about."""

    person: Person
    certain: bool  # whether that entry was found by the number of a paper


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

    def entries(self, register: str, person: Person) -> Sequence[FoundEntry]:
        """Entries of `birth`, `marriage` or `death` about the person, ended marriages too: what can be copied."""
        ...

    def parents(self, person: Person) -> Sequence[Relative]:
        """Father and mother of the person, where the ward registered the birth; of them names and years alone."""
        ...

    def spouses(self, person: Person) -> Sequence[Relative]:
        """Whom the person is married to or ever was, by the ward's marriage register."""
        ...
