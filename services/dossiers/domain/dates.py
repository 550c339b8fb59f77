"""Dates as text, ages, and spans by the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime

from services.chassis.clock import VIETNAM

#: A day outside of these is a typing error: no paper is older, no appointment is later. Near the ends of Python's
#: calendar, adding a day or changing the time zone overflows.
EARLIEST, LATEST = date(1800, 1, 1), date(2199, 12, 31)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


#: Told to whoever types a day that does not exist, such as 31 February, or a part that is no number.
NO_SUCH_DAY = "Không có ngày này trong lịch. Xin xem lại ngày, tháng và năm."


def read_day(text: str) -> date | None:
    """The day of a text such as 2020-10-06; `date.fromisoformat` alone would also accept 20201006 and week dates."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def in_digits(text: str) -> str:
    """2020-10-05 as 05/10/2020; 1955-03, without a known day, as 03/1955; a year alone or an empty text unchanged."""
    return "/".join(reversed(text.split("-")))


def moment_text(moment: datetime) -> str:
    """A moment as people in Việt Nam read it: 15 giờ 00, ngày 06/10/2020."""
    return f"{moment.astimezone(VIETNAM):%H giờ %M, ngày %d/%m/%Y}"


def days_of(text: str) -> tuple[date, date] | None:
    """The first and the last day that a day, a month with its year, or a year can mean; None for anything else."""
    day = read_day(text)
    if day is not None:
        return day, day
    year, _, month = text.partition("-")
    if not year.isdecimal() or (month and not month.isdecimal()):
        return None
    first, last = (int(month), int(month)) if month else (1, 12)
    try:
        return date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1])
    except ValueError:
        return None


def full_years(born: date, on: date) -> int:
    """How many years somebody has completed on a day.

    A person born on 29 February completes a common year on 1 March, when the birthday has certainly passed.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which this number of years is completed (see `full_years`)."""
    if (born.month, born.day) == (2, 29) and monthrange(born.year + years, 2)[1] == 28:
        return date(born.year + years, 3, 1)
    return born.replace(year=born.year + years)


def months_after(day: date, months: int) -> date:
    """The same day of the month this many months later; the month's last day if it has no such day (BLDS Đ148)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
