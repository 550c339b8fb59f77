"""What the law says to a request for a confirmation of marital status (1.004873), check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.people import Person
from services.dossiers.forms import for_filed
from tests.unit.dossiers.marital_status_forms import (
    ANNULLED,
    DIVORCED,
    DIVORCED_THEN,
    FOR_ANOTHER,
    FORMERLY,
    LOST,
    MARITAL_STATUS,
    MARRIED,
    MARRIED_THEN,
    OTHER_PURPOSE,
    PERIOD,
    TODAY,
    TOGETHER,
    WIDOWED,
    WIDOWED_THEN,
)
from tests.unit.dossiers.worlds import Registers

STOPS, WARNS, INFORMS, OFFICER = (
    FindingKind.STOPS,
    FindingKind.WARNS,
    FindingKind.INFORMS,
    FindingKind.ASKS_OFFICER,
)
# As a register may know her: by the number of her card, or only by name and date of birth.
BY_NUMBER = Person("Trần Thị Mỹ Duyên", date(1994, 3, 21), frozenset({"048194000321"}))
BY_NAME = Person("TRẦN THỊ MỸ DUYÊN", date(1994, 3, 21), frozenset({"201555666"}))
SOMEBODY = Person("Đỗ Thành Nam", date(1990, 1, 2))
OF_FACT = {"/status/ended_marriage": "before-1987"}
found, finding = MARITAL_STATUS.found, MARITAL_STATUS.finding


def of(check: str, changes: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, FindingKind, str]]:
    """Field, kind and article of each finding of a check."""
    findings = [each for each in found(changes, **more) if each.check == check]
    assert all(each.text for each in findings)
    return [(each.field, each.kind, each.article) for each in findings]


def papers(mode: str, changes: dict[str, Any] | None = None) -> set[str]:
    """The papers that must be filed or shown (`file`, `present`) with the changed form."""
    return {kind for kind, how in MARITAL_STATUS.papers(changes).items() if how == mode}


def test_a_complete_form_for_a_marriage_has_nothing_that_stops_or_warns() -> None:
    assert {(each.field, each.check, each.kind) for each in found()} == {
        ("/person/lives_here", "marital-status-competence", OFFICER),
        ("/purpose/marriage", "marital-status-use", INFORMS),
    }


@pytest.mark.parametrize(
    "changes", [OTHER_PURPOSE, OTHER_PURPOSE | MARRIED, DIVORCED, WIDOWED, ANNULLED, FOR_ANOTHER, PERIOD, FORMERLY]
)
def test_each_ordinary_case_can_be_filed(changes: dict[str, Any]) -> None:
    assert not [each for each in found(changes) if each.kind in {STOPS, WARNS}]


def test_a_requester_for_herself_is_not_asked_twice_for_her_paper_and_residence() -> None:
    asked = MARITAL_STATUS.filed(FOR_ANOTHER | {"/requester/for_self": True})["person"]
    assert not {"residence", "identity_number", "identity_paper"} & set(asked)


def test_a_requester_for_themself_has_the_persons_name() -> None:
    other = {"/requester/full_name": "Trần Thị Mỹ Dung"}
    assert of("marital-status-filer", other) == [("/person/full_name", WARNS, "")]
    for same in ("TRẦN THỊ MỸ DUYÊN", None):
        assert of("marital-status-filer", {"/requester/full_name": same}) == []


@pytest.mark.parametrize("slip", ["Trần Thị Mỹ Duyến", "Trần Thị My Duyên", "Tran Thi My Duyen"])
def test_a_requester_for_themself_is_told_of_a_name_with_other_marks(slip: str) -> None:
    """The paper would be sealed with it."""
    warned = finding("marital-status-filer", {"/person/full_name": slip})
    assert warned.kind is WARNS
    assert f"khác dấu: “Trần Thị Mỹ Duyên” và “{slip}”" in warned.text
    assert f"“{slip}”" in warned.to_office


@pytest.mark.parametrize("relation", ["spouse", "parent", "child", "grandparent", "sibling"])
def test_close_kin_need_an_authorisation_that_nobody_has_certified(relation: str) -> None:
    """TT 04/2020 Đ2."""
    changes = FOR_ANOTHER | {"/requester/relation": relation}
    assert of("marital-status-filer", changes) == [("/requester/relation", INFORMS, "TT 04/2020 Đ2")]
    assert "không cần chứng thực" in finding("marital-status-filer", changes).text
    assert papers("file", FOR_ANOTHER) == {"authorisation"}


def test_anybody_else_needs_a_certified_authorisation() -> None:
    """TT 04/2020 Đ2."""
    changes = FOR_ANOTHER | {"/requester/relation": "other"}
    assert "phải có chứng thực" in finding("marital-status-filer", changes).text
    assert papers("file", changes) == {"authorisation"}


@pytest.mark.parametrize(
    ("lives", "kind"), [("permanent", OFFICER), ("temporary", OFFICER), ("elsewhere", STOPS), ("before-leaving", None)]
)
def test_the_ward_of_permanent_residence_confirms_or_else_that_of_temporary_residence(lives: str, kind: Any) -> None:
    """NĐ 123/2015 Đ21."""
    expected = [("/person/lives_here", kind, "NĐ 123/2015 Đ21")] if kind else []
    assert of("marital-status-competence", {"/person/lives_here": lives}) == expected


def test_a_former_ward_of_permanent_residence_confirms_its_own_time() -> None:
    """TT 04/2020 Đ33.2; NĐ 123/2015 Đ22.4: it does not stop who lives elsewhere now, and asks no other commune."""
    field = "/person/lives_here"
    assert of("marital-status-competence", FORMERLY) == [(field, OFFICER, "TT 04/2020 Đ33")]
    to_marry = {field: "formerly"} | PERIOD
    warned = [(field, OFFICER, "TT 04/2020 Đ33"), ("/purpose/marriage", WARNS, "NĐ 123/2015 Đ21")]
    assert of("marital-status-competence", to_marry) == warned
    assert "elsewhere" not in MARITAL_STATUS.filed(FORMERLY | {"/elsewhere/lived": True, "/elsewhere/proof": False})
    assert "elsewhere" in MARITAL_STATUS.filed({"/person/lives_here": "temporary"})


@pytest.mark.parametrize("lives", ["formerly", "before-leaving"])
def test_who_lives_elsewhere_now_names_the_time_here_from_one_day_to_another(lives: str) -> None:
    """TT 04/2020 Đ33.2."""
    changes = FORMERLY | {"/person/lives_here": lives}
    assert of("marital-status-own-time", changes) == []
    for open_end, field in (({"/period/stated": False}, "/period/stated"), ({"/period/to": None}, "/period/to")):
        assert of("marital-status-own-time", changes | open_end) == [(field, STOPS, "TT 04/2020 Đ33")]
        assert of("marital-status-own-time", OTHER_PURPOSE | PERIOD | open_end) == []


@pytest.mark.parametrize("lives", ["formerly", "before-leaving"])
def test_a_dossier_filed_before_the_time_here_was_required_is_asked_about_and_not_held_up(lives: str) -> None:
    """TT 04/2020 Đ33.2: the officer asks for the days, and the approval continues."""
    changes = FORMERLY | {"/person/lives_here": lives}
    for open_end, field in (({"/period/stated": False}, "/period/stated"), ({"/period/to": None}, "/period/to")):
        found = MARITAL_STATUS.found(changes | open_end, registered_on=TODAY)
        for some in (found, for_filed(MARITAL_STATUS.found(changes | open_end))):
            [own_time] = [each for each in some if each.check == "marital-status-own-time"]
            assert (own_time.field, own_time.kind) == (field, OFFICER)


def test_a_citizen_abroad_is_warned_that_only_the_time_before_leaving_is_confirmed() -> None:
    """TT 04/2020 Đ33.2; that this ward is competent is remembered: warns."""
    changes = {"/person/lives_here": "before-leaving"}
    expected = [("/person/lives_here", WARNS, "TT 04/2020 Đ33; NĐ 123/2015 Đ21")]
    assert of("marital-status-abroad", changes) == expected
    assert of("marital-status-abroad") == []


def test_foreigners_who_reside_here_get_it_from_the_ward_as_well() -> None:
    """NĐ 123/2015 Đ21: no foreign element stops it, unlike birth, marriage and death."""
    foreign = {
        "/person/nationality": "foreign",
        "/person/nationality_name": "Hàn Quốc",
        "/person/lives_here": "temporary",
        "/requester/identity_paper": "passport",
        "/requester/identity_number": "M12345678",
    }
    assert not [each for each in found(foreign) if each.kind is STOPS]
    assert "ethnicity" not in MARITAL_STATUS.filed(foreign)["person"]


def test_a_marriage_of_one_sex_is_a_purpose_that_is_refused() -> None:
    """TT 04/2020 Đ12; Luật HNGĐ 2014 Đ8."""
    article = "TT 04/2020 Đ12; Luật HNGĐ 2014 Đ8"
    assert of("marital-status-purpose", {"/spouse/sex": "female"}) == [("/spouse/sex", STOPS, article)]
    assert of("marital-status-purpose", OTHER_PURPOSE | {"/spouse/sex": "female"}) == []


@pytest.mark.parametrize(
    ("nationality", "place", "kind"),
    [
        ("foreign", "foreign-mission", STOPS),
        ("stateless", "foreign-mission", STOPS),
        ("vietnamese", "foreign-mission", OFFICER),
        ("foreign", "vietnam", None),
        ("foreign", "abroad", None),
        ("foreign", "vietnamese-mission", None),
    ],
)
def test_a_marriage_to_a_foreigner_at_a_foreign_mission_here_is_refused(
    nationality: str, place: str, kind: Any
) -> None:
    """TT 04/2020 Đ12."""
    changes = {"/spouse/nationality": nationality, "/purpose/place_kind": place}
    expected = [("/purpose/place_kind", kind, "TT 04/2020 Đ12")] if kind else []
    assert of("marital-status-purpose", changes) == expected


@pytest.mark.parametrize(
    ("sex", "born", "stops"),
    [
        ("female", "2002-10-06", False),  # eighteen today
        ("female", "2002-10-07", True),
        ("male", "2000-10-06", False),  # twenty today
        ("male", "2000-10-07", True),
        ("male", "2002-10-06", True),
    ],
)
def test_a_person_too_young_to_marry_gets_no_paper_for_it(sex: str, born: str, stops: bool) -> None:
    """NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ8: full years, man 20, woman 18."""
    other = "female" if sex == "male" else "male"
    changes = {"/person/sex": sex, "/person/birth_date": born, "/spouse/sex": other, "/spouse/birth_date": "1992-01-01"}
    article = "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ8"
    expected = [("/person/birth_date", STOPS, article)] if stops else []
    assert of("marital-status-marriage-age", changes) == expected
    assert of("marital-status-marriage-age", changes | OTHER_PURPOSE) == []
    assert of("marital-status-marriage-age", changes | {"/person/sex": None}) == []


def test_an_intended_spouse_who_is_still_too_young_only_warns() -> None:
    """The age on the day of the marriage counts (Luật HNGĐ 2014 Đ8)."""
    [(field, kind, _)] = of("marital-status-marriage-age", {"/spouse/birth_date": "2000-10-07"})
    assert (field, kind) == ("/spouse/birth_date", WARNS)
    assert of("marital-status-marriage-age", {"/spouse/birth_date": "2000-10-06"}) == []


@pytest.mark.parametrize("status", [MARRIED, TOGETHER, MARRIED | PERIOD | {"/status/then": "unmarried"}])
def test_a_married_person_gets_no_paper_to_marry_but_one_for_anything_else(status: dict[str, Any]) -> None:
    """NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2."""
    article = "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2"
    assert of("marital-status-free-to-marry", status) == [("/status/now", STOPS, article)]
    assert of("marital-status-free-to-marry", status | OTHER_PURPOSE) == []


@pytest.mark.parametrize("status", [{"/status/now": "never"}, DIVORCED, WIDOWED, ANNULLED])
def test_the_unmarried_may_marry(status: dict[str, Any]) -> None:
    assert of("marital-status-free-to-marry", status) == []


def test_spouses_since_before_1987_may_register_with_each_other() -> None:
    """TT 04/2020 Đ33."""
    changes = TOGETHER | {"/spouse/full_name": "NGUYỄN VĂN LAI"}
    assert of("marital-status-free-to-marry", changes) == [("/status/now", OFFICER, "TT 04/2020 Đ33")]
    slip = [("/status/now", OFFICER, "TT 04/2020 Đ33"), ("/spouse/full_name", WARNS, "")]
    assert of("marital-status-free-to-marry", TOGETHER | {"/spouse/full_name": "Nguyễn Văn Lái"}) == slip


def test_a_person_with_only_the_year_of_birth_in_papers_gives_the_year() -> None:
    """TT 04/2020 Đ33: họ tên, ngày/năm sinh."""
    for who in ("person", "spouse"):
        neither = {f"/{who}/birth_date": None}
        assert of("marital-status-born", neither) == [(f"/{who}/birth_date", STOPS, "TT 04/2020 Đ33")]
        assert of("marital-status-born", neither | {f"/{who}/birth_year": 1955}) == []
    assert of("marital-status-born", OTHER_PURPOSE | {"/spouse/birth_date": None}) == []


@pytest.mark.parametrize(
    ("year", "month", "stops"), [(2002, None, False), (2003, None, True), (2002, 10, False), (2002, 11, True)]
)
def test_with_only_the_year_of_birth_the_age_counts_from_the_first_of_january(
    year: int, month: int | None, stops: bool
) -> None:
    """TTLT 01/2016 Đ2 (quoted): and of month and year, from the first; it favours the person."""
    changes = {"/person/birth_date": None, "/person/birth_year": year, "/person/birth_month": month}
    found = [(field, kind) for field, kind, _ in of("marital-status-marriage-age", changes)]
    assert found == ([("/person/birth_year", STOPS)] if stops else [])


def test_registers_are_searched_by_the_year_of_birth_if_only_that_is_known() -> None:
    records = Registers(marriages=[(Person("Trần Thị Mỹ Duyên", birth_year=1994), SOMEBODY)])
    changes = OTHER_PURPOSE | {"/person/birth_date": None, "/person/birth_year": 1994}
    [(field, kind, _)] = of("marital-status-register", changes, records=records)
    assert (field, kind) == ("/status/now", OFFICER)


def test_for_a_marriage_there_is_one_copy_and_the_number_is_not_asked() -> None:
    """TT 04/2020 Đ12."""
    assert "chỉ cấp một bản" in finding("marital-status-use").text
    assert "copies" not in MARITAL_STATUS.filed({"/copies/count": 3})
    assert "không dùng để đăng ký kết hôn" in finding("marital-status-use", OTHER_PURPOSE).text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"/period/to": "2013-06-01"}, []),
        ({"/period/to": "2013-05-31"}, [("/period/to", STOPS, "")]),
        ({"/period/from": "1994-03-21"}, []),
        ({"/period/from": "1994-03-20"}, [("/period/from", STOPS, "")]),
    ],
)
def test_a_period_begins_before_it_ends_and_after_the_birth(changes: dict[str, Any], expected: list[Any]) -> None:
    assert of("marital-status-period", PERIOD | changes) == expected


@pytest.mark.parametrize(
    ("status", "then", "since", "until", "field", "kind"),
    [
        (MARRIED, "unmarried", "2013-06-01", "2016-08-11", None, None),
        (MARRIED, "unmarried", "2013-06-01", "2016-08-12", "/status/then", STOPS),
        (MARRIED, "unmarried", "2013-06-01", None, "/status/then", STOPS),  # until now
        (MARRIED, "as-now", "2016-08-12", None, None, None),
        (MARRIED, "as-now", "2016-08-11", None, "/status/then", STOPS),
        (TOGETHER, "as-now", "1984-01-01", "1990-01-01", None, None),
        (TOGETHER, "as-now", "1983-12-31", "1990-01-01", "/status/then", STOPS),
        (TOGETHER, "unmarried", "1980-01-01", "1984-01-01", "/status/then", STOPS),
        (DIVORCED, "unmarried", "2010-01-01", "2012-12-31", "/status/then", OFFICER),  # when did it begin?
        (WIDOWED, "unmarried", "2010-01-01", "2018-02-19", "/status/then", OFFICER),
        (ANNULLED, "unmarried", "2010-01-01", "2018-12-31", "/status/then", OFFICER),
        (DIVORCED | OF_FACT, "unmarried", "1980-01-01", "1987-01-01", "/status/then", OFFICER),
        (DIVORCED | OF_FACT, "unmarried", "1980-01-01", "1987-01-02", "/status/then", STOPS),
        (WIDOWED | OF_FACT, "unmarried", "2010-01-01", "2012-12-31", "/status/then", STOPS),
        (DIVORCED, "unmarried", "2010-01-01", "2019-05-14", "/status/then", STOPS),
        (DIVORCED, "as-now", "2019-05-14", None, None, None),
        (DIVORCED, "as-now", "2019-05-13", None, "/status/then", STOPS),
        (DIVORCED, "married", "2012-04-17", "2019-05-13", None, None),
        (DIVORCED, "married", "2012-04-16", "2019-05-13", "/status/then_certificate_date", STOPS),
        (DIVORCED, "married", "2012-04-17", "2019-05-14", "/status/then", STOPS),
        (ANNULLED, "as-now", "2019-07-01", None, "/status/then", STOPS),
        (WIDOWED, "unmarried", "2010-01-01", "2018-02-20", "/status/then", STOPS),
        (WIDOWED, "as-now", "2018-02-20", None, None, None),
        (WIDOWED, "as-now", "2018-02-19", None, "/status/then", OFFICER),  # the death was before its paper
        (DIVORCED, "changed", "2010-01-01", "2012-12-31", "/status/then", STOPS),
    ],
)
def test_the_status_of_a_period_agrees_with_the_dates_of_the_papers(
    status: dict[str, Any], then: str, since: str, until: str | None, field: str | None, kind: Any
) -> None:
    """TT 04/2020 Đ33: one status for the whole period; nothing false is confirmed about somebody who is
    divorced now.
    """
    own = {"/period/from": since, "/period/to": until}
    changes = OTHER_PURPOSE | PERIOD | MARRIED_THEN | status | own | {"/status/then": then}
    assert of("marital-status-then", changes) == ([(field, kind, "TT 04/2020 Đ33")] if field else [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (MARRIED | DIVORCED_THEN, {"/status/then_judgment_date": OFFICER}),
        (MARRIED | DIVORCED_THEN | {"/period/from": "2011-03-10"}, {"/status/then_judgment_date": OFFICER}),
        (MARRIED | DIVORCED_THEN | {"/period/from": "2011-03-09"}, {"/status/then_judgment_date": STOPS}),
        (MARRIED | WIDOWED_THEN, {}),
        (MARRIED | WIDOWED_THEN | {"/period/from": "2011-03-09"}, {"/status/then_death_paper_date": OFFICER}),
        (MARRIED | WIDOWED_THEN | {"/period/to": "2016-08-12"}, {"/status/then": STOPS}),
        (DIVORCED | WIDOWED_THEN, {"/status/then": OFFICER}),  # when did the second marriage begin?
        (DIVORCED | WIDOWED_THEN | {"/period/to": "2019-05-14"}, {"/status/then": STOPS}),
    ],
)
def test_the_time_between_two_marriages_is_after_the_one_and_before_the_other(
    changes: dict[str, Any], expected: dict[str, FindingKind]
) -> None:
    """TT 04/2020 Đ33: divorced or widowed then, by the earlier paper, and not married again."""
    asks = OTHER_PURPOSE | PERIOD | changes
    assert {field: kind for field, kind, _ in of("marital-status-then", asks)} == expected
    paper = "then-divorce-judgment" if asks["/status/then"] == "divorced" else "then-death-extract"
    assert paper in papers("file", asks)
    ended = Registers(former=[(BY_NUMBER, SOMEBODY)])  # since 6/10/2018
    inside = asks | {"/period/to": "2018-10-06"}
    assert ("/status/then", STOPS, "TT 04/2020 Đ33") in of("marital-status-register", inside, records=ended)
    assert of("marital-status-register", asks | {"/period/to": "2018-10-05"}, records=ended)[1:] == []


def test_the_officer_words_the_time_before_an_annulled_marriage() -> None:
    """Luật HNGĐ 2014 Đ12: nobody "has a wife" by it; an earlier one may have stood."""
    changes = FORMERLY | ANNULLED | MARRIED_THEN
    assert of("marital-status-then", changes) == [("/status/then", OFFICER, "Luật HNGĐ 2014 Đ12; TT 04/2020 Đ33")]


def test_a_marriage_from_before_1987_that_was_registered_later_counts_from_its_beginning() -> None:
    """NĐ 123/2015 Đ44.2: in the ward's own book "Như hiện nay" holds since then, and "Chưa từng kết hôn" does not."""
    of_fact = Registers(former=[(BY_NUMBER, SOMEBODY)], since=date(1985, 5, 1))
    changes = OTHER_PURPOSE | PERIOD | WIDOWED | {"/period/from": "1994-03-21", "/period/to": "2013-01-01"}
    unmarried, as_now = ({"/status/then": then} for then in ("unmarried", "as-now"))
    stops = [("/status/then", STOPS, "TT 04/2020 Đ33")]
    assert of("marital-status-register", changes | unmarried, records=of_fact) == stops
    assert of("marital-status-register", changes | as_now, records=of_fact) == []
    later = changes | as_now | {"/period/to": "2019-01-01"}
    assert of("marital-status-register", later, records=of_fact) == []
    assert of("marital-status-register", later, records=Registers(former=[(BY_NUMBER, SOMEBODY)])) == stops


