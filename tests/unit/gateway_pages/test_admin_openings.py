"""The administrator's pages of opening sessions: one, a series, a change, calling one off."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.texts import local, weekday
from services.chassis.refusal import conflict
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, WEEK, date_of
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("18:00", "18:00"),
        ("18", "18:00"),
        ("18h", "18:00"),
        ("18h30", "18:30"),
        ("7 giờ 05", "07:05"),
        ("8.15", "8:15"),
    ],
)
def test_an_hour_is_read_as_people_write_it(
    browser: Browser, ward: Ward, wards: FakeWards, typed: str, read: str
) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{WEEK}/them")
    on = day_from_now(3)
    browser.post(f"{WEEK}/them", station_id=ward.stations[0].id, starts=typed, ends="20g30", **date_of(on))
    assert browser.response.status_code == 303
    asked = wards.asked[-1].request
    assert (asked.starts, asked.ends, asked.on) == (read.zfill(5), "20:30", on.isoformat())


def test_a_session_without_a_day_or_station_is_refused_at_the_field(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{WEEK}/them")
    browser.post(f"{WEEK}/them", **{"on-day": "3", "starts": "18:00", "ends": "20:00"})
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-on-day")
    assert browser.page.all("a", href="#f-station-id")
    assert browser.page.all("input", id="f-on-day")[0]["value"] == "3"
    assert not ward.stations[0].openings


def test_a_series_adds_a_session_on_each_chosen_day_of_each_week(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(ADMIN)
    monday = day_from_now(7) - timedelta(days=day_from_now(7).weekday()) + timedelta(weeks=1)
    ward.open(monday + timedelta(days=3), "19:00", "21:00")
    form = {"station_id": ward.stations[0].id, "weeks": "4", "starts": "18:00", "ends": "20:30", "days": ["0", "3"]}
    browser.get(f"{WEEK}/them-nhieu")
    browser.post(f"{WEEK}/them-nhieu", key="k", **form, **date_of(monday))
    saved = [one for one in wards.asked if one.rpc == "SaveOpening"]
    assert [one.request.on for one in saved] == [
        (monday + timedelta(weeks=week, days=days)).isoformat() for week in range(4) for days in (0, 3)
    ]
    assert len({one.idempotency_key for one in saved}) == 8
    assert all(one.idempotency_key.startswith("k-") for one in saved)
    browser.follow()
    assert "Đã thêm 7 buổi mở cửa." in browser.page.text
    assert f"Không thêm được: {weekday(monday + timedelta(days=3))} (Buổi này trùng giờ" in browser.page.text


def test_a_series_that_cannot_be_read_keeps_what_was_typed(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{WEEK}/them-nhieu")
    form = {"station_id": ward.stations[0].id, "starts": "18:00", "ends": "20:30"} | date_of(day_from_now(2))
    browser.post(f"{WEEK}/them-nhieu", weeks="mấy tuần", **form)
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-weeks")
    assert browser.page.all("a", href="#f-days")
    browser.post(f"{WEEK}/them-nhieu", weeks="26", days=[str(day) for day in range(7)], **form)
    assert "Nhiều nhất 80 buổi" in browser.page.text
    assert len([tag for tag in browser.page.all("input", name="days") if "checked" in tag]) == 7
    browser.post(f"{WEEK}/them-nhieu", weeks="2", days=["1"], **form | {"starts": "tối"})
    assert browser.page.all("a", href="#f-starts")
    assert not ward.stations[0].openings


def test_a_session_is_changed_and_called_off_with_a_reason(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening = ward.open(on)
    path = f"{WEEK}/{on}/{opening.id}"
    browser.get(path)
    check(browser)
    assert browser.page.all("input", id="f-starts")[0]["value"] == "18:00"
    browser.post(path, starts="17:00", ends="19:00", **date_of(on))
    browser.follow()
    assert "17 giờ – 19 giờ" in browser.page.text
    browser.get(f"{path}/huy")
    browser.post(f"{path}/huy", note="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-note")
    browser.post(f"{path}/huy", note="Mất điện")
    browser.follow()
    assert "Lý do: Mất điện" in browser.page.text
    assert not browser.page.all("form", action=path), "what was called off cannot be changed"


def test_who_calls_a_session_off_later_sees_the_reason_that_was_given_meanwhile(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening = ward.open(on, version=1)
    path = f"{WEEK}/{on}/{opening.id}/huy"
    browser.get(path)
    shown = browser.page.hidden("version")
    browser.post(path, note="Mất điện", version=shown)
    assert browser.response.status_code == 303
    browser.get(path)
    browser.post(path, note="Nghỉ lễ", version=shown)
    assert browser.response.status_code == 412
    check(browser)
    assert (opening.note, "Đã hủy với lý do" in browser.page.text, "Mất điện" in browser.page.text) == (
        "Mất điện",
        True,
        True,
    )
    assert "Nghỉ lễ" in str(browser.response.text)
    browser.post(path, note="Nghỉ lễ", version=browser.page.hidden("version"))
    assert (browser.response.status_code, opening.note) == (303, "Nghỉ lễ")


def test_who_changes_a_session_later_sees_what_was_saved_meanwhile(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening = ward.open(on, note="mang giấy chứng sinh", version=2)
    path = f"{WEEK}/{on}/{opening.id}"
    browser.get(path)
    browser.post(path, starts="17:00", ends="19:00", version="1", **date_of(on))
    assert browser.response.status_code == 412
    check(browser)
    assert "18 giờ – 20 giờ 30, ghi chú “mang giấy chứng sinh”" in browser.page.text
    assert browser.page.all("input", id="f-starts")[0]["value"] == "17:00"
    assert opening.version == 2
    browser.post(path, starts="17:00", ends="19:00", version=browser.page.hidden("version"), **date_of(on))
    browser.follow()
    assert "17 giờ – 19 giờ" in browser.page.text


@pytest.mark.parametrize("day", ["khong-phai-ngay", "0001-01-01"])
def test_an_impossible_day_is_not_found(browser: Browser, day: str) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{WEEK}/{day}/{uuid4()}")
    assert browser.response.status_code == 404


def test_a_session_that_is_sent_as_it_came_is_not_saved_again(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening = ward.open(on, "18:00", "20:00")
    browser.get(f"{WEEK}/{on}/{opening.id}")
    browser.post(f"{WEEK}/{on}/{opening.id}", starts="18h", ends="20:00", note=opening.note, **date_of(on))
    assert "SaveOpening" not in [one.rpc for one in wards.asked]
    browser.follow()
    assert "Chưa có gì thay đổi" in browser.page.text


def test_the_volunteer_who_was_picked_stays_picked_where_they_are_not_free(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening, volunteer = ward.open(on), ward.volunteers[-1]
    browser.get(f"{WEEK}/{on}/{opening.id}")
    wards.answers("PutOnDuty", conflict("duties-overlap", "Người này trực nơi khác vào giờ đó."))
    browser.post(f"{WEEK}/{on}/{opening.id}/truc", volunteer=volunteer.id)
    assert browser.response.status_code == 422
    assert "selected" in browser.page.all("option", value=volunteer.id)[0]


def test_hours_and_duty_of_one_page_keep_each_other(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    opening = ward.open(on, "18:00", "20:00")
    page = f"{WEEK}/{on.isoformat()}/{opening.id}"
    browser.get(page)
    volunteer, version = ward.volunteers[0].id, browser.page.hidden("version")
    hours = {"starts": "18:30", "ends": "20:30", "note": "Mang theo giấy tờ", "version": version} | date_of(on)
    browser.post(f"{page}/truc", volunteer=volunteer, **hours)
    assert browser.response.status_code == 200
    check(browser)
    assert "Đã phân công người trực." in browser.page.text
    assert browser.page.all("input", name="starts")[0]["value"] == "18:30"
    assert browser.page.hidden("version") == version
    assert f"{local(opening.starts_at):%H:%M}" == "18:00"
    browser.post(page, volunteer="", **hours | {"version": browser.page.hidden("version")})
    assert browser.response.status_code == 303
    assert f"{local(opening.starts_at):%H:%M}" == "18:30"
    browser.get(page)
    other = ward.volunteers[1].id if len(ward.volunteers) > 1 else volunteer
    later = hours | {"starts": "19:00", "version": browser.page.hidden("version")}
    browser.post(page, volunteer=other, **later)
    assert browser.response.status_code == 200
    assert "Đã đổi buổi mở cửa" in browser.page.text
    assert browser.page.all("form", action=page)[0].keys() >= {"data-unsaved"}
