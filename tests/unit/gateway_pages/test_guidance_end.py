"""How a guided session ends for the citizen, and what they see where its ward is silent."""

from __future__ import annotations

import pytest
from google.protobuf.empty_pb2 import Empty

from gateway.pages.guidance import wording
from services.accounts.domain.guidance import Because
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.guidance import SESSION, Guided, agree, bar, begin, sit_down

AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")


@pytest.mark.parametrize("because", list(Because))
def test_each_end_has_its_words_for_a_minute(browser: Browser, guided: Guided, because: str) -> None:
    sit_down(browser)
    agree(browser)
    guided.end(because, seconds_ago=20)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] in browser.page.text
    assert wording.VOLUNTEER_ENDS[because] != wording.ENDED
    assert bar(browser)["data-stream"] == ""
    guided.end(because, seconds_ago=70)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] not in browser.page.text
    assert browser.page.all("a", href="/huong-dan?ve=/ho-so"), "guidance is offered again"
    asked = len(guided.asked("ShowPlace"))
    browser.get("/ho-so")
    assert len(guided.asked("ShowPlace")) == asked


def test_where_the_ward_is_silent_the_page_goes_on(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.wards.answers("ShowPlace", AWAY)
    browser.get("/ho-so")
    assert browser.response.status_code == 200
    assert browser.page.headings == ["Hồ sơ của tôi"]
    assert "Chưa nối được với người hướng dẫn" in browser.page.text
    assert bar(browser)["data-part"], "the page goes on trying"


def test_the_citizen_stops_and_goes_on_where_they_were(browser: Browser, guided: Guided) -> None:
    begin(browser, guided)
    browser.get("/tai-khoan")
    browser.post("/huong-dan/dung", key=browser.page.hidden("key"), ve="/tai-khoan")
    browser.follow()
    assert guided.state == "ended"
    assert "Đã dừng hướng dẫn" in browser.page.text
    assert browser.response.request.path == "/tai-khoan"


def test_signing_out_ends_the_session_as_that(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    browser.client.post("/kiosk/ket-thuc")
    (ended,) = guided.asked("EndGuidedSession")
    assert (ended.session_id, ended.because) == (SESSION, "signed-out")


def test_what_hangs_on_a_session_ends_however_the_person_is_signed_out(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    with browser.client.session_transaction() as kept:
        kept["capture"] = {"id": SESSION, "ticket": "t", "ward": NAM_DUONG}
    guided.wards.answers("EndCapture", Empty())
    guided.wards.answers("GetOwnAccount", Refusal(Kind.UNAUTHENTICATED, "unauthenticated", "Xin đăng nhập lại."))
    browser.get("/tai-khoan")
    (ended,) = guided.asked("EndGuidedSession")
    assert (ended.session_id, ended.because) == (SESSION, "signed-out")
    assert [one.ticket for one in guided.asked("EndCapture")] == ["t"]