def test_who_was_born_before_1970_may_have_been_married_before_the_certificate() -> None:
    """NĐ 123/2015 Đ44.2: the paper, which names the day on its back, is for the officer."""
    changes = OTHER_PURPOSE | PERIOD | MARRIED | {"/period/from": "2010-01-01", "/status/then": "as-now"}
    old = {"/person/birth_date": "1968-12-31"}
    article = "TT 04/2020 Đ33; NĐ 123/2015 Đ44"
    assert of("marital-status-then", changes | old) == [("/status/then", OFFICER, article)]
    assert of("marital-status-then", changes) == [("/status/then", STOPS, "TT 04/2020 Đ33")]
    unmarried = {"/status/then": "unmarried", "/period/to": "2015-01-01"}
    assert of("marital-status-then", changes | old | unmarried) == [("/status/then", OFFICER, article)]
    assert of("marital-status-then", changes | unmarried) == []
    between = {"/period/from": "2012-01-01", "/period/to": "2015-01-01"}
    asked = of("marital-status-then", changes | old | WIDOWED_THEN | between)
    assert asked == [("/status/then", OFFICER, article)]


def test_what_somebody_was_then_is_asked_of_who_has_a_period_and_was_ever_married() -> None:
    for status in (MARRIED, TOGETHER, DIVORCED, WIDOWED, ANNULLED):
        assert "/status/then" in {each.field for each in found(OTHER_PURPOSE | status | PERIOD)}
    for changes in (OTHER_PURPOSE | MARRIED, OTHER_PURPOSE | PERIOD | {"/status/now": "never"}):
        assert "then" not in MARITAL_STATUS.filed(changes | {"/status/then": "unmarried"})["status"]


