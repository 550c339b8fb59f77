"""What the law and good sense say to a marriage registration (1.000894), check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.dates import full_years, months_after
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.people import Person
from tests.unit.dossiers.marriage_forms import MARRIAGE, TODAY, TOGETHER, annulled, divorced, widowed
from tests.unit.dossiers.worlds import CATALOGUE, Registers

STOPS, WARNS, INFORMS, OFFICER = (
    FindingKind.STOPS,
    FindingKind.WARNS,
    FindingKind.INFORMS,
    FindingKind.ASKS_OFFICER,
)
told, finding = MARRIAGE.told, MARRIAGE.finding
PARTIES = ("wife", "husband")
PAPER = "/husband/marital_status_paper"


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


# Earlier marriages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", PARTIES)
def test_a_second_marriage_needs_a_divorce_or_a_death_before(party: str) -> None:
    field = f"/{party}/marriage_count"
    assert told("marriage-count", {field: 2}) == {field: WARNS}
    assert told("marriage-count", divorced(party)) == {}
    assert told("marriage-count", widowed(party)) == {}
    assert told("marriage-count", {**divorced(party), field: 1}) == {field: WARNS}
    assert told("marriage-count", {**widowed(party), field: 1}) == {field: WARNS}


@pytest.mark.parametrize("party", PARTIES)
def test_a_divorce_has_number_date_and_court_and_a_death_its_extract(party: str) -> None:
    """NĐ 123/2015 Đ10."""
    for changes in (divorced(party), annulled(party), widowed(party)):
        for field in changes:
            if "judgment" in field or "extract" in field:
                assert told("required", {**changes, field: None}) == {field: STOPS}
        assert told("required", changes) == {}


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("by_court", [divorced, annulled])
def test_a_judgment_counts_once_it_is_in_force(party: str, by_court: Any) -> None:
    """Luật HNGĐ 2014 Đ3.14, Đ57.1: on the day of filing (6/10/2020); the time of appeal is remembered, so it warns."""
    field, given = f"/{party}/judgment_in_force_on", f"/{party}/judgment_date"
    long_ago = by_court(party)
    recent = long_ago | {given: "2020-09-06"}
    assert told("judgment-in-force", long_ago) == {given: OFFICER}
    assert told("judgment-in-force", recent) == {field: WARNS}
    assert told("judgment-in-force", recent | {given: "2020-09-05"}) == {given: OFFICER}
    assert told("judgment-in-force", recent | {field: "2020-10-06"}) == {given: OFFICER}
    assert told("judgment-in-force", recent | {field: "2020-10-07"}) == {field: STOPS}
    assert told("judgment-in-force", recent | {field: "2020-09-05"}) == {field: WARNS}
    assert told("judgment-in-force", widowed(party)) == {}


@pytest.mark.parametrize("party", PARTIES)
def test_a_person_whose_marriage_a_court_annulled_is_free(party: str) -> None:
    """Luật HNGĐ 2014 Đ11–12; TT 04/2020 Đ29.6đ."""
    assert not [each for each in MARRIAGE.found(annulled(party)) if each.kind is STOPS]
    assert told("marriage-count", annulled(party)) == {}
    assert told("standing-marriage", annulled("wife"), records=Registers(former=[(LAN, HUNG)])) == {}


def test_a_couple_since_before_3_january_1987_registers_as_any_other() -> None:
    """NĐ 123/2015 Đ44.2; TT 04/2020 Đ32.2: of an unknown day the 1st counts, of an unknown month January."""
    year = "/marriage/together_year"
    assert not [each for each in MARRIAGE.found(TOGETHER) if each.kind is STOPS]
    assert told("together-before-1987", TOGETHER) == {year: OFFICER}
    for since, kind in (
        ((1987, 1, 2), OFFICER),
        ((1987, 1, 3), STOPS),
        ((1987, 1, None), OFFICER),
        ((1987, None, None), OFFICER),
        ((1987, 2, None), STOPS),
    ):
        parts = dict(zip(("year", "month", "day"), since, strict=True))
        changes = TOGETHER | {f"/marriage/together_{part}": value for part, value in parts.items()}
        assert told("together-before-1987", changes) == {year: kind}, since
    unreal = TOGETHER | {"/marriage/together_day": 30}
    assert told("together-before-1987", unreal) == {"/marriage/together_day": STOPS}


@pytest.mark.parametrize("party", PARTIES)
def test_both_live_together_since_before_1987_or_neither(party: str) -> None:
    """NĐ 123/2015 Đ44.2."""
    field = f"/{party}/marital_status"
    assert told("together-before-1987", TOGETHER | {field: "never"}) == {field: STOPS}
    assert told("together-before-1987", TOGETHER | {field: None}) == {}
    assert "together_year" not in MARRIAGE.filed(TOGETHER | {field: "never"})["marriage"]
    assert told("required", TOGETHER | {"/marriage/together_year": None}) == {"/marriage/together_year": STOPS}


def test_an_existing_marriage_in_the_register_prevents_a_second() -> None:
    """Luật HNGĐ 2014 Đ5.2: found by the number of a paper it is certain."""
    lan = Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"048196000123"}))
    records = Registers(marriages=[(lan, Person("Lê Văn Tài", date(1990, 1, 1)))])
    standing = finding("standing-marriage", records=records)
    assert (standing.field, standing.kind, standing.article) == ("/wife/full_name", STOPS, "Luật HNGĐ 2014 Đ5.2")
    assert "số 12/2018" in standing.text
    assert told("standing-marriage", divorced("wife"), records=records) == {"/wife/full_name": STOPS}
    ended = Registers(former=[*records.marriages])
    assert told("standing-marriage", records=ended) == {}


def test_a_paper_from_within_the_year_of_a_death_asks_the_officer_which_was_first() -> None:
    """NĐ 123/2015 Đ23; Luật HNGĐ 2014 Đ65: of that death no more than the year is known."""
    records = Registers(former=[(HUNG, MOTHER)], died=(date(2020, 1, 1), date(2020, 12, 31)))
    paper = f"{PAPER}/issued_on"
    for issued, told_of in (
        ("2019-12-31", {paper: STOPS}),
        ("2020-01-01", {paper: OFFICER}),
        ("2020-12-30", {paper: OFFICER}),
        ("2020-12-31", {}),
    ):
        assert told("standing-marriage", {paper: issued}, records=records) == told_of, issued


def test_a_marriage_of_somebody_of_the_same_name_and_birth_asks_the_officer() -> None:
    """Luật HNGĐ 2014 Đ5.2."""
    records = Registers(marriages=[(Person("Lê Thị Mai"), Person("NGUYỄN VĂN HÙNG", date(1994, 11, 20)))])
    assert told("standing-marriage", records=records) == {"/husband/full_name": OFFICER}
    older = Registers(marriages=[(Person("Lê Thị Mai"), Person("Nguyễn Văn Hùng", date(1984, 11, 20)))])
    assert told("standing-marriage", records=older) == {}


def test_a_person_with_a_death_entry_does_not_marry() -> None:
    hung = Person("Nguyễn Văn Hùng", date(1994, 11, 20))
    assert told("party-is-dead", records=Registers(dead=[hung])) == {"/husband/full_name": OFFICER}
    certain = Person("Nguyễn Văn Hùng", date(1994, 11, 20), frozenset({"201654321"}))
    assert told("party-is-dead", records=Registers(dead=[certain])) == {"/husband/full_name": STOPS}
    assert told("party-is-dead", records=Registers()) == {}


def test_typing_a_name_does_not_reveal_the_registers() -> None:
    """Without the office's look into the registers these checks do not run."""
    hung = Person("Nguyễn Văn Hùng", date(1994, 11, 20), frozenset({"201654321"}))
    checks = {each.check for each in MARRIAGE.found(records=Registers(dead=[hung]))}
    assert "party-is-dead" in checks
    assert not {"party-is-dead", "standing-marriage", "kinship-in-registers"} & {
        each.check for each in MARRIAGE.found()
    }


