"""When a dossier is due: a pure function of the procedure's limit, what happened, and the calendar.

Time is counted in whole minutes of working time, as receipts print it, so that the printed time is the promised one. If
minutes are counted, moments outside working time count as the start of the next session (domain rule of the one-stop
shop). If days are counted, a day counts whatever the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from services.chassis.clock import VIETNAM

# The hour of "trả kết quả trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo".
CUTOFF = time(15, 0)
# No holiday is longer than this; a calendar without working days is an error, not an endless search.
_LONGEST_HOLIDAY_DAYS = 60


class Calendar(Protocol):
    def is_working_day(self, day: date) -> bool:
        """Whether the offices of the State work on that day."""
        ...


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The sessions of a working day, in order, in Đà Nẵng time."""

    sessions: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        if not self.sessions:
            raise ValueError("working hours need at least one session")
        last = time.min
        for start, end in self.sessions:
            if start < last or end <= start:
                raise ValueError(f"session {start:%H:%M}-{end:%H:%M} is empty or begins before the one before ends")
            last = end

    @classmethod
    def parse(cls, text: str) -> WorkingHours:
        """Reads `7:30-11:30,13:30-17:30`; ValueError says what is wrong."""
        return cls(tuple(_session(part) for part in text.split(",")))

    @property
    def closing(self) -> time:
        """When the office closes for the day."""
        return self.sessions[-1][1]


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from `start` to `end` (both aware)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if _local(self.end) < _local(self.start):
            raise ValueError("a pause cannot end before it begins")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """`same-day` with a cutoff (15:00), or a number of working days after the day of acceptance."""

    kind: Literal["same-day", "working-days"]
    cutoff: time | None = None
    working_days: int = 0
    text: str = field(default="", compare=False)  # what people are told about it

    def __post_init__(self) -> None:
        if self.kind == "same-day" and (self.cutoff is None or self.working_days):
            raise ValueError("a same-day limit has a cutoff and no number of days")
        if self.kind == "working-days" and self.working_days < 1:
            raise ValueError("a limit in working days needs at least one day")


SAME_DAY = TimeLimit("same-day", CUTOFF)
# A former commune that is asked about somebody's marital status answers within 3 working days (NĐ 123/2015 Đ22).
REPLY = TimeLimit("working-days", working_days=3)


def reception_due(filed_at: datetime, hours: WorkingHours, calendar: Calendar) -> datetime:
    """When the desk's check of a filed dossier is due: the same working day if filed by 15:00, else the next.

    Aware in, aware (Đà Nẵng) out. [TT 01/2018, one-stop rules, from memory; docs/law.md §9.4]
    """
    return result_due(SAME_DAY, filed_at, (), hours, calendar)


def result_due(
    limit: TimeLimit,
    accepted_at: datetime,
    pauses: Sequence[Pause],
    hours: WorkingHours,
    calendar: Calendar,
) -> datetime:
    """When the result is due. Aware in, aware (Đà Nẵng) out, on a full minute.

    Same-day limits: closing of the working day on which the dossier was received, if by the cutoff, else of the next.
    Received *at* 15:00 is by 15:00, and so is any second of that minute: the receipt prints hour and minute. Limits in
    working days: closing of the last day; the day of acceptance does not count, even if it is a day off, and the next
    working day is the first (BLDS 2015 Đ147.2; NĐ 123/2015 Đ22.3; docs/law.md §9.4). Waiting for a supplement is added
    in working time (QĐ 766/QĐ-TTg; NĐ 123/2015 Đ3.4 for verification): when the clock resumes, as much time is left as
    when it stopped. A minute that a pause only touches belongs to the pause; overlapping pauses count once; time before
    acceptance does not count.
    """
    due = _at(_last_day(limit, _local(accepted_at), hours, calendar), hours.closing)
    waited = sum(
        (working_time(start, end, hours, calendar) for start, end in _merged(pauses, accepted_at)), timedelta()
    )
    return _after(due, waited, hours, calendar)


def _last_day(limit: TimeLimit, accepted: datetime, hours: WorkingHours, calendar: Calendar) -> date:
    if limit.cutoff is None:
        day = accepted.date()
        for _ in range(limit.working_days):
            day = _working_day_after(day, calendar)
        return day
    received = _next_working_moment(_minute(accepted), hours, calendar)
    return _working_day_after(received.date(), calendar) if received.time() > limit.cutoff else received.date()


def extended_due(
    appointed: datetime,
    extended_at: datetime,
    pauses: Sequence[Pause],
    hours: WorkingHours,
    calendar: Calendar,
) -> datetime:
    """When the new appointment of an apology slip is due: later pauses are added to it."""
    waited = sum(
        (working_time(start, end, hours, calendar) for start, end in _merged(pauses, extended_at)), timedelta()
    )
    return _after(_local(appointed), waited, hours, calendar)


def reply_due(sent_at: datetime, hours: WorkingHours, calendar: Calendar) -> datetime:
    """When the reply of the commune that was asked is due: 3 working days (NĐ 123/2015 Đ22). Aware in, aware out.

    Counted from the sending: messages between wards arrive at once, and the arrival of a letter is not known here.
    """
    return result_due(REPLY, sent_at, (), hours, calendar)


