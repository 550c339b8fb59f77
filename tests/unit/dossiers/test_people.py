"""When two descriptions are of one person."""

from __future__ import annotations

from datetime import date

import pytest

from services.dossiers.domain.checking import CheckContext
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


def test_a_form_tells_the_numbers_that_are_somebodys_alone() -> None:
    """Numbers are unique in their kind only; each office numbers other papers itself."""
    lan = {"full_name": "Trần Thị Lan", "birth_year": 1996, "personal_identification_number": "048 196 000 123"}
    of_a_card = {"wife": {**lan, "identity_paper": "identity-card", "identity_number": "201234567"}}
    of_another = {"wife": {**lan, "identity_paper": "other", "identity_number": "15/GCN"}}
    for form, numbers in ((of_a_card, {"048196000123", "201234567"}), (of_another, {"048196000123"})):
        person = CheckContext(form, date(2020, 10, 6)).person("/wife")
        assert person == Person("Trần Thị Lan", None, frozenset(numbers), 1996)


def test_nobody_is_like_nobody() -> None:
    assert match(Person(), Person()) is Match.NO
    assert match(Person(birth_year=1996), Person(birth_year=1996)) is Match.NO
    assert match(Person("Trần Thị Lan"), Person("Trần Thị Lan")) is Match.NO
