"""An entry's lines beside the declaration: what differs, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from services.chassis.capacity import Capacity
from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.entries.compared import Difference, Line, compared
from services.dossiers.domain.notes import updated
from services.dossiers.domain.register import NotNumbered, Registration, RegistrationKind, seen_digest
from services.dossiers.forms import asked, leaves
from tests.unit.dossiers.birth_forms import birth_form
from tests.unit.dossiers.copy_forms import FORM as COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import CATALOGUE, changed

TODAY = date(2020, 10, 6)
FORMS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "birth": ("1.001193", birth_form()),
    "marriage": ("1.000894", MARRIAGE.form),
    "death": ("1.000656", DEATH.form),
    "marital-status": ("1.004873", MARITAL_STATUS.form),
}


def lines_of(register: str, changes: Mapping[str, Any] | None = None, **office: Any) -> dict[str, Line]:
    code, filed = FORMS[register]
    procedure = CATALOGUE.get(code, TODAY)
    form = asked(procedure, changed(filed, changes or {}))
    registration = registration_of(**office)
    fields = leaves(procedure.form)
    labels = {pointer: node.get("x-labels", {}) for pointer, node in fields.items()}
    content = entry_content(register, form, registration)
    said = compared(register, form, registration, content, lambda at, value: labels[at].get(str(value), str(value)))
    return {line.title: line for line in said}


def registration_of(**office: Any) -> Registration:
    usual: dict[str, Any] = {
        "book": "",
        "year": 2020,
        "number": NotNumbered(),
        "registered_on": TODAY,
        "place": "Ủy ban nhân dân phường Nam Dương",
        "signer_name": "Võ Văn Nam",
        "signer_title": "Chủ tịch",
        "signer_capacity": Capacity.HEAD,
    }
    return Registration(**(usual | office))


@pytest.mark.parametrize("register", FORMS)
def test_names_in_capitals_are_told_apart_and_nothing_else_differs(register: str) -> None:
    found = {line.difference for line in lines_of(register).values()}
    assert found == {Difference.NONE, Difference.CAPITALS}


@pytest.mark.parametrize("register", FORMS)
def test_names_of_people_are_entered_in_capitals(register: str) -> None:
    """TT 04/2020 Đ31.1: with their diacritics."""
    names = [line for line in lines_of(register).values() if any(at.endswith("/full_name") for at in line.fields)]
    assert names
    assert [line.title for line in names if line.entered != line.declared.upper()] == []


@pytest.mark.parametrize("register", FORMS)
def test_every_line_names_answers_that_the_procedure_asks_for(register: str) -> None:
    known = leaves(CATALOGUE.get(FORMS[register][0], TODAY).form)
    named = {pointer for line in lines_of(register).values() for pointer in line.fields}
    assert sorted(named - known.keys() - {f"/{who}/nationality_name" for who in ("wife", "husband")}) == []


@pytest.mark.parametrize("register", FORMS)
def test_every_person_of_an_entry_stands_in_a_line(register: str) -> None:
    code, filed = FORMS[register]
    form = asked(CATALOGUE.get(code, TODAY), filed)
    entered = {line.entered for line in lines_of(register).values()}
    people = PEOPLE[register](form, registration_of())
    assert [person.full_name for person in people.values() if person.full_name.upper() not in entered] == []


def test_what_the_law_leaves_blank_or_fills_in_is_marked() -> None:
    found = lines_of("birth", {"/child/sex": "undetermined"})["Giới tính"]
    assert (found.declared, found.entered, found.difference) == ("Chưa xác định", "", Difference.LAW)
    dead = lines_of("birth", {"/mother/lives_in": "dead", "/mother/residence": None})["Nơi cư trú người mẹ"]
    assert (dead.entered, dead.difference) == ("Đã chết", Difference.LAW)
    late = lines_of("birth", kind=RegistrationKind.LATE)["Loại đăng ký"]
    assert late.difference is Difference.LAW


def test_what_the_office_writes_is_marked_as_its_own() -> None:
    found = lines_of("birth", personal_identification_number="048220000123", note="Đã xem sổ.")
    for title, entered in (("Số định danh cá nhân", "048220000123"), ("Ghi chú trong sổ", "Đã xem sổ.")):
        assert (found[title].entered, found[title].difference) == (entered, Difference.OFFICE)
    said = lines_of("marital-status", statement="Chưa kết hôn lần nào.")["Tình trạng hôn nhân"]
    assert (said.entered, said.difference) == ("Chưa kết hôn lần nào.", Difference.OFFICE)
    assert said.declared not in ("", said.entered)


def test_a_line_that_has_part_of_an_answer_alone_differs() -> None:
    """A name that is another's beginning is not the same name; a line of several answers has them all."""
    code, filed = FORMS["birth"]
    procedure = CATALOGUE.get(code, TODAY)
    form, registration = asked(procedure, filed), registration_of()
    content = entry_content("birth", form, registration)
    name = content["child"]["full_name"]
    content["child"]["full_name"] = f"{name} KHÔI"
    content["child"]["home_town"] += ", tỉnh Quảng Nam"
    for place in ("Nơi khác", form["birth_place"]["facility"], form["birth_place"]["address"]):
        content["child"]["place_of_birth"] = place
        said = compared("birth", form, registration, content, lambda _, value: str(value))
        found = {one.title: one.difference for one in said}
        for title in ("Họ, chữ đệm, tên", "Quê quán", "Nơi sinh"):
            assert found[title] is Difference.LAW, (title, place)


