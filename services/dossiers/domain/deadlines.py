"""When a dossier is due: a pure function of the procedure's limit, what happened, and the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, Protocol


class Calendar(Protocol):
    def is_working_day(self, day: date) -> bool:
        """Whether the offices of the State work on that day."""
        ...


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The sessions of a working day, in order, in Đà Nẵng time."""

    sessions: tuple[tuple[time, time], ...]

    @classmethod
    def parse(cls, text: str) -> WorkingHours:
        """Reads `7:30-11:30,13:30-17:30`; ValueError says what is wrong."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from `start` to `end` (both aware)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """`same-day` with a cutoff (15:00), or a number of working days after the day of acceptance."""

    kind: Literal["same-day", "working-days"]
    cutoff: time | None = None
    working_days: int = 0


def reception_due(filed_at: datetime, hours: WorkingHours, calendar: Calendar) -> datetime:
    """By when the desk has to have checked what was filed online. Aware in, aware (Đà Nẵng) out."""
    raise NotImplementedError


def result_due(
    limit: TimeLimit,
    accepted_at: datetime,
    pauses: tuple[Pause, ...] | list[Pause],
    hours: WorkingHours,
    calendar: Calendar,
) -> datetime:
    """By when the result is due. Aware in, aware (Đà Nẵng) out."""
    raise NotImplementedError
