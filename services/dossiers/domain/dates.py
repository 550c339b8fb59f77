"""Ages and spans by the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def full_years(born: date, on: date) -> int:
    """How many years somebody has completed on a day.

    Who was born on 29 February has completed a common year's on 1 March: only then it has surely passed.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which so many years are completed (see `full_years`)."""
    if (born.month, born.day) == (2, 29) and monthrange(born.year + years, 2)[1] == 28:
        return date(born.year + years, 3, 1)
    return born.replace(year=born.year + years)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it has no such day (BLDS Đ148)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
