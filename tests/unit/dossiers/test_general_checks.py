"""Checks that serve any procedure, on forms of any shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.dossiers.domain.checks import CHECKS, CheckContext
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.procedures import Procedure
from services.dossiers.forms import leaves
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import CATALOGUE, OFFICER, STOPS, WARNS

TODAY = date(2020, 10, 6)


def run(name: str, form: dict[str, Any], parameters: dict[str, Any], today: date = TODAY) -> dict[str, FindingKind]:
    """What the check found, by field."""
    found = CHECKS[name](CheckContext(form, today, parameters))
    assert all(each.text and each.check == name for each in found)
    return {each.field: each.kind for each in found}


def paper(kind: str, number: str, **more: Any) -> dict[str, Any]:
    return {"wife": {"identity_paper": kind, "identity_number": number, "birth_date": "1996-03-08", **more}}


WIFE = {"people": [{"group": "/wife", "sex": "female", "born": "/wife/birth_date"}]}
NUMBER = "/wife/identity_number"


@pytest.mark.parametrize(
    ("form", "found"),
    [
        (paper("citizen-card", "048196000123"), {}),
        (paper("citizen-card", "048 196 000 123"), {}),
        (paper("citizen-card", "048096000123"), {NUMBER: WARNS}),  # a man's
        (paper("citizen-card", "048197000123"), {NUMBER: WARNS}),  # born in 1997
        (paper("citizen-card", "048396000123"), {NUMBER: WARNS}),  # born in 2096
        (paper("citizen-card", "04819600012"), {NUMBER: WARNS}),
        (paper("citizen-card", "0481960001230"), {NUMBER: WARNS}),
        (paper("citizen-card", "003196000123"), {NUMBER: OFFICER}),  # no province has 003
        (paper("citizen-card", "048196000123", birth_date="?"), {}),
        (paper("identity-card", "201234567"), {}),
        (paper("identity-card", "048196000123"), {}),
        (paper("identity-card", "2012345678"), {NUMBER: WARNS}),
        (paper("passport", "C1234567"), {}),
        (paper("passport", "c1234567"), {}),
        (paper("passport", "C123456"), {NUMBER: WARNS}),
        (paper("passport", "C123456", nationality="foreign"), {}),
        (paper("other", "7"), {}),
        (paper("citizen-card", ""), {}),
        ({}, {}),
    ],
)
def test_a_number_that_is_unlike_its_paper_warns_and_never_stops(
    form: dict[str, Any], found: dict[str, FindingKind]
) -> None:
    """Structure of CCCD, CMND and passports as remembered; corrected sex or date makes exceptions."""
    assert run("identity-number", form, WIFE) == found


@pytest.mark.parametrize(
    ("number", "sex", "birth_year", "fits"),
    [
        ("048201000123", "male", 2001, True),
        ("048301000123", "female", 2001, True),
        ("048301000123", "male", 2001, False),
        ("048201000123", "male", 1901, False),
    ],
)
def test_the_fourth_digit_is_century_and_sex(number: str, sex: str, birth_year: int, fits: bool) -> None:
    """0 and 1 for men and women born in the 20th century, 2 and 3 in the 21st."""
    people = {"people": [{"group": "/wife", "sex": sex, "born": "/wife/birth_year"}]}
    form = paper("citizen-card", number, birth_year=birth_year)
    assert run("identity-number", form, people) == ({} if fits else {NUMBER: WARNS})


def test_nobody_is_born_in_a_year_to_come() -> None:
    people = {"people": [{"group": "/wife"}]}
    assert run("identity-number", paper("citizen-card", "048320000123"), people) == {}
    assert run("identity-number", paper("citizen-card", "048321000123"), people) == {NUMBER: WARNS}


def test_sex_and_birth_may_be_pointers_and_a_year_will_do() -> None:
    people = {"people": [{"group": "/dead", "sex": "/dead/sex", "born": "/dead/birth_year"}]}
    field = "/dead/personal_identification_number"
    dead = {"personal_identification_number": "048041000123", "sex": "male", "birth_year": 1941}
    assert run("identity-number", {"dead": dead}, people) == {}
    assert run("identity-number", {"dead": {**dead, "sex": "female"}}, people) == {field: WARNS}
    assert run("identity-number", {"dead": {**dead, "birth_year": 1942}}, people) == {field: WARNS}


def test_the_first_description_of_a_person_that_holds_counts() -> None:
    people = {
        "people": [
            {"group": "/wife", "when": {"/requester/relation": "husband"}, "sex": "male"},
            {"group": "/wife", "sex": "female"},
        ]
    }
    form = paper("citizen-card", "048196000123")
    assert run("identity-number", form, people) == {}
    assert run("identity-number", {**form, "requester": {"relation": "husband"}}, people) == {NUMBER: WARNS}


def test_a_rule_that_is_only_remembered_can_be_switched_off() -> None:
    """An operator writes `"enabled": false` beside it in the procedure's file."""
    wrong = {"/wife/identity_number": "12"}
    assert MARRIAGE.told("identity-number", wrong) == {NUMBER: WARNS}
    checks = (replace(use, enabled=use.name != "identity-number") for use in MARRIAGE.procedure.checks)
    without = replace(MARRIAGE, procedure=replace(MARRIAGE.procedure, checks=tuple(checks)))
    assert without.told("identity-number", wrong) == {}


