"""A filed dossier on its pages: what is due, supplements, the result, tracking without an account."""

from __future__ import annotations

import json

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier, a_full_draft, a_supplement
from tests.unit.gateway_pages.ward import CODE, KEY, Ward, at


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


def test_only_a_reason_is_called_a_reason_in_the_history(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    notes = {"delivery-changed": "Người xin đổi: Trần Thị Lan, gọi điện.", "extended": "Mất điện cả ngày"}
    lines = [dossiers_v1.HistoryEntry(sequence=1, at=at(9), action=act, reason=note) for act, note in notes.items()]
    wards.answers("GetHistory", dossiers_v1.GetHistoryResponse(entries=lines))
    text = browser.get(where).text
    assert "Lý do: Mất điện cả ngày" in text
    assert notes["delivery-changed"] in text
    assert f"Lý do: {notes['delivery-changed']}" not in text


def test_a_ready_result_says_how_to_get_it(browser: Browser, ward: Ward) -> None:
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


def test_after_filing_the_page_promises_only_what_the_message_says(browser: Browser, ward: Ward) -> None:
    """The message of a supplement names no paper: it goes through everybody's hands."""
    browser.signed_in()
    where = a_full_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.status, dossier.code = 1, CODE
    browser.get(f"{where}/da-gui")
    assert "tin nhắn ghi rõ" not in browser.page.text
    assert "thiếu mục nào thì ghi ở trang của hồ sơ" in browser.page.text


def test_a_supplement_shows_the_asked_fields_alone(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_supplement(ward, {"/child/full_name": "Xin ghi đủ chữ đệm."})
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
    where = a_supplement(ward, {"/child/full_name": "Xin ghi đủ chữ đệm."})
    version = browser.get(f"{where}/bo-sung").hidden("version")
    browser.post(f"{where}/bo-sung", version=version, right="yes", right_as_it_is=" ")
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#right_as_it_is")
    said = "Tên cháu đúng như giấy chứng sinh."
    browser.post(f"{where}/bo-sung", version=version, right="yes", right_as_it_is=said)
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "SupplementDossier"]
    assert asked.right_as_it_is == said


def test_a_sentence_beside_the_usual_button_lets_nothing_stay_as_it_is(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """It goes along as a remark; if something is left, that is named and the sentence is still in its box."""
    browser.signed_in()
    where = a_supplement(ward, {"/child/full_name": "Xin ghi đủ chữ đệm."})
    version = browser.get(f"{where}/bo-sung").hidden("version")
    said = "Còn tên mẹ cháu thì đúng rồi."
    wards.answers("SupplementDossier", invalid("nothing-supplemented", "Còn mục chưa sửa."))
    browser.post(f"{where}/bo-sung", version=version, right_as_it_is=said, **{"child.full_name": "Nguyễn Minh An"})
    assert browser.response.status_code == 422
    assert said in browser.page.text
    wards.answers("SupplementDossier", lambda _, request: ward.rpc_supplement_dossier(request))
    browser.post(f"{where}/bo-sung", version=version, right_as_it_is=said, **{"child.full_name": "Nguyễn Bá An"})
    asked = [each.request for each in wards.asked if each.rpc == "SupplementDossier"][-1]
    assert (asked.right_as_it_is, asked.remark, "Nguyễn Bá An" in asked.form_json) == ("", said, True)
    assert browser.response.status_code == 303


def test_who_wrote_a_sentence_that_the_ward_did_not_get_reads_so_and_has_it_still(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """A ward that went back to the release before the remark takes the rest of the supplement."""
    browser.signed_in()
    where = a_supplement(ward, {"/child/full_name": "Xin ghi đủ chữ đệm."})
    version = browser.get(f"{where}/bo-sung").hidden("version")
    said = "Còn tên mẹ cháu thì đúng rồi."
    wards.answers("SupplementDossier", next(iter(ward.dossiers.values())))
    browser.post(f"{where}/bo-sung", version=version, right_as_it_is=said, **{"child.full_name": "Nguyễn Bá An"})
    assert said in browser.page.text
    assert "không phải gửi lại" in browser.page.text
    assert "chưa nhận được" in browser.page.text


def test_a_requested_paper_that_was_not_sent_is_named_above_the_button_that_leaves_it_out(
    browser: Browser, ward: Ward
) -> None:
    browser.signed_in()
    where = a_supplement(ward, {"documents/witness-statement": "Ảnh bị mờ."})
    unsent = "Giấy tờ phường yêu cầu mà chưa tải lên:"
    page = browser.get(f"{where}/bo-sung").text
    assert unsent in page
    assert "Không có giấy, hoặc đã xem lại" in page
    (dossier,) = ward.dossiers.values()
    dossier.documents.add(id="d-9", kind="witness-statement", filename="chứng.jpg", removable=True)
    assert unsent not in browser.get(f"{where}/bo-sung").text


def test_a_requested_answer_that_is_unchanged_is_named_and_can_still_be_confirmed(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["supplement"]
    dossier.supplement_request.items.add(field="/child/full_name", text="Xin ghi đủ chữ đệm.")
    version = browser.get(f"{where}/bo-sung").hidden("version")
    text = "Mục này chưa sửa gì so với lần trước."
    refusal = invalid("nothing-supplemented", "Còn mục chưa sửa.", FieldFault("/child/full_name", text))
    wards.answers("SupplementDossier", refusal)
    browser.post(f"{where}/bo-sung", version=version, **{"child.full_name": "Nguyễn Minh An"})
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#f-child-full-name")
    assert browser.page.text.count(text) == 2, "in the summary and at the question"
    assert browser.page.all("button", name="right"), "it can be confirmed here"


def test_a_requested_question_is_not_said_to_be_left_at_will(browser: Browser, ward: Ward) -> None:
    """The form lets people leave the delivery out; the office waits for it."""
    browser.signed_in()
    dossier = ward.rpc_create_draft(dossiers_v1.CreateDraftRequest(procedure="1.004873"))
    dossier.status, dossier.code, dossier.actions[:] = 5, CODE, ["supplement"]
    dossier.asked[:] = ["/delivery/way", "/person/birth_place"]
    dossier.supplement_request.items.add(field="/delivery/way", text="Xin chọn cách nhận.")
    browser.get(f"/ho-so/nam-duong/{dossier.id}/bo-sung")
    title = "Ông/bà muốn nhận kết quả bằng cách nào?"
    assert title in browser.page.text
    assert f"{title} (không bắt buộc)" not in browser.page.text


@pytest.mark.parametrize("annulled", [True, False])
def test_nobody_is_asked_to_come_for_the_paper_of_an_annulled_entry(
    browser: Browser, ward: Ward, annulled: bool
) -> None:
    """docs/decisions/0053: neither on the dossier's page nor in the list; what is waited for is the service's text."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.result_annulled = 9, annulled
    dossier.register_entry.number, dossier.register_entry.year = 1, 2020
    page = browser.get(where)
    assert ("Nhận kết quả" in page.text) is not annulled
    assert ("Đã bị hủy" in page.text) is annulled
    assert bool(page.all("div", **{"class": "app-status app-status--done"})) is not annulled
    listed = browser.get("/ho-so")
    assert bool(listed.all("strong", **{"class": "govuk-tag govuk-tag--grey"})) is annulled


def test_the_page_of_an_annulled_result_says_how_it_was_asked_for_before_and_whom_to_ask(
    browser: Browser, ward: Ward
) -> None:
    """The line of the history about a changed delivery refers to the first; nothing says that a result will come."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.result_annulled = 9, True
    dossier.handover.asked, dossier.handover.address = "post", "9 Núi Thành"
    text = " ".join(browser.get(where).text.split())
    assert "Trước đây đã xin nhận kết quả Qua bưu chính, đến: 9 Núi Thành" in text
    assert "Nhận kết quả" not in text
    assert text.index("Bộ phận Một cửa phường Nam Dương:") < text.index("Trước đây đã xin nhận kết quả")


@pytest.mark.parametrize(("procedure", "said"), [("1.001193", "Đã bị hủy"), ("2.000635", "Mục được sao đã bị hủy")])
def test_the_page_of_an_annulled_result_says_which_entry_was_annulled(
    browser: Browser, ward: Ward, procedure: str, said: str
) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.result_annulled, dossier.procedure = 9, True, procedure
    dossier.register_entry.number, dossier.register_entry.year = 1, 2020
    assert f"Mục này {said} " in " ".join(browser.get(where).text.split())


@pytest.mark.parametrize(
    ("status", "paper", "register", "said"),
    [
        (10, "revoked", "birth", "Giấy đã nhận không còn giá trị từ 9 giờ ngày 06/10/2020"),
        (9, "superseded", "birth", "Mục trong sổ đã được ghi chú lúc 9 giờ ngày 06/10/2020"),
        (10, "superseded", "birth", "giấy ghi như ngày ký"),
        (10, "superseded", "marital-status", "Giấy không dùng được nữa từ 9 giờ ngày 06/10/2020"),
        (10, "valid", "birth", ""),
        (10, "", "birth", ""),
    ],
)
def test_the_page_says_that_the_paper_is_no_longer_as_it_was_signed(
    browser: Browser, ward: Ward, status: int, paper: str, register: str, said: str
) -> None:
    """Luật Hộ tịch 2014 Đ12.2; docs/decisions/0053."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.result_paper_status, dossier.register = status, paper, register
    dossier.result_paper_changed_at.CopyFrom(at(9))
    page = browser.get(where)
    assert bool(page.all("div", id="giay-da-doi")) is bool(said)
    text = " ".join(page.text.split())
    assert said in text
    assert ("Xin ông/bà hỏi Bộ phận Một cửa phường Nam Dương:" in text) is (paper == "revoked")


def test_who_left_a_requested_answer_as_it_was_reads_what_they_answered(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    label = "Ông/bà trả lời yêu cầu bổ sung"
    assert label not in browser.get(where).text
    dossier.supplement_request.right_as_it_is = "Giấy chứng sinh ghi như vậy."
    assert f"{label} Giấy chứng sinh ghi như vậy." in " ".join(browser.get(where).text.split())


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


def test_what_has_been_filed_is_not_deleted(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    browser.get(f"{where}/xoa")
    assert browser.response.status_code == 409
    assert not browser.page.all("form", method="post", action=f"{where}/xoa")
    browser.post(f"{where}/xoa", key="k" * 16)
    assert browser.response.status_code == 409
    assert ward.dossiers


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


@pytest.mark.parametrize(
    ("asked", "words", "comes"),
    [
        ("post", "Nhận kết quả Qua bưu chính, đến: 9 Núi Thành", False),
        ("electronic", "Nhận kết quả Bản điện tử, trong tài khoản", False),
        ("office", "Nhận kết quả Tại phường", True),
        ("", "", True),
    ],
)
def test_after_filing_pages_say_how_the_result_comes_and_ask_nobody_to_fetch_a_sent_one(
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
