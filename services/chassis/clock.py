"""Time comes from outside: UTC in storage, Asia/Ho_Chi_Minh where law or people read it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, with time zone, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def day_in_vietnam(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def today_in_vietnam(clock: Clock) -> date:
    return day_in_vietnam(clock.now())