def test_an_unknown_day_is_compared_by_what_is_known() -> None:
    month = {"/wife/birth_date": None, "/wife/birth_year": 1962, "/wife/birth_month": 3}
    found = lines_of("marriage", month)["Ngày, tháng, năm sinh vợ"]
    assert (found.entered, found.difference) == ("03/1962", Difference.NONE)


def test_the_digest_covers_everything_except_number_and_book() -> None:
    _, filed = FORMS["birth"]
    before = entry_content("birth", filed, registration_of())
    numbered = entry_content("birth", filed, registration_of(number=7, book="01-TP/HT-2020-KS"))
    assert seen_digest(before) == seen_digest(numbered)
    others: list[dict[str, Any]] = [
        {"registered_on": date(2020, 10, 7)},
        {"signer_title": "Phó Chủ tịch"},
        {"note": "x"},
        {"personal_identification_number": "048220000123"},
    ]
    assert seen_digest(before) not in {
        seen_digest(entry_content("birth", filed, registration_of(**one))) for one in others
    }
    assert f"{NotNumbered():02d}/2020" == "……/2020"


def copy_lines(named: str, notes: list[dict[str, Any]], **changes: Any) -> dict[str, Line]:
    """The lines of a copy of a birth entry with these notes, asked for in a name."""
    procedure = CATALOGUE.get("2.000635", TODAY)
    form = asked(procedure, changed(COPY, {"/subject/full_name": named, **changes}))
    book = {"book": "01-TP/HT-2015-KS", "year": 2015, "number": 41, "registered_on": date(2015, 9, 28)}
    born = asked(CATALOGUE.get("1.001193", TODAY), birth_form({"/child/full_name": "Phan Gia Hân"}))
    entry = entry_content("birth", born, registration_of(**book))
    source = {**updated(entry, notes), "later_notes": notes}
    registration = registration_of(source=source)
    content = entry_content("copies", form, registration)
    labels = {pointer: node.get("x-labels", {}) for pointer, node in leaves(procedure.form).items()}
    said = compared("copies", form, registration, content, lambda at, value: labels[at].get(str(value), str(value)))
    return {line.title: line for line in said}


RENAMED_CHILD = {
    "kind": "correction",
    "text": "Đổi tên.",
    "on": "2020-10-01",
    "changes": {"child/full_name": {"was": "PHAN GIA HÂN", "now": "PHAN GIA HÂN ANH"}},
}


def test_capitals_are_a_difference_of_names_alone_and_the_number_of_copies_is_a_line() -> None:
    lines = copy_lines("Phan Gia Hân", [])
    assert lines["Bản sao"].difference is Difference.NONE
    assert lines["Người có tên trong sổ"].difference is Difference.CAPITALS
    assert (lines["Số bản"].declared, lines["Số bản"].entered, lines["Số bản"].difference) == ("3", "3", "")


def test_a_copy_that_is_asked_for_in_the_former_name_says_that_a_note_has_changed_it() -> None:
    """TT 04/2020 Đ23."""
    former = copy_lines("Phan Gia Hân", [RENAMED_CHILD])["Người có tên trong sổ"]
    assert (former.entered, former.difference) == ("PHAN GIA HÂN ANH", Difference.LAW)
    assert "ghi chú trong sổ đã đổi tên" in former.reason
    new = copy_lines("Phan Gia Hân Anh", [RENAMED_CHILD])["Người có tên trong sổ"]
    assert new.difference is Difference.CAPITALS
    stranger = copy_lines("Phan Gia Khác", [RENAMED_CHILD])["Người có tên trong sổ"]
    assert stranger.reason == "Mục trong sổ ghi tên khác với tờ khai."


@pytest.mark.parametrize(
    ("asking", "told"), [("TRẦN THỊ LAN", False), ("Trần Thị Lân", True), ("Tran Thi Lan", True), ("Lê Thị Khác", True)]
)
def test_a_parent_who_asks_in_another_name_than_the_entry_s_is_a_line_for_the_signer(asking: str, told: bool) -> None:
    """The entry is found without marks, and by numbers."""
    lines = copy_lines("Phan Gia Hân", [], **{"/requester/relation": "parent", "/requester/full_name": asking})
    line = lines.get("Người yêu cầu trong sổ")
    assert (line is not None) is told
    if line is not None:
        assert line.declared == asking
        assert "TRẦN THỊ LAN" in line.entered
        assert line.difference is Difference.LAW
