"""What tests of procedures share: forms with small changes, registers to look into, and what is read once for all:
the catalogue and the calendar.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.chassis.capacity import Capacity
from services.dossiers.adapters.calendar import VietnamCalendar
from services.dossiers.catalogue import PROCEDURES, Catalogue
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.people import FoundEntry, Match, Person, Records, Relative, match
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import Registration
from services.dossiers.forms import asked, findings

#: As they are shipped; they never change.
CATALOGUE = Catalogue.load()
CALENDAR = VietnamCalendar.load()

STOPS, WARNS, INFORMS, OFFICER = (
    FindingKind.STOPS,
    FindingKind.WARNS,
    FindingKind.INFORMS,
    FindingKind.ASKS_OFFICER,
)


def changed(form: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A copy of the form, changed by pointer; None takes a field away. It shares nothing with either."""
    copy: dict[str, Any] = deepcopy(dict(form))
    for pointer, value in (changes or {}).items():
        *groups, name = pointer.removeprefix("/").split("/")
        place = copy
        for group in groups:
            place = place.setdefault(group, {})
        if value is None:
            place.pop(name, None)
        else:
            place[name] = deepcopy(value)
    return copy


def put_procedure(directory: Path, name: str, data: Mapping[str, Any]) -> None:
    """Writes a procedure's file `<code>/<valid from>.json`, with the definitions that all of them share."""
    file = directory / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(data), "utf-8")
    shutil.copy(PROCEDURES / "definitions.json", directory)


def registration(book: str, number: int, **changes: Any) -> Registration:
    """A registration in a book of 2020, signed by the chairman."""
    usual: dict[str, Any] = {
        "year": 2020,
        "registered_on": date(2020, 10, 6),
        "place": "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "signer_name": "Lê Thị Hoa",
        "signer_title": "Chủ tịch",
        "signer_capacity": Capacity.HEAD,
    }
    return Registration(book=f"01-TP/HT-2020-{book}", number=number, **(usual | changes))


@dataclass(frozen=True)
class Filing:
    """A procedure with a complete form of it, as it is filed on `day`."""

    procedure: Procedure
    form: Mapping[str, Any]
    day: date

    def found(
        self,
        changes: Mapping[str, Any] | None = None,
        *,
        documents: set[str] | None = None,
        day: date | None = None,
        records: Records | None = None,
        registered_on: date | None = None,
    ) -> list[Finding]:
        """All findings on the changed form; every document is there unless told otherwise."""
        present = {each.kind for each in self.procedure.documents} if documents is None else documents
        form = changed(self.form, changes)
        return findings(self.procedure, form, present, day or self.day, records, registered_on)

    def told(self, check: str, changes: Mapping[str, Any] | None = None, **more: Any) -> dict[str, FindingKind]:
        """What one check found, by field; each finding says what to do."""
        found = [each for each in self.found(changes, **more) if each.check == check]
        assert all(each.text for each in found)
        return {each.field: each.kind for each in found}

    def finding(self, check: str, changes: Mapping[str, Any] | None = None, **more: Any) -> Finding:
        """The one finding of a check."""
        [finding] = [each for each in self.found(changes, **more) if each.check == check]
        return finding

    def papers(self, changes: Mapping[str, Any] | None = None) -> dict[str, str]:
        """The documents that the changed form needs, by kind: `file` or `present`."""
        form = self.filed(changes)
        return {each.kind: each.mode.value for each in self.procedure.documents if each.needed_for(form)}

    def filed(self, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The changed form with only what is asked for."""
        return asked(self.procedure, changed(self.form, changes))


@dataclass
class Registers:
    """Registers of a ward as tests fill them; whom they speak of is found as `match` has it."""

    marriages: list[tuple[Person, Person]] = field(default_factory=list)  # the valid ones
    former: list[tuple[Person, Person]] = field(default_factory=list)  # those that ended
    dead: list[Person] = field(default_factory=list)
    confirmed: list[Person] = field(default_factory=list)  # whose marital status was confirmed before
    born: list[tuple[Person, tuple[Person, ...]]] = field(default_factory=list)  # with the parents recorded
    died: tuple[date, date] | None = None  # between which the death was that ended the former marriages
    since: date | None = None  # from which the former marriages count, where not from their registration

    def standing_marriages(self, person: Person) -> Sequence[FoundEntry]:
        return [_entry("marriage", sure) for pair in self.marriages if (sure := _surest(person, pair)) is not Match.NO]

    def deaths(self, person: Person) -> Sequence[FoundEntry]:
        return [_entry("death", sure) for each in self.dead if (sure := match(person, each)) is not Match.NO]

    def entries(self, register: str, person: Person) -> Sequence[FoundEntry]:
        ended = [
            replace(_entry("marriage", sure), since=self.since, died=self.died)
            for pair in self.former
            if (sure := _surest(person, pair)) is not Match.NO
        ]
        return {
            "birth": [_entry("birth", sure) for each, _ in self.born if (sure := match(person, each)) is not Match.NO],
            "marriage": [*self.standing_marriages(person), *ended],
            "death": self.deaths(person),
            "marital-status": [
                _entry(register, sure) for each in self.confirmed if (sure := match(person, each)) is not Match.NO
            ],
        }[register]

    def parents(self, person: Person) -> Sequence[Relative]:
        return [
            Relative(parent, sure is Match.CERTAIN)
            for child, parents in self.born
            if (sure := match(person, child)) is not Match.NO
            for parent in parents
        ]

    def spouses(self, person: Person) -> Sequence[Relative]:
        return [
            Relative(other, sure is Match.CERTAIN)
            for one, two in (*self.marriages, *self.former)
            for each, other in ((one, two), (two, one))
            if (sure := match(person, each)) is not Match.NO
        ]


def _surest(person: Person, people: tuple[Person, ...]) -> Match:
    return max((match(person, each) for each in people), key=lambda each: each.value)


def _entry(register: str, sure: Match) -> FoundEntry:
    label = "số 12/2018, quyển 01-TP/HT-2018, ngày 06/10/2018"
    return FoundEntry("0c", register, label, date(2018, 10, 6), certain=sure is Match.CERTAIN)
