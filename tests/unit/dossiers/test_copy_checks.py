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
from tests.unit.dossiers.worlds import Registers

STOPS, WARNS, INFORMS, OFFICER = (
    FindingKind.STOPS,
    FindingKind.WARNS,
    FindingKind.INFORMS,
    FindingKind.ASKS_OFFICER,
)
HELD = "NĐ 87/2020 Đ8; TT 04/2020 Đ23"
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
    """TT 04/2020 Đ2."""
    agent = {"/requester/kind": "agent"}
    assert of("copy-requester", agent) == [("/requester/kind", INFORMS, "TT 04/2020 Đ2")]
    assert COPY.papers(agent) == {"authorisation": "file", "requester-identity": "present"}


@pytest.mark.parametrize(
    ("relation", "asks"), [("self", False), ("spouse", False), ("child", False), ("parent", False), ("other", True)]
)
def test_anybody_may_ask_and_of_a_stranger_the_officer_looks_at_the_paper(relation: str, asks: bool) -> None:
    expected = [("/requester/relation", OFFICER, "")] if asks else []
    assert of("copy-requester", {"/requester/relation": relation}) == expected


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
    """Who asks for an own entry is also found by the number of the paper."""
    assert of("copy-entry", changes, records=records) == [("/subject/full_name", INFORMS, HELD)]
    text = finding("copy-entry", changes, records=records).text
    assert "số 12/2018" in text
    assert ("xem có đúng là một người" in text) is not certain


def test_where_the_registers_hold_nothing_the_officer_looks_into_the_paper_books() -> None:
    """An entry of another register is none."""
    for records in (Registers(), Registers(dead=[CHILD])):
        assert of("copy-entry", records=records) == [("/subject/full_name", OFFICER, HELD)]
    assert told("copy-entry", {"/copy/kind": "other"}, records=Registers()) == {}


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
