"""When two descriptions are of one person."""

from __future__ import annotations

from datetime import date

import pytest

from services.dossiers.domain.people import Match, Person, match

LAN = Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"048196000123", "201234567"}))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Person("Khác Tên", date(1990, 1, 1), frozenset({"201234567"})), Match.CERTAIN),
        (Person("TRẦN THỊ LAN", date(1996, 3, 8)), Match.LIKELY),
        (Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"201999999"})), Match.LIKELY),  # papers are renewed
        (Person("Trần Thị Lan", birth_year=1996), Match.LIKELY),
        (Person("Trần Thị Lan", date(1996, 3, 9)), Match.NO),
        (Person("Trần Thị Lan", birth_year=1997), Match.NO),
        (Person("Trần Thị Lan"), Match.NO),
        (Person("Trần Thị Loan", date(1996, 3, 8)), Match.NO),
        (Person(), Match.NO),
    ],
)
def test_a_number_makes_it_certain_name_and_birth_make_it_likely(other: Person, expected: Match) -> None:
    assert match(LAN, other) is expected
    assert match(other, LAN) is expected


def test_nobody_is_like_nobody() -> None:
    assert match(Person(), Person()) is Match.NO
