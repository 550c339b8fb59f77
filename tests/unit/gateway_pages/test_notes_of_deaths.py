"""Notes about deaths, and about the marriages that they end or restore, as the office writes them."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OFFICER, SEARCH, SIGNER, Ward


def open_entry(browser: Browser, entry: dossiers_v1.FoundEntry) -> str:
    """The officer opens an entry; returns its address."""
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(path)
    check(browser)
    return path


def last_note(wards: FakeWards) -> dossiers_v1.NoteEntryRequest:
    """The note that was sent to the service last."""
    asked: dossiers_v1.NoteEntryRequest = [each.request for each in wards.asked if each.rpc == "NoteEntry"][-1]
    return asked


def error_at(browser: Browser, question: str) -> list[str]:
    """The error beside a question, which the summary leads to."""
    assert browser.page.all("a", href=f"#f-{question}"), question
    [part] = [one for one in browser.response.text.split("<fieldset")[1:] if f'name="note.{question}"' in one]
    return [one.strip() for one in re.findall(r"Lỗi:</span>([^<]*)", part.partition("</fieldset>")[0])]


def unfolded(browser: Browser) -> list[str]:
    """The kinds of notes whose questions are open on the page."""
    return [tag["data-kinds"] for tag in browser.page.all("details") if "open" in tag and "data-kinds" in tag]


def test_taking_back_a_death_asks_what_other_offices_know_about_the_spouse_and_shows_it(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(OFFICER)
    for register in ("birth", "marriage"):
        browser.get(f"{SEARCH}/muc/{ward.entry(register, {}).id}")
        assert not browser.page.all("input", name="note.spouse_elsewhere"), register
    path = open_entry(browser, ward.entry("death", {}))
    choices = [one["value"] for one in browser.page.all("input", name="note.spouse_elsewhere")]
    assert choices == ["none", "remarried", "divorced", ""]
    said = {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    typed = {"kind": "declaration-annulled", "text": "Hủy tuyên bố chết", "basis_number": "4", "basis_agency": "Tòa án"}
    browser.send(path, "note", **typed, **said)
    assert browser.response.status_code == 422
    (chosen,) = [one for one in browser.page.all("input", name="note.spouse_elsewhere") if "checked" in one]
    assert chosen["value"] == "remarried", "what was chosen stays"
    browser.send(path, "note", **typed, **said, basis="Quyết định")
    sent = last_note(wards)
    assert {name: getattr(sent, name) for name in said} == said
    browser.follow()
    check(browser)
    assert "Đã kết hôn với người khác (Phường Thanh Bình, số 12/2020)" in browser.page.text, "the signer reads it"


def test_who_corrects_a_death_is_led_to_the_marriage_that_a_note_about_it_has_ended(
    browser: Browser, ward: Ward
) -> None:
    """That note keeps its words (docs/decisions/0051)."""
    death, marriage = ward.entry("death", {}), ward.entry("marriage", {})
    death.marriages_noted.add(entry_id=marriage.id, label="số 02/2020")
    open_entry(browser, death)
    assert "mục kết hôn số 02/2020 đã chấm dứt theo mục khai tử này" in browser.page.text
    assert [one for one in browser.page.all("a") if one.get("href", "").endswith(f"/muc/{marriage.id}")]


def test_who_corrects_a_death_is_led_to_a_marriage_that_stands_although_it_may_be_of_the_deceased(
    browser: Browser, ward: Ward
) -> None:
    """Luật HNGĐ 2014 Đ65."""
    death, marriage = ward.entry("death", {}), ward.entry("marriage", {})
    death.marriages_standing.add(entry_id=marriage.id, label="số 02/2020")
    open_entry(browser, death)
    assert "mục kết hôn số 02/2020 chưa có ghi chú chấm dứt" in browser.page.text
    assert [one for one in browser.page.all("a") if one.get("href", "").endswith(f"/muc/{marriage.id}")]


def test_the_entry_of_a_death_leads_to_a_note_without_entry_that_may_be_about_it(browser: Browser, ward: Ward) -> None:
    """docs/decisions/0051: unless the officer has said that it is about another death."""
    death = ward.entry("death", {})
    for label, said in (("số 02/2020", {}), ("số 03/2020", {"answered": True})):
        death.marriages_to_ask.add(entry_id=str(uuid4()), label=label, basis="Trích lục khai tử", **said)
    open_entry(browser, death)
    asked = "không dẫn mục khai tử nào"
    assert f"mục kết hôn số 02/2020 {asked}" in browser.page.text
    assert f"mục kết hôn số 03/2020 {asked}" not in browser.page.text


@pytest.mark.parametrize(
    ("kind", "elsewhere", "revoked", "restored"),
    [
        ("declaration-annulled", "none", True, True),
        ("declaration-annulled", "remarried", True, False),
        ("annulment", "none", True, True),
        ("correction", "", False, False),
    ],
)
def test_the_signer_reads_before_and_after_what_a_note_does_to_papers_and_marriages(
    browser: Browser, ward: Ward, kind: str, elsewhere: str, revoked: bool, restored: bool
) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    death = ward.entry("death", {})
    death.marriages_noted.add(entry_id=str(uuid4()), label="số 02/2020")
    note = death.proposed_notes.add(
        id=str(uuid4()), kind=kind, text="Hủy", basis="QĐ số 4", spouse_elsewhere=elsewhere, annuls=revoked
    )
    note.ended_marriages.add(entry_id=str(uuid4()), label="số 03/2020", by_this_death=True)
    note.ended_marriages.add(entry_id=str(uuid4()), label="số 04/2020", by_this_death=False)
    path = f"{SEARCH}/muc/{death.id}"
    browser.signed_in(SIGNER)
    for read in (lambda: browser.get(path), lambda: _confirmed(browser, f"{path}/ghi-chu/{note.id}/ky")):
        read()
        text = browser.page.text
        assert ("bị thu hồi" in text) is revoked
        assert ("được báo là đã thay đổi" in text) is not revoked
        assert ("Hôn nhân ở mục kết hôn số 02/2020, số 03/2020 được khôi phục" in text) is restored


@pytest.mark.parametrize("register", ["birth", "death"])
@pytest.mark.parametrize(
    ("papers", "dossiers", "alike"),
    [
        ([], [], []),
        (["07/2020", "02/TLKT-BS"], ["000.48.30.H17-201006-0001"], ["số 06/2020, quyển 01", "số 08/2020, quyển 01"]),
    ],
)
def test_the_signer_reads_what_it_does_that_an_annulment_is_withdrawn(
    browser: Browser, ward: Ward, register: str, papers: list[str], dossiers: list[str], alike: list[str]
) -> None:
    """docs/decisions/0053: which papers are valid again, which dossiers that were stopped are done again, and which
    other entries may be of the same birth or death.
    """
    entry = ward.entry(register, {})
    note = entry.proposed_notes.add(id=str(uuid4()), kind="note-withdrawn", text="Hủy bỏ", basis="QĐ số 4")
    note.ends_annulment.SetInParent()
    note.ends_annulment.papers.extend(papers)
    note.ends_annulment.dossiers.extend(dossiers)
    note.ends_annulment.maybe_registered_again.extend(alike)
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(SIGNER)
    for read in (lambda: browser.get(path), lambda: _confirmed(browser, f"{path}/ghi-chu/{note.id}/ky")):
        read()
        text = browser.page.text
        assert "Mục này có giá trị trở lại." in text
        assert ("Giấy tờ có giá trị trở lại: số 07/2020, số 02/TLKT-BS." in text) is bool(papers)
        assert ("Không giấy tờ nào có giá trị trở lại" in text) is not bool(papers)
        assert ("được trả kết quả: 000.48.30.H17-201006-0001." in text) is bool(dossiers)
        assert ("Có thể đã đăng ký lại: số 06/2020, quyển 01; số 08/2020, quyển 01." in text) is bool(alike)
        assert ("Hôn nhân đã khôi phục do việc hủy này chấm dứt lại" in text) is (register == "death")
        assert "Giấy tờ đã cấp trước đó" not in text


def _confirmed(browser: Browser, action: str) -> None:
    browser.post(action, key=browser.page.hidden("key"))
    browser.follow()
    assert "Đã ký ghi chú vào sổ" in browser.page.text


def test_who_died_and_when_is_asked_only_in_the_register_of_marriages(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(OFFICER)
    for register in ("birth", "death"):
        browser.get(f"{SEARCH}/muc/{ward.entry(register, {}).id}")
        for name in ("died_on-year", "who_died", "death_entry"):
            assert not browser.page.all("input", name=f"note.{name}"), (register, name)
    couple = {"wife": {"full_name": "TRẦN THỊ MAI"}, "husband": {"full_name": "LÊ VĂN AN"}}
    path = open_entry(browser, ward.entry("marriage", couple))
    assert "Chồng: LÊ VĂN AN" in browser.page.text
    assert "Ai chết? (không bắt buộc)" not in browser.page.text, "a note of a death has to say it"
    assert not browser.page.all("input", name="note.death_entry"), "no entry of a death here may be of one of them"
    typed = {"kind": "death", "text": "Chồng chết", "basis_number": "4", "basis_agency": "UBND xã Điện Phong"}
    browser.send(path, "note", **typed, basis="Trích lục khai tử")
    assert browser.response.status_code == 422
    check(browser)
    assert "Xin ghi ngày chết" in browser.page.text
    assert "Xin chọn ai chết" in browser.page.text
    assert "Chồng chết" in browser.response.text, "what was typed stays"
    assert "NoteEntry" not in [each.rpc for each in wards.asked], "the service takes it without"
    typed |= {"who_died": "husband"}
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
        [chosen] = [one["value"] for one in browser.page.all("input", name="note.who_died") if "checked" in one]
        assert chosen == "husband", "what was chosen stays"
        browser.send(path, "note", **typed, **died, basis="Trích lục khai tử")
        request = last_note(wards)
        assert (request.died_on, request.who_died) == (sent, "husband")


def test_a_note_of_a_death_may_be_about_an_entry_of_this_ward_which_says_the_rest(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1: so it is taken back with that entry."""
    entry, death = ward.entry("marriage", {"wife": {}, "husband": {}}), ward.entry("death", {}).id
    entry.likely_deaths.add(entry_id=death, label="số 03/2020", who="husband", died_on="2020-10-08")
    path = open_entry(browser, entry)
    choices = [one["value"] for one in browser.page.all("input", name="note.death_entry")]
    assert choices == [death, ""]
    assert "Mục số 03/2020: chồng chết 08/10/2020" in browser.page.text
    browser.send(path, "note", kind="death", text="Chồng chết", death_entry=death)
    browser.follow()
    check(browser)
    sent = last_note(wards)
    assert (sent.death_entry, sent.basis, sent.died_on) == (death, "", "")
    assert "Mục khai tử của việc chết này" in browser.page.text, "the signer opens it"


