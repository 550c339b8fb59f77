"""Weeks, Monday to Sunday, in which the pages show the opening sessions of stations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from caunoi.accounts.v1.accounts_pb2 import Opening, Station

from gateway import texts
from services.chassis.clock import SystemClock, today_in_vietnam

Days = list[tuple[date, list[tuple[Station, Opening]]]]


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday. `today` is the present day, in that week or not."""

    monday: date
    today: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - timedelta(weeks=1)

    @property
    def after(self) -> date:
        return self.monday + timedelta(weeks=1)

    @property
    def current(self) -> bool:
        return self.monday <= self.today <= self.sunday

    def days(self, stations: Iterable[Station]) -> Days:
        """Each day of the week with the opening sessions of all stations, by time."""
        found: dict[date, list[tuple[Station, Opening]]] = {self.monday + timedelta(days): [] for days in range(7)}
        for station in stations:
            for opening in station.openings:
                found.get(texts.local(opening.starts_at).date(), []).append((station, opening))
        for sessions in found.values():
            sessions.sort(key=lambda one: (one[1].starts_at.seconds, one[0].name))
        return list(found.items())


def week_of(text: str) -> Week:
    """The week of an ISO date; the present week for any other text, and for years that the services do not list."""
    today = today_in_vietnam(SystemClock())
    day = read_day(text) or today
    return Week(day - timedelta(days=day.weekday()), today)


def read_day(text: str) -> date | None:
    """The day of an ISO date in the years that the services list; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2001 <= day.year < 9998 else None
