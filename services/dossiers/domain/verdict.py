"""Whether a dossier was in time, as the national indicators count it (QĐ 766/QĐ-TTg)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from services.chassis.clock import VIETNAM
from services.dossiers.domain.states import Status

# The end of a dossier's time: its completion if there is one, else the first of these that is set.
_ENDS = (Status.DONE, Status.HANDED_OVER, Status.STOPPED, Status.REFUSED, Status.WITHDRAWN)
# A second request for a supplement is the office's own fault, and counts as late.
_MOST_SUPPLEMENTS = 1


class Verdict(StrEnum):
    """A dossier's timeliness."""

    EARLY = "early"  # ended on a day before the day on which it was due
    ON_TIME = "on-time"
    LATE = "late"
    RUNNING = "running"  # open, and its time is not over


def verdict(
    due: datetime | None,
    now: datetime,
    *,
    reached: Mapping[Status, datetime],
    paused_at: datetime | None = None,
    supplement_requests: int = 0,
    apologised_late: bool = False,
) -> Verdict:
    """The verdict by QĐ 766/QĐ-TTg. Times are aware; `due` is None if none was ever promised.

    `due` is the last promised time, already moved by the waits for the applicant. It is compared with the time of
    status 9, else of 10, 8, 3 or 7 (`reached`); while the clock is stopped (status 5), with the time at which it
    stopped (`paused_at`). More than one supplement request counts as late. So does an apology after the time had run
    out: a new appointment does not repair the old one.
    """
    if supplement_requests > _MOST_SUPPLEMENTS or apologised_late:
        return Verdict.LATE
    end = next((reached[status] for status in _ENDS if status in reached), None)
    if due is None:
        return Verdict.RUNNING if end is None else Verdict.ON_TIME
    if (end or paused_at or now) > due:
        return Verdict.LATE
    if end is None:
        return Verdict.RUNNING
    return ended(end, due)


def ended(at: datetime, due: datetime) -> Verdict:
    """The timeliness of a step that ended, by its due time; days are days in Đà Nẵng."""
    if at > due:
        return Verdict.LATE
    return Verdict.EARLY if at.astimezone(VIETNAM).date() < due.astimezone(VIETNAM).date() else Verdict.ON_TIME
