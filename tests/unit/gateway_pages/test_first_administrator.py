"""The page behind the link with which a ward's first administrator opens their account."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2

from services.chassis.refusal import FieldFault, invalid, not_found
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check

PAGE = "/quan-tri/lan-dau/nam-duong"
TICKET = "a-ticket-of-forty-three-signs"
TYPED = {"link_code": TICKET, "full_name": "Ngô Văn Bảo", "username": "quantri", "password": "một câu dài dễ nhớ"}


def test_the_holder_of_the_link_opens_the_account_and_then_signs_in(browser: Browser, wards: FakeWards) -> None:
    wards.answers("OpenAdministration", accounts_pb2.OpenAdministrationResponse(username="quantri.nam-duong"))
    browser.get(PAGE)
    check(browser)
    browser.post(PAGE, **TYPED)
    (asked,) = [each for each in wards.asked if each.rpc == "OpenAdministration"]
    assert asked.ward == NAM_DUONG
    sent = {name: getattr(asked.request, name) for name in ("full_name", "username", "password")}
    assert {"link_code": asked.request.ticket, **sent} == TYPED
    page = browser.follow()
    assert page.headings == ["Đăng nhập"]
    assert "quantri.nam-duong" in page.text


def test_what_was_typed_stays_and_the_password_need_not_be_typed_again(browser: Browser, wards: FakeWards) -> None:
    fault = FieldFault("username", "Tên đăng nhập gồm chữ thường không dấu.")
    wards.answers("OpenAdministration", invalid("invalid-field", fault.text, fault))
    browser.get(PAGE)
    browser.post(PAGE, **{**TYPED, "username": "Quản trị"})
    assert browser.response.status_code == 422
    assert fault.text in browser.page.text
    assert browser.page.all("input", name="link_code")[0]["value"] == TICKET
    assert TYPED["password"] not in browser.response.get_data(as_text=True)
    kept = browser.page.hidden("kept")
    wards.answers("OpenAdministration", accounts_pb2.OpenAdministrationResponse(username="quantri.nam-duong"))
    browser.post(PAGE, **{**TYPED, "password": "", "kept": kept})
    assert browser.response.status_code == 303
    assert wards.asked[-1].request.password == TYPED["password"]


def test_a_link_that_is_over_is_told_and_nothing_is_asked_where_something_is_left_out(
    browser: Browser, wards: FakeWards
) -> None:
    browser.get(PAGE)
    browser.post(PAGE, **{**TYPED, "link_code": ""})
    assert "Xin ghi mã trong liên kết." in browser.page.text
    assert not [each for each in wards.asked if each.rpc == "OpenAdministration"]
    wards.answers("OpenAdministration", not_found("unknown-link", "Liên kết này không còn dùng được."))
    browser.post(PAGE, **TYPED)
    assert browser.response.status_code == 422
    assert "Liên kết này không còn dùng được." in browser.page.text