def days_end(since: datetime, days: int, calendar: Calendar) -> datetime:
    """The end of a number of calendar days: midnight after the last. Aware in, aware (Đà Nẵng) out.

    The first day does not count, and if offices are closed on the last day, the next working day is the last (BLDS 2015
    Đ147–148). For the 20 days of an inquiry (TT 04/2020 Đ4) and the 7 days of a notice (NĐ 123/2015 Đ14).
    """
    last = _working_day_from(_local(since).date() + timedelta(days=days), calendar)
    return _at(last + timedelta(days=1), time.min)


def still_kept(day: date, calendar: Calendar) -> date:
    """The earliest day on which a period may have ended that filing on this day still meets.

    The day itself or, if days off come right before it, the first of them: a period whose last day is a day off ends
    with the next working day (BLDS 2015 Đ148.5).
    """
    kept = day
    for back in range(1, _LONGEST_HOLIDAY_DAYS):
        if calendar.is_working_day(day - timedelta(days=back)):
            break
        kept = day - timedelta(days=back)
    return kept


def near_until(now: datetime, ahead: timedelta, hours: WorkingHours, calendar: Calendar) -> datetime:
    """The end of this much working time from now. For a dossier that is due by then, the office has to be warned."""
    return _after(_local(now), ahead, hours, calendar)


def is_working_moment(moment: datetime, hours: WorkingHours, calendar: Calendar) -> bool:
    """Whether the office works at the moment; the first and last minute of a session belong to it."""
    local = _local(moment)
    return calendar.is_working_day(local.date()) and any(start <= local.time() <= end for start, end in hours.sessions)


def working_time(start: datetime, end: datetime, hours: WorkingHours, calendar: Calendar) -> timedelta:
    """The working time between two aware moments; zero if `end` is not after `start`."""
    start, end, total = _local(start), _local(end), timedelta()
    if end <= start:
        return total
    for opens, closes in _sessions_from(start, hours, calendar):
        if opens >= end:
            return total
        total += min(closes, end) - max(opens, start)
    raise AssertionError("sessions go on without end")


def _session(text: str) -> tuple[time, time]:
    start, dash, end = text.strip().partition("-")
    if not dash:
        raise ValueError(f"a session is written 7:30-11:30, not {text.strip()!r}")
    return _clock(start), _clock(end)


def _clock(text: str) -> time:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError(f"an hour is written 7:30, not {text.strip()!r}")
    return time(int(hour), int(minute))


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("moments carry their time zone")
    return moment.astimezone(VIETNAM)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=VIETNAM)


def _working_day_from(day: date, calendar: Calendar) -> date:
    """The first working day that is not before `day`."""
    for ahead in range(_LONGEST_HOLIDAY_DAYS):
        candidate = day + timedelta(days=ahead)
        if calendar.is_working_day(candidate):
            return candidate
    raise ValueError(f"the calendar has no working day in the {_LONGEST_HOLIDAY_DAYS} days from {day}")


def _working_day_after(day: date, calendar: Calendar) -> date:
    return _working_day_from(day + timedelta(days=1), calendar)


def _sessions_from(moment: datetime, hours: WorkingHours, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The sessions that end after the moment, without end."""
    day = moment.date()
    while True:
        day = _working_day_from(day, calendar)
        for start, end in hours.sessions:
            if _at(day, end) > moment:
                yield _at(day, start), _at(day, end)
        day += timedelta(days=1)


def _next_working_moment(moment: datetime, hours: WorkingHours, calendar: Calendar) -> datetime:
    start, _ = next(_sessions_from(moment, hours, calendar))
    return max(start, moment)


def _after(moment: datetime, wait: timedelta, hours: WorkingHours, calendar: Calendar) -> datetime:
    """The moment after this much working time; the end of a session rather than the start of the next."""
    if not wait:
        return moment
    for opens, closes in _sessions_from(moment, hours, calendar):
        begins = max(opens, moment)
        if wait <= closes - begins:
            return begins + wait
        wait -= closes - begins
    raise AssertionError("sessions go on without end")


def _merged(pauses: Sequence[Pause], accepted_at: datetime) -> list[tuple[datetime, datetime]]:
    """The pauses since acceptance in whole minutes, as spans that do not overlap, in order.

    Each is widened to the minutes that it touches; then they are merged. So splitting or adding a pause never makes the
    pauses shorter in total.
    """
    accepted = _minute(_local(accepted_at))
    spans: list[tuple[datetime, datetime]] = []
    for start, end in sorted(
        (max(_minute(_local(each.start)), accepted), _minute_after(_local(each.end))) for each in pauses
    ):
        if end <= start:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((start, end))
    return spans


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _minute_after(moment: datetime) -> datetime:
    """The moment, rounded up to a full minute."""
    whole = _minute(moment)
    return whole if whole == moment else whole + timedelta(minutes=1)


def last_day(end: datetime) -> date:
    """The last day of a wait that ends at its midnight in Việt Nam."""
    return (end - timedelta(microseconds=1)).astimezone(VIETNAM).date()
