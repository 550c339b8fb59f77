"""Which note is written in which register, and what becomes of papers: written out a second time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.dossiers.domain.notes import (
    NOTE_KINDS,
    annulment_of,
    died_before,
    ending_death,
    is_dead,
    kinds_in,
    marriage_stands,
    parents_named,
    set_aside,
)

ALL = {"annulment", "note-withdrawn", "other"}
EVENTS = ALL | {"nationality", "correction"}
TABLE = {
    "birth": EVENTS
    | {"recognition", "parentage", "sex", "adoption", "adoption-ended"}
    | {"missing", "missing-annulled", "capacity", "capacity-restored"},
    "marriage": EVENTS
    | {"divorce", "marriage-recognised", "death", "death-supplemented", "marriage-restored", "death-annulled"},
    "death": EVENTS | {"declared-dead", "declaration-annulled"},
    "marital-status": ALL,
    "copies": ALL,
}


@pytest.mark.parametrize("register", TABLE)
def test_each_register_has_the_notes_of_its_own_events(register: str) -> None:
    """TT 04/2020 Đ29.6: a change of nationality stands in each register with that person, a divorce with the marriage,
    a declaration of death among the deaths, the rest with the birth; Luật Hộ tịch 2014 Đ28–29: corrections.
    """
    assert set(kinds_in(register)) == TABLE[register]


def test_an_annulment_of_either_kind_makes_an_entry_count_as_if_it_were_not_there() -> None:
    assert {name for name, kind in NOTE_KINDS.items() if kind.annuls} == {"annulment", "declaration-annulled"}


def _note(kind: str, father: str, year: str = "", **more: Any) -> dict[str, Any]:
    changes = {"father/full_name": {"now": father}, **({"father/birth_year": {"now": year}} if year else {})}
    return {"kind": kind, "changes": changes, **more}


@pytest.mark.parametrize(
    ("noted", "fathers"),
    [
        ([], ["CHA"]),
        ([_note("adoption", "NUÔI", "1975")], ["CHA", "NUÔI"]),
        ([_note("adoption", "NUÔI", "1975"), _note("adoption-ended", "CHA", "1968")], ["CHA", "NUÔI"]),
        ([_note("parentage", "KHÁC", "1970")], ["KHÁC"]),
        ([_note("parentage", "")], []),
        ([_note("correction", "CHÁ"), _note("parentage", "KHÁC", "1970")], ["KHÁC"]),
        ([_note("adoption", "NUÔI", "1975"), _note("parentage", "KHÁC", "1970")], ["CHA", "NUÔI", "KHÁC"]),
        ([_note("parentage", "KHÁC", "1970"), {"kind": "note-withdrawn", "withdraws": 1}], ["CHA"]),
        ([_note("adoption", "NUÔI", "1975"), {"kind": "note-withdrawn", "withdraws": 1}], ["CHA"]),
    ],
)
def test_all_parents_that_an_entry_named_are_kin_except_those_that_were_removed(
    noted: list[dict[str, Any]], fathers: list[str]
) -> None:
    """Luật HNGĐ 2014 Đ5.2d: by blood for ever, by adoption also after its end."""
    blank = {"full_name": "", "birth_year": ""}
    entry = {"mother": blank, "father": {"full_name": "CHA", "birth_year": "1968"}, "parentage": "father-unknown"}
    assert [name for name, _ in parents_named(entry, noted)] == fathers


@pytest.mark.parametrize(
    ("kinds", "ended_by", "dead", "stands"),
    [
        ([], None, False, True),
        (["divorce"], None, False, False),
        (["death"], 0, True, False),
        (["death", "divorce"], 0, True, False),
        (["death", "annulment"], 0, True, False),
        (["death", "marriage-restored"], None, False, True),
        (["death", "marriage-restored", "divorce"], None, False, False),
        (["death", "death-annulled"], 0, False, False),
        (["death", "marriage-restored", "death"], 2, True, False),
    ],
)
def test_a_spouse_is_dead_by_a_note_until_another_brings_them_back(
    kinds: list[str], ended_by: int | None, *, dead: bool, stands: bool
) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1: the death has ended the marriage, also where the person came back and it stays so."""
    notes = [{"kind": each} for each in kinds]
    assert ending_death(notes) is (None if ended_by is None else notes[ended_by])
    assert is_dead(notes) is dead
    assert marriage_stands(kinds) is stands


@pytest.mark.parametrize(
    ("restored", "aside"),
    [
        ({"prepared_by": "Đỗ Tiến Dũng"}, {1}),
        ({"prepared_by": "Đỗ Tiến Dũng", "death_entry": "0c"}, set()),  # it follows from the annulment of that death
        ({"prepared_by": ""}, set()),  # so does a note of before it referred to the death
    ],
)
def test_a_death_is_somebody_elses_if_an_officer_restores_the_marriage_while_it_counts(
    restored: dict[str, Any], aside: set[int]
) -> None:
    died = {"kind": "death", "prepared_by": ""}
    assert set_aside([died, {"kind": "marriage-restored", **restored}]) == aside


@pytest.mark.parametrize(
    ("died", "before"),
    [("2020-10-05", True), ("2020-10-06", False), ("2020-09", True), ("2020-10", False), ("2019", True), ("", False)],
)
def test_a_death_is_before_a_marriage_if_its_last_possible_day_is(died: str, *, before: bool) -> None:
    assert died_before(died, date(2020, 10, 6)) is before


@pytest.mark.parametrize(
    ("noted", "annulled", "since"),
    [
        ([], False, None),
        ([("correction", None)], False, None),
        ([("correction", None), ("annulment", None), ("other", None), ("annulment", None)], True, 2),
        ([("annulment", None), ("note-withdrawn", 1), ("correction", None)], False, 2),
        ([("annulment", None), ("note-withdrawn", 1), ("annulment", None)], True, 3),
        ([("annulment", None), ("note-withdrawn", 1), ("note-withdrawn", 2)], True, 3),
        ([("annulment", None), ("annulment", None), ("note-withdrawn", 1)], True, 1),
    ],
)
def test_an_entry_is_annulled_or_counts_again_since_the_note_that_changed_it(
    noted: list[tuple[str, int | None]], *, annulled: bool, since: int | None
) -> None:
    at = [datetime(2020, 10, day, tzinfo=UTC) for day in range(1, len(noted) + 1)]
    found = annulment_of([(*note, moment) for note, moment in zip(noted, at, strict=True)])
    assert found == (annulled, None if since is None else at[since - 1])
