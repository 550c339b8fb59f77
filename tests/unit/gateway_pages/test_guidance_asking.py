"""Asking for guidance: what is agreed to, the code, and the consents that were given."""

from __future__ import annotations

import time
from typing import Any

from caunoi.accounts.v1 import guidance_pb2 as guidance_v1

from gateway.pages import kiosk
from services.chassis.refusal import Kind, Refusal, conflict
from tests.conftest import NAM_DUONG
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft
from tests.unit.gateway_pages.guidance import CODE, SESSION, TEXT, Guided, agree, bar, moment, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


def test_a_station_computer_offers_guidance_on_every_page_and_another_browser_on_none(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    browser.signed_in()
    assert not browser.page.all("aside", id="guidance")
    browser.get("/huong-dan")
    assert browser.page.headings == ["Nhờ hướng dẫn ở điểm hỗ trợ"]
    check(browser)
    browser.client.post("/dang-xuat", data={"csrf_token": browser.page.hidden("csrf_token")})
    sit_down(browser)
    draft = a_draft(ward)
    for path in ("/ho-so", f"{draft}/to-khai", f"{draft}/kiem-tra", "/tai-khoan"):
        browser.get(path)
        assert browser.page.all("a", href=f"/huong-dan?ve={path}"), path
        check(browser)


def test_who_agrees_has_read_the_text_in_force_and_gets_a_code(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    browser.get("/huong-dan?ve=/ho-so")
    check(browser)
    assert "Câu còn thiếu." in browser.page.text
    assert "Bản ngày 28/11/2026" in browser.page.text
    agree(browser)
    check(browser)
    asked = next(one for one in guided.wards.asked if one.rpc == "RequestGuidedSession")
    assert (asked.ward, asked.request.text_version) == (NAM_DUONG, "2026-11-28")
    assert asked.idempotency_key
    assert " ".join(CODE) in browser.page.text
    browser.get("/ho-so")
    assert " ".join(CODE) in browser.page.text, "it survives another page"
    assert bar(browser)["data-state"] == "waiting"


def test_a_text_that_was_changed_is_read_again(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    guided.wards.answers("RequestGuidedSession", conflict("text-changed", "Nội dung đồng ý vừa được sửa. Xin đọc lại."))
    agree(browser)
    assert browser.page.headings == ["Nhờ tình nguyện viên hướng dẫn"]
    assert "vừa được sửa" in browser.page.text


def test_the_consent_is_short_with_its_whole_text_behind_it(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    browser.get("/huong-dan?ve=/ho-so")
    for line in TEXT.in_short:
        assert line in browser.page.text
    (details,) = browser.page.all("details")
    assert "open" not in details
    assert "Câu còn thiếu." in browser.page.text
    agree(browser)
    guided.state = "open"
    browser.get("/huong-dan")
    assert "chỉ kết thúc buổi này" in browser.page.text
    assert browser.page.all("a", href="/toi/dong-y")


def test_a_computers_token_that_has_ended_is_renewed_whatever_is_asked_of_the_station(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    refused = []

    def refuse_once(rpc: str) -> None:
        answer = guided.wards.scripts[rpc]

        def once(ward: str, request: object) -> Any:
            refused.append(rpc)
            guided.wards.scripts[rpc] = answer
            raise Refusal(Kind.UNAUTHENTICATED, "kiosk-token-expired", "Mã của máy đã hết hạn.")

        guided.wards.scripts[rpc] = once

    sit_down(browser)
    rpcs = ("GetConsentText", "RequestGuidedSession", "ShowPlace", "NoteGuidedSession", "GetOwnGuidedSession")
    for rpc in (*rpcs, "EndGuidedSession"):
        refuse_once(rpc)
    agree(browser)
    assert " ".join(CODE) in browser.page.text
    browser.get(f"{a_draft(ward)}/to-khai")
    assert len(guided.asked("NoteGuidedSession")) == 2
    assert browser.client.get(bar(browser)["data-part"]).status_code == 200
    browser.post("/huong-dan/dung", key=browser.page.hidden("key"), ve="/tai-khoan")
    assert refused == [*rpcs, "EndGuidedSession"]
    assert guided.state == "ended"


def test_only_citizens_can_ask_for_guidance(browser: Browser, guided: Guided) -> None:
    browser.signed_in("tinhnguyen.nam-duong")
    browser.get("/huong-dan")
    assert browser.response.status_code == 403


def test_the_kiosk_cookie_alone_asks_for_nothing(browser: Browser, guided: Guided) -> None:
    browser.client.set_cookie(kiosk.COOKIE, f"{NAM_DUONG}.secret")
    browser.get("/huong-dan")
    assert browser.response.status_code == 200, "the text, for who has no account yet"
    assert guided.asked("OpenVisit") == guided.asked("RequestGuidedSession") == []


def test_consents_are_listed_over_the_wards_and_withdrawn(browser: Browser, guided: Guided) -> None:
    consent = guidance_v1.Consent(
        id=SESSION,
        purpose="guided-session",
        text_version="2026-11-28",
        given_at=moment(-600),
        ward=NAM_DUONG,
        station_name="Trạm tổ 3",
    )

    def consents(ward: str, _: object) -> guidance_v1.ListOwnConsentsResponse:
        return guidance_v1.ListOwnConsentsResponse(consents=[consent] if ward == NAM_DUONG else [])

    guided.wards.answers("ListOwnConsents", consents)
    guided.wards.answers("WithdrawConsent", consent)
    guided.wards.down = {"20251"}
    browser.signed_in()
    browser.get("/toi/dong-y")
    check(browser)
    assert "Trạm tổ 3" in browser.page.text
    assert "Chưa nhận được trả lời của" in browser.page.text
    browser.post(f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut", key=browser.page.hidden("key"))
    browser.follow()
    (asked,) = guided.asked("WithdrawConsent")
    assert asked.id == SESSION
    consent.withdrawn_at.seconds = int(time.time())
    browser.get("/toi/dong-y")
    assert "Đã rút lại lúc" in browser.page.text
    assert not browser.page.all("form", action=f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut")
    browser.get("/tai-khoan")
    assert browser.page.all("a", href="/toi/dong-y")


def test_a_ward_at_fault_is_named_and_not_taken_for_one_without_consents(browser: Browser, guided: Guided) -> None:
    def consents(ward: str, _: object) -> guidance_v1.ListOwnConsentsResponse:
        if ward == "20251":
            raise Refusal(Kind.BROKEN, "internal", "Có lỗi.")
        return guidance_v1.ListOwnConsentsResponse()

    guided.wards.answers("ListOwnConsents", consents)
    browser.signed_in()
    browser.get("/toi/dong-y")
    assert "Chưa nhận được trả lời của" in browser.page.text
    assert "chưa đồng ý điều gì" not in browser.page.text