def test_the_officer_asks_what_a_dossier_from_before_was_not_asked() -> None:
    """TT 04/2020 Đ33: it does not stop the dossier, and is not confirmed by a guess."""
    assert of("marital-status-then", OTHER_PURPOSE | PERIOD | DIVORCED) == [("/status/now", OFFICER, "TT 04/2020 Đ33")]
    unasked = WIDOWED | {"/status/ended_marriage": None}
    assert of("marital-status-ended", unasked) == [("/status/now", OFFICER, "TT 04/2020 Đ33")]


def test_a_marriage_that_ended_was_registered_or_one_of_fact_from_before_1987() -> None:
    """TT 04/2020 Đ33; a judgment counts once it is in force (Luật HNGĐ 2014 Đ57.1)."""
    assert of("marital-status-ended", WIDOWED) == []
    assert of("marital-status-ended", WIDOWED | OF_FACT) == [("/status/ended_marriage", OFFICER, "TT 04/2020 Đ33")]
    in_force = ("/status/now", OFFICER, "Luật HNGĐ 2014 Đ57; TT 04/2020 Đ33")
    assert of("marital-status-ended", DIVORCED) == of("marital-status-ended", ANNULLED) == [in_force]


def test_a_marriage_in_the_register_contradicts_who_says_never_and_who_says_unmarried_then() -> None:
    """NĐ 123/2015 Đ22; TT 04/2020 Đ33: an ended marriage too (registered on 6/10/2018)."""
    ended = Registers(former=[(BY_NUMBER, SOMEBODY)])
    assert of("marital-status-register", records=ended) == [("/status/now", STOPS, "NĐ 123/2015 Đ22")]
    changes = OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"}
    for until, expected in (("2018-10-05", []), ("2018-10-06", [("/status/then", STOPS, "TT 04/2020 Đ33")])):
        assert of("marital-status-register", changes | {"/period/to": until}, records=ended) == expected
    throughout = OTHER_PURPOSE | PERIOD | WIDOWED | {"/status/then": "as-now", "/period/to": None}
    for since, stops in (("2018-10-05", True), ("2018-10-06", False)):
        found = of("marital-status-register", throughout | {"/period/from": since}, records=ended)
        assert found == ([("/status/then", STOPS, "TT 04/2020 Đ33")] if stops else [])


