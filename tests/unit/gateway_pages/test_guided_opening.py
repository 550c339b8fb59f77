"""A volunteer guides somebody who has no account yet, while they open one at a station's computer."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from gateway.pages.guidance import wording
from services.chassis.refusal import Kind, Refusal, invalid
from services.chassis.tokens import unauthenticated
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.guidance import SESSION, VISIT, Guided
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_leaving import leave
from tests.unit.gateway_pages.test_opening import START, answer, answer_all
from tests.unit.gateway_pages.ward import PASSWORD, Ward

BACK = f"{START}/ho-ten"


@pytest.fixture
def guided(kiosk: Browser, wards: FakeWards) -> Guided:
    return Guided(wards)


def agree(kiosk: Browser) -> None:
    kiosk.get(f"/huong-dan?ve={BACK}")
    kiosk.post("/huong-dan", text_version=kiosk.page.hidden("text_version"), ve=BACK, key="k")
    kiosk.follow()


def begin(kiosk: Browser, guided: Guided) -> None:
    agree(kiosk)
    guided.state = "open"


def told(guided: Guided) -> tuple[str, str, list[str], Mapping[str, str]]:
    place = guided.place
    return place.page, place.part, list(place.fields), {one.field: one.check for one in place.open_points}


def test_guidance_is_offered_while_an_account_is_opened(kiosk: Browser, guided: Guided) -> None:
    kiosk.get(BACK)
    leave(kiosk, f"/huong-dan?ve={BACK}", full_name="Bông")
    kiosk.follow()
    check(kiosk)
    assert kiosk.page.headings == ["Nhờ tình nguyện viên hướng dẫn"]
    kiosk.get(BACK)
    assert kiosk.page.all("input", name="full_name")[0]["value"] == "Bông"


def test_it_is_asked_for_with_a_token_of_the_visit(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    agree(kiosk)
    check(kiosk)
    assert "407 312" in kiosk.page.text
    opened, asked = ([one for one in wards.asked if one.rpc == rpc] for rpc in ("OpenVisit", "RequestGuidedSession"))
    assert [one.token for one in opened] == ["of-the-computer"]
    assert [one.token for one in asked] == [VISIT]
    assert VISIT not in kiosk.response.get_data(as_text=True)
    kiosk.get(BACK)
    assert "407 312" in kiosk.page.text
    assert [one.token for one in wards.asked if one.rpc == "ShowPlace"][-1] == VISIT


def test_elsewhere_than_at_a_station_somebody_without_account_signs_in_first(
    browser: Browser, wards: FakeWards
) -> None:
    Guided(wards)
    browser.get("/huong-dan")
    assert browser.response.headers["Location"].startswith("/dang-nhap")
    assert "Nhờ hướng dẫn" not in browser.get(BACK).text


def test_the_list_of_consents_asks_to_sign_in(kiosk: Browser, guided: Guided) -> None:
    begin(kiosk, guided)
    kiosk.get("/toi/dong-y")
    assert kiosk.response.status_code == 303


@pytest.mark.parametrize("state", ["waiting", "open"])
def test_a_visitor_withdraws_until_the_session_has_ended(
    kiosk: Browser, guided: Guided, wards: FakeWards, state: str
) -> None:
    agree(kiosk)
    guided.state = state
    kiosk.get("/huong-dan")
    assert kiosk.page.all("form", action="/huong-dan/rut")
    kiosk.post("/huong-dan/rut", key=kiosk.page.hidden("key"), ve=START)
    (asked,) = [one for one in wards.asked if one.rpc == "WithdrawConsent"]
    assert asked.token == VISIT
    kiosk.follow()
    assert wording.WITHDRAWN in kiosk.page.text


def test_who_has_nothing_to_withdraw_is_told_of_no_withdrawal(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    kiosk.get(BACK)
    kiosk.post("/huong-dan/rut", key="k", ve=START)
    kiosk.follow()
    assert wording.WITHDRAWN not in kiosk.page.text
    assert "WithdrawConsent" not in [one.rpc for one in wards.asked]


def test_the_volunteer_learns_the_step_the_question_and_what_is_missing_and_no_value(
    kiosk: Browser, guided: Guided
) -> None:
    begin(kiosk, guided)
    kiosk.get(BACK)
    assert told(guided) == ("account", "ho-ten", ["/full_name", "/here"], {})
    kiosk.post(BACK, full_name="Bông")
    assert told(guided) == ("account", "ho-ten", ["/full_name", "/here"], {"/full_name": "person-names"})
    kiosk.get(f"{START}/kiem-tra")
    page, part, fields, points = told(guided)
    assert (page, part, fields) == ("account", "kiem-tra", [])
    assert points == {"/full_name": "person-names"} | dict.fromkeys(
        ("/date_of_birth", "/identity_kind", "/identity_number", "/phone", "/address"), "required"
    )
    shown = "".join(str(one.request) for one in guided.wards.asked if one.rpc == "ShowPlace")
    assert "Bông" not in shown


def test_an_error_is_told_where_the_worker_of_the_computer_has_passed_the_page_on(
    kiosk: Browser, guided: Guided
) -> None:
    begin(kiosk, guided)
    kiosk.get(BACK)
    fields = {"csrf_token": kiosk.page.hidden("csrf_token"), "full_name": "Bông"}
    kiosk.show(kiosk.client.post(BACK, data=fields, headers={"Sec-Fetch-Dest": "empty"}))
    assert told(guided)[3] == {"/full_name": "person-names"}
    assert "đang hướng dẫn ông/bà" in kiosk.page.text


def test_that_somebody_is_too_young_is_not_told(kiosk: Browser, guided: Guided) -> None:
    begin(kiosk, guided)
    answer(kiosk, "ngay-sinh", **{"date_of_birth-year": "2015"})
    assert "đủ 14 tuổi" in kiosk.page.text
    assert told(guided) == ("account", "ngay-sinh", ["/date_of_birth", "/here"], {})


@pytest.mark.parametrize("kind", ["cccd", "cmnd", "passport"])
def test_the_kind_of_paper_is_not_told(kiosk: Browser, guided: Guided, kind: str) -> None:
    begin(kiosk, guided)
    answer(kiosk, "loai-giay-to", identity_kind=kind)
    kiosk.follow()
    assert told(guided) == ("account", "so-giay-to", ["/identity_number", "/here"], {})


def test_what_is_wrong_with_a_password_is_not_told(kiosk: Browser, guided: Guided) -> None:
    answer_all(kiosk)
    begin(kiosk, guided)
    kiosk.get(f"{START}/mat-khau")
    before = told(guided)
    kiosk.post(f"{START}/mat-khau", password="12345678")
    assert told(guided) == before == ("account", "mat-khau", ["/password", "/here"], {})


@pytest.mark.parametrize("subject", ["/phone", "/here"])
def test_the_question_that_is_pointed_at_lights_up(kiosk: Browser, guided: Guided, subject: str) -> None:
    begin(kiosk, guided)
    kiosk.get(f"{START}/dien-thoai")
    guided.point(subject)
    kiosk.get(f"{START}/dien-thoai")
    check(kiosk)
    assert kiosk.page.all("div", **{"data-lit": "f-phone"})
    assert "Xin nhìn câu: Số điện thoại di động" in kiosk.page.text


def test_from_the_check_a_pointed_question_is_one_click_away(kiosk: Browser, guided: Guided) -> None:
    answer_all(kiosk)
    begin(kiosk, guided)
    kiosk.get(f"{START}/kiem-tra")
    guided.point("/phone")
    kiosk.get(f"{START}/kiem-tra")
    assert kiosk.page.all("a", href=f"{START}/dien-thoai?tu=kiem-tra")


def test_words_are_kept_up_without_losing_what_is_typed_where_scripts_do_not_run(
    kiosk: Browser, guided: Guided
) -> None:
    begin(kiosk, guided)
    kiosk.get(BACK)
    assert kiosk.page.all("button", name="guidance")
    kiosk.post(BACK, full_name="Trần", guidance="yes")
    kiosk.follow()
    assert kiosk.page.all("input", name="full_name")[0]["value"] == "Trần"


def test_it_is_stopped_and_what_was_typed_stays(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    begin(kiosk, guided)
    kiosk.get(BACK)
    leave(kiosk, "/huong-dan/dung", full_name="Trần Thị")
    assert kiosk.response.status_code == 307
    kiosk.get(BACK)
    kiosk.post("/huong-dan/dung", ve=BACK)
    assert [one.token for one in wards.asked if one.rpc == "EndGuidedSession"] == [VISIT]
    kiosk.follow()
    assert kiosk.page.all("input", name="full_name")[0]["value"] == "Trần Thị"


def test_consent_is_withdrawn_without_an_account(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    begin(kiosk, guided)
    kiosk.get(f"/huong-dan?ve={BACK}")
    check(kiosk)
    assert not kiosk.page.all("a", href="/toi/dong-y")
    kiosk.post("/huong-dan/rut", ve=BACK, key="k")
    assert [one.token for one in wards.asked if one.rpc == "WithdrawConsent"] == [VISIT]
    kiosk.follow()
    assert "Đã rút lại sự đồng ý" in kiosk.page.text


def test_leaving_the_computer_ends_it(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    begin(kiosk, guided)
    kiosk.client.post("/kiosk/ket-thuc")
    assert guided.asked("EndGuidedSession")[-1].because == "signed-out"
    with kiosk.client.session_transaction() as held:
        assert not dict(held).keys() & {"visit", "guidance"}


def open_account(kiosk: Browser, ward: Ward) -> None:
    """The whole way, as the person who signs in then."""
    answer_all(kiosk)
    kiosk.get(f"{START}/mat-khau")
    kiosk.post(f"{START}/mat-khau", password=PASSWORD)
    kiosk.follow()
    check(kiosk)
    kiosk.post(f"{START}/ma-xac-nhan", otp="271828")
    kiosk.follow()
    with kiosk.client.session_transaction() as held:
        held["opened"] = {**held["opened"], "account": ward.people["0905123456"].id}


def sign_in(kiosk: Browser) -> None:
    kiosk.get("/dang-nhap")
    kiosk.post("/dang-nhap", login="0905123456", password=PASSWORD)


def test_the_account_that_was_opened_takes_the_session_over(
    kiosk: Browser, guided: Guided, ward: Ward, wards: FakeWards
) -> None:
    begin(kiosk, guided)
    open_account(kiosk, ward)
    sign_in(kiosk)
    (claim,) = [one for one in wards.asked if one.rpc == "ClaimVisit"]
    assert claim.request.token == VISIT
    assert claim.token not in ("", VISIT)
    assert not guided.asked("EndGuidedSession")
    kiosk.get("/tai-khoan")
    shown = [one for one in wards.asked if one.rpc == "ShowPlace"][-1]
    assert (shown.token, shown.request.session_id) == (claim.token, SESSION)


def test_a_session_that_cannot_be_taken_over_ends(kiosk: Browser, guided: Guided, ward: Ward, wards: FakeWards) -> None:
    begin(kiosk, guided)
    open_account(kiosk, ward)
    wards.answers("ClaimVisit", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Phường chưa trả lời."))
    sign_in(kiosk)
    assert [one.token for one in wards.asked if one.rpc == "EndGuidedSession"] == [VISIT]
    kiosk.follow()
    assert "đang hướng dẫn" not in kiosk.page.text


def test_signing_in_to_another_account_takes_nothing_over(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    begin(kiosk, guided)
    sign_in(kiosk)
    assert not [one for one in wards.asked if one.rpc == "ClaimVisit"]
    assert [one.token for one in wards.asked if one.rpc == "EndGuidedSession"] == [VISIT]
    kiosk.follow()
    assert "đang hướng dẫn" not in kiosk.page.text


@pytest.mark.parametrize(("minutes", "visits"), [(-1, 2), (39, 2), (41, 1)])
def test_a_visit_that_would_not_outlast_the_session_is_opened_again(
    kiosk: Browser, guided: Guided, wards: FakeWards, minutes: int, visits: int
) -> None:
    """Else the citizen could not end a session that the volunteer still has."""
    agree(kiosk)
    with kiosk.client.session_transaction() as held:
        held["visit"] = {**held["visit"], "until": time.time() + minutes * 60}
        held.pop("guidance")
    agree(kiosk)
    assert [one.rpc for one in wards.asked].count("OpenVisit") == visits


def test_a_visit_that_ran_out_before_signing_in_is_ended_by_the_computer(
    kiosk: Browser, guided: Guided, ward: Ward, wards: FakeWards
) -> None:
    begin(kiosk, guided)
    open_account(kiosk, ward)
    wards.answers("ClaimVisit", invalid("invalid-visit", "Lượt ngồi máy này không còn."))
    wards.answers("EndGuidedSession", unauthenticated())
    sign_in(kiosk)
    assert "ClearKiosk" in [one.rpc for one in wards.asked]


def test_who_stops_what_is_not_open_is_told_of_no_end(kiosk: Browser, guided: Guided, wards: FakeWards) -> None:
    begin(kiosk, guided)
    key, token = kiosk.page.hidden("key"), kiosk.page.hidden("csrf_token")
    with kiosk.client.session_transaction() as held:
        held.pop("guidance")
    kiosk.show(kiosk.client.post("/huong-dan/dung", data={"csrf_token": token, "key": key, "ve": START}))
    kiosk.follow()
    assert "Đã dừng hướng dẫn" not in kiosk.page.text


def test_a_ward_that_does_not_know_the_visit_any_more_keeps_nobody(
    kiosk: Browser, guided: Guided, wards: FakeWards
) -> None:
    begin(kiosk, guided)
    wards.answers("ShowPlace", unauthenticated())
    kiosk.get(BACK)
    assert kiosk.response.status_code == 200
    assert kiosk.page.all("input", name="full_name")


def test_the_volunteer_reads_step_and_question(browser: Browser, wards: FakeWards) -> None:
    guided = Guided(wards)
    guided.state = "open"
    guided.place.page, guided.place.part = "account", "dien-thoai"
    guided.place.fields.extend(["/phone", "/here"])
    guided.place.open_points.add(field="/phone", check="phone-number")
    browser.signed_in("tinhnguyen.nam-duong")
    browser.get(f"/tinh-nguyen/buoi/{SESSION}")
    check(browser)
    assert "Mở tài khoản, bước 5 trong 10" in browser.page.text
    assert "Số điện thoại di động số điện thoại chưa đúng" in browser.page.text