# Kinship in the registers (Luật HNGĐ 2014 Đ5.2, Đ3.17-18) -------------------------------------------------------------

LAN = Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"048196000123"}))
HUNG = Person("Nguyễn Văn Hùng", date(1994, 11, 20), frozenset({"201654321"}))


def known(name: str, year: int) -> Person:
    """Somebody with a number of their own, so that all who name them are sure to mean them."""
    return Person(name, birth_year=year, identity_numbers=frozenset({f"number of {name}"}))


MOTHER, FATHER, UNCLE, GRANDMOTHER, GREAT, GREATER = (
    known("Phạm Thị Hoa", 1970),
    known("Trần Văn Ba", 1968),
    known("Phạm Văn Tư", 1972),
    known("Võ Thị Năm", 1945),
    known("Đỗ Thị Sáu", 1922),
    known("Hồ Thị Bảy", 1900),
)

KIN = {
    "parent and child": Registers(born=[(LAN, (HUNG,))]),
    "grandparent and grandchild": Registers(born=[(LAN, (MOTHER,)), (MOTHER, (HUNG,))]),
    "siblings": Registers(born=[(LAN, (MOTHER, FATHER)), (HUNG, (MOTHER, FATHER))]),
    "half-siblings": Registers(born=[(LAN, (MOTHER, FATHER)), (HUNG, (MOTHER,))]),
    "uncle and niece": Registers(born=[(LAN, (MOTHER,)), (MOTHER, (GRANDMOTHER,)), (HUNG, (GRANDMOTHER,))]),
    "children of siblings": Registers(
        born=[(LAN, (MOTHER,)), (MOTHER, (GRANDMOTHER,)), (HUNG, (UNCLE,)), (UNCLE, (GRANDMOTHER,))]
    ),
    "father-in-law and daughter-in-law": Registers(former=[(LAN, UNCLE)], born=[(UNCLE, (HUNG,))]),
    "mother-in-law and son-in-law": Registers(former=[(MOTHER, HUNG)], born=[(MOTHER, (LAN,))]),
    "stepfather and stepdaughter": Registers(former=[(MOTHER, HUNG)], born=[(LAN, (MOTHER, FATHER))]),
    "stepmother and stepson": Registers(former=[(LAN, UNCLE)], born=[(HUNG, (UNCLE,))]),
}


