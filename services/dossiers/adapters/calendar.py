"""The working days of Việt Nam: the holidays library, and our own table, which overrides it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import holidays

OVERRIDES = Path(__file__).parents[1] / "working_days.toml"


class VietnamCalendar:
    """Knows on which days the offices of the State work.

    Rest days, holidays (Bộ luật Lao động 2019 Đ112) and days off for holidays on rest days (Đ111.3) come from the
    holidays library. Swaps (a working day off against a Saturday worked) and Tết are announced year by year and late:
    `working_days.toml` has the announced days, and overrides the library.
    """

    def __init__(self, overrides: Mapping[date, bool]) -> None:
        """`overrides`: day → whether it is worked."""
        self._overrides = dict(overrides)
        # All years at once: the library adds years on demand, which is not thread-safe.
        self._holidays = holidays.country_holidays("VN", years=range(2015, 2051))

    @classmethod
    def load(cls, overrides: Path = OVERRIDES) -> VietnamCalendar:
        """Reads the table of overrides; ValueError names the file and what is wrong in it."""
        try:
            return cls(_overrides(tomllib.loads(overrides.read_text("utf-8"))))
        except ValueError as wrong:
            raise ValueError(f"{overrides}: {wrong}") from wrong

    def is_working_day(self, day: date) -> bool:
        override = self._overrides.get(day)
        if override is not None:
            return override
        return bool(self._holidays.is_working_day(day))


def _overrides(table: Mapping[str, object]) -> dict[date, bool]:
    days: dict[date, bool] = {}
    for name, worked in (("off", False), ("worked", True)):
        rows = table.get(name, [])
        for row in rows if isinstance(rows, list) else [rows]:
            day = _day(name, row)
            if day in days:
                raise ValueError(f"{day} stands there twice")
            days[day] = worked
    unknown = set(table) - {"off", "worked"}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return days


def _day(name: str, row: object) -> date:
    day, source = (row.get("day"), row.get("source")) if isinstance(row, dict) else (None, None)
    # A datetime is a `date` in Python, too, and would never be found.
    if type(day) is date and isinstance(source, str) and source:
        return day
    raise ValueError(f"a row of [[{name}]] has a day (2026-01-02) and a source (text)")
