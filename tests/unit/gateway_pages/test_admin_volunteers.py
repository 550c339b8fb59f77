"""The administrator's pages of volunteers and their duties."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1

from gateway.texts import weekday
from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, START, VOLUNTEERS, WEEK
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import INITIAL_PASSWORD, day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward, at


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
