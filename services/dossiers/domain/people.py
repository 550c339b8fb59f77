"""People as registers describe them, and the queries to a ward's registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from services.dossiers.domain.register import DEATH
from services.dossiers.domain.search import folded

SEX = {"male": "Nam", "female": "Nữ"}
#: The two of a marriage, as entries name them: as spouses, and as those who marry.
SPOUSES = {"wife": "vợ", "husband": "chồng"}
PARTIES = {"wife": "bên nữ", "husband": "bên nam"}
NATIONALITY = {"vietnamese": "Việt Nam", "stateless": "Không quốc tịch"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, date of birth and the numbers of their papers; any of it may be missing."""

    full_name: str = ""
    birth_date: date | None = None
    identity_numbers: frozenset[str] = frozenset()
    birth_year: int | None = None  # if the day is not known, as for parents in the birth register

    @property
    def born_in(self) -> int | None:
        """The year of birth; None if unknown."""
        return self.birth_date.year if self.birth_date is not None else self.birth_year


class Match(Enum):
    """How certain it is that two descriptions mean one person."""

    NO = 0
    LIKELY = 1  # same name and birth, which others may share
    CERTAIN = 2  # the number of a paper


def match(one: Person, other: Person) -> Match:
    """Whether two descriptions mean one person; a name without a year of birth is not enough."""
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
    """A person in an entry beside the one that was searched for."""

    person: Person
    certain: bool  # whether that entry was found by the number of a paper, and stands
    annulled: str = ""  # which entry it is, where that was annulled: it proves nothing, nor does it undo a descent
    no_spouses: bool = False  # whether that was a marriage: annulled by a court, it made nobody a spouse or an in-law


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry of the ward's registers about a person."""

    id: str
    register: str  # such as `marriage`
    label: str  # as people cite it, such as "số 12/2020 ngày 6/10/2020"
    registered_on: date
    certain: bool  # found by the number of a paper; else by name and date of birth, which others may share
    since: date | None = None  # from which a marriage counts, where that is not its registration (NĐ 123/2015 Đ44.2)
    died: tuple[date, date] | None = (
        None  # the first and the last day of the death that ended a marriage; None: none did
    )
    number_alone: bool = False  # found by the number of a paper that stands beside another name and another birth
    part: str = ""  # which of the entry's people it is, such as `husband`
    doubt: str = ""  # why the entry may not be about this person's death, in Vietnamese

    @property
    def likeness(self) -> str:
        """If it is not certain that this is the person: what makes it likely, for the officer, who compares."""
        if self.doubt:
            return self.doubt
        if self.number_alone:
            return "cùng số giấy tờ nhưng khác họ tên và ngày sinh: có thể ghi nhầm số"
        return "cùng họ tên và ngày sinh"

    @property
    def day_of_death(self) -> str:
        """When the death was, in Vietnamese, as far as it is known; empty where no death ended it."""
        if self.died is None:
            return ""
        first, last = (f"{day.day}/{day.month}/{day.year}" for day in self.died)
        return f"ngày {first}" if first == last else f"trong khoảng từ {first} đến {last}"

    @property
    def of_death(self) -> str:
        """Where the registers say that the person has died, in Vietnamese: the book of deaths, or a marriage's note."""
        if self.register == DEATH:
            return f"sổ khai tử của phường có mục {self.label}"
        who = "một bên" if self.doubt else "người này"
        day = f" ({self.day_of_death})" if self.day_of_death else ""
        return f"sổ kết hôn của phường, mục {self.label}, có ghi chú {who} đã chết{day}"

    @property
    def counts_from(self) -> date:
        """The day from which what was registered holds."""
        return self.since or self.registered_on


class Records(Protocol):
    """The ward's own registers. Wards cannot read each other's: events elsewhere are proved by papers."""

    def standing_marriages(self, person: Person) -> Sequence[FoundEntry]:
        """Marriages of the person that stand: see `notes.marriage_stands`."""
        ...

    def deaths(self, person: Person) -> Sequence[FoundEntry]:
        """Entries of the person's own death, without those that were annulled; and marriages with a note of a death
        elsewhere, if it is the person who died, or if the note does not say who did.
        """
        ...

    def entries(self, register: str, person: Person) -> Sequence[FoundEntry]:
        """Entries about the person, ended marriages too: of `birth`, `marriage`, `death` or `marital-status`."""
        ...

    def parents(self, person: Person) -> Sequence[Relative]:
        """All parents whom the ward's birth entry has ever named, by blood or adoption; only their names and years."""
        ...

    def spouses(self, person: Person) -> Sequence[Relative]:
        """The person's current and former spouses, by the ward's marriage register."""
        ...
