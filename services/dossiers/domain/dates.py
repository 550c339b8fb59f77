"""Days as they are written, ages and spans by the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

#: A day outside of these is mistyped: no paper is older, nothing is appointed later. Close to the ends of Python's
#: calendar a day more or another time zone is no day any more.
EARLIEST, LATEST = date(1800, 1, 1), date(2199, 12, 31)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(text: str) -> date | None:
    """The day that is written as 2020-10-06; `date.fromisoformat` alone takes 20201006 and week dates, too."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


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
