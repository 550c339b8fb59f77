"""A guided session in two browsers at once: the story of a filing, and what comes between."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.browser.guiding import (
    POINTED,
    VOLUNTEER,
    Pair,
    begin_form,
    forget_lost_connections,
    scan,
    scanning,
    sit_down,
    station,
)
from tests.browser.steps import send
from tests.browser.usable import usable
from tests.browser.visitor import PHONE, Visit, by_pointer
from tests.e2e.api import Phone, sign_in
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, WARD

SOON = 2.0  # seconds at most from one screen to the other


def within(seconds: float, seen: Callable[[], Any]) -> None:
    began = time.monotonic()
    seen()
    assert time.monotonic() - began < seconds


def test_a_guided_birth_registration_with_a_scanned_paper(visit: Visit, url: str, tmp_path: Path) -> None:
    """The grandfather's way: a computer enrolled with the administrator's code, guidance, a scanner, his own code."""
    pair = sit_down(visit, url)
    citizen, volunteer = pair.citizen, pair.volunteer
    phone = Phone(url, APPLICANT)
    path = begin_form(pair)
    citizen.follow("Nhờ hướng dẫn")
    usable(citizen, "consent")
    citizen.press("Tôi đồng ý và nhờ hướng dẫn")
    usable(citizen, "the digits")
    digits = citizen.page.locator("#guidance-here .app-digits [aria-hidden]").inner_text()
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    usable(volunteer, "duties")
    pair.join(digits)
    assert volunteer.heading == "Hướng dẫn ở Máy thử"
    citizen.page.locator("h1", has_text="đang hướng dẫn ông/bà").wait_for()
    citizen.press("Về trang đang làm")
    citizen.press_first("Làm tiếp: ")

    # The volunteer sees the question and what it lacks; points, says something, explains a word.
    volunteer.page.get_by_text("Ông/bà là ai với trẻ?").first.wait_for()
    usable(volunteer, "guiding")
    pair.guide("here-1-point")
    within(SOON, citizen.page.locator(POINTED).wait_for)
    assert "Tình nguyện viên chỉ vào câu này" in citizen.page.locator(POINTED).inner_text()
    assert "Tình nguyện viên chỉ vào câu" in citizen.page.locator("#guidance-news").inner_text()
    pair.guide("phrase-1")
    within(SOON, citizen.page.locator("#guidance-panel li").nth(1).wait_for)
    usable(citizen, "pointed at")
    if volunteer.page.locator("#here-1-explained").count():  # else it was, to the same person, on an earlier day
        pair.guide("here-1-explained")
    volunteer.page.get_by_text("đã giải thích").first.wait_for()

    # After a mistake, sent by the computer's worker, the volunteer is still there, and points at what is to be mended.
    assert citizen.page.evaluate(
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
    )
    citizen.press("Tiếp tục")
    assert citizen.title.startswith("Lỗi: ")
    assert citizen.page.get_by_role("button", name="Dừng hướng dẫn").count() == 1
    pair.guide("here-1-point")
    within(SOON, citizen.page.locator(f"{POINTED}[data-pointed]").wait_for)

    # The citizen fills in alone; the paper comes from the scanner.
    citizen.fill_pages(by_pointer(whole_form("Lê Tuấn Kiệt")))
    volunteer.page.locator("#guidance", has_text="Trang giấy tờ").wait_for()
    with scanning(url, tmp_path, pair.kiosk):
        scan(citizen, usable)
    assert "Giấy chứng sinh" in citizen.text
    citizen.press("Tiếp tục")
    assert citizen.heading == "Xem lại trước khi gửi"
    volunteer.page.locator("#guidance", has_text="Trang xem lại trước khi gửi").wait_for()
    typed = ("Lê Tuấn Kiệt", "Phạm Thị Hạnh", APPLICANT)
    assert not [value for value in typed if value in volunteer.page.content()]

    # Their own code files it, and the dossier says how.
    filed = send(citizen, phone)
    volunteer.page.locator("#guidance", has_text="Trang báo đã gửi hồ sơ").wait_for()
    volunteer.press("Kết thúc buổi hướng dẫn")
    citizen.page.get_by_text("Tình nguyện viên đã kết thúc buổi hướng dẫn.").first.wait_for()
    citizen.go(filed.path)
    assert re.search(r"có tình nguyện viên hướng dẫn \d+ phút, ở \d+ trang", citizen.text), citizen.text
    found = sign_in(url, APPLICANT).get(f"/wards/{WARD}/dossiers/{path.rpartition('/')[2]}")
    assert found["assisted"]["how"] == "helped"
    assert found["assisted"]["guided"][0]["pages"] >= 20
    assert found["assisted"]["station_id"] == station(url).id


def test_it_goes_on_after_a_reload_and_after_the_gateway_and_the_streams_were_killed(
    visit: Visit, url: str, request: pytest.FixtureRequest
) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    pair.begin()
    pair.citizen.press_first("Làm tiếp: ")
    for visitor in (pair.citizen, pair.volunteer):
        visitor.page.reload()
    pair.volunteer.page.locator("#here-1-point").wait_for()
    pair.guide("here-1-point")
    pair.citizen.page.locator(POINTED).wait_for()

    stack: Stack = request.getfixturevalue("stack")
    for part in ("streams", "gateway"):
        stack.kill(part)
        stack.wait_ready(part)
        pair.guide("phrase-1") if part == "streams" else press_until_done(pair, "phrase-2")
        count = 2 if part == "streams" else 3
        pair.citizen.page.locator("#guidance-panel li").nth(count - 1).wait_for()
    forget_lost_connections(pair)


def press_until_done(pair: Pair, button: str) -> None:
    """A volunteer presses a button and gets no answer."""
    told = pair.volunteer.page.locator("#guidance[data-told='Đã gửi câu mẫu.']")
    for _ in range(10):
        pair.guide(button)
        pair.volunteer.page.wait_for_timeout(500)
        if told.count():
            return


def test_a_lost_network_is_made_good_on_both_sides(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    pair.begin()
    pair.citizen.press_first("Làm tiếp: ")
    pair.volunteer.page.locator("#here-1-point").wait_for()
    pair.citizen.context.set_offline(True)
    pair.guide("here-1-point")
    pair.citizen.page.wait_for_timeout(1500)
    assert pair.citizen.page.locator(POINTED).count() == 0
    pair.citizen.context.set_offline(False)
    pair.citizen.page.locator(POINTED).wait_for()
    pair.volunteer.context.set_offline(True)
    pair.citizen.fill({"/requester/relation": "father"})
    pair.citizen.press("Tiếp tục")
    heading = pair.citizen.heading
    pair.volunteer.context.set_offline(False)
    pair.volunteer.page.locator("#guidance", has_text=heading).wait_for()
    forget_lost_connections(pair)


def test_who_is_taken_off_duty_in_the_middle_stops_and_both_screens_say_so(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    pair.begin()
    here = station(url)
    running = here.running_duty()
    try:
        here.administrator.send("DELETE", f"/wards/{WARD}/duties/{running['id']}")
        pair.citizen.page.get_by_text("Ca trực của tình nguyện viên đã hết").first.wait_for()
        pair.volunteer.page.get_by_text("Ca trực của bạn đã hết").first.wait_for()
        assert pair.volunteer.page.locator("#guidance-tools form").count() == 0
    finally:
        body = {"opening_id": running["opening"]["id"], "volunteer_id": running["volunteer"]["id"]}
        here.administrator.post(f"/wards/{WARD}/duties", body)


def test_who_withdraws_consent_or_signs_out_is_not_seen_any_more(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    pair.begin()
    pair.citizen.go("/toi/dong-y")
    usable(pair.citizen, "consents")
    pair.citizen.press_first("Rút lại sự đồng ý")
    pair.citizen.page.get_by_text("Đã rút lại sự đồng ý.").wait_for()
    pair.volunteer.page.get_by_text("Người dân đã rút lại sự đồng ý").first.wait_for()
    usable(pair.volunteer, "ended")

    begin_form(pair)
    pair.begin()
    pair.citizen.press("Kết thúc")
    pair.volunteer.page.get_by_text("Người dân đã đăng xuất").first.wait_for()


def test_a_used_code_and_a_wrong_one_are_answered_at_the_field(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    digits = pair.agree()
    pair.join(digits)
    pair.volunteer.press("Kết thúc buổi hướng dẫn")
    pair.join(digits)
    assert "Mã này đã được dùng" in pair.volunteer.text
    usable(pair.volunteer, "a used code")
    pair.join("12")
    assert "đúng 6 chữ số" in pair.volunteer.text


def test_without_script_it_works_by_reloading(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url, scripted=False)
    begin_form(pair)
    pair.join(pair.agree())
    pair.citizen.page.reload()
    pair.citizen.press("Về trang đang làm")
    pair.citizen.press_first("Làm tiếp: ")
    pair.volunteer.page.reload()
    pair.guide("here-1-point")
    pair.volunteer.page.get_by_text("Đã chỉ vào câu đó").wait_for()
    pair.citizen.page.locator("[name='requester.relation'][value=father]").check()
    pair.citizen.press("Lưu và xem lời hướng dẫn mới")
    assert "Tình nguyện viên chỉ vào câu" in pair.citizen.text
    assert pair.citizen.page.locator("[name='requester.relation'][value=father]").is_checked()


def test_the_volunteers_sheets_and_duties_are_usable_on_a_phone(visit: Visit, url: str) -> None:
    volunteer = visit(size=PHONE)
    volunteer.sign_in(VOLUNTEER)
    volunteer.follow("Tờ ghi giấy tờ cần mang theo từng thủ tục, để in")
    usable(volunteer, "sheets")
    volunteer.onward(volunteer.page.locator("main ul a").first)
    volunteer.page.get_by_text("Mang đến điểm hỗ trợ").wait_for()
    usable(volunteer, "a sheet")
