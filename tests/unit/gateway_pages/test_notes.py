"""Notes on entries at the office: written, signed, sent back, withdrawn; about deaths, see test_notes_of_deaths.py."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OFFICER, SEARCH, SIGNER, Ward


def test_the_officer_writes_a_note_once_and_loses_nothing_that_was_typed(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    entry = ward.entry("marriage", {})
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(path)
    assert browser.page.all("option", value="divorce")
    assert not browser.page.all("option", value="declaration-annulled"), "kinds of other registers are not offered"
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


def test_each_question_of_a_change_names_the_person_and_the_present_value(
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
    assert blanks == ["mother", ""], "the father's part is blank"
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


def test_a_note_can_blank_a_parent_and_give_only_the_year_of_a_birth(
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


def test_each_choice_that_may_stay_open_can_be_taken_back(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    """A browser clears no radio button that was pressed: there is one for "not this note", and it sends nothing."""
    couple = {"wife": {"full_name": "TRẦN THỊ MAI"}, "husband": {"full_name": "LÊ VĂN AN"}}
    marriage, death = ward.entry("marriage", couple), ward.entry("death", {})
    marriage.notes.add(sequence=1, kind="correction", text="Cải chính", basis="Quyết định số 4", counts=True)
    death.marriages_to_ask.add(entry_id=marriage.id, label="số 02/2020", basis="Trích lục khai tử số 7")
    born = ward.entry("birth", {"child": {"sex": "male"}, "mother": {"full_name": "TRẦN THỊ LAN"}, "father": {}})
    browser.signed_in(OFFICER)
    for entry, names in (
        (marriage, ("who_died", "withdraws")),
        (death, (f"ended-{marriage.id}",)),
        (born, ("blank", "child-sex")),
    ):
        browser.get(f"{SEARCH}/muc/{entry.id}")
        check(browser)
        for name in names:
            assert "" in [one["value"] for one in browser.page.all("input", name=f"note.{name}")], name
        typed = NOTED | dict.fromkeys(names, "")
        browser.send(f"{SEARCH}/muc/{entry.id}", "note", key=browser.page.hidden("key"), **typed)
        assert browser.response.status_code == 303
        sent = [each.request for each in wards.asked if each.rpc == "NoteEntry"][-1]
        assert (sent.who_died, sent.withdraws, list(sent.ended_marriages), list(sent.changes)) == ("", 0, [], [])


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
    assert not browser.page.all("option", value="note-withdrawn"), "there is none to withdraw"
    entry.notes.add(sequence=1, kind="correction", text="Cải chính nơi cư trú", basis="Quyết định số 4", counts=False)
    entry.notes.add(sequence=2, kind="annulment", text="Hủy việc kết hôn " * 20, basis="Quyết định số 5", counts=True)
    browser.get(path)
    check(browser)
    assert "Đã hủy bỏ" in browser.page.text
    assert browser.page.all("option", value="note-withdrawn")
    assert [tag["value"] for tag in browser.page.all("input", name="note.withdraws")] == ["2", ""]
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


def test_the_officer_sees_why_a_note_was_sent_back_and_rewrites_or_drops_it(
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


def test_a_note_that_is_rewritten_is_not_taken_for_typed_where_nothing_of_it_was_changed(
    browser: Browser, ward: Ward
) -> None:
    """Another form of the page is sent: the page is shown at its own address again, with nothing to lose."""
    entry = ward.entry("marriage", {})
    asked = {"text": "Đã ly hôn", "basis": "Bản án", "basis_number": "4", "basis_agency": "Tòa", "withdraws": 0}
    note = entry.proposed_notes.add(id=str(uuid4()), kind="divorce", asked_json=json.dumps(asked), returned_because="x")
    browser.signed_in(OFFICER)
    browser.get(f"{SEARCH}/muc/{entry.id}?viet-lai={note.id}")
    shown = {f"note.{name}": text or "" for name, text in asked.items()} | {"note.kind": "divorce"}
    path = f"{SEARCH}/muc/{entry.id}/so-bo-tu-phap"
    browser.post(path, **shown, **{"ministry.number": "7/KS", "instead_of": note.id})
    browser.follow()
    assert browser.page.hidden("instead_of") == note.id
    browser.post(path, **shown | {"note.text": "Ly hôn"}, **{"ministry.number": "7/KS", "ministry.reason": "x"})
    assert browser.response.status_code == 200, "what was typed stays"


def test_a_note_is_offered_only_to_people_who_may_write_it(browser: Browser, ward: Ward) -> None:
    entry = ward.entry("marriage", {})
    browser.signed_in(SIGNER)
    browser.get(f"{SEARCH}/muc/{entry.id}")
    assert not browser.page.all("textarea", name="note.text")
    assert "Viết ghi chú, chuyển ký" not in browser.page.text


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