@pytest.mark.parametrize(("who", "before"), [(BY_NUMBER, STOPS), (BY_NAME, OFFICER)])
def test_a_death_of_which_the_year_alone_is_known_leaves_open_who_was_married_within_it(
    who: Person, before: Any
) -> None:
    """Luật HNGĐ 2014 Đ65; TT 04/2020 Đ33: before its first day stops, within it the officer looks."""
    asks = OTHER_PURPOSE | PERIOD | WIDOWED | {"/status/then": "as-now", "/period/to": None}
    article = "Luật HNGĐ 2014 Đ65; TT 04/2020 Đ33"
    for died, kinds in (
        ((date(2020, 1, 1), date(2020, 12, 31)), {"2019-12-31": before, "2020-01-01": OFFICER, "2020-12-30": OFFICER}),
        ((date(2020, 3, 5), date(2020, 3, 5)), {"2020-03-04": before}),
    ):
        records = Registers(former=[(who, SOMEBODY)], died=died)
        for since, kind in kinds.items():
            found = of("marital-status-register", asks | {"/period/from": since}, records=records)
            assert found == [("/status/then", kind, article)], since
            text = finding("marital-status-register", asks | {"/period/from": since}, records=records).text
            said = "ngày 5/3/2020," if len(kinds) == 1 else "trong khoảng từ 1/1/2020 đến 31/12/2020"
            assert said in text
        last = asks | {"/period/from": died[1].isoformat()}
        assert of("marital-status-register", last, records=records) == []


