"""What a ward learns about who can do it alone. No figure tells about fewer than five people.

A figure under five is not shown. A figure is also not shown if its difference from another shown figure would be under
five. Where figures are parts of a whole, such as households by residential group, it is not enough to hide the small
ones: the hidden figure could be computed from the whole and the others. Neighbours are put together instead until each
part has five (`bands`). So every part is shown, the parts add up to the whole, and nothing hidden can be computed.
docs/decisions/0039.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf

FEW = 5
FILED, PRACTISED = "filed", "practised"
ALONE, STATION, HELPED = "alone", "station", "helped"
MONTHS = 12
#: The subject where the citizen's screen showed something that only their answer would name.
UNNAMED = "/here"


@dataclass(frozen=True, slots=True)
class Split:
    """A whole of which a part has something; None if it is not shown."""

    whole: int | None
    part: int | None

    @property
    def is_shown(self) -> bool:
        return self.whole is not None and self.part is not None


def split(part: int, rest: int) -> Split:
    """What is shown of a part and of the whole (part and rest together).

    A part of five or more is shown. The whole beside it is shown only if the rest is also five or more, since part and
    whole together tell the rest. A smaller part is not shown; then the whole is shown if it has five.
    """
    if part >= FEW:
        return Split(part + rest if rest >= FEW else None, part)
    return Split(part + rest if part + rest >= FEW else None, None)


def bands(cells: Sequence[tuple[int, ...]]) -> list[range]:
    """Cells in their order, put together with their neighbours until every figure of a band is five or more.

    Cells that are left over at the end belong to the last band. The result is empty if all cells together are too few.
    """
    found: list[range] = []
    start, sums = 0, _nothing(cells)
    for place, cell in enumerate(cells, start=1):
        sums = [before + more for before, more in zip(sums, cell, strict=True)]
        if all(figure >= FEW for figure in sums):
            found.append(range(start, place))
            start, sums = place, _nothing(cells)
    if found:
        found[-1] = range(found[-1].start, len(cells))
    return found


def _nothing(cells: Sequence[tuple[int, ...]]) -> list[int]:
    return [0] * len(cells[0]) if cells else []


# --- households


@dataclass(frozen=True, slots=True)
class Group:
    """The households of a residential group (None: without one), and how many have a member who can do it alone."""

    number: int | None
    households: int
    covered: int


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups that are shown together, by number, both ends included. With `until` None the band has all groups that
    follow and the households without a group.
    """

    since: int
    until: int | None
    households: int
    covered: int


@dataclass(frozen=True, slots=True)
class Households:
    total: Split
    groups: Sequence[Groups]


def households(groups: Sequence[Group]) -> Households:
    """The ward's households; its residential groups too if the covered and the other households are five or
    more each.
    """
    covered = sum(group.covered for group in groups)
    total = split(covered, sum(group.households for group in groups) - covered)
    return Households(total, _banded(groups) if total.is_shown else ())


def _banded(groups: Sequence[Group]) -> list[Groups]:
    ordered = sorted(groups, key=lambda group: inf if group.number is None else group.number)
    found = bands([(group.covered, group.households - group.covered) for group in ordered])
    shown: list[Groups] = []
    for band in found:
        within = ordered[band.start : band.stop]
        since = (shown[-1].until or 0) + 1 if shown else 1
        until = None if band is found[-1] else within[-1].number
        shown.append(
            Groups(since, until, sum(each.households for each in within), sum(each.covered for each in within))
        )
    return shown


# --- people


@dataclass(frozen=True, slots=True)
class Counted:
    """People of a ward: who could do it alone at once, who can after help, and who was only helped.

    `months` counts those who did it alone for the first time in each of the last twelve months, oldest first; `before`
    counts those of earlier months.
    """

    at_once: int
    after_help: int
    only_helped: int
    median_days: float | None
    before: int
    months: Sequence[int]


@dataclass(frozen=True, slots=True)
class Months:
    """First days of the first and last month that are shown together; `since` is None from the beginning."""

    since: date | None
    until: date
    people: int


@dataclass(frozen=True, slots=True)
class People:
    total: Split  # who filed or practised, and who of them did it alone
    helped_before: int | None
    median_days: int | None
    months: Sequence[Months]


def people(counted: Counted, today: date) -> People:
    total = split(counted.at_once + counted.after_help, counted.only_helped)
    alone = split(counted.after_help, counted.at_once)
    helped = alone.part if alone.is_shown and total.part is not None else None
    median = counted.median_days
    cells = [(counted.before,), *((count,) for count in counted.months)]
    firsts = months(today, MONTHS + 1)  # the first is the last month of `before`
    return People(
        total=total,
        helped_before=helped,
        # The median: half of them took at most this long. A part of a day counts as a day.
        median_days=None if helped is None or median is None else max(1, ceil(median)),
        months=[
            Months(
                firsts[band.start] if band.start else None,
                firsts[band.stop - 1],
                sum(count for (count,) in cells[band.start : band.stop]),
            )
            for band in bands(cells)
        ],
    )


def months(today: date, count: int = MONTHS) -> list[date]:
    """The first days of the last months, oldest first; that of today is the last."""
    firsts = [today.replace(day=1)]
    while len(firsts) < count:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]
