"""What the law says to a request for a confirmation of marital status (1.004873), check by check."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.forms import for_filed
from tests.unit.dossiers.marital_status_forms import (
    ANNULLED,
    DIVORCED,
    FOR_ANOTHER,
    FORMERLY,
    LOST,
    MARITAL_STATUS,
    MARRIED,
    OTHER_PURPOSE,
    PERIOD,
    TODAY,
    TOGETHER,
    WIDOWED,
    of,
    papers,
)
from tests.unit.dossiers.worlds import INFORMS, OFFICER, STOPS, WARNS, Registers

found, finding = MARITAL_STATUS.found, MARITAL_STATUS.finding


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
    both = [("/requester/relation", kind, "TT 04/2020 Đ2") for kind in (INFORMS, OFFICER)]
    assert of("marital-status-filer", changes) == both
    told, look = (each.text for each in MARITAL_STATUS.found(changes) if each.check == "marital-status-filer")
    assert "không cần chứng thực" in told
    assert "người ký phải là người được cấp giấy; không cần chứng thực nếu" in look
    assert papers("file", FOR_ANOTHER) == {"authorisation"}


def test_anybody_else_needs_a_certified_authorisation() -> None:
    """TT 04/2020 Đ2."""
    changes = FOR_ANOTHER | {"/requester/relation": "other"}
    told, look = (each.text for each in MARITAL_STATUS.found(changes) if each.check == "marital-status-filer")
    assert "phải có chứng thực" in told
    assert "người ký phải là người được cấp giấy; phải có chứng thực" in look
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


def test_for_a_marriage_there_is_one_copy_and_the_number_is_not_asked() -> None:
    """TT 04/2020 Đ12."""
    assert "chỉ cấp một bản" in finding("marital-status-use").text
    assert "copies" not in MARITAL_STATUS.filed({"/copies/count": 3})
    assert "không dùng để đăng ký kết hôn" in finding("marital-status-use", OTHER_PURPOSE).text


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