def test_who_says_married_and_is_noted_as_divorced_is_for_the_officer() -> None:
    """NĐ 123/2015 Đ22: they may have married again elsewhere."""
    ended = Registers(former=[(BY_NUMBER, SOMEBODY)])
    expected = [("/status/now", OFFICER, "NĐ 123/2015 Đ22")]
    assert of("marital-status-register", OTHER_PURPOSE | MARRIED, records=ended) == expected


@pytest.mark.parametrize(("year", "kind"), [(1986, OFFICER), (1987, OFFICER), (1988, STOPS)])
def test_living_together_counts_from_before_3_january_1987(year: int, kind: Any) -> None:
    """TT 04/2020 Đ33."""
    changes = OTHER_PURPOSE | TOGETHER | {"/status/together_since": year}
    assert of("marital-status-before-1987", changes) == [("/status/together_since", kind, "TT 04/2020 Đ33")]


def test_a_former_resident_of_another_ward_proves_the_status_there() -> None:
    """NĐ 123/2015 Đ22."""
    lived = {"/elsewhere/lived": True, "/elsewhere/places": "8/2014 đến 6/2018: phường An Hải Bắc, quận Sơn Trà"}
    article = "NĐ 123/2015 Đ22; TT 04/2020 Đ4"
    proved = lived | {"/elsewhere/proof": True}
    assert of("marital-status-lived-elsewhere", proved) == [("/elsewhere/proof", OFFICER, article)]
    assert papers("file", proved) == {"former-residence-status"}
    assert of("marital-status-lived-elsewhere", lived) == []
    assert of("marital-status-lived-elsewhere") == []


