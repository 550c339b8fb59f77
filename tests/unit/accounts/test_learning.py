"""The ward's figures: none of them tells about fewer than five people, not even with all other figures and the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.learning import (
    FEW,
    Counted,
    Group,
    Groups,
    Households,
    Months,
    Split,
    bands,
    households,
    months,
    people,
    split,
)

TODAY = date(2026, 11, 28)
counts = st.integers(0, 12)
groups = st.lists(st.tuples(counts, counts), max_size=7)


def ward(cells: Iterable[tuple[int, int]], *, unnamed: bool = False) -> list[Group]:
    """Groups with these numbers of covered and other households; with `unnamed` the last group has no number."""
    made = [Group(number, covered + others, covered) for number, (covered, others) in enumerate(cells, start=1)]
    return [*made[:-1], Group(None, made[-1].households, made[-1].covered)] if unnamed and made else made


def counted(at_once: int, after_help: int, only_helped: int, *by_month: int, median: float | None = 9.6) -> Counted:
    """The people who did it alone for the first time in the last months, and those who did so before."""
    filled = [*[0] * (12 - len(by_month)), *by_month]
    return Counted(at_once, after_help, only_helped, median, at_once + after_help - sum(by_month), filled)


def test_the_covered_households_of_a_ward_are_shown_from_five_on_and_each_one_more() -> None:
    assert [split(covered, 30).part for covered in range(8)] == [None] * 5 + [5, 6, 7]
    assert [split(covered, 0).part for covered in range(8)] == [None] * 5 + [5, 6, 7]


def test_a_whole_is_not_shown_beside_a_part_from_which_it_differs_by_fewer_than_five() -> None:
    assert split(30, 4) == Split(None, 30)
    assert split(30, 0) == Split(None, 30)
    assert split(30, 5) == Split(35, 30)
    assert split(4, 30) == Split(34, None)
    assert split(2, 2) == Split(None, None)


def test_neighbouring_groups_are_put_together_until_five_are_covered_and_five_are_not() -> None:
    shown = households(ward([(2, 9), (4, 3), (6, 8), (1, 0), (9, 9), (0, 3)], unnamed=True))
    assert shown == Households(Split(54, 22), [Groups(1, 2, 18, 6), Groups(3, 3, 14, 6), Groups(4, None, 22, 10)])


def test_a_ward_with_few_of_either_shows_no_groups() -> None:
    assert households(ward([(30, 2), (9, 1)])) == Households(Split(None, 39), ())
    assert households(ward([(3, 20), (1, 9)])) == Households(Split(33, None), ())
    assert households([]) == Households(Split(None, None), ())


def test_months_are_put_together_until_five_did_it_alone_first_in_them() -> None:
    found = people(counted(20, 6, 9, 3, 1, 0, 7, 2), TODAY)
    assert found.total == Split(35, 26)
    assert (found.helped_before, found.median_days) == (6, 10)
    assert found.months == [
        Months(None, date(2025, 11, 1), 13),
        Months(date(2025, 12, 1), date(2026, 11, 1), 13),
    ]
    assert people(counted(20, 6, 9, 3, 3, 0, 7, 2), TODAY).months == [
        Months(None, date(2025, 11, 1), 11),
        Months(date(2025, 12, 1), date(2026, 8, 1), 6),
        Months(date(2026, 9, 1), date(2026, 11, 1), 9),
    ]


def test_helped_before_is_hidden_if_almost_all_or_almost_none_were_helped() -> None:
    assert people(counted(3, 20, 9), TODAY).helped_before is None
    assert people(counted(20, 3, 9), TODAY).helped_before is None
    assert people(counted(20, 3, 9), TODAY).median_days is None


@pytest.mark.parametrize(("median", "days"), [(9.6, 10), (9.0, 9), (0.3, 1), (0.0001, 1)])
def test_half_of_the_people_took_at_most_the_median_of_days(median: float, days: int) -> None:
    """The report says "within this many days": 9.6 days are not within 9, and less than a day is within one."""
    assert people(counted(20, 6, 9, median=median), TODAY).median_days == days


def test_the_last_twelve_months_end_with_this_one() -> None:
    found = months(date(2026, 3, 31))
    assert (found[0], found[-1], len(found)) == (date(2025, 4, 1), date(2026, 3, 1), 12)


# --- what anybody can compute


def figures(shown: Households) -> Iterator[int]:
    yield from (each for each in (shown.total.whole, shown.total.part) if each is not None)
    if shown.total.is_shown:
        yield (shown.total.whole or 0) - (shown.total.part or 0)
    for each in shown.groups:
        yield from (each.households, each.covered, each.households - each.covered)


@given(groups, st.booleans())
def test_no_figure_of_households_and_no_difference_of_two_is_under_five(
    cells: list[tuple[int, int]], unnamed: bool
) -> None:
    shown = households(ward(cells, unnamed=unnamed))
    assert all(figure >= FEW for figure in figures(shown))


@given(groups, st.booleans())
def test_the_groups_that_are_shown_are_the_whole_ward_so_nothing_is_left_over(
    cells: list[tuple[int, int]], unnamed: bool
) -> None:
    shown = households(ward(cells, unnamed=unnamed))
    if shown.groups:
        assert sum(each.households for each in shown.groups) == shown.total.whole
        assert sum(each.covered for each in shown.groups) == shown.total.part
        assert shown.groups[0].since == 1
        assert shown.groups[-1].until is None
        assert all(one.until and one.until + 1 == two.since for one, two in pairwise(shown.groups))


@given(st.lists(st.tuples(counts, counts), max_size=9))
def test_bands_leave_no_cell_out_and_have_five_of_everything(cells: list[tuple[int, int]]) -> None:
    found = bands(cells)
    assert [place for band in found for place in band] == (list(range(len(cells))) if found else [])
    for band in found:
        assert all(sum(cells[place][figure] for place in band) >= FEW for figure in (0, 1))
    if not found:
        assert any(sum(cell[figure] for cell in cells) < FEW for figure in (0, 1))


Row = tuple[int, ...]


def hidden(
    size: int, most: int, show: Callable[[Row], str], facts: Callable[[Row], dict[str, int]]
) -> dict[str, set[int]]:
    """What somebody learns who knows the rule: facts under five that all rows of figures with one report have alike.

    Every row with at most this sum is tried. A figure under five that a report hides can make it as much larger.
    """
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in rows(size, most):
        rows_of[show(row)].append(row)
    return {
        f"{name} of {report}": alike
        for report, shown_so in rows_of.items()
        if min(map(sum, shown_so)) <= most - (FEW - 1)
        for name, alike in values(map(facts, shown_so)).items()
        if len(alike) == 1 and min(alike) < FEW
    }


def values(found: Iterable[dict[str, int]]) -> dict[str, set[int]]:
    """The values of each fact."""
    of: dict[str, set[int]] = defaultdict(set)
    for facts in found:
        for name, fact in facts.items():
            of[name].add(fact)
    return of


def rows(size: int, most: int) -> Iterator[Row]:
    """Every row of so many figures with at most this sum: so each report that occurs comes of all that have it."""
    if size == 0:
        yield ()
        return
    for first in range(most + 1):
        for rest in rows(size - 1, most - first):
            yield first, *rest


def cells_of(row: Row) -> list[tuple[int, int]]:
    """Two figures a group."""
    return list(zip(row[::2], row[1::2], strict=True))


def of_groups(row: Row) -> dict[str, int]:
    kinds = {"covered": row[::2], "others": row[1::2], "all": [sum(cell) for cell in cells_of(row)]}
    each = {f"{kind} of group {n}": count for kind, found in kinds.items() for n, count in enumerate(found)}
    return each | {f"{kind} of the ward": sum(found) for kind, found in kinds.items()}


@pytest.mark.parametrize(("groups", "most"), [(1, 24), (2, 18), (3, 15)])
def test_who_knows_the_rule_computes_no_group_of_households_under_five(groups: int, most: int) -> None:
    assert hidden(2 * groups, most, lambda row: repr(households(ward(cells_of(row)))), of_groups) == {}


def test_who_knows_the_rule_computes_no_group_of_people_under_five() -> None:
    def facts(row: Row) -> dict[str, int]:
        at_once, after_help, only_helped = row
        sums = {"alone": at_once + after_help, "helped": after_help + only_helped, "all": sum(row)}
        return {"at once": at_once, "after help": after_help, "only helped": only_helped, **sums}

    def show(row: Row) -> str:
        median = 9.6 if row[1] else None  # there is one as soon as somebody did it alone after help
        return repr(people(counted(*row, median=median), TODAY))

    assert hidden(3, 28, show, facts) == {}


@pytest.mark.parametrize(("size", "most"), [(2, 24), (3, 22), (4, 16)])
def test_who_knows_the_rule_computes_no_month_under_five(size: int, most: int) -> None:
    def show(row: Row) -> str:
        return repr([(band, sum(row[place] for place in band)) for band in bands([(count,) for count in row])])

    assert hidden(size, most, show, lambda row: {f"month {n}": count for n, count in enumerate(row)}) == {}
