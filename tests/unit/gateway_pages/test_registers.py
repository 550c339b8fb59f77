"""The registers at the office: searches, entries, and what the desk takes from them."""

from __future__ import annotations

import pytest

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import BOOKS, CODE, OFFICER, SEARCH, SIGNER, Ward


def test_a_citizen_sees_no_register(browser: Browser) -> None:
    browser.signed_in()
    for path in (SEARCH, BOOKS):
        browser.get(path)
        assert browser.response.status_code == 403


def test_the_office_finds_the_registers_in_its_navigation(browser: Browser) -> None:
    browser.sign_in(OFFICER)
    links = {tag["href"] for tag in browser.page.all("a")}
    assert {SEARCH, BOOKS} <= links


def test_a_search_is_posted_with_everything_that_narrows_it(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    entry = ward.entry("marriage", {})
    browser.signed_in(OFFICER)
    browser.get(SEARCH)
    check(browser)
    (form,) = browser.page.all("form", role="search")
    assert form["method"] == "post"
    days = {"from_day-day": "1", "from_day-month": "1", "from_day-year": "2020"}
    browser.post(form["action"], register="marriage", query="an", number="7", year="2020", reason="hồ sơ 0001", **days)
    asked = wards.asked[-1].request
    assert (asked.register, asked.query, asked.number, asked.year) == ("marriage", "an", 7, 2020)
    assert (asked.from_day, asked.to_day, asked.reason) == ("2020-01-01", "", "hồ sơ 0001")
    assert browser.response.headers["Location"] == f"{SEARCH}?tim=sealed-0", "nothing of it stands in the address"
    browser.follow()
    check(browser)
    assert browser.page.all("input", id="f-query")[0]["value"] == "an"
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(f"{SEARCH}/muc/{entry.id}")]
    onward = f"{SEARCH}?tim=sealed-0&sau=onward"
    assert browser.page.all("a", href=onward)
    browser.get(onward)
    again = [asked.request for asked in wards.asked if asked.rpc == "SearchRegister"][-1]
    assert (again.search, again.cursor) == ("sealed-0", "onward")
    browser.get(opened)
    assert browser.page.all("a", href=f"{SEARCH}?tim=sealed-0"), "the way back leads to what was found"


def test_a_search_of_a_register_that_is_over_says_so(browser: Browser) -> None:
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}?tim=gone")
    assert browser.response.status_code == 410
    check(browser)
    assert "Xin tìm lại." in browser.page.text


def test_nobody_looks_without_a_reason_and_what_was_typed_stays(browser: Browser) -> None:
    browser.signed_in(OFFICER)
    browser.get(SEARCH)
    browser.post(SEARCH, register="birth", query="minh an")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-reason")
    assert browser.page.all("input", id="f-query")[0]["value"] == "minh an"
    browser.post(SEARCH, register="birth", year="hai nghìn", reason="x")
    assert browser.page.all("a", href="#f-year")


def test_an_entry_is_shown_in_words_with_the_state_of_its_paper(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("birth", {"registration_kind": "late", "child": {"full_name": "NGUYỄN MINH AN"}})
    entry.notes.add(kind="correction", text="Cải chính họ", basis="Quyết định số 4")
    ward.certificate.status = "superseded"
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    check(browser)
    for said in ("Đăng ký quá hạn", "Người được khai sinh", "Cải chính họ", "Quyết định số 4", "Đã thay đổi"):
        assert said in browser.page.text
    assert "registration_kind" not in browser.page.text


@pytest.fixture
def path(browser: Browser, ward: Ward) -> str:
    """The address of a filed dossier at the desk, ready for the approval."""
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["approval"]
    dossier.subject_name = "Nguyễn Minh An"
    browser.signed_in(OFFICER)
    return f"/can-bo/ho-so/{dossier.id}"


def test_for_a_copy_the_officer_searches_from_the_dossier_and_picks_the_entry(
    browser: Browser, ward: Ward, wards: FakeWards, path: str
) -> None:
    (dossier,) = ward.dossiers.values()
    ward.moves_to(dossier, "copies")
    dossier.copied_register = "birth"
    entry = ward.entry("birth", {})
    browser.get(path)
    check(browser)
    assert not browser.page.all("input", name="approval.personal_identification_number")
    asked_for = {"register": "birth", "query": "Nguyễn Minh An", "reason": CODE, "dossier": dossier.id}
    wanted = {name: browser.page.hidden(f"search.{name}") for name in asked_for}
    assert wanted == asked_for
    browser.send(SEARCH, "search", **wanted)
    browser.follow()
    check(browser)
    (pick,) = [tag["href"] for tag in browser.page.all("a") if "muc=" in tag["href"]]
    browser.get(pick.partition("#")[0])
    check(browser)
    assert "NGUYỄN MINH AN · 12/09/2020" in browser.page.text
    browser.do(path, "approval", source_entry_id=browser.page.hidden("approval.source_entry_id"))
    (asked,) = [each.request for each in wards.asked if each.rpc == "ApproveDossier"]
    assert asked.source_entry_id == entry.id


def test_what_will_be_confirmed_is_proposed_and_the_officers_words_are_sent(
    browser: Browser, ward: Ward, wards: FakeWards, path: str
) -> None:
    """TT 04/2020 Đ33."""
    (dossier,) = ward.dossiers.values()
    ward.moves_to(dossier, "marital-status")
    dossier.proposed_statement = "Chưa đăng ký kết hôn với ai."
    browser.get(path)
    check(browser)
    assert "Chưa đăng ký kết hôn với ai." in browser.page.text
    assert browser.page.all("textarea", name="approval.statement")
    assert not browser.page.all("input", name="approval.personal_identification_number")
    browser.do(path, "approval", statement="Hiện tại đang có vợ là bà LÊ THỊ B.")
    (asked,) = [each.request for each in wards.asked if each.rpc == "ApproveDossier"]
    assert asked.statement == "Hiện tại đang có vợ là bà LÊ THỊ B."


def test_a_birth_is_asked_for_the_personal_number_and_for_no_statement(browser: Browser, path: str) -> None:
    browser.get(path)
    assert browser.page.all("input", name="approval.personal_identification_number")
    assert not browser.page.all("textarea", name="approval.statement")


def test_the_number_of_the_ministrys_software_is_typed_shown_and_corrected_with_a_reason(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """NĐ 87/2020 Đ2.2, Đ24.1."""
    entry = ward.entry("birth", {})
    place = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(place)
    check(browser)
    assert not browser.page.all("input", id="ministry-reason"), "there is nothing to correct yet"
    browser.send(f"{place}/so-bo-tu-phap", "ministry", key="k", number="0007/KS/2020")
    browser.follow()
    check(browser)
    assert browser.page.all("input", id="ministry-number")[0]["value"] == "0007/KS/2020"
    browser.send(f"{place}/so-bo-tu-phap", "ministry", number="0008/KS/2020", reason="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#ministry-reason")
    assert browser.page.all("input", id="ministry-number")[0]["value"] == "0008/KS/2020", "what was typed stays"
    browser.send(f"{place}/so-bo-tu-phap", "ministry", number="0008/KS/2020", reason="Gõ nhầm")
    browser.follow()
    assert "Trước là 0007/KS/2020" in browser.page.text
    assert "Lý do sửa: Gõ nhầm" in browser.page.text
    browser.post(SEARCH, register="birth", reason="hồ sơ 0001")
    browser.follow()
    assert "Bộ Tư pháp: 0008/KS/2020" in browser.page.text
    browser.signed_in(SIGNER)
    browser.get(place)
    assert not browser.page.all("form", action=f"{place}/so-bo-tu-phap")
