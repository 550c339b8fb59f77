"""The timetable as iCalendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from flask.testing import FlaskClient
from icalendar import Calendar

from gateway.feeds import calendar
from services.chassis.clock import VIETNAM
from services.chassis.district import Office, Ward
from services.chassis.timestamps import stamp
from tests.unit.gateway.fakes import FakeWards

WARD = Ward("20248", "Phường Nam Dương", "nam-duong", "008", Office("Trụ sở", "0236", "giờ làm việc"))
NOW = datetime(2020, 10, 6, 2, tzinfo=UTC)


def station(*openings: accounts_pb2.Opening, **values: Any) -> accounts_pb2.Station:
    given: dict[str, Any] = {"name": "Trạm tổ 12", "address": "12 Lê Đình Thám", "version": 1, **values}
    return accounts_pb2.Station(id="s", openings=openings, **given)


def opening(hour: int = 18, *, cancelled: bool = False, **values: Any) -> accounts_pb2.Opening:
    starts = datetime(2020, 10, 6, hour, tzinfo=VIETNAM)
    made = accounts_pb2.Opening(
        id=f"o{hour}", version=1, starts_at=stamp(starts), ends_at=stamp(starts + timedelta(hours=2))
    )
    made.MergeFrom(accounts_pb2.Opening(cancelled_at=stamp(NOW) if cancelled else None, **values))
    return made


def events(*stations: accounts_pb2.Station, now: datetime = NOW) -> list[Any]:
    return list(Calendar.from_ical(calendar(WARD, stations, now)).walk("VEVENT"))


def test_a_session_is_an_event_in_the_hours_of_da_nang() -> None:
    text = calendar(WARD, [station(opening(), venue="Nhà văn hóa tổ 12")], NOW).decode()
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\n" in text
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20201006T180000\r\n" in text
    assert "DTSTAMP:20201006T020000Z\r\n" in text
    assert "METHOD:PUBLISH\r\n" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (event,) = events(station(opening(), venue="Nhà văn hóa tổ 12"))
    assert event.end == datetime(2020, 10, 6, 20, tzinfo=VIETNAM)
    assert (str(event["summary"]), str(event["location"])) == ("Trạm tổ 12", "Nhà văn hóa tổ 12, 12 Lê Đình Thám")
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 0)


def test_an_event_keeps_its_uid_and_counts_every_change_of_session_and_station() -> None:
    before, after = events(station(opening())), events(station(opening(version=3), version=2), now=NOW + timedelta(1))
    assert before[0]["uid"] == after[0]["uid"] == "o18@nam-duong.caunoi.vn"
    assert (before[0]["sequence"], after[0]["sequence"]) == (0, 3)
    assert len({each["uid"] for each in events(station(opening(8), opening(18)))}) == 2


def test_a_session_that_was_called_off_stays_in_the_feed_as_such() -> None:
    (event,) = events(station(opening(cancelled=True, note="Mất điện")))
    assert str(event["status"]) == "CANCELLED"
    assert "Buổi này đã hủy. Mất điện" in str(event["description"])


def test_a_station_that_was_closed_takes_its_sessions_out_of_subscribed_calendars() -> None:
    """RFC 5545: the same UID, STATUS:CANCELLED and a higher SEQUENCE."""
    (before,) = events(station(opening()))
    (after,) = events(station(opening(cancelled=True, version=2, note="Điểm hỗ trợ đã đóng."), closed=True, version=2))
    assert after["uid"] == before["uid"]
    assert (str(after["status"]), int(after["sequence"]) > int(before["sequence"])) == ("CANCELLED", True)


def test_what_an_administrator_writes_cannot_become_lines_of_the_feed() -> None:
    written = "Cạnh chợ; rẽ trái, đi 100 m\r\nEND:VEVENT\\n"
    (event,) = events(station(opening(note=written), directions=written, name=written))
    assert str(event["summary"]).replace("\r\n", "\n").startswith("Cạnh chợ; rẽ trái, đi 100 m\nEND:VEVENT")
    text = calendar(WARD, [station(opening(note=written), directions=written, name=written)], NOW).decode()
    assert text.count("\r\nEND:VEVENT\r\n") == 1
    assert r"SUMMARY:Cạnh chợ\; rẽ trái\, đi 100 m\n" in text.replace("\r\n ", "")


def test_the_feed_is_public_and_reaches_from_a_week_ago_to_eight_weeks_from_now(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("ListStations", accounts_pb2.ListStationsResponse(stations=[station(opening())]))
    answer = client.get("/api/v1/wards/20248/stations.ics")
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1
    (asked,) = wards.asked
    assert asked.token == ""
    since, until = (datetime.fromisoformat(day) for day in (asked.request.since, asked.request.until))
    assert until - since == timedelta(days=61)


@pytest.mark.parametrize("path", ["stations", "stations?since=2020-10-06&until=2020-10-07"])
def test_the_timetable_is_asked_for_without_a_token(client: FlaskClient, wards: FakeWards, path: str) -> None:
    wards.answers("ListStations", accounts_pb2.ListStationsResponse(stations=[station(opening())]))
    (seen,) = client.get(f"/api/v1/wards/20248/{path}").get_json()["stations"]
    assert (seen["closed"], seen["version"]) == (False, 1)
    assert seen["openings"][0]["starts_at"] == "2020-10-06T18:00:00+07:00"
