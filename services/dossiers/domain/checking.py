"""The base of checks: their context, their registration, and safe access to a form.

Values may be unfinished or of the wrong type (other findings report that): the accessors return "nothing" for them, so
that a check never fails on an unfinished form.
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
    """The input of a check: the fields of the form that are asked for, the day from which it counts, and the check's
    parameters.

    `today` is the day of filing; `registered_on` is the day of registration, once that is about to happen. Only checks
    that were registered to read the registers get `records`. `kept` is an earlier day: a period that ended then is
    still met by filing today (see `deadlines.still_kept`). In `practice`, numbers of invented people are valid.
    """

    form: Mapping[str, Any]
    today: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    records: Records | None = None
    registered_on: date | None = None
    kept: date | None = None
    practice: bool = False

    def text(self, pointer: str) -> str:
        """The text at the pointer; empty if there is none."""
        value = value_at(self.form, pointer)
        return value if isinstance(value, str) else ""

    def day(self, pointer: str) -> date | None:
        """The date at the pointer; None if there is none, or none yet."""
        return day_of(value_at(self.form, pointer))

    def number(self, pointer: str) -> int | None:
        """The whole number at the pointer; None if there is none."""
        value = value_at(self.form, pointer)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def is_(self, pointer: str, value: bool) -> bool:
        """Whether this is the answer to the question; an open question has neither answer."""
        return value_at(self.form, pointer) is value

    def person(self, group: str) -> Person:
        """The person whom the form describes under a pointer such as `/wife`.

        Reads `full_name`, `birth_date` or `birth_year`, `identity_number` and `personal_identification_number`. Numbers
        of papers other than CCCD, CMND and passport are ignored: each office numbers its own.
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
    """What a check needs: fields of the form, parameters in the procedure, the registers."""

    fields: tuple[str, ...]
    parameters: frozenset[str]
    records: bool


CHECKS: dict[str, Check] = {}
READS: dict[str, Reads] = {}


def check(name: str, *fields: str, parameters: tuple[str, ...] = (), records: bool = False) -> Callable[[Check], Check]:
    """Registers a check under its stable name.

    A check that reads the `records` runs only for the office: typing a name must not reveal what a register says of
    that person.
    """

    def register(function: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"two checks are called {name!r}")
        CHECKS[name] = function
        READS[name] = Reads(fields, frozenset(parameters), records)
        return function

    return register


def day_of(value: object) -> date | None:
    """The date of an ISO text; None if it is none."""
    return read_day(value) if isinstance(value, str) else None


def stop(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.STOPS, text, article)


def warn(field: str, check: str, text: str, article: str = "", *, to_office: str = "") -> Finding:
    return Finding(field, check, FindingKind.WARNS, text, article, to_office)


def inform(field: str, check: str, text: str, article: str = "", *, to_office: str = "") -> Finding:
    return Finding(field, check, FindingKind.INFORMS, text, article, to_office)


def ask_officer(field: str, check: str, text: str, article: str = "") -> Finding:
    return Finding(field, check, FindingKind.ASKS_OFFICER, text, article)