def test_without_a_proof_the_ward_asks_and_after_20_days_a_commitment_is_enough() -> None:
    """NĐ 123/2015 Đ22; TT 04/2020 Đ4."""
    changes = {"/elsewhere/lived": True, "/elsewhere/places": "Huế", "/elsewhere/proof": False}
    findings = [each for each in found(changes) if each.check == "marital-status-lived-elsewhere"]
    assert [each.kind for each in findings] == [INFORMS, OFFICER]
    assert "20 ngày" in findings[0].text
    assert papers("file", changes) == set()


ABROAD = {"/elsewhere/abroad": True, "/elsewhere/countries": "3/2015 đến 3/2018: Nhật Bản"}


def test_a_time_abroad_is_proved_by_the_paper_of_the_mission_there() -> None:
    """NĐ 123/2015 Đ10.2, Đ22.4: inferred; beside that of a former commune here."""
    article, proved = "NĐ 123/2015 Đ10, Đ22", ABROAD | {"/elsewhere/mission_paper": True}
    assert of("marital-status-lived-abroad", proved) == [("/elsewhere/mission_paper", OFFICER, article)]
    assert papers("file", proved) == {"mission-confirmation"}
    both = proved | {"/elsewhere/lived": True, "/elsewhere/places": "Huế", "/elsewhere/proof": True}
    assert papers("file", both) == {"mission-confirmation", "former-residence-status"}
    assert of("marital-status-lived-abroad") == []
    assert of("marital-status-lived-abroad", ABROAD) == [], "that is asked on the same page"


