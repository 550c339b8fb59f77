"""A citizen's way: from opening an account to the tracking page, with mistakes on the way."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.district import District
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft, a_filed_dossier, a_full_draft, fill_in
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import CODE, KEY, OTP, Ward, at


def test_a_time_is_called_by_what_is_due_then(browser: Browser, ward: Ward) -> None:
    """Until acceptance the office owes an answer; no result is promised."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.overdue = True
    for status, due, late in (
        (1, "Phường trả lời tiếp nhận chậm nhất", "Đã hết thời gian trả lời về việc tiếp nhận"),
        (2, "Hẹn trả kết quả", "Hồ sơ đã quá hạn trả kết quả"),
    ):
        dossier.status = status
        dossier.due_at.CopyFrom(at(17, 30))
        for page in ("/ho-so", where):
            said = browser.get(page).text
            assert f"{due}: 17 giờ 30 ngày 06/10/2020" in said or f"{due} 17 giờ 30 ngày 06/10/2020" in said
            assert late in said


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


def test_a_warning_says_which_question_it_is_about(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    finding = dossiers_v1.Finding(
        field="/mother/full_name", kind=dossiers_v1.FINDING_KIND_WARNS, text="Xin xem lại cách viết."
    )
    next(iter(ward.dossiers.values())).findings.append(finding)
    browser.get(f"{where}/kiem-tra")
    assert "Họ và tên của mẹ – Xin xem lại cách viết." in " ".join(browser.page.text.split())


def test_a_result_that_is_there_says_how_it_is_had(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.status, dossier.code = 9, CODE
    browser.get(where)
    assert "Người đến nhận phải mang bản gốc giấy chứng sinh" in browser.page.text
    assert "qua bưu điện" not in browser.page.text
    dossier.handover.remote = True
    browser.get(where)
    assert "qua bưu điện hoặc qua mạng" in browser.page.text
    dossier.handover.asked = "post"
    browser.get(where)
    assert "qua bưu điện hoặc qua mạng" not in browser.page.text


def test_the_result_stands_first_among_the_papers_of_the_ward(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.status, dossier.code, dossier.result_name = 10, CODE, "Giấy khai sinh"
    dossier.papers[:] = ["receipt", "certificate", "control-sheet"]
    browser.get(where)
    text = browser.page.text
    assert text.index("Giấy khai sinh (PDF)") == text.index("(PDF)") - len("Giấy khai sinh ")


def test_whoever_has_filed_is_promised_no_more_than_the_message_says(browser: Browser, ward: Ward) -> None:
    """The message of a supplement names no paper: it goes through everybody's hands."""
    browser.signed_in()
    where = a_full_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.status, dossier.code = 1, CODE
    browser.get(f"{where}/da-gui")
    assert "tin nhắn ghi rõ" not in browser.page.text
    assert "thiếu mục nào thì ghi ở trang của hồ sơ" in browser.page.text


def test_a_draft_with_something_missing_offers_no_button_but_links(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/kiem-tra")
    assert not browser.page.all("form", action=f"{where}/kiem-tra")
    assert any("/to-khai/child-name?tu=kiem-tra#f-child-full-name" in one["href"] for one in browser.page.all("a"))


def test_a_supplement_shows_the_asked_fields_alone(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["supplement"]
    dossier.supplement_request.items.add(field="/child/full_name", text="Xin ghi đủ chữ đệm.")
    assert "Họ, chữ đệm, tên của trẻ: Xin ghi đủ chữ đệm." in browser.get(where).text
    browser.get(f"{where}/bo-sung")
    assert [one["id"] for one in browser.page.all("input", type="text")] == ["f-child-full-name"]
    version = browser.page.hidden("version")
    browser.post(f"{where}/bo-sung", version=version, **{"child.full_name": "Nguyễn Bá An", "child.sex": "female"})
    asked = next(asked.request for asked in wards.asked if asked.rpc == "SupplementDossier")
    assert json.loads(asked.form_json) == {"child": {"full_name": "Nguyễn Bá An"}}
    assert asked.right_as_it_is == ""


def test_who_finds_it_right_as_it_stands_answers_with_a_sentence(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["supplement"]
    dossier.supplement_request.items.add(field="/child/full_name", text="Xin ghi đủ chữ đệm.")
    version = browser.get(f"{where}/bo-sung").hidden("version")
    browser.post(f"{where}/bo-sung", version=version, right="yes", right_as_it_is=" ")
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#right_as_it_is")
    said = "Tên cháu đúng như giấy chứng sinh."
    browser.post(f"{where}/bo-sung", version=version, right="yes", right_as_it_is=said)
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "SupplementDossier"]
    assert asked.right_as_it_is == said


def test_tracking_takes_code_and_key_by_post_and_names_nobody(browser: Browser) -> None:
    browser.get("/theo-doi")
    browser.post("/theo-doi", code=f" {CODE} ", key=KEY)
    assert "Yêu cầu bổ sung giấy tờ" in browser.page.text
    assert "Bông" not in browser.page.text
    browser.get("/theo-doi")
    for code, key in (("009.01.01.H17-201006-0002", KEY), ("không-phải-mã", "x")):
        browser.post("/theo-doi", code=code, key=key)
        assert browser.response.status_code == 422
        assert "Không tìm thấy hồ sơ" in browser.page.text


def test_a_new_appointment_and_a_wait_for_an_answer_are_told_with_their_days(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Why the clock is stopped, until when, and the new appointment; not which office is asked."""
    tracked = dossiers_v1.TrackedDossier(code=CODE, status=4, paused_at=at(9), verifying_until="2020-10-26")
    tracked.extension.CopyFrom(dossiers_v1.Extension(due_before=at(17, 30), due_after=at(18), reason="Máy hỏng"))
    wards.answers("TrackDossier", tracked)
    browser.get("/theo-doi")
    browser.post("/theo-doi", code=CODE, key=KEY)
    for part in ("chờ kết quả xác minh chậm nhất đến hết ngày 26/10/2020", "17 giờ 30", "18 giờ", "Máy hỏng"):
        assert part in browser.page.text, part
    assert "chờ ông/bà bổ sung" not in browser.page.text


def test_own_dossiers_are_shown_with_the_wards_that_did_not_answer(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    a_draft(ward)
    wards.down = {"20227"}
    browser.get("/ho-so")
    assert "Đăng ký khai sinh" in browser.page.text
    assert "Chưa nhận được trả lời của: Phường Thanh Bình." in browser.page.text


def test_a_ward_that_does_not_answer_is_told_as_such(browser: Browser, wards: FakeWards) -> None:
    wards.down = {"20248"}
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    assert browser.response.status_code == 503
    assert browser.response.headers["Retry-After"] == "5"
    assert browser.response.headers["X-Request-ID"] in browser.page.text


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


def test_what_has_been_filed_is_not_deleted(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    browser.get(f"{where}/xoa")
    assert browser.response.status_code == 409
    assert not browser.page.all("form", method="post", action=f"{where}/xoa")
    browser.post(f"{where}/xoa", key="k" * 16)
    assert browser.response.status_code == 409
    assert ward.dossiers


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


def test_the_page_of_what_is_not_taken_online_says_how_it_is_filed(
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
        assert "Gửi qua bưu chính thì mang bản chính theo" in browser.page.text
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


def test_a_double_click_sends_one_key_twice(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """The services answer the second as the first; without a key it would be told that somebody else was first."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.documents[0].removable = True

    def sent(page: str, rpc: str, status: int, **fields: str) -> None:
        dossier.status = status
        key = browser.get(page).hidden("key")
        browser.post(page, key=key, version=browser.page.hidden("version"), **fields)
        assert browser.response.status_code == 303, browser.page.text
        assert [asked.idempotency_key for asked in wards.asked if asked.rpc == rpc][-1] == key

    dossier.actions[:] = ["supplement", "withdrawal"]
    dossier.supplement_request.items.add(field="/child/full_name", text="Thiếu chữ đệm")
    sent(f"{where}/bo-sung", "SupplementDossier", 5, **{"child.full_name": "Nguyễn Bá An"})
    sent(f"{where}/rut", "WithdrawDossier", 1, reason="Nộp nhầm")
    sent(f"{where}/to-khai/child-name", "SaveForm", 0, asked="child.full_name", **{"child.full_name": "Nguyễn Bá Ân"})
    kind = f"{where}/giay-to/{dossier.documents[0].kind}"
    key = browser.get(kind).all("input", name="key")[0]["value"]
    browser.post(f"{kind}/{dossier.documents[0].id}/bo", key=key)
    removed = wards.asked[-1]
    assert (removed.rpc, removed.idempotency_key.startswith(f"{key}-")) == ("RemoveDocument", True), "of one file"


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


@pytest.mark.parametrize(
    ("asked", "words", "comes"),
    [
        ("post", "Nhận kết quả Qua bưu chính, đến: 9 Núi Thành", False),
        ("electronic", "Nhận kết quả Bản điện tử, trong tài khoản", False),
        ("office", "Nhận kết quả Đến nhận tại phường", True),
        ("", "", True),
    ],
)
def test_from_filing_on_the_pages_say_how_the_result_comes_and_call_nobody_to_whom_it_is_sent(
    browser: Browser, ward: Ward, asked: str, words: str, comes: bool
) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.handover.asked, dossier.handover.remote = asked, True
    dossier.handover.address = "9 Núi Thành" if asked == "post" else ""
    at_handover = "Người đến nhận phải mang bản gốc giấy"
    for page, status in ((f"{where}/da-gui", 1), (where, 1), (where, 9)):
        dossier.status = status
        browser.get(page)
        text = " ".join(browser.page.text.split())
        if status == 9 and comes:
            assert text.count("Nhận kết quả") == 1, "the heading, over who comes and with what"
        else:
            assert words in text, page
        if page != where or status == 9:
            assert (at_handover in text) == comes, page


def test_a_paper_s_condition_keeps_its_capitals_within_the_sentence(browser: Browser) -> None:
    page = browser.get("/phuong/nam-duong/thu-tuc/1.000894")
    assert "Việt Nam ở" in page.text
    assert "việt nam" not in page.text