@pytest.mark.parametrize(
    ("issued", "today", "expired"),
    [
        ("2005-10-06", date(2020, 10, 6), False),
        ("2005-10-05", date(2020, 10, 6), True),
        ("2015-01-01", date(2024, 12, 31), False),
        ("2015-01-01", date(2025, 1, 1), True),
        ("9999-01-01", date(2020, 10, 6), False),
    ],
)
def test_an_identity_card_is_good_for_15_years_and_none_after_2024(issued: str, today: date, expired: bool) -> None:
    parameters = {"groups": ["/wife"], "years": 15, "last_day": "2024-12-31"}
    found = run("identity-card-expired", paper("identity-card", "2", identity_issued_on=issued), parameters, today)
    assert found == ({"/wife/identity_issued_on": WARNS} if expired else {})
    assert not run("identity-card-expired", paper("citizen-card", "2", identity_issued_on=issued), parameters, today)


@pytest.mark.parametrize("version", list(CATALOGUE), ids=lambda each: f"{each.code}/{each.version}")
def test_as_shipped_an_identity_card_is_good_for_15_years_and_none_after_2024(version: Procedure) -> None:
    """As remembered; of each whose paper the form asks for."""
    (use,) = [each for each in version.checks if each.name == "identity-card-expired"]
    assert (use.parameters["years"], use.parameters["last_day"]) == (15, "2024-12-31")
    papers = [pointer for pointer in leaves(version.form) if pointer.endswith("/identity_paper")]
    asked = {pointer.removesuffix("/identity_paper") for pointer in papers} - {"/deceased"}
    assert set(use.parameters["groups"]) == asked


@pytest.mark.parametrize("number", ["0905 123 456", "+84905123456", "0236.3.821.321", "0352000111", ""])
def test_mobile_and_landline_numbers_are_numbers(number: str) -> None:
    assert run("phone-number", {"a": {"phone": number}}, {"fields": ["/a/phone"]}) == {}


@pytest.mark.parametrize("number", ["090512345", "01234567890", "0205", "0951234567890", "không có", "0955123456"])
def test_a_number_that_nobody_can_call_warns(number: str) -> None:
    assert run("phone-number", {"a": {"phone": number}}, {"fields": ["/a/phone"]}) == {"/a/phone": WARNS}