def test_who_has_no_paper_of_the_mission_is_told_and_not_stopped_and_no_commune_is_asked() -> None:
    """No article lets the ward refuse: the officer decides, and confirms what is proved."""
    without = ABROAD | {"/elsewhere/mission_paper": False}
    told = [each for each in found(without) if each.check == "marital-status-lived-abroad"]
    assert [each.kind for each in told] == [WARNS, OFFICER]
    assert papers("file", without) == set()
    procedure = MARITAL_STATUS.procedure
    assert procedure.verification is not None
    letters = [each.letters(MARITAL_STATUS.filed(without), "UBND phường") for each in procedure.verification.inquiries]
    assert letters == [0, 0]


def test_the_officer_asks_about_time_abroad_if_the_form_did_not() -> None:
    """The answer was not asked for until today: it stops nobody who has filed."""
    unasked = {"/elsewhere/abroad": None}
    filed = [each for each in for_filed(found(unasked)) if each.field.startswith("/elsewhere")]
    assert [(each.field, each.kind) for each in filed] == [("/elsewhere/abroad", OFFICER)]
    assert [each.kind for each in found(unasked) if each.field == "/elsewhere/abroad"] == [STOPS], "a draft is asked"
    assert not [each for each in found(unasked | {"/person/lives_here": "before-leaving"}) if "abroad" in each.field]


def test_an_earlier_paper_is_given_back() -> None:
    """NĐ 123/2015 Đ22.6: also an expired one."""
    changes = {"/earlier/issued": True, "/earlier/returned": True}
    assert "kể cả giấy đã hết hạn" in finding("marital-status-reissue", changes).text
    assert of("marital-status-reissue", changes) == [("/earlier/returned", INFORMS, "NĐ 123/2015 Đ22")]
    assert papers("file", changes) == {"earlier-confirmation"}


def test_a_lost_paper_is_explained_and_for_a_marriage_the_place_it_named_is_asked() -> None:
    """TT 04/2020 Đ12.1."""
    lost = {"/earlier/issued": True, "/earlier/returned": False}
    asked = {"/earlier/explanation", "/earlier/for_marriage"}
    assert {each.field for each in found(lost) if each.kind is STOPS} == asked
    assert {each.field for each in found(LOST | {"/earlier/place": None}) if each.kind is STOPS} == {"/earlier/place"}
    assert of("marital-status-reissue", LOST) == [("/earlier/returned", OFFICER, "TT 04/2020 Đ12")]
    texts = [
        finding("marital-status-reissue", LOST | changes).text
        for changes in ({}, {"/earlier/for_marriage": False}, OTHER_PURPOSE)
    ]
    assert ["3 ngày làm việc" in text for text in texts] == [True, False, False]
    assert papers("file", LOST) == set()
    assert "for_marriage" not in MARITAL_STATUS.filed(LOST | OTHER_PURPOSE)["earlier"]


def test_an_earlier_paper_of_this_ward_comes_back_also_when_it_was_forgotten() -> None:
    """NĐ 123/2015 Đ22.6: the officer is told what the register says."""
    records = Registers(confirmed=[BY_NUMBER])
    assert of("marital-status-register", records=records) == [("/earlier/issued", OFFICER, "NĐ 123/2015 Đ22")]
    assert of("marital-status-register", LOST, records=records) == []


@pytest.mark.parametrize(
    ("status", "document"),
    [
        ({"/status/now": "never"}, set()),
        (DIVORCED, {"divorce-judgment"}),
        (ANNULLED, {"annulment-decision"}),
        (WIDOWED, {"death-extract"}),
    ],
)
def test_divorce_and_death_are_proved_by_papers(status: dict[str, Any], document: set[str]) -> None:
    """NĐ 123/2015 Đ22."""
    assert papers("file", status) == document


def test_papers_that_are_only_shown() -> None:
    """NĐ 123/2015 Đ2, Đ3."""
    assert papers("present") == {"requester-identity", "residence-proof"}
    assert papers("present", MARRIED) == {"requester-identity", "residence-proof", "marriage-certificate"}


