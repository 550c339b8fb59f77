"""The registers at the office: searches, entries, notes, books; and what the desk takes from them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from caunoi.dossiers.v1.dossiers_pb2 import CertificateStatus

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import CODE, Ward

SEARCH, BOOKS = "/can-bo/so-ho-tich", "/can-bo/cac-quyen-so"
OFFICER, SIGNER = "motcua.nam-duong", "chutich.nam-duong"


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


def test_of_a_death_that_is_taken_back_it_is_asked_and_shown_what_other_offices_have_of_the_spouse(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(OFFICER)
    for register in ("birth", "marriage"):
        browser.get(f"{SEARCH}/muc/{ward.entry(register, {}).id}")
        assert not browser.page.all("input", name="note.spouse_elsewhere"), register
    path = f"{SEARCH}/muc/{ward.entry('death', {}).id}"
    browser.get(path)
    check(browser)
    choices = [one["value"] for one in browser.page.all("input", name="note.spouse_elsewhere")]
    assert choices == ["", "none", "remarried", "divorced"]
    said = {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    typed = {"kind": "declaration-annulled", "text": "Hủy tuyên bố chết", "basis_number": "4", "basis_agency": "Tòa án"}
    browser.send(path, "note", **typed, **said)
    assert browser.response.status_code == 422
    (chosen,) = [one for one in browser.page.all("input", name="note.spouse_elsewhere") if "checked" in one]
    assert chosen["value"] == "remarried", "what was chosen stays"
    browser.send(path, "note", **typed, **said, basis="Quyết định")
    sent = [each.request for each in wards.asked if each.rpc == "NoteEntry"][-1]
    assert {name: getattr(sent, name) for name in said} == said
    browser.follow()
    check(browser)
    assert "Đã kết hôn với người khác (Phường Thanh Bình, số 12/2020)" in browser.page.text, "the signer reads it"


def test_of_a_death_that_ended_a_marriage_its_day_is_asked_in_the_book_of_marriages_alone(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(OFFICER)
    for register in ("birth", "death"):
        browser.get(f"{SEARCH}/muc/{ward.entry(register, {}).id}")
        assert not browser.page.all("input", name="note.died_on-year"), register
    path = f"{SEARCH}/muc/{ward.entry('marriage', {}).id}"
    browser.get(path)
    check(browser)
    typed = {"kind": "death", "text": "Chồng chết", "basis_number": "4", "basis_agency": "UBND xã Điện Phong"}
    browser.send(path, "note", **typed, basis="Trích lục khai tử")
    assert browser.response.status_code == 422
    check(browser)
    assert "Xin ghi ngày chết" in browser.page.text
    assert "Chồng chết" in browser.response.text, "what was typed stays"
    assert "NoteEntry" not in [each.rpc for each in wards.asked], "the service takes it without"
    for parts, sent in (
        (("8", "10", "2020"), "2020-10-08"),
        (("", "10", "2020"), "2020-10"),
        (("", "", "2019"), "2019"),
        (("5", "", "2020"), "2020--05"),  # the month was forgotten: the day is none, and the service refuses it
        (("5", "10", ""), "-10-05"),
    ):
        browser.get(path)
        died = dict(zip(("died_on-day", "died_on-month", "died_on-year"), parts, strict=True))
        browser.send(path, "note", **typed, **died)
        assert browser.response.status_code == 422
        assert browser.page.all("input", name="note.died_on-year")[0]["value"] == parts[2], "what was typed stays"
        browser.send(path, "note", **typed, **died, basis="Trích lục khai tử")
        assert [each.request for each in wards.asked if each.rpc == "NoteEntry"][-1].died_on == sent


def test_the_officer_writes_a_note_once_and_loses_nothing_that_was_typed(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    entry = ward.entry("marriage", {})
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(path)
    assert not browser.page.all("input", value="declaration-annulled"), "kinds of other registers are not offered"
    typed = {
        "kind": "divorce",
        "text": "Đã ly hôn theo bản án số 4",
        "basis_number": "4/2020",
        "basis_agency": "Tòa án nhân dân quận Hải Châu",
    }
    day = {"basis_date-day": "1", "basis_date-month": "10", "basis_date-year": "2020"}
    browser.send(path, "note", **typed, **day)
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-basis")
    assert "Đã ly hôn theo bản án số 4" in browser.page.text
    key = browser.page.hidden("key")
    browser.send(path, "note", key=key, basis="Bản án số 4", **typed, **day)
    assert wards.asked[-1].idempotency_key == key
    assert wards.asked[-1].request.basis_date == "2020-10-01"
    browser.follow()
    assert "Đã viết ghi chú" in browser.page.text
    assert "Chờ ký xác nhận" in browser.page.text
    assert not [form for form in browser.page.all("form") if "/ghi-chu/" in form["action"]], (
        "the officer does not confirm it"
    )


NOTED = {
    "kind": "correction",
    "text": "Cải chính",
    "basis": "Quyết định",
    "basis_number": "4",
    "basis_agency": "Quận",
    "basis_date-day": "1",
    "basis_date-month": "10",
    "basis_date-year": "2020",
}


def test_what_a_note_changes_is_asked_with_whose_it_is_and_what_stands_there(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật Hộ tịch 2014 Đ28: the mother's name is not the child's."""
    content = {"child": {"full_name": "NGUYỄN MINH AN"}, "mother": {"full_name": "TRẦN THỊ LAN"}, "father": {}}
    entry = ward.entry("birth", content)
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    check(browser)
    for asked in ("Họ, chữ đệm, tên của người được khai sinh", "Họ, chữ đệm, tên của mẹ", "Họ, chữ đệm, tên của cha"):
        assert asked in browser.page.text
    assert "Trong sổ: TRẦN THỊ LAN." in browser.page.text
    blanks = [tag["value"] for tag in browser.page.all("input", name="note.blank")]
    assert blanks == ["mother"], "the father's part is blank"
    changed = {
        "mother-full_name": "Trần Thị Lan Anh",
        "child-birth_date-day": "1",
        "child-birth_date-month": "9",
        "child-birth_date-year": "2020",
        "child-sex": "female",
    }
    browser.send(f"{SEARCH}/muc/{entry.id}", "note", key=browser.page.hidden("key"), **NOTED, **changed)
    (sent,) = [each.request for each in wards.asked if each.rpc == "NoteEntry"]
    assert {each.at: each.value for each in sent.changes} == {
        "mother/full_name": "Trần Thị Lan Anh",
        "child/birth_date": "2020-09-01",
        "child/sex": "female",
    }


