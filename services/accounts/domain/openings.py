"""Opening sessions of a station: their day and hours, and when a volunteer is on duty for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.chassis.clock import VIETNAM
from services.chassis.refusal import FieldFault, Refusal, invalid

#: A volunteer may begin this long before the hour. Nothing is added after the end: a volunteer who closes up is no
#: longer on duty.
GRACE = timedelta(minutes=15)
MOST_DAYS = 62
FARTHEST = timedelta(days=366)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOUR = re.compile(r"\d{2}:\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first moment to the one after the last, in UTC."""

    starts_at: datetime
    ends_at: datetime


def read_hours(on: str, starts: str, ends: str, now: datetime) -> Span:
    """The hours of an opening session: an ISO date and two times HH:MM in Đà Nẵng.

    Raises a Refusal (INVALID, `invalid-opening`) that names each field at fault: no date or time, an end not after the
    start, or a session that is over or more than a year away.
    """
    day, first, last = _day(on), _hour(starts), _hour(ends)
    faults = []
    if day is None:
        faults.append(FieldFault("on", "Xin ghi ngày theo năm-tháng-ngày, như 2020-10-06."))
    if first is None:
        faults.append(FieldFault("starts", "Xin ghi giờ mở cửa theo giờ:phút, như 18:00."))
    if last is None:
        faults.append(FieldFault("ends", "Xin ghi giờ đóng cửa theo giờ:phút, như 20:30."))
    if first is not None and last is not None and last <= first:
        faults.append(FieldFault("ends", "Giờ đóng cửa phải sau giờ mở cửa, trong cùng ngày."))
    if faults or day is None or first is None or last is None:
        raise _invalid(*faults)
    span = Span(_moment(day, first), _moment(day, last))
    if span.ends_at <= now:
        raise _invalid(FieldFault("on", "Buổi này đã qua. Xin chọn ngày giờ sắp tới."))
    if span.starts_at > now + FARTHEST:
        raise _invalid(FieldFault("on", "Xin chọn một ngày trong vòng một năm tới."))
    return span


def read_days(since: str, until: str) -> Span:
    """All of some days in Đà Nẵng, both included. Raises a Refusal (INVALID, `invalid-days`), also for over 62 days."""
    if not (since and until):
        missing = "until" if since else "since"
        text = f"Xin ghi cả hai ngày, since và until; còn thiếu {missing}."
        raise invalid("invalid-days", text, FieldFault(missing, text))
    first, last = _day(since), _day(until)
    if first is None or last is None or last < first or last - first >= timedelta(days=MOST_DAYS):
        text = f"Xin ghi hai ngày theo năm-tháng-ngày, ngày đầu không sau ngày cuối, nhiều nhất {MOST_DAYS} ngày."
        raise invalid("invalid-days", text, FieldFault("until" if first else "since", text))
    return Span(_moment(first, time()), _moment(last, time()) + timedelta(days=1))


def spoken(span: Span) -> str:
    """As people say it: `từ 18 giờ đến 20 giờ 30`, in Đà Nẵng."""
    starts, ends = (moment.astimezone(VIETNAM) for moment in (span.starts_at, span.ends_at))
    return f"từ {starts:%-H giờ %M} đến {ends:%-H giờ %M}".replace(" giờ 00", " giờ")


def is_running(span: Span, now: datetime) -> bool:
    """Whether a volunteer who has duty for the session is on duty now."""
    return span.starts_at - GRACE <= now < span.ends_at


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year < 9999 else None


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if _HOUR.fullmatch(text) else None
    except ValueError:
        return None


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, VIETNAM).astimezone(UTC)


def _invalid(*faults: FieldFault) -> Refusal:
    return invalid("invalid-opening", "Buổi mở cửa chưa ghi được. Xin xem lại ngày và giờ.", *faults)
