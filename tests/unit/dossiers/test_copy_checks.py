"""What the law and good sense say to a request for copies (2.000635), check by check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.people import Person
from tests.unit.dossiers.copy_forms import COPY, DEATH, MARRIAGE, ORGANISATION
from tests.unit.dossiers.worlds import CATALOGUE, INFORMS, OFFICER, STOPS, WARNS, Registers

HELD = "NĐ 87/2020 Đ8; TT 04/2020 Đ23"
WHO = "Luật Hộ tịch 2014 Đ6, Đ63–64"
AGENT = {"/requester/kind": "agent", "/principal/relation": "self"}
CHILD = Person("Phan Gia Hân", date(2015, 9, 12))
HUSBAND = Person("Phan Thanh Tùng", date(1985, 2, 17), frozenset({"201456789"}))
WIFE = Person("Huỳnh Thị Ngọc Ánh", date(1988, 6, 30))
found, finding, told = COPY.found, COPY.finding, COPY.told


def of(check: str, changes: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, FindingKind, str]]:
    """Field, kind and article of each finding of a check."""
    return [(each.field, each.kind, each.article) for each in found(changes, **more) if each.check == check]


@pytest.mark.parametrize("changes", [{}, MARRIAGE, DEATH, ORGANISATION, ORGANISATION | DEATH])
def test_each_ordinary_request_can_be_filed_without_a_warning(changes: dict[str, Any]) -> None:
    assert not [each for each in found(changes) if each.kind in {STOPS, WARNS}]


def test_copies_of_anything_else_are_asked_for_at_the_office() -> None:
    assert of("copy-kind", {"/copy/kind": "other"}) == [("/copy/kind", STOPS, "")]
    assert "Bộ phận Một cửa" in finding("copy-kind", {"/copy/kind": "other"}).text


def test_what_was_registered_elsewhere_is_copied_there() -> None:
    """NĐ 87/2020 Đ8; TT 04/2020 Đ23: the office that holds the register."""
    elsewhere = {"/registered/place": "elsewhere"}
    assert of("copy-register", elsewhere) == [("/registered/place", STOPS, HELD)]
    assert "cơ quan đã đăng ký" in finding("copy-register", elsewhere).text
    assert told("copy-register") == {}


@pytest.mark.parametrize(
    ("birth_date", "number", "day", "warns"),
    [
        ("2015-09-12", None, None, False),
        (None, "41/2015", "2015-09-28", False),
        (None, "41/2015", None, True),
        (None, None, "2015-09-28", True),
        (None, None, None, True),
    ],
)
def test_too_little_to_find_the_entry_by_is_asked_about(
    birth_date: str | None, number: str | None, day: str | None, warns: bool
) -> None:
    changes = {"/subject/birth_date": birth_date, "/registered/number": number, "/registered/date": day}
    expected = [("/subject/birth_date", WARNS, HELD)] if warns else []
    assert of("copy-can-be-found", changes) == expected


def test_an_agent_needs_an_authorisation() -> None:
    """TT 04/2020 Đ2. The form does not say who the principal is, so the officer looks into the authorisation."""
    by_whom = ("/requester/kind", OFFICER, WHO)
    assert of("copy-requester", AGENT) == [("/requester/kind", INFORMS, "TT 04/2020 Đ2"), by_whom]
    for_a_spouse = MARRIAGE | AGENT | {"/principal/relation": "spouse"}
    assert by_whom in of("copy-requester", for_a_spouse), "an entry names two spouses, and the form one"
    assert COPY.papers(AGENT) == {"authorisation": "file", "requester-identity": "present"}


@pytest.mark.parametrize("kind", ["birth", "marriage", "death"])
def test_a_stranger_gets_nobodys_copy_neither_alone_nor_for_another_stranger(kind: str) -> None:
    """Luật Hộ tịch 2014 Đ61, Đ63, Đ74.6."""
    for stranger, field in (
        ({"/requester/relation": "other"}, "/requester/relation"),
        (AGENT | {"/principal/relation": "other"}, "/principal/relation"),
    ):
        stops = [each for each in of("copy-requester", stranger | {"/copy/kind": kind}) if each[1] is STOPS]
        assert stops == [(field, STOPS, WHO)]


@pytest.mark.parametrize(
    ("kind", "relation", "expected"),
    [
        ("birth", "self", None),
        ("birth", "parent", OFFICER),  # who looks whether this is the parent in the entry
        ("birth", "guardian", OFFICER),
        ("birth", "spouse", STOPS),
        ("birth", "child", STOPS),
        ("marriage", "self", None),
        ("marriage", "spouse", None),
        ("marriage", "guardian", OFFICER),
        ("marriage", "parent", STOPS),
        ("marriage", "child", STOPS),
        ("death", "self", STOPS),
        ("death", "spouse", OFFICER),
        ("death", "child", OFFICER),
        ("death", "parent", OFFICER),
        ("death", "guardian", OFFICER),
    ],
)
def test_copies_are_of_own_events_and_of_those_one_represents(
    kind: str, relation: str, expected: FindingKind | None
) -> None:
    """Luật Hộ tịch 2014 Đ6.2–3, Đ63: alone, and as the principal of an agent."""
    named = {"/copy/kind": kind, "/subject/full_name": "Phan Thanh Tùng"}
    kinds = [each[1] for each in of("copy-requester", named | {"/requester/relation": relation})]
    assert kinds == ([expected] if expected else [])
    if relation != "child":
        for_another = named | AGENT | {"/principal/relation": relation}
        assert [each[1] for each in of("copy-requester", for_another)][2:] == kinds


@pytest.mark.parametrize(
    ("born", "stops"), [("2002-10-07", False), ("2002-10-06", True), ("1990-01-01", True), (None, False)]
)
def test_parents_represent_a_child_until_it_is_18(born: str | None, stops: bool) -> None:
    """Luật Hộ tịch 2014 Đ6.3. Where the birth date is not known, the officer finds it in the entry."""
    kinds = [each[1] for each in of("copy-requester", {"/subject/birth_date": born})]
    assert kinds == ([STOPS] if stops else [OFFICER])


@pytest.mark.parametrize("kind", ["birth", "marriage", "death"])
@pytest.mark.parametrize("kinship", ["spouse", "child", "parent", "relative", "heir"])
def test_the_officer_decides_by_the_relation_about_copies_of_a_dead_persons_entry(kind: str, kinship: str) -> None:
    kin = {"/copy/kind": kind, "/requester/kind": "kin", "/requester/kinship": kinship}
    assert of("copy-requester", kin) == [("/requester/kinship", OFFICER, "")]
    for_kin = {"/copy/kind": kind} | AGENT | {"/principal/relation": "kin"}
    assert of("copy-requester", for_kin)[2:] == [("/principal/relation", OFFICER, "")]


def test_only_a_competent_agency_has_a_copy_and_the_officer_looks_at_its_letter() -> None:
    """Luật Hộ tịch 2014 Đ64; NĐ 87/2020 Đ8.6."""
    assert of("copy-requester", ORGANISATION) == [("/organisation/name", OFFICER, WHO)]


@pytest.mark.parametrize(
    ("name", "warns"),
    [("Phan Thanh Tùng", False), ("PHAN THANH TÙNG", False), ("Phan Thanh Tung", True), ("Lê Văn Lạ", True)],
)
def test_who_asks_for_an_own_entry_has_its_name(name: str, warns: bool) -> None:
    found = of("copy-requester", MARRIAGE | {"/requester/full_name": name})
    assert found == ([("/subject/full_name", WARNS, WHO)] if warns else [])


@pytest.mark.parametrize(
    "earlier", [{"/requester/relation": "child"}, {"/requester/kind": "agent", "/principal/relation": None}]
)
def test_what_was_filed_before_these_questions_is_looked_at_and_not_stopped(earlier: dict[str, Any]) -> None:
    kinds = [each[1] for each in of("copy-requester", earlier, registered_on=COPY.day)]
    assert OFFICER in kinds
    assert STOPS not in kinds


def test_an_organisation_asks_in_writing_and_says_why() -> None:
    """Luật Hộ tịch 2014 Đ64."""
    assert COPY.papers(ORGANISATION) == {"written-request": "file", "requester-identity": "present"}
    without = found(ORGANISATION | {"/organisation/reason": None})
    assert {each.field for each in without if each.kind is STOPS} == {"/organisation/reason"}
    assert COPY.papers() == {"requester-identity": "present"}


@pytest.mark.parametrize(
    ("changes", "records", "certain"),
    [
        ({}, Registers(born=[(CHILD, ())]), False),
        (
            {"/subject/identity_number": "048315000777"},
            Registers(born=[(Person(identity_numbers=frozenset({"048315000777"})), ())]),
            True,
        ),
        (MARRIAGE, Registers(marriages=[(WIFE, HUSBAND)]), True),
        (MARRIAGE, Registers(former=[(WIFE, HUSBAND)]), True),
        (MARRIAGE | {"/requester/relation": "child"}, Registers(marriages=[(WIFE, HUSBAND)]), False),
        (DEATH, Registers(dead=[Person("PHAN VĂN ĐỨC", date(1948, 1, 9))]), False),
    ],
)
def test_the_officer_is_told_which_entry_may_be_meant(
    changes: dict[str, Any], records: Registers, certain: bool
) -> None:
    """A person who asks for their own entry is also found by the number of the paper."""
    assert of("copy-entry", changes, records=records) == [("/subject/full_name", INFORMS, HELD)]
    text = finding("copy-entry", changes, records=records).text
    assert "số 12/2018" in text
    assert ("xem có đúng là một người" in text) is not certain


def test_who_asks_as_kin_is_looked_up_among_the_dead() -> None:
    """Else "has died" would open the entry of anybody alive (Luật Hộ tịch 2014 Đ61)."""
    kin = {"/requester/kind": "kin", "/requester/kinship": "child", "/requester/relation": None}
    assert told("copy-of-the-dead", kin, records=Registers()) == {"/requester/kind": OFFICER}
    assert told("copy-of-the-dead", kin, records=Registers(dead=[CHILD])) == {"/requester/kind": INFORMS}
    for_kin = AGENT | {"/principal/relation": "kin"}
    assert told("copy-of-the-dead", for_kin, records=Registers()) == {"/requester/kind": OFFICER}
    assert told("copy-of-the-dead", records=Registers()) == told("copy-of-the-dead", AGENT, records=Registers()) == {}
    assert told("copy-of-the-dead", kin) == {}


def test_where_the_registers_hold_nothing_the_officer_looks_into_the_paper_books() -> None:
    """An entry of another register does not count."""
    for records in (Registers(), Registers(dead=[CHILD])):
        assert of("copy-entry", records=records) == [("/subject/full_name", OFFICER, HELD)]
    assert told("copy-entry", {"/copy/kind": "other"}, records=Registers()) == {}


def test_what_stands_in_paper_books_alone_is_said_to_be_not_copied_here_before_money_is_taken() -> None:
    """TT 04/2020 Đ23: the ward copies it from the paper book; this system cannot yet."""
    assert "trước khi tiếp nhận và thu tiền" in finding("copy-entry", records=Registers()).text
    for day in (date(2020, 10, 6), date(2023, 1, 2)):
        said = CATALOGUE.get("2.000635", day).texts["before_you_start"]
        assert "chỉ ghi trong sổ giấy" in said
        assert "trước khi nộp hồ sơ và trả tiền" in said


def test_typing_a_name_does_not_reveal_the_registers() -> None:
    assert told("copy-entry") == {}


@pytest.mark.parametrize(("count", "stops"), [(0, True), (1, False), (50, False), (51, True), (None, True)])
def test_at_least_one_copy_is_asked_for(count: int | None, stops: bool) -> None:
    findings = [each for each in found({"/copies/count": count}) if each.field == "/copies/count"]
    assert [each.kind for each in findings] == ([STOPS] if stops else [])


@pytest.mark.parametrize("field", ["/subject/birth_date", "/registered/date", "/requester/identity_issued_on"])
def test_what_has_happened_has_happened_by_today(field: str) -> None:
    assert told("dates-not-in-future", {field: "2020-10-07"}) == {field: STOPS}
    assert told("dates-not-in-future", {field: "2020-10-06"}) == {}


def test_the_other_spouse_is_asked_for_marriages_alone() -> None:
    assert "spouse_name" not in COPY.filed(MARRIAGE | {"/copy/kind": "birth"})["subject"]
    assert "spouse_name" in COPY.filed(MARRIAGE)["subject"]


@given(st.sets(st.sampled_from(["/copy/kind", "/subject/full_name", "/registered/place", "/requester/relation"])))
def test_an_unfinished_form_trips_no_check(gone: set[str]) -> None:
    findings = found(dict.fromkeys(gone), records=Registers())
    assert {each.field for each in findings if each.kind is STOPS} == gone
