"""A draft on its pages: answers and files are saved, changed, removed."""

from __future__ import annotations

import json

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft, a_full_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


def test_a_page_is_saved_before_it_is_judged(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    browser.post(
        f"{where}/to-khai/child-name",
        **{"asked": "child.full_name", "version": browser.page.hidden("version"), "child.full_name": "An 2"},
    )
    assert browser.response.status_code == 422
    assert browser.page.title.strip().startswith("Lỗi:")
    assert browser.page.all("a", href="#f-child-full-name")
    (dossier,) = ward.dossiers.values()
    assert json.loads(dossier.form_json)["child"]["full_name"] == "An 2"
    browser.get(f"{where}/to-khai/child-name")
    assert browser.page.all("input", id="f-child-full-name")[0]["value"] == "An 2"


def test_saving_for_later_tells_of_no_error(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    browser.post(f"{where}/to-khai/child-name", asked="child.full_name", later="yes")
    assert browser.response.headers["Location"] == f"{where}/to-khai"


def test_a_page_changed_elsewhere_meanwhile_keeps_what_was_typed(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    (dossier,) = ward.dossiers.values()
    stale, dossier.version = browser.page.hidden("version"), 7
    fields = {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An"}
    browser.post(f"{where}/to-khai/child-name", version=stale, **fields)
    assert browser.response.status_code == 422
    assert "vừa được thay đổi" in browser.page.text
    assert browser.page.all("input", id="f-child-full-name")[0]["value"] == "Nguyễn Minh An"
    browser.post(f"{where}/to-khai/child-name", version=browser.page.hidden("version"), **fields)
    assert browser.response.status_code == 303


def test_a_page_that_is_not_saved_shows_the_questions_that_it_had_shown(browser: Browser, ward: Ward) -> None:
    """Also where the dossier no longer asks them all: who typed sees what became of it."""
    where = a_full_draft(ward)
    (dossier,) = ward.dossiers.values()
    browser.signed_in()
    browser.get(f"{where}/to-khai/father")
    asked = [one["value"] for one in browser.page.all("input", name="asked")]
    stale, dossier.version, dossier.asked[:] = browser.page.hidden("version"), 7, ["/father/full_name"]
    browser.post(f"{where}/to-khai/father", version=stale, asked=asked, **{"father.full_name": "Nguyễn Văn Mới"})
    assert browser.response.status_code == 422
    assert [one["value"] for one in browser.page.all("input", name="asked")] == asked
    assert browser.page.all("input", name="father.full_name")[0]["value"] == "Nguyễn Văn Mới"


def test_a_file_of_a_wrong_type_is_refused_beside_its_field(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    path = f"{where}/giay-to/birth-certificate-of-hospital"
    browser.get(path)
    browser.post(path)
    assert "Xin chọn ảnh" in browser.page.text
    browser.upload(path, b"MZ program", "anh.jpg")
    assert browser.page.all("a", href="#file")
    assert browser.page.title.strip().startswith("Lỗi:")


def test_a_file_can_be_seen_and_taken_out_again(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    (document,) = next(iter(ward.dossiers.values())).documents
    browser.get(f"{where}/tep/{document.id}")
    assert browser.response.get_data() == PHOTO
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in browser.response.headers["Content-Security-Policy"]
    browser.get(f"{where}/giay-to/birth-certificate-of-hospital")
    browser.post(f"{where}/giay-to/birth-certificate-of-hospital/{document.id}/bo")
    assert not next(iter(ward.dossiers.values())).documents


def test_the_overview_of_a_draft_says_what_is_about_all_of_it(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    finding = dossiers_v1.Finding(kind=dossiers_v1.FINDING_KIND_INFORMS, text="Quy định đã thay đổi, xin xem lại.")
    next(iter(ward.dossiers.values())).findings.append(finding)
    browser.get(f"{where}/to-khai")
    assert browser.response.status_code == 200
    assert "Quy định đã thay đổi, xin xem lại." in browser.page.text


def test_a_draft_shows_until_when_it_is_kept(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    next(iter(ward.dossiers.values())).kept_until = "2021-01-04"
    browser.get(f"{where}/to-khai")
    assert "giữ đến hết ngày 04/01/2021" in browser.page.text


def test_a_draft_is_deleted_after_a_question(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get("/ho-so")
    assert browser.page.all("a", href=f"{where}/xoa")
    browser.get(f"{where}/xoa")
    check(browser)
    assert "không lấy lại được" in browser.page.text
    browser.post(f"{where}/xoa", key=browser.page.hidden("key"))
    browser.follow()
    assert browser.response.request.path == "/ho-so"
    assert "Đã xóa tờ khai" in browser.page.text
    assert ward.dossiers == {}


def test_who_has_begun_a_form_goes_on_with_it(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_draft(ward)
    (draft,) = ward.dossiers.values()
    draft.subject_name = "Nguyễn Bá An"
    page = f"/phuong/nam-duong/thu-tuc/{draft.procedure}"
    browser.get(page)
    check(browser)
    assert browser.page.all("a", href=f"{where}/to-khai")
    assert "Nguyễn Bá An" in browser.page.text
    assert "Bắt đầu một tờ khai khác" in browser.page.text
    browser.get("/phuong/nam-duong/thu-tuc/1.000656")
    assert "Làm tiếp" not in browser.page.text
    wards.answers("ListOwnDossiers", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời."))
    browser.get(page)
    assert "Bắt đầu tờ khai" in browser.page.text


def test_a_page_sent_again_with_something_else_in_it_keeps_what_was_typed(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """A browser may go back to a cached page: its key is used up, and the text does not mention keys."""
    browser.signed_in()
    where = a_draft(ward)
    wards.answers("SaveForm", Refusal(Kind.EXISTS, "idempotency-key-reused", "Khóa Idempotency-Key này đã dùng."))
    page = f"{where}/to-khai/child-name"
    used = browser.get(page).hidden("key")
    browser.post(page, key=used, asked="child.full_name", **{"child.full_name": "Nguyễn Bá An"})
    assert "Trang này đã được gửi một lần." in browser.page.text
    assert "Idempotency" not in browser.page.text
    assert browser.page.all("input", name="child.full_name")[0]["value"] == "Nguyễn Bá An"
    assert browser.page.hidden("key") != used


def test_a_paper_s_condition_keeps_its_capitals_within_the_sentence(browser: Browser) -> None:
    page = browser.get("/phuong/nam-duong/thu-tuc/1.000894")
    assert "Việt Nam ở" in page.text
    assert "việt nam" not in page.text