def test_taking_back_a_death_asks_about_the_notes_that_may_be_about_it(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    death, marriage, other = ward.entry("death", {}), ward.entry("marriage", {}).id, ward.entry("marriage", {}).id
    death.marriages_to_ask.add(entry_id=marriage, label="số 02/2020", basis="Trích lục khai tử số 7")
    death.marriages_to_ask.add(entry_id=other, label="số 03/2020", basis="Trích lục khai tử số 8")
    path = open_entry(browser, death)
    assert "Trích lục khai tử số 7" in browser.page.text
    for id in (marriage, other):
        assert browser.page.all("a", href=f"{SEARCH}/muc/{id}", target="_blank"), "the officer compares both entries"
    typed = {"kind": "declaration-annulled", "text": "Hủy tuyên bố chết", "basis_number": "4", "basis_agency": "Tòa án"}
    browser.send(path, "note", **typed, basis="Quyết định", spouse_elsewhere="none")
    assert browser.response.status_code == 422
    check(browser)
    for id, label in ((marriage, "số 02/2020"), (other, "số 03/2020")):
        assert error_at(browser, f"ended-{id}") == [f"Xin trả lời về ghi chú một bên chết ở mục kết hôn {label}."]
    answer = {f"ended-{marriage}": "yes", f"ended-{other}": "no"}
    browser.send(path, "note", **typed, basis="Quyết định", spouse_elsewhere="none", **answer)
    browser.follow()
    check(browser)
    said = [(each.entry_id, each.by_this_death) for each in last_note(wards).ended_marriages]
    assert said == [(marriage, True), (other, False)]
    assert "ở mục kết hôn số 02/2020 do chính việc khai tử này" in browser.page.text, "the signer reads it"


def test_the_last_answer_about_a_marriage_is_filled_in_and_goes_with_an_annulment_alone(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1: the officer corrects a wrong answer."""
    death, marriage = ward.entry("death", {}), ward.entry("marriage", {}).id
    death.marriages_to_ask.add(
        entry_id=marriage, label="số 02/2020", basis="Trích lục", answered=True, by_this_death=True
    )
    path = open_entry(browser, death)
    name = f"ended-{marriage}"
    [chosen] = [one["value"] for one in browser.page.all("input", name=f"note.{name}") if "checked" in one]
    assert chosen == "yes"
    typed = {"text": "Cải chính", "basis": "Quyết định", "basis_number": "4", "basis_agency": "Tòa án"}
    for kind, answer, sent in (
        ("correction", "yes", []),
        ("declaration-annulled", "yes", [True]),
        ("declaration-annulled", "no", [False]),
    ):
        browser.get(path)
        browser.send(path, "note", kind=kind, **typed, **{name: answer})
        request = last_note(wards)
        assert (request.kind, [each.by_this_death for each in request.ended_marriages]) == (kind, sent)


def test_who_restores_a_marriage_answers_about_later_ones_of_the_spouses_name(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    entry, later = ward.entry("marriage", {"wife": {}, "husband": {}}), ward.entry("marriage", {}).id
    entry.remarriages_to_ask.add(entry_id=later, label="số 05/2020")
    path = open_entry(browser, entry)
    typed = {"text": "Khôi phục", "basis": "Quyết định", "basis_number": "4", "basis_agency": "Tòa án"}
    browser.send(path, "note", kind="marriage-restored", **typed)
    assert browser.response.status_code == 422
    check(browser)
    assert error_at(browser, f"remarried-{later}") == [
        "Xin trả lời mục kết hôn số 05/2020 có phải của vợ hoặc chồng không."
    ]
    browser.send(path, "note", kind="marriage-restored", **typed, **{f"remarried-{later}": "no"})
    browser.follow()
    check(browser)
    [answer] = last_note(wards).remarriages
    assert (answer.entry_id, answer.of_spouse) == (later, False)
    assert "không phải của vợ hoặc chồng trong mục này" in browser.page.text, "the signer reads it"


def test_the_signer_reads_before_and_after_which_marriage_a_correction_of_a_death_ends(
    browser: Browser, ward: Ward
) -> None:
    """Luật HNGĐ 2014 Đ65."""
    death = ward.entry("death", {"deceased": {}})
    note = death.proposed_notes.add(id=str(uuid4()), kind="correction", text="Cải chính", basis="QĐ số 4")
    other = death.proposed_notes.add(id=str(uuid4()), kind="other", text="Khác", basis="QĐ số 5")
    note.ends_marriages.add(entry_id=str(uuid4()), label="số 05/2020")
    path = f"{SEARCH}/muc/{death.id}"
    browser.signed_in(SIGNER)
    browser.get(path)
    ends = "Hôn nhân ở mục kết hôn số 05/2020 chấm dứt"
    assert browser.page.text.count(ends) == 1, "of the one note"
    _confirmed(browser, f"{path}/ghi-chu/{note.id}/ky")
    assert [one.id for one in death.proposed_notes] == [other.id]
    assert browser.page.text.count(ends) == 1, "in what the signer is told"
    _confirmed(browser, f"{path}/ghi-chu/{other.id}/ky")
    assert ends not in browser.page.text


@pytest.mark.parametrize("ended", ["divorce", "annulment"])
def test_who_withdraws_a_divorce_or_annulment_answers_about_later_marriages(
    browser: Browser, ward: Ward, wards: FakeWards, ended: str
) -> None:
    """Luật HNGĐ 2014 Đ5.2c: both marriages would stand."""
    entry, later = ward.entry("marriage", {"wife": {}, "husband": {}}), ward.entry("marriage", {}).id
    entry.notes.add(sequence=1, kind="correction", text="Cải chính", basis="Quyết định", counts=True)
    entry.notes.add(sequence=2, kind=ended, text="Chấm dứt", basis="Bản án", counts=True)
    entry.remarriages_to_ask.add(entry_id=later, label="số 05/2020")
    path = open_entry(browser, entry)
    typed = {"text": "Hủy bỏ", "basis": "Quyết định", "basis_number": "4", "basis_agency": "Tòa án"}
    browser.send(path, "note", kind="note-withdrawn", withdraws="2", **typed)
    assert browser.response.status_code == 422
    check(browser)
    assert error_at(browser, f"remarried-{later}") == [
        "Xin trả lời mục kết hôn số 05/2020 có phải của vợ hoặc chồng không."
    ]
    assert "của vợ hoặc chồng trong mục này không?" in browser.page.text
    browser.send(path, "note", kind="note-withdrawn", withdraws="2", **typed, **{f"remarried-{later}": "yes"})
    browser.follow()
    check(browser)
    [answer] = last_note(wards).remarriages
    assert (answer.entry_id, answer.of_spouse) == (later, True)
    assert "là của vợ hoặc chồng trong mục này" in browser.page.text, "the signer reads it"
    browser.send(path, "note", kind="note-withdrawn", withdraws="1", **typed)
    assert (last_note(wards).withdraws, len(last_note(wards).remarriages)) == (1, 0), "a correction ends no marriage"


def test_a_note_of_a_death_is_withdrawn_as_that_of_somebody_else(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    entry = ward.entry("marriage", {"wife": {}, "husband": {}})
    path = f"{SEARCH}/muc/{entry.id}"
    browser.signed_in(OFFICER)
    browser.get(path)
    assert not browser.page.all("input", name="note.not_this_person"), "nobody is noted dead"
    entry.notes.add(sequence=1, kind="death", text="Chồng chết", basis="Trích lục", counts=True)
    browser.get(path)
    check(browser)
    typed = {"text": "Nhầm người", "basis": "Văn bản", "basis_number": "4", "basis_agency": "Công an"}
    for answer, sent in (("", False), ("yes", True)):
        browser.get(path)
        browser.send(path, "note", kind="note-withdrawn", withdraws="1", **typed, not_this_person=answer)
        request = last_note(wards)
        assert (request.withdraws, request.not_this_person) == (1, sent)


def test_a_marriage_that_the_service_does_not_ask_about_is_told_at_its_question(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """The service counts the answers that were sent; a fault of all of them is at the first."""
    entry, ids = ward.entry("marriage", {"wife": {}, "husband": {}}), [ward.entry("marriage", {}).id for _ in range(3)]
    for id in ids:
        entry.remarriages_to_ask.add(entry_id=id, label="số 05/2020")
    path = open_entry(browser, entry)
    said = {f"remarried-{id}": "no" for id in ids[1:]}
    for field, at in (("remarriages/1/entry_id", ids[2]), ("remarriages", ids[1])):
        wards.answers("NoteEntry", invalid("invalid-field", "Xem lại.", FieldFault(field, "Không phải mục cần hỏi.")))
        browser.send(path, "note", kind="other", text="Khác", basis="Văn bản", **said)
        assert browser.response.status_code == 422
        check(browser)
        assert error_at(browser, f"remarried-{at}") == ["Không phải mục cần hỏi."], field


def test_the_questions_of_the_chosen_kind_are_unfolded_and_those_with_something_in_them(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """With a script they unfold at the choice (note_kinds.js)."""
    entry, later = ward.entry("marriage", {"wife": {}, "husband": {}}), ward.entry("marriage", {}).id
    entry.notes.add(sequence=1, kind="death", text="Chồng chết", basis="Trích lục", counts=True)
    entry.remarriages_to_ask.add(entry_id=later, label="số 05/2020")
    path = open_entry(browser, entry)
    assert unfolded(browser) == []
    withdrawn, died, returns = "note-withdrawn", "death death-supplemented", "marriage-restored note-withdrawn"
    assert [tag["data-kinds"] for tag in browser.page.all("details") if "data-kinds" in tag] == [
        withdrawn,
        died,
        returns,
    ]
    for typed, parts in (
        ({"kind": "divorce"}, []),
        ({"kind": "death-supplemented"}, [died]),
        ({"kind": "note-withdrawn"}, [withdrawn, returns]),
        ({"kind": "divorce", "died_on-year": "2019"}, [died]),
        ({"kind": "divorce", f"remarried-{later}": "no"}, [returns]),
    ):
        browser.get(path)
        browser.send(path, "note", **typed)
        assert browser.response.status_code == 422
        assert unfolded(browser) == parts, typed
    wards.answers("NoteEntry", invalid("invalid-field", "Xem lại.", FieldFault("withdraws", "Xin chọn.")))
    browser.send(path, "note", kind="divorce", basis="Bản án")
    assert unfolded(browser) == [withdrawn], "there is something wrong there"
