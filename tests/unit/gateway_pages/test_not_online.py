"""Procedures that the ward does not take online: where the pages send people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.district import District
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_volunteer import VOLUNTEER
from tests.unit.gateway_pages.ward import Ward

BRING = "Gửi qua bưu chính thì mang bản chính theo khi đến nhận kết quả."
COPY = "Gửi qua bưu chính thì bản sao có chứng thực giấy tờ tùy thân gửi kèm thay cho bản chính."


def test_the_page_of_a_procedure_not_taken_online_says_how_to_file_it(
    browser: Browser, ward: Ward, wards: FakeWards, district: District
) -> None:
    """NĐ 87/2020 Đ24.3: the city decides what is filed online, so it is said before somebody starts; and what need not
    be filed in person may be posted (NĐ 123/2015 Đ3.1).
    """

    def closed(_: str, request: dossiers_v1.GetProcedureRequest) -> Any:
        found = ward.rpc_get_procedure(request)
        found.not_online = True
        return found

    wards.answers("GetProcedure", closed)
    page = "/phuong/nam-duong/thu-tuc/1.001193"
    for is_signed_in in (False, True):
        if is_signed_in:
            browser.signed_in()
        browser.get(page)
        check(browser)
        assert "Phường chưa nhận thủ tục này qua mạng." in browser.page.text
        assert district.wards[NAM_DUONG].office.address in browser.page.text
        assert "Giấy chứng sinh" in browser.page.text, "what to bring"
        assert "hoặc gửi qua bưu chính kèm bản sao có chứng thực" in browser.page.text
        assert BRING in browser.page.text
        assert not re.search("Bắt đầu|để bắt đầu|Chụp ảnh hoặc quét để gửi", browser.page.text)
        assert not browser.page.all("form", action=page)
    browser.get("/phuong/nam-duong/thu-tuc/1.000894")
    assert "thủ tục này không nhận qua bưu chính" in browser.page.text
    assert not re.search("[Gg]ửi qua bưu chính", browser.page.text)
    where = a_draft(ward)
    browser.get(page)
    assert browser.page.all("a", href=f"{where}/to-khai"), "a draft from before goes on"
    assert "vẫn điền tiếp và gửi qua mạng được" in browser.page.text
    assert not browser.page.all("form", action=page)


@pytest.mark.parametrize(
    ("code", "says"),
    [("1.001193", [BRING]), ("1.000656", [BRING]), ("1.004873", [COPY]), ("2.000635", [COPY]), ("1.000894", [])],
)
def test_who_posts_brings_originals_only_for_what_is_fetched_at_the_office(
    browser: Browser, ward: Ward, wards: FakeWards, code: str, says: list[str]
) -> None:
    """NĐ 87/2020 Đ12.4–6: a confirmation and a copy may go home by post, and the certified copy of the identity paper
    replaces its original (Luật Hộ tịch 2014 Đ9.2; NĐ 123/2015 Đ3.3).
    """

    def closed(_: str, request: dossiers_v1.GetProcedureRequest) -> Any:
        found = ward.rpc_get_procedure(request)
        found.not_online = True
        return found

    wards.answers("GetProcedure", closed)
    browser.get(f"/phuong/nam-duong/thu-tuc/{code}")
    check(browser)
    assert [each for each in (BRING, COPY) if each in browser.page.text] == says
    browser.sign_in(VOLUNTEER)
    browser.get(f"/tinh-nguyen/giay-to/{code}")
    check(browser)
    assert [each for each in (BRING, COPY) if each in browser.page.text] == says


CLOSED = "1.000894"


@pytest.fixture
def closed(ward: Ward, wards: FakeWards) -> None:
    """The ward does not take marriages online."""

    def listed(_: str, request: dossiers_v1.ListProceduresRequest) -> Any:
        found = ward.rpc_list_procedures(request)
        for each in found.procedures:
            each.not_online = each.code == CLOSED
        return found

    def one(_: str, request: dossiers_v1.GetProcedureRequest) -> Any:
        found = ward.rpc_get_procedure(request)
        found.not_online = request.code == CLOSED
        return found

    wards.answers("ListProcedures", listed)
    wards.answers("GetProcedure", one)


@pytest.mark.usefixtures("closed")
def test_the_wards_page_marks_what_it_does_not_take_online(
    browser: Browser, wards: FakeWards, ward: Ward, district: District
) -> None:
    """NĐ 87/2020 Đ24.3: with why and where, before anybody opens it."""
    office = district.wards[NAM_DUONG].office.address
    browser.get("/phuong/nam-duong")
    check(browser)
    assert browser.page.text.count("Chưa nhận qua mạng.") == 1
    assert browser.page.text.count("(thủ tục này không nhận qua bưu chính)") == 1
    assert ("do thành phố quyết định" in browser.page.text, office in browser.page.text) == (True, True)
    wards.answers("ListProcedures", lambda _, request: ward.rpc_list_procedures(request))
    browser.get("/phuong/nam-duong")
    assert not re.search("Chưa nhận qua mạng|do thành phố quyết định", browser.page.text)


@pytest.mark.usefixtures("closed")
def test_who_presses_a_button_of_before_is_led_to_the_page_that_says_where(
    browser: Browser, wards: FakeWards, district: District
) -> None:
    """NĐ 87/2020 Đ24.3: the page was read before the ward was closed for it."""
    wards.answers("CreateDraft", Refusal(Kind.CONFLICT, "not-online", "Phường này chưa nhận thủ tục này qua mạng."))
    page = f"/phuong/nam-duong/thu-tuc/{CLOSED}"
    browser.signed_in()
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    browser.post(page)
    assert (browser.response.status_code, browser.response.headers["Location"]) == (303, page)
    browser.follow()
    check(browser)
    assert district.wards[NAM_DUONG].office.address in browser.page.text
    assert "Tập thử trước" not in browser.page.text, "nobody is led to practise what is not done online"
