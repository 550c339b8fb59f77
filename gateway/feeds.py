"""The opening sessions of a ward's stations as iCalendar (RFC 5545), for the calendars of phones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from caunoi.accounts.v1.accounts_pb2 import Opening, Station
from google.protobuf.timestamp_pb2 import Timestamp
from icalendar import Calendar, Event, vDuration

from services.chassis.clock import VIETNAM
from services.chassis.district import Ward

MEDIA_TYPE = "text/calendar; charset=utf-8"
PAST, AHEAD = timedelta(days=7), timedelta(days=54)  # with today the 62 days that a service lists at once


def days(today: date) -> tuple[str, str]:
    """The first and last day of the feed, ISO dates."""
    return (today - PAST).isoformat(), (today + AHEAD).isoformat()


def calendar(ward: Ward, stations: Iterable[Station], now: datetime) -> bytes:
    """The sessions of the stations, also if called off or of a closed station, so that calendars remove them."""
    feed = Calendar()
    feed.add("prodid", "-//Cầu Nối//Điểm hỗ trợ//VI")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", f"Điểm hỗ trợ khu dân cư điện tử, {ward.name}")
    feed.add("x-wr-timezone", VIETNAM.key)
    feed.add("refresh-interval", vDuration(timedelta(hours=6), {"VALUE": "DURATION"}))
    for station in stations:
        for opening in station.openings:
            feed.add_component(_event(ward, station, opening, now))
    feed.add_missing_timezones()
    return bytes(feed.to_ical())


def _event(ward: Ward, station: Station, opening: Opening, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{opening.id}@{ward.slug}.caunoi.vn")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _moment(opening.starts_at))
    event.add("dtend", _moment(opening.ends_at))
    # The event's content comes from both, and both versions only grow.
    event.add("sequence", opening.version + station.version - 2)
    event.add("status", "CANCELLED" if opening.HasField("cancelled_at") else "CONFIRMED")
    event.add("summary", station.name)
    event.add("location", ", ".join(filter(None, (station.venue, station.address))))
    event.add("description", _description(station, opening))
    return event


def _description(station: Station, opening: Opening) -> str:
    cancelled = "Buổi này đã hủy. " if opening.HasField("cancelled_at") else ""
    contact = " ".join(filter(None, (station.contact_name, station.contact_phone)))
    lines = (
        cancelled + opening.note,
        station.directions,
        "Lối vào không có bậc thềm." if station.step_free else "",
        f"Liên hệ: {contact}" if contact else "",
    )
    return "\n".join(filter(None, (line.strip() for line in lines)))


def _moment(at: Timestamp) -> datetime:
    return datetime.fromtimestamp(at.seconds, VIETNAM)
