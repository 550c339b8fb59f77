"""The public timetable of a ward's stations."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import day_from_now, now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

PATH = "/lich/nam-duong"


def test_a_week_shows_its_sessions_with_place_hours_and_what_was_called_off(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    station = ward.stations[0]
    station.residential_group, station.directions = "Tổ dân phố 5", "Cạnh chợ Nam Dương"
    station.contact_name, station.contact_phone, station.step_free = "Chị Hoa", "0236 3822 301", True
    ward.open(date(2020, 10, 5), note="mang theo giấy chứng sinh")
    ward.open(date(2020, 10, 8), "08:00", "11:00", note="Mất điện cả tổ", cancelled_at=now())
    ward.open(date(2020, 10, 12))
    browser.get(f"{PATH}?tuan=2020-10-07")
    check(browser)
    assert (wards.asked[-1].request.since, wards.asked[-1].request.until) == ("2020-10-05", "2020-10-11")
    for said in (
        *("Từ Thứ Hai, 05/10/2020 đến Chủ nhật, 11/10/2020", "18 giờ – 20 giờ 30", "mang theo giấy chứng sinh"),
        *("Thứ Năm, 08/10/2020", "8 giờ – 11 giờ", "Đã hủy", "Lý do: Mất điện cả tổ", "12 Lê Đình Dương"),
        *("Tổ dân phố 5", "Cạnh chợ Nam Dương", "Không có bậc thềm", "Chị Hoa 0236 3822 301"),
    ):
        assert said in browser.page.text, said
    assert "12/10/2020" not in browser.page.text
    for week in ("2020-09-28", "2020-10-12"):
        assert browser.page.all("a", href=f"{PATH}?tuan={week}")
    assert browser.page.all("a", href=f"{PATH}.ics")


def test_a_closed_station_is_said_to_be_closed_while_it_has_sessions_in_the_week(browser: Browser, ward: Ward) -> None:
    ward.open(date(2020, 10, 8), note="Điểm hỗ trợ đã đóng.", cancelled_at=now())
    ward.stations[0].closed = True
    browser.get(f"{PATH}?tuan=2020-10-07")
    check(browser)
    for said in ("Đã hủy", "Lý do: Điểm hỗ trợ đã đóng.", "Điểm này đã đóng"):
        assert said in browser.page.text, said
    browser.get(f"{PATH}?tuan=2020-10-12")
    assert "Nhà văn hóa tổ 5" not in browser.page.text


@pytest.mark.parametrize("week", ["", "?tuan=tuần sau", "?tuan=0001-01-01", "?tuan=9999-12-31"])
def test_without_a_week_that_can_be_read_it_is_this_week(
    browser: Browser, ward: Ward, wards: FakeWards, week: str
) -> None:
    ward.open(day_from_now(0))
    browser.get(PATH + week)
    check(browser)
    today = day_from_now(0)
    assert wards.asked[-1].request.since == (today - timedelta(days=today.weekday())).isoformat()
    assert "Hôm nay" in browser.page.text
    assert "Điểm hỗ trợ tuần này" in browser.page.text


def test_the_calendar_holds_the_same_sessions(browser: Browser, ward: Ward) -> None:
    opening = ward.open(day_from_now(1))
    browser.get(f"{PATH}.ics")
    assert browser.response.mimetype == "text/calendar"
    assert opening.id in browser.response.get_data(as_text=True)


def test_the_earlier_address_leads_to_the_timetable(browser: Browser) -> None:
    browser.get("/phuong/nam-duong/diem-ho-tro")
    assert (browser.response.status_code, browser.response.headers["Location"]) == (301, PATH)
    browser.get("/phuong/khong-co/diem-ho-tro")
    assert browser.response.status_code == 404


def test_a_ward_without_stations_says_where_to_go_instead(browser: Browser, ward: Ward) -> None:
    ward.stations.clear()
    browser.get(PATH)
    check(browser)
    assert "Bộ phận Một cửa" in browser.page.text


def test_everybody_finds_the_timetable(browser: Browser) -> None:
    browser.get("/phuong/nam-duong")
    assert browser.page.all("a", href=PATH)
    assert browser.page.all("a", href="/lich"), "in the footer, where the ward is not known"
    browser.get("/lich")
    assert browser.page.all("a", href=PATH)
