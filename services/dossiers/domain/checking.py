"""How checks are written: what they see, how they are registered, and safe looks into a form.

Values may be unfinished or of the wrong type (those have findings of their own): the accessors answer "nothing" for
them, so that a check never fails on what somebody is still typing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.dossiers.domain.dates import read_day
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.people import Person, Records
from services.dossiers.domain.pointers import value_at


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may look at: the form's asked-for fields, the day it counts from, the check's parameters.

    `today` is the day of filing; `registered_on` the day of registration, once that is about to happen. `records` are
    there for checks that were registered to look into the registers, and for them alone. `kept` is an earlier day where
    a period that ended then is still kept by who files today (see `deadlines.still_kept`).
    """

    form: Mapping[str, Any]
    today: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    records: Records | None = None
    registered_on: date | None = None
    kept: date | None = None

    def text(self, pointer: str) -> str:
        """The text at the pointer; empty where there is none."""
        value = value_at(self.form, pointer)
        return value if isinstance(value, str) else ""

    def day(self, pointer: str) -> date | None:
        """The date at the pointer; None where there is none, or not yet."""
        return day_of(value_at(self.form, pointer))

    def number(self, pointer: str) -> int | None:
        """The whole number at the pointer; None where there is none."""
        value = value_at(self.form, pointer)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def is_(self, pointer: str, value: bool) -> bool:
        """Whether the question was answered with this; an open question was answered with neither."""
        return value_at(self.form, pointer) is value

    def person(self, group: str) -> Person:
        """Somebody whom the form describes under a pointer such as `/wife`, as registers know people.

        Reads `full_name`, `birth_date` or `birth_year`, `identity_number` and `personal_identification_number`. The
        number of a paper of another kind than CCCD, CMND or passport says nothing: each office has its own.
        """
        own = self.text(f"{group}/identity_number") if self.text(f"{group}/identity_paper") != "other" else ""
        numbers = (own, self.text(f"{group}/personal_identification_number"))
        return Person(
            full_name=self.text(f"{group}/full_name"),
            birth_date=self.day(f"{group}/birth_date"),
            identity_numbers=frozenset(number.replace(" ", "") for number in numbers if number),
            birth_year=self.number(f"{group}/birth_year"),
        )

    def parameter(self, name: str) -> int:
        """A whole number among the parameters."""
        return int(self.parameters[name])


Check = Callable[[CheckContext], list[Finding]]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a check needs to be there: fields of the form, parameters in the procedure, the registers."""

    fields: tuple[str, ...]
    parameters: frozenset[str]
    records: bool


CHECKS: dict[str, Check] = {}
READS: dict[str, Reads] = {}


def check(name: str, *fields: str, parameters: tuple[str, ...] = (), records: bool = False) -> Callable[[Check], Check]:
    """Registers a check under its stable name.

    One that looks into the `records` runs for the office alone: what a register says of somebody is not told to
    whoever types their name.
    """

    def register(function: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"two checks are called {name!r}")
        CHECKS[name] = function
        READS[name] = Reads(fields, frozenset(parameters), records)
        return function

    return register


def day_of(value: object) -> date | None:
    """The date that an ISO text names; None where it names none."""
    return read_day(value) if isinstance(value, str) else None


def stop(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.STOPS, text, article)


def warn(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.WARNS, text, article)


def inform(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.INFORMS, text, article)


def ask_officer(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.ASKS_OFFICER, text, article)
