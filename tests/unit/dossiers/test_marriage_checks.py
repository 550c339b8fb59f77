"""What the law and good sense say to a marriage registration (1.000894), check by check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.dates import full_years
from tests.unit.dossiers.marriage_forms import MARRIAGE, PAPER, PARTIES, TODAY, annulled, divorced, widowed
from tests.unit.dossiers.worlds import CATALOGUE, INFORMS, OFFICER, STOPS, WARNS, Registers

told, finding = MARRIAGE.told, MARRIAGE.finding


def test_a_usual_form_has_nothing_that_stops_or_warns() -> None:
    assert {(each.field, each.check, each.kind) for each in MARRIAGE.found(records=Registers())} == {
        ("/requester/relation", "filing-alone", INFORMS),
        ("/wife/lives_in", "residence-in-ward", OFFICER),
        ("/declaration/truthful", "free-will", OFFICER),
    }


def test_one_party_files_alone_and_both_come_to_sign() -> None:
    """TT 04/2020 Đ2, Đ3.5: no authorisation for marriage, none needed from the other."""
    assert "cùng có mặt" in finding("filing-alone").text
    assert MARRIAGE.procedure.handover.present == ("/wife/full_name", "/husband/full_name")
    assert not any("authorisation" in each.kind for each in MARRIAGE.procedure.documents)
    for version in ("2020-09-15", "2023-01-01"):
        before = CATALOGUE.version(MARRIAGE.procedure.code, version).texts["before_you_start"]
        assert "bằng tài khoản của một trong hai bên" in before, version


# Conditions of marriage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "born", "old_enough"),
    [
        ("/wife/birth_date", "2002-10-06", True),
        ("/wife/birth_date", "2002-10-07", False),
        ("/husband/birth_date", "2000-10-06", True),
        ("/husband/birth_date", "2000-10-07", False),
        ("/husband/birth_date", "2020-10-06", False),
    ],
)
def test_a_woman_marries_at_18_full_years_and_a_man_at_20(field: str, born: str, old_enough: bool) -> None:
    """Luật HNGĐ 2014 Đ8.1."""
    assert told("marriage-age", {field: born}) == ({} if old_enough else {field: STOPS})


def test_a_person_who_is_too_young_is_told_the_day_of_the_right_age() -> None:
    """Luật HNGĐ 2014 Đ8.1."""
    too_young = finding("marriage-age", {"/husband/birth_date": "2000-10-07"})
    assert (too_young.article, "từ ngày 7/10/2020" in too_young.text) == ("Luật HNGĐ 2014 Đ8.1", True)


@pytest.mark.parametrize(("day", "old_enough"), [(date(2022, 2, 28), False), (date(2022, 3, 1), True)])
def test_born_on_29_february_the_year_is_full_on_1_march(day: date, old_enough: bool) -> None:
    """Luật HNGĐ 2014 Đ8.1."""
    found = told("marriage-age", {"/wife/birth_date": "2004-02-29"}, day=day)
    assert found == ({} if old_enough else {"/wife/birth_date": STOPS})


def test_a_birth_to_come_is_a_slip_and_no_question_of_age() -> None:
    born = {"/wife/birth_date": "9999-12-31"}
    assert told("dates-not-in-future", born) == {"/wife/birth_date": STOPS}
    assert told("marriage-age", born) == {}


def test_age_counts_on_the_day_of_registration_once_it_is_known() -> None:
    """Luật HNGĐ 2014 Đ8.1; TT 04/2020 Đ32."""
    day_after = {"/wife/birth_date": "2002-10-07"}
    assert told("marriage-age", day_after) == {"/wife/birth_date": STOPS}
    assert told("marriage-age", day_after, registered_on=date(2020, 10, 7)) == {}


@given(st.dates(date(1985, 1, 1), TODAY), st.dates(date(1985, 1, 1), TODAY))
def test_nobody_too_young_is_let_through_and_nobody_old_enough_is_stopped(wife: date, husband: date) -> None:
    """Luật HNGĐ 2014 Đ8.1."""
    found = told("marriage-age", {"/wife/birth_date": wife.isoformat(), "/husband/birth_date": husband.isoformat()})
    assert ("/wife/birth_date" in found) == (full_years(wife, TODAY) < 18)
    assert ("/husband/birth_date" in found) == (full_years(husband, TODAY) < 20)


@pytest.mark.parametrize(
    ("year", "month", "old_enough"),
    [(2002, None, True), (2003, None, False), (2002, 10, True), (2002, 11, False)],
)
def test_a_birth_without_its_day_counts_from_january_or_the_first(
    year: int, month: int | None, old_enough: bool
) -> None:
    """TTLT 01/2016 Đ2 (quoted); Luật HNGĐ 2014 Đ8.1: if only the year is known, January; if month and year are known,
    the 1st.
    """
    changes = {"/wife/birth_date": None, "/wife/birth_year": year, "/wife/birth_month": month}
    assert told("marriage-age", changes) == ({} if old_enough else {"/wife/birth_year": STOPS})
    assert told("marriage-born", changes) == told("required", changes) == {}


@pytest.mark.parametrize(("on", "old_enough"), [(date(2019, 12, 31), False), (date(2020, 1, 1), True)])
def test_a_birth_with_only_its_year_counts_from_the_first_of_january(on: date, *, old_enough: bool) -> None:
    """TTLT 01/2016 Đ2 (quoted): not some later month of that year."""
    changes = {"/wife/birth_date": None, "/wife/birth_year": 2002}
    assert ("/wife/birth_year" in MARRIAGE.told("marriage-age", changes, day=on)) is not old_enough


@pytest.mark.parametrize("party", PARTIES)
def test_a_date_of_birth_or_its_year_is_needed_and_they_agree(party: str) -> None:
    """TTLT 01/2016 Đ2 (quoted)."""
    day, year = f"/{party}/birth_date", f"/{party}/birth_year"
    assert told("marriage-born", {day: None}) == {day: STOPS}
    assert told("marriage-born", {year: 1901}) == {year: STOPS}
    assert told("marriage-born", {day: None, year: 2021}) == {year: STOPS}
    assert told("marriage-born") == {}


def test_two_people_of_the_same_sex_are_not_registered() -> None:
    """Luật HNGĐ 2014 Đ8.2."""
    same = finding("one-woman-one-man", {"/husband/sex": "female"})
    assert (same.field, same.kind, same.article) == ("/husband/sex", STOPS, "Luật HNGĐ 2014 Đ8.2")


def test_parties_in_each_others_place_are_asked_to_change_it() -> None:
    assert told("one-woman-one-man", {"/husband/sex": None}) == {}
    swapped = {"/wife/sex": "male", "/husband/sex": "female"}
    assert (finding("one-woman-one-man", swapped).article, told("one-woman-one-man", swapped)) == (
        "",
        {"/wife/sex": STOPS},
    )


@pytest.mark.parametrize("party", PARTIES)
def test_a_married_person_does_not_marry(party: str) -> None:
    """Luật HNGĐ 2014 Đ5.2."""
    assert told("married-already", {f"/{party}/marital_status": "married"}) == {f"/{party}/marital_status": STOPS}
    assert told("married-already", {f"/{party}/marital_status": "never"}) == {}


def test_declared_kinship_stops() -> None:
    """Luật HNGĐ 2014 Đ5.2."""
    related = finding("kinship-declared", {"/marriage/related": True})
    assert (related.kind, related.article) == (STOPS, "Luật HNGĐ 2014 Đ5.2")
    assert told("kinship-declared") == {}


def test_the_officer_asks_both_whether_they_marry_of_their_own_will() -> None:
    """Luật HNGĐ 2014 Đ8.1, Đ5.2: sham, forced and deceitful marriages, lost capacity."""
    assert told("free-will") == {"/declaration/truthful": OFFICER}


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize(
    ("field", "value"), [("nationality", "foreign"), ("nationality", "stateless"), ("lives_in", "abroad")]
)
def test_a_foreign_element_belongs_to_the_district(party: str, field: str, value: str) -> None:
    """Luật Hộ tịch 2014 chương III."""
    assert told("foreign-element", {f"/{party}/{field}": value}) == {f"/{party}/{field}": STOPS}
    assert told("foreign-element") == {}


@pytest.mark.parametrize("party", PARTIES)
def test_another_nationality_or_a_foreign_permit_belongs_to_the_district(party: str) -> None:
    """Luật Hộ tịch 2014 Đ37; TT 04/2020 Đ11.2; who works abroad for a term stays with the ward (NĐ 123/2015 Đ10.2)."""
    field = f"/{party}/foreign_ties"
    assert told("foreign-ties", {field: "nationality"}) == {field: STOPS}
    assert told("foreign-ties", {field: "permit"}) == {field: STOPS}
    abroad = {f"/{party}/works_abroad": True}
    assert told("foreign-ties", {field: "permit"} | abroad) == {field: OFFICER}
    assert told("foreign-ties", {field: "nationality"} | abroad) == {field: STOPS}
    assert told("foreign-ties") == {}
    assert told("required", {field: None}) == {field: STOPS}, "a new draft is asked"
    assert told("foreign-ties", {field: None}) == {f"/{party}/nationality": OFFICER}, "an older dossier was not"


def test_the_ward_where_either_resides_is_competent() -> None:
    """Luật Hộ tịch 2014 Đ17."""
    assert told("residence-in-ward", {"/wife/lives_in": "elsewhere", "/husband/lives_in": "this-ward"}) == {
        "/husband/lives_in": OFFICER
    }
    assert told("residence-in-ward", {"/wife/lives_in": "elsewhere"}) == {"/wife/lives_in": WARNS}


def test_permanent_residence_here_while_residing_elsewhere_is_a_slip() -> None:
    assert told("permanent-residence", {"/wife/lives_in": "elsewhere"}) == {"/wife/permanent_here": WARNS}
    assert told("permanent-residence") == {}


# Documents -----------------------------------------------------------------------------------------------------------

SHOWN = {f"{party}-{paper}": "present" for party in PARTIES for paper in ("identity", "residence-proof")}


@pytest.mark.parametrize(
    ("changes", "papers"),
    [
        ({"/husband/permanent_here": True}, {}),
        ({}, {"husband-marital-status-confirmation": "file"}),
        (
            {"/wife/permanent_here": False, "/husband/permanent_here": True},
            {"wife-marital-status-confirmation": "file"},
        ),
        ({"/husband/works_abroad": True}, {"husband-mission-confirmation": "file"}),
        (
            {"/wife/works_abroad": True, "/husband/permanent_here": True},
            {"wife-mission-confirmation": "file"},
        ),
        (
            {**divorced("wife"), "/husband/permanent_here": True},
            {"wife-divorce-judgment": "present"},
        ),
        (
            {**divorced("wife"), "/wife/divorced_abroad": True, "/husband/permanent_here": True},
            {"wife-divorce-note": "file"},
        ),
        (
            {**divorced("husband"), "/husband/permanent_here": True},
            {"husband-divorce-judgment": "present"},
        ),
        (
            {**divorced("husband"), "/husband/divorced_abroad": True, "/husband/permanent_here": True},
            {"husband-divorce-note": "file"},
        ),
        (
            {**annulled("wife"), "/wife/divorced_abroad": True, "/husband/permanent_here": True},
            {"wife-divorce-note": "file"},
        ),
        ({**annulled("husband"), "/husband/permanent_here": True}, {"husband-divorce-judgment": "present"}),
        ({**widowed("wife"), "/husband/permanent_here": True}, {"wife-death-extract": "present"}),
        ({**widowed("husband"), "/husband/permanent_here": True}, {"husband-death-extract": "present"}),
    ],
)
def test_papers_are_asked_for_by_what_the_parties_are(changes: dict[str, Any], papers: dict[str, str]) -> None:
    """NĐ 123/2015 Đ2, Đ10, Đ37.2: the status paper and foreign divorces are filed, judgments and deaths only shown."""
    assert MARRIAGE.papers(changes) == SHOWN | papers
    missing = {each.field for each in MARRIAGE.found(changes, documents=set()) if each.check == "document-required"}
    assert missing == {f"documents/{kind}" for kind, mode in papers.items() if mode == "file"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/wife/birth_date", "8/3/1996"),
        ("/wife/marriage_count", "hai"),
        ("/husband/sex", True),
        (f"{PAPER}/issued_on", 20200921),
        (f"{PAPER}/names_spouse", "có"),
        ("/marriage/related", "không"),
    ],
)
def test_unfinished_values_trip_no_check(field: str, value: object) -> None:
    findings = [each for each in MARRIAGE.found({field: value}, records=Registers()) if each.field == field]
    assert [each.kind for each in findings] == [STOPS]
