"""The working days of Việt Nam from 2020 to 2027, day by day, and the table that wins over the library."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.dossiers.adapters.calendar import VietnamCalendar
from tests.unit.dossiers.worlds import CALENDAR

# Weekdays off and weekend days worked, year by year, as announced (Bộ luật Lao động 2012 and 2019 Đ111.3, Đ112).
# 2027 is provisional.
OFF = {
    2020: "1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9",
    2021: "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9",
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
WORKED = {2024: "4/5", 2025: "26/4", 2026: "10/1 22/8"}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)]


def written(days: list[date]) -> str:
    return " ".join(f"{day.day}/{day.month}" for day in days)


@pytest.mark.parametrize("year", OFF)
def test_every_day_of_the_year_is_off_or_worked_as_announced(year: int) -> None:
    off = [day for day in days_of(year) if day.weekday() < 5 and not CALENDAR.is_working_day(day)]
    worked = [day for day in days_of(year) if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert written(off) == OFF[year]
    assert written(worked) == WORKED.get(year, "")


def test_the_library_alone_misses_the_swap_of_new_year_2026() -> None:
    """When the library has it, the row in working_days.toml may go."""
    alone = VietnamCalendar({})
    assert alone.is_working_day(date(2026, 1, 2))
    assert not alone.is_working_day(date(2026, 1, 10))


def test_the_table_overrides_the_library(tmp_path: Path) -> None:
    table = tmp_path / "days.toml"
    table.write_text(
        '[[off]]\nday = 2027-02-03\nsource = "thử"\n[[worked]]\nday = 2027-09-02\nsource = "thử"\n', "utf-8"
    )
    calendar = VietnamCalendar.load(table)
    assert not calendar.is_working_day(date(2027, 2, 3))
    assert calendar.is_working_day(date(2027, 9, 2))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[[off]]\nday = "2027-02-03"\nsource = "thử"', "has a day"),
        ('[[off]]\nday = 2027-02-03T07:00:00\nsource = "thử"', "has a day"),
        ("[[off]]\nday = 2027-02-03", "a source"),
        ("off = 3", "has a day"),
        ('[[of]]\nday = 2027-02-03\nsource = "thử"', "unknown: of"),
        ('[[off]]\nday = 2027-02-03\nsource = "a"\n[[worked]]\nday = 2027-02-03\nsource = "b"', "twice"),
        ("[[off", "days.toml"),
    ],
)
def test_a_table_with_a_slip_is_refused_by_name(tmp_path: Path, text: str, wrong: str) -> None:
    table = tmp_path / "days.toml"
    table.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=wrong) as refused:
        VietnamCalendar.load(table)
    assert "days.toml" in str(refused.value)
