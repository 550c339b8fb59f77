"""Filing a draft: the check page, the declaration, the one-time code."""

from __future__ import annotations

import json

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft, a_full_draft, fill_in
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import CODE, KEY, OTP, Ward


def test_changing_an_answer_from_the_check_page_comes_straight_back(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    browser.get(f"{where}/kiem-tra")
    link = next(one["href"] for one in browser.page.all("a") if "/to-khai/child-name" in one["href"])
    browser.get(link.partition("#")[0])
    came_from = browser.page.hidden("tu")
    browser.post(
        f"{where}/to-khai/child-name", **{"asked": "child.full_name", "child.full_name": "Nguyễn An", "tu": came_from}
    )
    assert browser.response.headers["Location"] == f"{where}/kiem-tra"


def test_nothing_is_sent_without_declaration_and_code(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """All the way: from signing in and the page of the procedure to the dossier that was sent."""
    browser.signed_in()
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    browser.post("/phuong/nam-duong/thu-tuc/1.001193", key=browser.page.hidden("key"))
    browser.follow()
    fill_in(ward)
    (id,) = ward.dossiers
    where = f"/ho-so/nam-duong/{id}"
    browser.get(f"{where}/giay-to/birth-certificate-of-hospital")
    browser.upload(f"{where}/giay-to/birth-certificate-of-hospital", PHOTO, "giấy chứng sinh.jpg")
    assert browser.response.status_code == 303, browser.page.text
    browser.get(f"{where}/kiem-tra")
    assert "được sự thỏa thuận nhất trí của các bên liên quan" in browser.page.text  # as on the printed form
    browser.post(f"{where}/kiem-tra")
    assert browser.page.all("a", href="#declared")
    assert "RequestConfirmation" not in [asked.rpc for asked in wards.asked]
    browser.post(f"{where}/kiem-tra", declared="yes")
    browser.follow()
    browser.post(f"{where}/ma-xac-nhan", otp="000000")
    assert "Mã chưa đúng" in browser.page.text
    assert next(iter(ward.dossiers.values())).status == 0
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    browser.follow()
    for _ in range(2):  # it can be opened again
        assert CODE in browser.page.text
        assert KEY in browser.page.text
        assert browser.page.all("p", **{"class": "app-secret"}), "large enough to be copied"
        assert browser.page.all("button", **{"data-print": ""})
        assert "17 giờ 30 ngày 06/10/2020" in browser.page.text
        assert "Người đến nhận phải mang bản gốc giấy chứng sinh" in browser.page.text
        browser.get(f"{where}/da-gui")


def test_a_paper_that_the_answers_do_not_need_any_more_is_offered_for_removal_before_filing(
    browser: Browser, ward: Ward
) -> None:
    browser.signed_in()
    where = a_draft(ward)
    finding = dossiers_v1.Finding(
        field="documents/surrogacy-confirmation",
        check="paper-not-needed",
        kind=dossiers_v1.FINDING_KIND_INFORMS,
        text="Theo tờ khai thì hồ sơ không cần giấy này.",
    )
    next(iter(ward.dossiers.values())).findings.append(finding)
    browser.get(f"{where}/kiem-tra")
    assert "Theo tờ khai thì hồ sơ không cần giấy này." in browser.page.text
    assert browser.page.all("a", href=f"{where}/giay-to/surrogacy-confirmation?tu=kiem-tra")


def test_a_warning_says_which_question_it_is_about(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    finding = dossiers_v1.Finding(
        field="/mother/full_name", kind=dossiers_v1.FINDING_KIND_WARNS, text="Xin xem lại cách viết."
    )
    next(iter(ward.dossiers.values())).findings.append(finding)
    browser.get(f"{where}/kiem-tra")
    assert "Họ và tên của mẹ – Xin xem lại cách viết." in " ".join(browser.page.text.split())


def test_that_another_person_files_is_said_once_with_a_link_to_each_question(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    (draft,) = ward.dossiers.values()
    for field in ("/requester/relation", "/mother/full_name", "/father/full_name"):
        draft.findings.add(
            field=field, check="filed-by-another", kind=dossiers_v1.FINDING_KIND_STOPS, text="Không nộp thay được."
        )
    page = browser.get(f"{where}/kiem-tra")
    assert page.text.count("Không nộp thay được.") == 1
    (listed,) = [part for part in browser.response.text.split("<ul") if "Không nộp thay được." in part]
    listed = listed.partition("</ul>")[0]
    for anchor in ("requester-relation", "mother-full-name", "father-full-name"):
        assert f"#f-{anchor}" in listed, anchor


def test_a_draft_with_something_missing_offers_no_button_but_links(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/kiem-tra")
    assert not browser.page.all("form", action=f"{where}/kiem-tra")
    assert any("/to-khai/child-name?tu=kiem-tra#f-child-full-name" in one["href"] for one in browser.page.all("a"))


def test_a_refusal_of_the_draft_that_changed_asks_for_a_new_code(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    browser.get(f"{where}/kiem-tra")
    browser.post(f"{where}/kiem-tra", declared="yes")
    browser.follow()
    wards.answers("SubmitDossier", Refusal(Kind.CONFLICT, "draft-changed", "Hồ sơ đã thay đổi sau khi mã được gửi."))
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    browser.follow()
    browser.follow()
    assert "Hồ sơ đã thay đổi sau khi mã được gửi." in browser.page.text


def _code_is_sent(browser: Browser, ward: Ward) -> str:
    """A draft whose confirmation is on its way; returns its address."""
    browser.signed_in()
    where = a_full_draft(ward)
    browser.get(f"{where}/kiem-tra")
    browser.post(f"{where}/kiem-tra", declared="yes")
    browser.follow()
    return where


def test_who_sends_again_or_goes_back_is_told_that_the_dossier_was_sent(browser: Browser, ward: Ward) -> None:
    where = _code_is_sent(browser, ward)
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    browser.get("/tai-khoan")
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    assert browser.response.headers["Location"] == f"{where}/da-gui"
    assert "Hồ sơ đã gửi" in browser.follow().text
    browser.get(f"{where}/ma-xac-nhan")
    assert browser.response.headers["Location"] == f"{where}/da-gui"
    browser.get(f"{where}/kiem-tra")
    assert browser.response.headers["Location"] == where


def test_a_code_that_no_longer_waits_is_said_to_have_sent_nothing(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    browser.get("/tai-khoan")
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    assert browser.response.headers["Location"] == f"{where}/kiem-tra"
    assert "Hồ sơ chưa gửi: không còn mã nào đang chờ." in browser.follow().text


def test_a_filing_code_that_is_asked_for_too_soon_leaves_the_page_of_the_first(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    where = _code_is_sent(browser, ward)
    wards.answers("RequestConfirmation", Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ 1 phút.", retry_after=60))
    browser.post(f"{where}/ma-khac")
    page = browser.follow()
    assert "Xin chờ 1 phút." in page.text
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    assert browser.response.headers["Location"] == f"{where}/da-gui"


def test_the_one_mark_on_the_check_page_is_the_declaration(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """TT 04/2020 Đ5. A question that allows one answer only is no question."""
    browser.signed_in()
    where = a_full_draft(ward)
    (draft,) = ward.dossiers.values()
    ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=draft.id, form_json='{"declaration": null}'))
    assert [finding.check for finding in draft.findings if finding.field == "/declaration/truthful"]
    browser.get(f"{where}/to-khai")
    assert "Cam đoan" not in browser.page.text
    browser.get(f"{where}/to-khai/declaration")
    assert browser.response.location.endswith("/kiem-tra")
    browser.get(f"{where}/kiem-tra")
    check(browser)
    assert "Khai sai sự thật thì bị từ chối" in browser.page.text
    browser.post(f"{where}/kiem-tra", key="k", declared="yes")
    assert browser.response.status_code == 303
    assert json.loads(draft.form_json)["declaration"] == {"truthful": True}
    asked = [one.rpc for one in wards.asked]
    assert asked.index("SaveForm") < asked.index("RequestConfirmation")