#: The prefixes of mobile numbers since 2018, as remembered.
MOBILE = {
    *range(32, 40), 52, 55, 56, 58, 59, 70, 76, 77, 78, 79, *range(81, 90), 90, 91, 92, 93, 94, 96, 97, 98, 99,
}  # fmt: skip


@pytest.mark.parametrize("prefix", range(100))
def test_ten_digits_are_a_mobile_number_by_their_prefix(prefix: int) -> None:
    found = run("phone-number", {"a": {"phone": f"0{prefix:02d}1234567"}}, {"fields": ["/a/phone"]})
    assert found == ({} if prefix in MOBILE else {"/a/phone": WARNS})


def test_numbers_of_invented_people_are_right_in_practice_alone() -> None:
    form = {"a": {"phone": "0510 123 456", "identity_paper": "citizen-card", "identity_number": "000190123456"}}
    parameters = {"fields": ["/a/phone"], "people": [{"group": "/a"}]}
    for practice, found in ((True, []), (False, ["/a/phone", "/a/identity_number"])):
        context = CheckContext(form, TODAY, parameters, practice=practice)
        both = [*CHECKS["phone-number"](context), *CHECKS["identity-number"](context)]
        assert [each.field for each in both] == found


@pytest.mark.parametrize("answer", ["foreign", "stateless", "abroad"])
def test_a_foreign_element_stops_at_its_field(answer: str) -> None:
    """Luật Hộ tịch 2014 chương III."""
    parameters = {"event": "kết hôn", "fields": ["/wife/nationality", "/wife/lives_in"]}
    assert run("foreign-element", {"wife": {"nationality": answer}}, parameters) == {"/wife/nationality": STOPS}
    assert run("foreign-element", {"wife": {"nationality": "vietnamese"}}, parameters) == {}
    [finding] = CHECKS["foreign-element"](CheckContext({"wife": {"lives_in": answer}}, TODAY, parameters))
    assert finding.text.startswith("Việc kết hôn có yếu tố nước ngoài")


def test_residence_in_the_ward_is_compared_and_elsewhere_warns_in_the_procedures_words() -> None:
    parameters = {"fields": ["/wife/lives_in", "/husband/lives_in"], "elsewhere": "Xin nộp ở nơi khác.", "article": "A"}
    here = {"wife": {"lives_in": "elsewhere"}, "husband": {"lives_in": "this-ward"}}
    assert run("residence-in-ward", here, parameters) == {"/husband/lives_in": OFFICER}
    elsewhere = {"wife": {"lives_in": "elsewhere"}, "husband": {"lives_in": "elsewhere"}}
    assert run("residence-in-ward", elsewhere, parameters) == {"/wife/lives_in": WARNS}
    assert run("residence-in-ward", {}, parameters) == {}


def test_a_name_of_the_greatest_length_is_not_too_long() -> None:
    parameters = {"fields": ["/a/name"], "long": 12}
    assert run("person-names", {"a": {"name": "Nguyễn Thị A"}}, parameters) == {}
    assert run("person-names", {"a": {"name": "Nguyễn Thị An"}}, parameters) == {"/a/name": WARNS}


def test_what_happens_today_has_happened() -> None:
    parameters = {"fields": ["/a/day"]}
    assert run("dates-not-in-future", {"a": {"day": "2020-10-06"}}, parameters) == {}
    assert run("dates-not-in-future", {"a": {"day": "2020-10-07"}}, parameters) == {"/a/day": STOPS}


def test_a_year_that_must_be_a_slip_stops() -> None:
    parameters = {"fields": ["/a/day"], "years": 130}
    assert run("dates-not-long-ago", {"a": {"day": "0202-10-06"}}, parameters) == {"/a/day": STOPS}
    assert run("dates-not-long-ago", {"a": {"day": "1889-12-31"}}, parameters) == {"/a/day": STOPS}
    assert run("dates-not-long-ago", {"a": {"day": "1890-01-01"}}, parameters) == {}
