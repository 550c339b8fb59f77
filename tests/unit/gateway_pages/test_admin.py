"""The pages of the ward's administrator."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1

from gateway.texts import weekday
from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import CODE, INITIAL_PASSWORD, day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward, at

ADMIN = "quantri.nam-duong"
START, STATIONS, WEEK = "/quan-tri", "/quan-tri/diem-ho-tro", "/quan-tri/lich"
VOLUNTEERS, DEVICES, PHRASES = "/quan-tri/tinh-nguyen-vien", "/quan-tri/may", "/quan-tri/cau-soan-san"
FORMS = (
    f"{STATIONS}/them",
    f"{WEEK}/them",
    f"{WEEK}/them-nhieu",
    f"{VOLUNTEERS}/them",
    f"{DEVICES}/them/kiosk",
    f"{DEVICES}/them/scanner",
)
PAGES = (START, STATIONS, WEEK, VOLUNTEERS, DEVICES, PHRASES, *FORMS)


@pytest.mark.parametrize("who", ["0905123456", "motcua.nam-duong", "chutich.nam-duong", "tinhnguyen.nam-duong"])
def test_nobody_but_the_administrator_sees_these_pages(browser: Browser, who: str) -> None:
    browser.signed_in(who)
    for path in PAGES:
        browser.get(path)
        assert browser.response.status_code == 403, path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_with_and_without_content(browser: Browser, ward: Ward, path: str) -> None:
    browser.signed_in(ADMIN)
    ward.open(day_from_now(0), "00:00", "23:59")
    browser.get(path)
    assert browser.response.status_code == 200
    check(browser)
    ward.stations.clear()
    ward.volunteers.clear()
    ward.phrases.clear()
    browser.get(path)
    assert browser.response.status_code == 200
    check(browser)


def answers_of(station: accounts_v1.Station, **other: str) -> dict[str, str]:
    """A station's form as the browser would send it."""
    texts = {name: getattr(station, name) for name in ("name", "venue", "address", "directions", "contact_name")}
    return texts | {"step_free": "no", "version": str(station.version), "key": "once"} | other


def date_of(on: date) -> dict[str, str]:
    return {"on-day": str(on.day), "on-month": str(on.month), "on-year": str(on.year)}


# Stations


def test_a_station_is_added_and_then_stands_in_the_list(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STATIONS}/them")
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", address="3 Hoàng Diệu", step_free="yes", key="k1")
    assert wards.asked[-1].idempotency_key == "k1"
    browser.follow()
    assert "Đã thêm điểm hỗ trợ" in browser.page.text
    assert "Trạm tổ 12" in browser.page.text
    assert ward.stations[-1].step_free


def test_a_station_that_lacks_something_is_refused_at_its_field_and_what_was_typed_stays(
    browser: Browser, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STATIONS}/them")
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", step_free="yes")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-address")
    assert browser.page.all("input", id="f-name")[0]["value"] == "Trạm tổ 12"
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", address="3 Hoàng Diệu")
    assert browser.page.all("a", href="#f-step-free")
    assert len(ward.stations) == 1