@pytest.mark.parametrize("kin", KIN)
def test_prohibited_kinship_that_the_registers_show_stops(kin: str) -> None:
    """Luật HNGĐ 2014 Đ5.2, Đ3.17-18: direct line, three generations, in-laws and stepchildren, now or formerly."""
    found = MARRIAGE.found(records=KIN[kin])
    [related] = [each for each in found if each.check == "kinship-in-registers"]
    assert (related.kind, related.article) == (STOPS, "Luật HNGĐ 2014 Đ5.2"), related.text


def test_the_fourth_generation_may_marry() -> None:
    """Luật HNGĐ 2014 Đ3.18: children of cousins are beyond three generations; so are those who share nobody."""
    second_cousins = Registers(
        born=[
            (LAN, (MOTHER,)),
            (MOTHER, (GRANDMOTHER,)),
            (GRANDMOTHER, (GREAT,)),
            (HUNG, (UNCLE,)),
            (UNCLE, (GREATER,)),
            (GREATER, (GREAT,)),
        ]
    )
    assert told("kinship-in-registers", records=second_cousins) == {}
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (MOTHER,)), (HUNG, (UNCLE,))])) == {}


def test_the_own_parents_are_no_step_parents() -> None:
    married_parents = Registers(marriages=[(MOTHER, FATHER)], born=[(LAN, (MOTHER, FATHER))])
    assert told("kinship-in-registers", records=married_parents) == {}


def test_parents_of_the_same_names_and_years_ask_the_officer() -> None:
    """Registers of births hold no numbers of parents, so their names may be others'."""
    likely = Person("Phạm Thị Hoa", birth_year=1970)
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (likely,)), (HUNG, (likely,))])) == {
        "/husband/full_name": OFFICER
    }
    other = Person("Phạm Thị Hoa", birth_year=1971)
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (likely,)), (HUNG, (other,))])) == {}


def test_a_chain_is_as_sure_as_its_weakest_link() -> None:
    lan, hung = Person("Trần Thị Lan", date(1996, 3, 8)), Person("Nguyễn Văn Hùng", date(1994, 11, 20))
    unsure: list[list[tuple[Person, tuple[Person, ...]]]] = [
        [(lan, (HUNG,))],
        [(lan, (MOTHER,)), (MOTHER, (HUNG,))],
        [(LAN, (MOTHER,)), (hung, (MOTHER,))],
    ]
    for born in unsure:
        assert told("kinship-in-registers", records=Registers(born=born)) == {"/husband/full_name": OFFICER}