def test_a_parent_who_is_none_is_blanked_and_a_year_alone_is_a_birth(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ88.2; TTLT 01/2016 Đ2 (quoted)."""
    born = ward.entry("birth", {"child": {}, "mother": {}, "father": {"full_name": "LÊ VĂN AN", "birth_year": "1990"}})
    married = ward.entry("marriage", {"wife": {"birth_date": "1955-03-01"}, "husband": {}})
    browser.signed_in(OFFICER)
    for entry, typed in ((born, {"blank": "father"}), (married, {"wife-birth_date-year": "1955"})):
        browser.get(f"{SEARCH}/muc/{entry.id}")
        browser.send(f"{SEARCH}/muc/{entry.id}", "note", key=browser.page.hidden("key"), **NOTED, **typed)
    sent = [{one.at: one.value for one in each.request.changes} for each in wards.asked if each.rpc == "NoteEntry"]
    assert sent == [{"father/full_name": "", "father/birth_year": ""}, {"wife/birth_date": "1955"}]


def test_a_change_that_is_refused_is_told_at_its_own_question(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    entry = ward.entry("birth", {"child": {"full_name": "NGUYỄN MINH AN"}, "mother": {}, "father": {}})
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    wrong = invalid("invalid-field", "Xem lại.", FieldFault("changes/1/value", "Họ, chữ đệm, tên của mẹ: xem lại."))
    wards.answers("NoteEntry", wrong)
    typed = NOTED | {"child-full_name": "Nguyễn Minh Anh", "mother-full_name": "Trần Thị 2"}
    browser.send(f"{SEARCH}/muc/{entry.id}", "note", key=browser.page.hidden("key"), **typed)
    assert browser.response.status_code == 422
    check(browser)
    (sent,) = [each.request for each in wards.asked if each.rpc == "NoteEntry"]
    assert sent.changes[1].at == "mother/full_name"
    assert browser.page.all("a", href="#f-mother-full-name")
    assert browser.page.all("input", id="f-mother-full-name")[0]["value"] == "Trần Thị 2"


def test_what_was_typed_of_a_change_stays_where_the_note_is_refused(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("birth", {"child": {"full_name": "NGUYỄN MINH AN"}, "mother": {}, "father": {}})
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    typed = NOTED | {"basis": "", "child-full_name": "Nguyễn Minh Anh"}
    browser.send(f"{SEARCH}/muc/{entry.id}", "note", key=browser.page.hidden("key"), **typed)
    assert browser.response.status_code == 422
    check(browser)
    assert [tag["value"] for tag in browser.page.all("input", name="note.child-full_name")] == ["Nguyễn Minh Anh"]


def test_an_earlier_note_is_withdrawn_by_a_second_one_and_stays_on_the_page(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """TT 04/2020 Đ35: what was entered is never taken out."""
    entry = ward.entry("marriage", {"wife": {}, "husband": {}})
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(path)
    assert not browser.page.all("input", value="note-withdrawn"), "there is none to withdraw"
    entry.notes.add(sequence=1, kind="correction", text="Cải chính nơi cư trú", basis="Quyết định số 4", counts=False)
    entry.notes.add(sequence=2, kind="annulment", text="Hủy việc kết hôn " * 20, basis="Quyết định số 5", counts=True)
    browser.get(path)
    check(browser)
    assert "Đã hủy bỏ" in browser.page.text
    assert [tag["value"] for tag in browser.page.all("input", name="note.withdraws")] == ["2"]
    typed = {"kind": "note-withdrawn", "text": "Quyết định đã bị hủy", "basis": "Quyết định", "basis_number": "7"}
    day = {"basis_date-day": "1", "basis_date-month": "10", "basis_date-year": "2020"}
    browser.send(path, "note", key=browser.page.hidden("key"), **typed, **day, basis_agency="Tòa án", withdraws="2")
    (sent,) = [each.request for each in wards.asked if each.rpc == "NoteEntry"]
    assert (sent.kind, sent.withdraws) == ("note-withdrawn", 2)


def test_the_signer_finds_a_note_that_waits_and_confirms_it(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """NĐ 123/2015 Đ13.1."""
    entry = ward.entry("marriage", {})
    note = entry.proposed_notes.add(id=str(uuid4()), kind="divorce", text="Đã ly hôn", basis="Bản án số 4")
    browser.signed_in(SIGNER)
    browser.get(SEARCH)
    check(browser)
    path = f"{SEARCH}/muc/{entry.id}"
    assert browser.page.all("a", href=path)
    browser.get(path)
    check(browser)
    action = f"{path}/ghi-chu/{note.id}/ky"
    assert browser.page.all("button", formaction=action)
    browser.post(action, key=browser.page.hidden("key"))
    asked = wards.asked[-1].request
    assert (asked.entry_id, asked.proposed_note_id, asked.confirmed) == (entry.id, note.id, True)
    browser.follow()
    assert "Đã ký ghi chú vào sổ" in browser.page.text
    assert "Chờ ký xác nhận" not in browser.page.text


@pytest.mark.parametrize("missing", ["no_conflict_of_interest", "namesake"])
def test_a_signer_who_has_not_declared_is_asked_to_beside_the_note(
    browser: Browser, ward: Ward, wards: FakeWards, missing: str
) -> None:
    """Luật Hộ tịch 2014 Đ12; that somebody of the same name is another person is asked where that is so."""
    entry = ward.entry("marriage", {})
    note = entry.proposed_notes.add(id=str(uuid4()), kind="divorce", text="Đã ly hôn", basis="Bản án số 4")
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(SIGNER)
    browser.get(path)
    assert not browser.page.all("input", id=f"namesake-{note.id}")
    wards.answers("DecideNote", invalid("conflict-of-interest", "Xin xác nhận.", FieldFault(missing, "Xin xác nhận.")))
    browser.send(f"{path}/ghi-chu/{note.id}/ky", note.id, key=browser.page.hidden("key"))
    assert browser.response.status_code == 422
    assert browser.page.all("input", id=f"{missing}-{note.id}")
    assert browser.page.all("a", href=f"#{missing}-{note.id}")


def test_the_signer_sends_a_note_back_with_a_reason(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("marriage", {})
    note = entry.proposed_notes.add(id=str(uuid4()), kind="divorce", text="Đã ly hôn", basis="Bản án số 4")
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(SIGNER)
    browser.get(path)
    browser.send(f"{path}/ghi-chu/{note.id}/tra", note.id)
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href=f"#reason-{note.id}")
    browser.send(f"{path}/ghi-chu/{note.id}/tra", note.id, reason="Bản án chưa có hiệu lực")
    browser.follow()
    assert "Đã trả lại ghi chú" in browser.page.text
    for said in ("Bị trả lại", "Bản án chưa có hiệu lực"):
        assert said in browser.page.text


def test_the_officer_finds_a_note_that_was_sent_back_with_its_reason_and_writes_it_anew_or_drops_it(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    entry = ward.entry("marriage", {})
    asked = {"text": "Đã ly hôn", "basis": "Bản án", "basis_number": "4", "basis_agency": "Tòa", "withdraws": 0}
    for _ in range(2):
        note = entry.proposed_notes.add(id=str(uuid4()), kind="divorce", text="Đã ly hôn", basis="Bản án số 4")
        note.returned_because, note.asked_json = "Bản án chưa có hiệu lực", json.dumps(asked)
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    ward.queues = [("notes-returned", "Ghi chú vào sổ bị trả lại", "civil_status_officer", 2)]
    browser.get("/can-bo")
    (queue,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].endswith("#ghi-chu-bi-tra-lai")]
    browser.get(queue)
    check(browser)
    assert browser.page.all("h2", id="ghi-chu-bi-tra-lai")
    assert "lý do trả lại: Bản án chưa có hiệu lực" in browser.page.text
    browser.get(path)
    check(browser)
    again = [tag["href"] for tag in browser.page.all("a") if "viet-lai=" in tag["href"]]
    browser.get(again[0])
    check(browser)
    assert browser.page.all("input", id="f-basis-number")[0]["value"] == "4", "what was asked for stands in the form"
    day = {"basis_date-day": "1", "basis_date-month": "10", "basis_date-year": "2020"}
    first, second = (each.id for each in entry.proposed_notes)
    assert browser.page.hidden("instead_of") == first
    browser.post(f"{path}/so-bo-tu-phap", instead_of=first, **{"ministry.number": "0007/KS/2020"})
    browser.follow()
    assert browser.page.hidden("instead_of") == first, "another form of the page was sent"
    typed = {f"note.{name}": text for name, text in {"kind": "divorce", "basis": "Bản án", **day}.items()}
    browser.post(path, key=browser.page.hidden("key"), instead_of=first, **typed)
    (sent,) = [each.request for each in wards.asked if each.rpc == "NoteEntry"]
    assert sent.instead_of == first
    browser.get(f"{path}?viet-lai={second}")
    browser.post(f"{path}/ghi-chu/{second}/bo", key=browser.page.hidden("key"), instead_of=second)
    browser.follow()
    assert "viet-lai" not in browser.response.request.url
    assert "Đã bỏ ghi chú" in browser.page.text
    assert not [each for each in entry.proposed_notes if each.returned_because]


def test_a_note_is_offered_only_to_people_who_may_write_it(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("marriage", {})
    browser.signed_in(SIGNER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    assert not browser.page.all("textarea", name="note.text")
    assert "Viết ghi chú, chuyển ký" not in browser.page.text


def test_the_books_of_a_year_show_open_and_closed_volumes(browser: Browser, ward: Ward) -> None:
    book = ward.books[0]
    book.label, book.last_number = "02-TP/HT-2020-KS", 211
    book.closed_volumes.add(volume=1, label="01-TP/HT-2020-KS", first_number=1, last_number=200, closed_by="Võ Văn Nam")
    browser.signed_in(SIGNER)
    browser.get(f"{BOOKS}?nam=2020")
    check(browser)
    assert "từ số 1 đến số 200" in browser.page.text
    statement = f"{BOOKS}/birth/2020/quyen/1"
    assert browser.page.all("a", href=statement)
    browser.get(statement)
    assert browser.response.mimetype == "application/pdf"
    browser.get(f"{BOOKS}?nam=1999")
    assert "không có sổ nào" in browser.page.text


def test_a_year_that_started_on_paper_continues_after_its_last_number(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """NĐ 123/2015 Đ11: numbers run through the year."""
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    check(browser)
    browser.send(f"{BOOKS}/birth/2020/so-giay", "birth", paper_number="hai trăm")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("input", id="paper-birth")[0]["value"] == "hai trăm"
    browser.send(f"{BOOKS}/birth/2020/so-giay", "birth", paper_number="211")
    assert wards.asked[-1].request.paper_number == 211
    assert "mang số 212" in browser.follow().text


def test_a_book_is_closed_after_a_look_at_what_that_means(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(SIGNER)
    browser.get(BOOKS)
    assert not [tag for tag in browser.page.all("a") if tag["href"].endswith("/khoa/quyen")], "nothing stands in it yet"
    ward.books[0].last_number = 3
    browser.get(BOOKS)
    (link,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].endswith("/khoa/quyen")]
    browser.get(link)
    check(browser)
    assert "CloseBook" not in [each.rpc for each in wards.asked]
    browser.post(link, key="k")
    (asked,) = [each for each in wards.asked if each.rpc == "CloseBook"]
    assert (asked.request.full, asked.idempotency_key) == (True, "k")
    browser.follow()
    browser.get(f"{BOOKS}/birth/2020/khoa/nam")
    browser.post(f"{BOOKS}/birth/2020/khoa/nam")
    assert browser.response.status_code == 422
    check(browser)
    assert "31/12" in browser.page.text


def test_only_a_signer_closes_a_book(browser: Browser) -> None:
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    assert not [tag for tag in browser.page.all("a") if "/khoa/" in tag["href"]]


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


@pytest.mark.parametrize(
    ("status", "said", "since"),
    [
        ("valid", "còn hiệu lực", "06/04/2021"),
        ("expired", "đã hết hạn", "06/04/2021"),
        ("superseded", "không còn hiệu lực", "01/10/2020"),
        ("revoked", "đã bị thu hồi", "01/10/2020"),
    ],
)
def test_the_public_check_says_in_plain_words_how_a_paper_stands_and_since_when(
    browser: Browser, ward: Ward, status: str, said: str, since: str
) -> None:
    ward.certificate.status = status
    if status in ("valid", "expired"):
        ward.certificate.valid_until = "2021-04-06"
    else:
        ward.certificate.changed_at.FromDatetime(datetime(2020, 10, 1, 3, tzinfo=UTC))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert said in browser.page.headings[0]
    assert since in browser.page.text
    assert not re.search(status, browser.page.text)


def test_the_public_check_of_a_paper_whose_entry_was_noted_says_that_it_is_genuine_as_of_its_day(
    browser: Browser, ward: Ward
) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status="superseded", entry_changed=True))
    ward.certificate.changed_at.FromDatetime(datetime(2020, 10, 1, 3, tzinfo=UTC))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert (
        browser.page.headings[0].strip()
        == "Giấy tờ này do phường cấp, đúng với ngày cấp; sổ hộ tịch đã thay đổi sau đó"
    )
    for said in ("Giấy này là thật và đúng với sổ vào ngày cấp", "bản sao mới ghi theo sổ hiện nay", "Sổ thay đổi từ"):
        assert said in browser.page.text
    assert "đã được thay" not in browser.page.text, "nothing has replaced an original"


@pytest.mark.parametrize("status", ["revoked", "expired"])
def test_the_public_check_of_a_paper_whose_registration_was_annulled_says_that_it_is_no_longer_valid(
    browser: Browser, ward: Ward, status: str
) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status=status, registration_annulled=True))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert browser.page.headings[0].strip() == "Giấy tờ này không còn giá trị"
    for said in ("Việc đăng ký ghi trong giấy này đã bị hủy.", "Xin không nhận giấy này."):
        assert said in browser.page.text


def test_the_public_check_of_a_copy_that_tells_of_the_annulment_says_what_it_is(browser: Browser, ward: Ward) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status="annulled", registration_annulled=True))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert browser.page.headings[0].strip() == "Giấy tờ này do phường cấp, nhưng việc đăng ký ghi trong đó đã bị hủy"
    assert "không chứng minh việc đăng ký còn giá trị" in browser.page.text


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


def test_what_was_typed_in_the_other_forms_of_an_entry_stays(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """A note, the Ministry's number, and the reason for sending back another note: in any order of sending."""
    entry = ward.entry("birth", {})
    first, second = (entry.proposed_notes.add(id=str(uuid4()), kind="correction", text="x") for _ in range(2))
    both = ward.people[OFFICER]
    both.roles.append("signer")
    browser.signed_in(OFFICER)
    place = f"{SEARCH}/muc/{entry.id}"
    browser.get(place)
    check(browser)
    assert len(browser.page.all("form", action=place)) == 1
    typed = {
        "note.text": "Đổi chữ đệm",
        "note.basis": "Quyết định số 4",
        "ministry.number": "0007/KS/2020",
        f"{first.id}.reason": "Thiếu số văn bản",
        f"{second.id}.reason": "Sai tên",
    }
    for where, sent in (
        (f"{place}/so-bo-tu-phap", "ministry"),
        (f"{place}/ghi-chu/{first.id}/tra", first.id),
        (place, "note"),
        (f"{place}/ghi-chu/{second.id}/ky", second.id),
    ):
        for refusal in (True, False):
            for rpc in ("NoteEntry", "SetMinistryNumber", "DecideNote"):
                wards.answers(
                    rpc, invalid("invalid-field", "Xin xem lại.", FieldFault("x", "Xin.")) if refusal else entry
                )
            browser.post(where, **typed, **{"note.kind": "correction"})
            assert browser.response.status_code == (422 if refusal else 200), where
            check(browser)
            kept = {name for name in typed if refusal or not name.startswith(f"{sent}.")}
            shown = browser.response.text
            assert [typed[name] for name in kept if typed[name] not in shown] == [], where
    browser.send(f"{place}/so-bo-tu-phap", "ministry", number="0007/KS/2020")
    assert browser.response.status_code == 303, "nothing else was typed"
    browser.follow()
    wards.answers("SetMinistryNumber", invalid("invalid-field", "Xin xem lại.", FieldFault("number", "Xin.")))
    browser.post(f"{place}/so-bo-tu-phap", **dict.fromkeys(typed, ""))
    assert "open" not in browser.page.all("details", id="ghi-chu")[0], "nothing was typed there"


def test_what_was_typed_for_another_book_stays(browser: Browser, ward: Ward) -> None:
    book = dossiers_v1.Book(register="marriage", title="đăng ký kết hôn", year=2020, first_number=1)
    ward.books.append(book)
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    browser.post(f"{BOOKS}/birth/2020/so-giay", **{"birth.paper_number": "12", "marriage.paper_number": "34"})
    assert browser.response.status_code == 200
    check(browser)
    assert "Sổ tiếp theo số 12" in browser.page.text
    assert browser.page.all("input", id="paper-marriage")[0]["value"] == "34"
    browser.post(f"{BOOKS}/birth/2020/so-giay", **{"birth.paper_number": "x", "marriage.paper_number": "34"})
    assert browser.response.status_code == 422
    assert browser.page.all("input", id="paper-marriage")[0]["value"] == "34"


def test_every_button_of_an_entry_takes_the_way_back_to_what_was_found_along(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("birth", {})
    entry.proposed_notes.add(id=str(uuid4()), kind="correction", text="x")
    entry.proposed_notes.add(id=str(uuid4()), kind="correction", text="x", returned_because="Thiếu số")
    ward.people[OFFICER].roles.append("signer")
    browser.signed_in(OFFICER)
    browser.get(SEARCH)
    browser.post(SEARCH, register="birth", query="minh an", reason="hồ sơ 0001")
    found = browser.response.headers["Location"]
    browser.follow()
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(f"{SEARCH}/muc/")]
    _, _, back = opened.partition("?")
    browser.get(opened)
    buttons = {tag["formaction"] for tag in browser.page.all("button") if "formaction" in tag}
    assert len(buttons) == 4
    assert [one for one in buttons if back not in one] == []
    browser.post(next(one for one in buttons if "so-bo-tu-phap" in one), **{"ministry.number": "7/KS"})
    browser.follow()
    assert browser.page.all("a", href=found)