def test_who_saves_later_sees_what_was_saved_meanwhile_and_loses_nothing(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    path = f"{STATIONS}/{station.id}"
    browser.get(path)
    station.directions, station.version = "Từ chợ Cồn đi thẳng", 2
    browser.post(path, **answers_of(station, version="1", directions="Cạnh trường Phan Châu Trinh"))
    assert browser.response.status_code == 412
    check(browser)
    assert "Từ chợ Cồn đi thẳng" in browser.page.text
    assert "Cạnh trường Phan Châu Trinh" in browser.page.text
    assert browser.page.hidden("version") == "2"
    assert station.directions == "Từ chợ Cồn đi thẳng"
    browser.post(path, **answers_of(station, directions="Cạnh trường Phan Châu Trinh"))
    browser.follow()
    assert station.directions == "Cạnh trường Phan Châu Trinh"


def test_a_station_is_closed_after_a_question_and_can_be_opened_again(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    browser.get(f"{STATIONS}/{station.id}/dong")
    check(browser)
    assert "Các buổi sắp tới của điểm này bị hủy" in browser.page.text
    browser.post(f"{STATIONS}/{station.id}/dong", key="k")
    browser.follow()
    assert station.closed
    assert station.address == "12 Lê Đình Dương", "closing changes nothing else"
    browser.post(f"{STATIONS}/{station.id}/mo-lai", key="k")
    browser.follow()
    assert not station.closed


# Opening sessions


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
def test_a_day_that_is_none_is_not_found(browser: Browser, day: str) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{WEEK}/{day}/{uuid4()}")
    assert browser.response.status_code == 404


# Volunteers and duties


def test_a_volunteers_first_password_is_shown_in_the_answer_and_nowhere_else(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{VOLUNTEERS}/them")
    browser.post(f"{VOLUNTEERS}/them", full_name="Trần Thị Lan", username="lan.tran", key="k")
    check(browser)
    assert INITIAL_PASSWORD in browser.page.text
    assert "lan.tran.nam-duong" in browser.page.text
    assert "Chỉ hiện một lần" in browser.page.text
    assert browser.response.headers["Cache-Control"] == "no-store"
    with browser.client.session_transaction() as held:
        assert INITIAL_PASSWORD not in str(dict(held))
    browser.get(VOLUNTEERS)
    assert INITIAL_PASSWORD not in browser.page.text
    assert "Trần Thị Lan" in browser.page.text


def test_a_user_name_that_is_taken_is_refused_at_its_field(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{VOLUNTEERS}/them")
    browser.post(f"{VOLUNTEERS}/them", full_name="Phan Thị Chín", username="chin")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-username")
    assert browser.page.all("input", id="f-full-name")[0]["value"] == "Phan Thị Chín"


def test_a_volunteer_is_put_on_duty_and_taken_off_after_a_question(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(0)
    opening = ward.open(on, "00:00", "23:59")
    path = f"{WEEK}/{on}/{opening.id}"
    browser.get(START)
    assert "Chưa có người trực" in browser.page.text
    browser.get(path)
    browser.post(f"{path}/truc", volunteer="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-volunteer")
    browser.post(f"{path}/truc", volunteer=ward.volunteers[0].id, key="k")
    browser.follow()
    (duty,) = ward.duties
    assert browser.page.all("a", href=f"{path}/truc/{duty.id}/thoi")
    browser.get(START)
    assert "Người trực: Phan Thị Chín" in browser.page.text
    browser.get(f"{path}/truc/{duty.id}/thoi")
    check(browser)
    assert "buổi hướng dẫn kết thúc ngay" in browser.page.text
    assert not duty.HasField("taken_off_at")
    browser.post(f"{path}/truc/{duty.id}/thoi", key="k")
    browser.follow()
    assert duty.HasField("taken_off_at")
    assert not browser.page.all("a", href=f"{path}/truc/{duty.id}/thoi")


# Computers and scanners


def test_a_computer_and_its_scanner_are_added_with_the_code_that_enrols_them(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{DEVICES}/them/kiosk")
    browser.post(f"{DEVICES}/them/kiosk", place=ward.stations[0].id, name="")
    check(browser)
    assert browser.page.all("a", href="#f-name")
    browser.post(f"{DEVICES}/them/kiosk", place="", name="Máy 1")
    assert browser.page.all("a", href="#f-place")
    browser.post(f"{DEVICES}/them/kiosk", place=ward.stations[0].id, name="Máy 1", key="k")
    check(browser)
    assert CODE in browser.page.text
    assert "/kiosk/ghi-danh" in browser.page.text
    browser.get(f"{DEVICES}/them/scanner")
    browser.post(f"{DEVICES}/them/scanner", place=ward.devices[0].id, name="Máy quét 1", key="k")
    assert "mã phường 20248" in browser.page.text
    kiosk, scanner = ward.devices
    assert (scanner.kiosk_id, scanner.station_id) == (kiosk.id, ward.stations[0].id)
    assert kiosk.kiosk_id == ""
    browser.get(DEVICES)
    check(browser)
    assert browser.page.text.count("Chưa ghi danh") == 2


def test_the_list_says_of_each_device_whether_it_is_enrolled_seen_or_revoked(browser: Browser, ward: Ward) -> None:
    for name in ("Máy 1", "Máy 2", "Máy 3"):
        ward.devices.append(
            stations_v1.Device(id=str(uuid4()), kind="kiosk", name=name, station_id=ward.stations[0].id)
        )
    ward.devices[1].enrolled_at.CopyFrom(at(8))
    ward.devices[1].last_seen_at.CopyFrom(at(9, 5))
    ward.devices[2].enrolled_at.CopyFrom(at(8))
    ward.devices[2].revoked_at.CopyFrom(at(10))
    browser.signed_in(ADMIN)
    browser.get(DEVICES)
    for said in ("Chưa ghi danh", "Thấy lần cuối lúc 9 giờ 05 ngày 06/10/2020", "Đã thu hồi 10 giờ ngày 06/10/2020"):
        assert said in browser.page.text
    assert not browser.page.all("a", href=f"{DEVICES}/{ward.devices[2].id}/thu-hoi"), "revoked for good"


def test_a_device_is_revoked_or_gets_a_new_code_after_a_question(browser: Browser, ward: Ward) -> None:
    ward.devices.append(stations_v1.Device(id=str(uuid4()), kind="kiosk", name="Máy 1", station_id=ward.stations[0].id))
    (device,) = ward.devices
    browser.signed_in(ADMIN)
    for what in ("ma-moi", "thu-hoi"):
        browser.get(f"{DEVICES}/{device.id}/{what}")
        check(browser)
    assert "không lấy lại được" in browser.page.text
    browser.post(f"{DEVICES}/{device.id}/ma-moi", key="k")
    check(browser)
    assert CODE in browser.page.text
    assert not device.revoked_at.seconds
    browser.get(f"{DEVICES}/{device.id}/thu-hoi")
    browser.post(f"{DEVICES}/{device.id}/thu-hoi", key="k2")
    browser.follow()
    assert device.revoked_at.seconds


# Duties of one volunteer


def duties_of(ward: Ward) -> str:
    return f"{VOLUNTEERS}/{ward.volunteers[0].id}/truc"


def test_a_volunteer_is_put_on_duty_for_a_weekday_and_for_single_sessions_at_once(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(ADMIN)
    monday = day_from_now(0) + timedelta(days=7 - day_from_now(0).weekday())
    mondays = [ward.open(monday + timedelta(weeks=week)).id for week in range(3)]
    friday = ward.open(monday + timedelta(days=4)).id
    ward.open(monday + timedelta(days=5))
    called_off = ward.open(monday + timedelta(days=6))
    called_off.cancelled_at.CopyFrom(at(9))
    browser.get(duties_of(ward))
    check(browser)
    assert "Chưa có người trực." in browser.page.text
    assert len(browser.page.all("input", name="openings")) == 5
    browser.post(duties_of(ward), days="0", openings=friday, key="k1")
    sent = [one for one in wards.asked if one.rpc == "PutOnDuty"]
    assert [one.request.opening_id for one in sent] == [mondays[0], friday, *mondays[1:]]
    assert [one.idempotency_key for one in sent] == [f"k1-{one.request.opening_id}" for one in sent]
    browser.follow()
    check(browser)
    assert "Phan Thị Chín trực thêm 4 buổi." in browser.page.text
    assert "Đang trực 4 buổi" in browser.page.text
    assert len(browser.page.all("input", name="openings")) == 1, "those that are left"
    browser.post(duties_of(ward), days="0", key="k2")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-days")


def test_sessions_at_the_same_time_are_told_before_and_after(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    on = day_from_now(2)
    ward.stations.append(accounts_v1.Station(id=str(uuid4()), name="Trạm tổ 12", address="3 Hoàng Diệu"))
    first = ward.open(on, "08:00", "10:00")
    ward.stations.reverse()
    second = ward.open(on, "09:00", "11:00")
    browser.get(duties_of(ward))
    browser.post(duties_of(ward), openings=[first.id, second.id], key="k")
    browser.follow()
    check(browser)
    text = browser.page.text
    assert "Phan Thị Chín trực thêm 1 buổi." in text
    assert f"Không phân công được: {weekday(on)}, 9 giờ – 11 giờ (Đã trực ở Nhà văn hóa tổ 5 lúc ấy)." in text
    assert "Trùng giờ với buổi đang trực" in text
    assert "Lúc ấy trực ở Nhà văn hóa tổ 5." in text
    assert not browser.page.all("input", name="openings")


def test_the_weeks_of_duties_go_on_and_a_ward_away_keeps_what_was_chosen(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(ADMIN)
    later = ward.open(day_from_now(30))
    browser.get(duties_of(ward))
    check(browser)
    assert "không có buổi nào còn trống" in browser.page.text
    (onward,) = browser.page.all("a", rel="next")
    browser.get(onward["href"])
    check(browser)
    wards.answers("PutOnDuty", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5))
    browser.post(onward["href"], openings=later.id, key="k")
    assert browser.response.status_code == 422
    assert "Chưa trả lời." in browser.page.text
    assert "checked" in browser.page.all("input", name="openings")[0]


def test_a_volunteers_password_is_renewed_after_a_question_and_shown_once(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(VOLUNTEERS)
    path = f"{VOLUNTEERS}/{ward.volunteers[0].id}/mat-khau"
    assert browser.page.all("a", href=path)
    browser.get(path)
    check(browser)
    assert INITIAL_PASSWORD not in browser.page.text
    browser.post(path, key="k")
    assert browser.page.headings == ["Mật khẩu mới của Phan Thị Chín"]
    check(browser)
    assert INITIAL_PASSWORD in browser.page.text


# Set phrases


def test_phrases_are_added_changed_ordered_and_retired(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(PHRASES)
    browser.post(PHRASES, text="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-text")
    browser.post(PHRASES, text="Xin nghỉ một chút.", key="k")
    browser.follow()
    last = ward.phrases[-1]
    assert last.position > max(one.position for one in ward.phrases[:-1])
    browser.post(f"{PHRASES}/{last.id}/len", key="k2")
    browser.follow()
    shown = [tag["id"] for tag in browser.page.all("li") if tag.get("id", "").startswith("cau-")]
    assert shown == [f"cau-{ward.phrases[place].id}" for place in (0, 2, 1)]
    calls = len([one for one in wards.asked if one.rpc == "SavePhrase"])
    browser.post(f"{PHRASES}/{last.id}/xuong", key="k3")
    assert len([one for one in wards.asked if one.rpc == "SavePhrase"]) == calls + 2, "only the two that change places"
    browser.get(f"{PHRASES}/{last.id}")
    check(browser)
    browser.post(f"{PHRASES}/{last.id}", text="Xin nghỉ năm phút.")
    browser.follow()
    assert "Xin nghỉ năm phút." in browser.page.text
    browser.get(f"{PHRASES}/{last.id}/bo")
    check(browser)
    browser.post(f"{PHRASES}/{last.id}/bo", key="k4")
    browser.follow()
    assert "Xin nghỉ năm phút." not in browser.page.text


@pytest.mark.parametrize(
    ("rpc", "path", "typed"),
    [
        ("SaveStation", f"{STATIONS}/them", {"name": "Trạm tổ 12", "address": "3 Hoàng Diệu", "step_free": "yes"}),
        ("AddVolunteer", f"{VOLUNTEERS}/them", {"full_name": "Trần Thị Lan", "username": "lan.tran"}),
        ("SavePhrase", PHRASES, {"text": "Xin nghỉ một chút."}),
    ],
)
def test_a_ward_that_does_not_respond_costs_nothing_that_was_typed(
    browser: Browser, wards: FakeWards, rpc: str, path: str, typed: dict[str, str]
) -> None:
    wards.answers(rpc, Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5))
    browser.signed_in(ADMIN)
    browser.get(path)
    browser.post(path, **typed)
    assert browser.response.status_code == 422
    assert "Chưa trả lời." in browser.page.text
    content = browser.response.get_data(as_text=True)
    assert all(text in content for text in typed.values() if text != "yes")
