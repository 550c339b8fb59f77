"""A citizen signs in, sees the own dossiers and who has looked at them."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft
from tests.unit.gateway_pages.ward import Ward, at


def test_a_wrong_password_is_told_at_the_form_and_signs_nobody_in(browser: Browser) -> None:
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="0905123456", password="sai rồi")
    assert "chưa đúng" in browser.page.text
    browser.get("/ho-so")
    assert browser.response.headers["Location"] == "/dang-nhap?ve=/ho-so"


def test_signing_in_leads_back_to_where_one_was_going(browser: Browser) -> None:
    browser.get("/tai-khoan")
    browser.follow()
    assert browser.page.hidden("ve") == "/tai-khoan"
    browser.post("/dang-nhap", login="0905123456", password="con thuyền trên sông Hàn", ve="/tai-khoan")
    assert browser.response.headers["Location"] == "/tai-khoan"


@pytest.mark.parametrize("elsewhere", ["https://example.com", "//example.com", "/\\example.com", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(browser: Browser, elsewhere: str) -> None:
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="0905123456", password="con thuyền trên sông Hàn", ve=elsewhere)
    assert browser.response.headers["Location"] == "/ho-so"


def test_own_dossiers_are_shown_with_the_wards_that_did_not_answer(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    a_draft(ward)
    wards.down = {"20227"}
    browser.get("/ho-so")
    assert "Đăng ký khai sinh" in browser.page.text
    assert "Chưa nhận được trả lời của: Phường Thanh Bình." in browser.page.text


def test_a_ward_that_does_not_answer_is_reported_as_unavailable(browser: Browser, wards: FakeWards) -> None:
    wards.down = {"20248"}
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    assert browser.response.status_code == 503
    assert browser.response.headers["Retry-After"] == "5"
    assert browser.response.headers["X-Request-ID"] in browser.page.text


def test_older_looks_are_a_page_away(browser: Browser, wards: FakeWards) -> None:
    """For any number of wards: each list continues where it stopped, and a list at its end is not asked again."""

    def log(ward: str, request: Any) -> Any:
        if not isinstance(request, dossiers_v1.ListOwnAccessLogRequest) or ward != NAM_DUONG:
            return accounts_v1.ListOwnAccessLogResponse()
        who = "Huỳnh Thị Mai" if request.cursor else "Lê Thị Hoa"
        entry = dossiers_v1.AccessLogEntry(at=at(9), who=who, dossier_code="009.01.01.H17-201006-0001")
        return dossiers_v1.ListOwnAccessLogResponse(entries=[entry], next_cursor="" if request.cursor else "older")

    wards.answers("ListOwnAccessLog", log)
    browser.signed_in()
    said = browser.get("/tai-khoan/ai-da-xem").text
    assert "Lê Thị Hoa" in said
    assert "hồ sơ 009.01.01.H17-201006-0001" in said
    (onward,) = [link["href"] for link in browser.page.all("a") if "sau=" in link["href"]]
    before = len(wards.asked)
    assert "Huỳnh Thị Mai" in browser.get(onward).text
    assert [(asked.ward, asked.request.cursor) for asked in wards.asked[before:]] == [(NAM_DUONG, "older")]
    assert "sau=" not in browser.response.get_data(as_text=True)
