"""Ages and spans by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.dossiers.domain.dates import birthday, full_years, in_digits, months_after

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2002, 10, 6), date(2020, 10, 5), 17),
        (date(2002, 10, 6), date(2020, 10, 6), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2000, 2, 29), date(2020, 2, 28), 19),
        (date(2000, 2, 29), date(2020, 2, 29), 20),
    ],
)
def test_years_are_completed_on_the_birthday(born: date, on: date, years: int) -> None:
    """Born on 29 February: in a common year on 1 March, when the year has surely passed."""
    assert full_years(born, on) == years


@given(DAYS, st.integers(0, 130))
@example(date(2004, 2, 29), 18)
@example(date(2000, 2, 29), 20)
@example(date(2000, 2, 28), 18)
@example(date(2000, 3, 29), 18)
def test_a_birthday_is_the_first_day_of_a_completed_year(born: date, years: int) -> None:
    day = birthday(born, years)
    assert full_years(born, day) == years
    assert full_years(born, day - timedelta(days=1)) == years - 1


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2020, 4, 6), date(2020, 10, 6)),
        (date(2020, 8, 31), date(2021, 2, 28)),
        (date(2019, 8, 30), date(2020, 2, 29)),
        (date(2020, 7, 15), date(2021, 1, 15)),
        (date(2020, 6, 30), date(2020, 12, 30)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(day: date, after: date) -> None:
    """BLDS 2015 Đ148."""
    assert months_after(day, 6) == after


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_more_months_never_end_earlier(day: date, fewer: int, more: int) -> None:
    assert (months_after(day, fewer) <= months_after(day, more)) == (fewer <= more)


def test_a_day_a_month_and_a_year_stand_in_digits_as_far_as_they_are_known() -> None:
    assert [in_digits(text) for text in ("2020-10-05", "1955-03", "1955", "")] == ["05/10/2020", "03/1955", "1955", ""]