@pytest.mark.parametrize("status", [{"/status/now": "never"}, DIVORCED, WIDOWED, TOGETHER])
def test_an_existing_marriage_in_the_register_contradicts_the_form(status: dict[str, Any]) -> None:
    """NĐ 123/2015 Đ22; by a paper's number it stops, by name and birth date the officer looks."""
    article = "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2"
    for known, kind in ((BY_NUMBER, STOPS), (BY_NAME, OFFICER)):
        records = Registers(marriages=[(known, SOMEBODY)])
        changes = OTHER_PURPOSE | status
        assert of("marital-status-register", changes, records=records) == [("/status/now", kind, article)]
        assert "số 12/2018" in finding("marital-status-register", changes, records=records).text


def test_neither_the_own_marriage_nor_an_ended_one_contradicts_the_form() -> None:
    stands, ended = Registers(marriages=[(BY_NUMBER, SOMEBODY)]), Registers(former=[(BY_NUMBER, SOMEBODY)])
    assert of("marital-status-register", OTHER_PURPOSE | MARRIED, records=stands) == []
    assert of("marital-status-register", DIVORCED, records=ended) == []


def test_nothing_is_confirmed_of_the_dead() -> None:
    """NĐ 123/2015 Đ22."""
    for known, kind in ((BY_NUMBER, STOPS), (BY_NAME, OFFICER)):
        expected = [("/person/full_name", kind, "NĐ 123/2015 Đ22")]
        assert of("marital-status-register", records=Registers(dead=[known])) == expected
        assert of("marital-status-register", FOR_ANOTHER, records=Registers(dead=[known])) == expected


def test_a_married_intended_spouse_is_for_the_officer_to_tell() -> None:
    """Luật HNGĐ 2014 Đ5.2."""
    records = Registers(marriages=[(Person("Lê Quang Huy", date(1992, 11, 5)), SOMEBODY)])
    expected = [("/spouse/full_name", OFFICER, "Luật HNGĐ 2014 Đ5.2")]
    assert of("marital-status-register", records=records) == expected
    assert of("marital-status-register", OTHER_PURPOSE, records=records) == []


def test_typing_a_name_does_not_reveal_the_registers() -> None:
    assert "marital-status-register" not in {each.check for each in found(records=None)}


@pytest.mark.parametrize(
    "field", ["/person/birth_date", "/period/from", "/status/judgment_date", "/spouse/identity_issued_on"]
)
def test_what_has_happened_has_happened_by_today(field: str) -> None:
    changes = PERIOD | DIVORCED
    assert of("dates-not-in-future", changes | {field: "2020-10-07"}) == [(field, STOPS, "")]
    assert of("dates-not-in-future", changes | {field: TODAY.isoformat()}) == []


def test_identity_numbers_fit_their_holders() -> None:
    wrong = {"/requester/identity_number": "048094000321", "/spouse/identity_number": "048192000654"}
    assert {field for field, _, _ in of("identity-number", wrong)} == set(wrong)


@given(st.dictionaries(st.sampled_from(sorted(OTHER_PURPOSE | PERIOD | MARRIED | FOR_ANOTHER | TOGETHER)), st.none()))
def test_an_unfinished_form_trips_no_check(gone: dict[str, None]) -> None:
    whole = OTHER_PURPOSE | PERIOD | MARRIED | FOR_ANOTHER
    findings = found(whole | gone, records=Registers())
    stopped = {each.field for each in findings if each.kind is STOPS}
    assert stopped <= set(gone) | {"/status/then"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/person/birth_date", "21/3/1994"),
        ("/status/together_since", "tám tư"),
        ("/period/from", 2013),
        ("/person/full_name", 7),
    ],
)
def test_unfinished_values_have_one_finding(field: str, value: object) -> None:
    findings = [each for each in found(OTHER_PURPOSE | PERIOD | TOGETHER | {field: value}) if each.field == field]
    assert [each.kind for each in findings] == [STOPS]


def test_a_divorce_counts_once_its_judgment_is_in_force() -> None:
    """Luật HNGĐ 2014 Đ57.1; the time of appeal is remembered."""
    in_force = "/status/judgment_in_force_on"
    name = "marital-status-ended"
    today = MARITAL_STATUS.day
    recent = DIVORCED | {"/status/judgment_date": (today - timedelta(days=5)).isoformat()}
    assert [each[:2] for each in of(name, recent)] == [(in_force, WARNS)]
    edge = DIVORCED | {"/status/judgment_date": (today - timedelta(days=30)).isoformat()}
    assert [each[:2] for each in of(name, edge)] == [(in_force, WARNS)]
    older = DIVORCED | {"/status/judgment_date": (today - timedelta(days=31)).isoformat()}
    assert [each[:2] for each in of(name, older)] == [("/status/now", OFFICER)]
    assert [each[:2] for each in of(name, recent | {in_force: today.isoformat()})] == [("/status/now", OFFICER)]
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert [each[:2] for each in of(name, recent | {in_force: tomorrow})] == [(in_force, STOPS)]
    before = (today - timedelta(days=6)).isoformat()
    assert [each[:2] for each in of(name, recent | {in_force: before})] == [(in_force, WARNS)]