# The giấy xác nhận tình trạng hôn nhân --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "filed", "valid"),
    [
        ("2020-04-06", date(2020, 10, 6), True),
        ("2020-04-05", date(2020, 10, 6), False),
        ("2020-08-31", date(2021, 2, 28), True),
        ("2020-08-31", date(2021, 3, 1), False),
        ("2020-10-06", date(2020, 10, 6), True),
    ],
)
def test_the_paper_is_good_for_six_months_on_the_day_of_filing(issued: str, filed: date, valid: bool) -> None:
    """NĐ 123/2015 Đ23; months end as BLDS 2015 Đ148 says."""
    found = told("marital-status-paper", {f"{PAPER}/issued_on": issued}, day=filed)
    assert found == ({} if valid else {f"{PAPER}/issued_on": STOPS})


def test_a_paper_that_was_good_at_filing_is_good_at_registration() -> None:
    """NĐ 123/2015 Đ23: verification may take the registration beyond its last day."""
    last_day = {f"{PAPER}/issued_on": "2020-04-06"}
    assert told("marital-status-paper", last_day, registered_on=date(2020, 10, 13)) == {}


@given(st.dates(TODAY - timedelta(days=400), TODAY))
def test_a_paper_stops_exactly_from_the_day_after_six_months(issued: date) -> None:
    """NĐ 123/2015 Đ23."""
    found = told("marital-status-paper", {f"{PAPER}/issued_on": issued.isoformat()})
    assert bool(found) == (months_after(issued, 6) < TODAY)


def test_a_paper_of_the_future_is_no_paper() -> None:
    tomorrow = {f"{PAPER}/issued_on": "2020-10-07"}
    assert told("dates-not-in-future", tomorrow) == {f"{PAPER}/issued_on": STOPS}
    assert told("marital-status-paper", {f"{PAPER}/issued_on": "9999-12-31"}) == {}


@pytest.mark.parametrize("field", ["purpose_marriage", "names_spouse", "names_ward"])
def test_the_paper_is_for_this_marriage_with_this_spouse_in_this_ward(field: str) -> None:
    """TT 04/2020 Đ12, Đ33."""
    wrong = finding("marital-status-paper", {f"{PAPER}/{field}": False})
    assert (wrong.field, wrong.kind) == (f"{PAPER}/{field}", STOPS)
    assert "TT 04/2020 Đ12" in wrong.article


def test_a_paper_from_before_the_divorce_says_nothing_of_it() -> None:
    """NĐ 123/2015 Đ23: it is good until the status changes."""
    before = {**divorced("husband"), "/husband/judgment_date": "2020-09-22"}
    assert told("marital-status-paper", before) == {f"{PAPER}/issued_on": STOPS}
    earlier = {**before, "/husband/judgment_date": "2020-09-21"}
    assert told("marital-status-paper", earlier) == {f"{PAPER}/issued_on": OFFICER}
    assert told("marital-status-paper", widowed("husband")) == {}
    extract = {**widowed("husband"), "/husband/death_extract_date": "2020-09-22"}
    assert told("marital-status-paper", extract) == {f"{PAPER}/issued_on": OFFICER}
    same_day = {**extract, "/husband/death_extract_date": "2020-09-21"}
    assert told("marital-status-paper", same_day) == {}


@pytest.mark.parametrize("by_court", [divorced, annulled])
def test_a_paper_from_between_the_judgment_and_its_force_says_nothing_of_the_divorce(by_court: Any) -> None:
    """Luật HNGĐ 2014 Đ57.1; NĐ 123/2015 Đ23: the status changes on the day of force, not on that of the judgment."""
    given = {**by_court("husband"), "/husband/judgment_date": "2020-09-01"}
    force = "/husband/judgment_in_force_on"
    assert told("marital-status-paper", given | {force: "2020-09-22"}) == {f"{PAPER}/issued_on": STOPS}
    assert told("marital-status-paper", given | {force: "2020-09-21"}) == {}
    assert told("marital-status-paper", given) == {f"{PAPER}/issued_on": OFFICER}


def test_a_permanent_resident_needs_no_paper() -> None:
    """NĐ 123/2015 Đ10: the ward knows from its own registers."""
    assert told("required", {"/husband/permanent_here": True, PAPER: None}) == {}
    assert told("required", {f"{PAPER}/number": None}) == {f"{PAPER}/number": STOPS}


def test_the_missions_paper_is_compared_by_the_officer() -> None:
    """NĐ 123/2015 Đ10."""
    assert told("marital-status-paper", {"/wife/works_abroad": True}) == {"/wife/works_abroad": OFFICER}


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
