"""What the law and good sense say to a birth registration (1.001193), check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.dossiers.domain.findings import FindingKind
from services.dossiers.forms import answers
from tests.unit.dossiers.birth_forms import BIRTH, TODAY, birth_form, brief, found, from_check, none, one
from tests.unit.dossiers.worlds import INFORMS, OFFICER, STOPS, WARNS


def test_a_complete_usual_form_has_nothing_that_stops_or_warns() -> None:
    assert brief(found()) == {
        ("/requester/relation", "filer-relation", INFORMS),
        ("/mother/lives_in", "residence-in-ward", OFFICER),
    }


def test_a_birth_in_the_future_stops_and_one_today_does_not() -> None:
    assert one("birth-date", {"/child/birth_date": "2020-10-07"})[:2] == ("/child/birth_date", STOPS)
    assert none("birth-date", {"/child/birth_date": "2020-10-06"})


def test_a_year_that_must_be_a_slip_stops() -> None:
    assert one("birth-date", {"/child/birth_date": "0202-09-12"})[:2] == ("/child/birth_date", STOPS)


def test_more_than_60_days_is_late_and_never_a_reason_to_refuse() -> None:
    """Luật Hộ tịch 2014 Đ15: 60 days from birth; Đ11: late registration has a fee."""
    day_60, day_61 = TODAY - timedelta(days=60), TODAY - timedelta(days=61)
    assert none("late-registration", {"/child/birth_date": day_60.isoformat()})
    late = one("late-registration", {"/child/birth_date": day_61.isoformat()})
    assert late == ("/child/birth_date", INFORMS, "Luật Hộ tịch 2014 Đ11, Đ15")


def test_a_late_applicant_is_told_that_there_is_no_fine() -> None:
    """NĐ 82/2020: the warning of NĐ 110/2013 Đ27 is gone since 1/9/2020."""
    [late] = from_check(found(today=date(2021, 6, 1)), "late-registration")
    assert "không bị phạt" in late.text


@pytest.mark.parametrize(
    "name", ["Nguyễn Minh An 2", "Nguyễn @n", "Nguyễn Minh An.", "Nguyễn ２ An", "Nguyễn 安", "Nguyễn ✝ An", "'-"]
)
def test_a_name_with_digits_or_symbols_stops(name: str) -> None:
    """TT 04/2020 Đ6."""
    assert one("person-names", {"/child/full_name": name}) == ("/child/full_name", STOPS, "TT 04/2020 Đ6")


@pytest.mark.parametrize("name", ["H'Hen Niê", "Y-Bham Ênuôl", "Đặng Thị Ước", "NGUYỄN MINH AN", "Võ Thị Quỳnh Như"])
def test_names_of_all_peoples_of_the_country_are_names(name: str) -> None:
    assert none("person-names", {"/child/full_name": name})


def test_a_very_long_name_and_a_single_word_warn_only() -> None:
    """TT 04/2020 Đ6 says "không quá dài"; no law has a number."""
    assert one("person-names", {"/child/full_name": "Nguyễn " + "Minh " * 7 + "An"})[1] is WARNS
    assert one("person-names", {"/child/full_name": "Nguyễn"})[1] is WARNS


def test_the_names_of_parents_and_requester_are_held_to_the_same_rule() -> None:
    for field in ("/mother/full_name", "/father/full_name", "/requester/full_name"):
        assert one("person-names", {field: "Nguyễn Văn 3"})[:2] == (field, STOPS)


@pytest.mark.parametrize("relation", ["grandparent", "relative"])
def test_grandparents_need_the_parents_agreement_and_no_authorisation(relation: str) -> None:
    """TT 04/2020 Đ2."""
    kin = {"/requester/relation": relation}
    assert one("filer-relation", kin) == ("/requester/relation", INFORMS, "TT 04/2020 Đ2")
    missing = {each.field for each in found(kin, documents={"birth-certificate-of-hospital"}) if each.kind is STOPS}
    assert not missing


def test_an_agent_needs_a_written_authorisation() -> None:
    """TT 04/2020 Đ2."""
    findings = found({"/requester/relation": "authorised"}, documents={"birth-certificate-of-hospital"})
    assert ("documents/authorisation", "document-required", STOPS) in brief(findings)
    assert ("/requester/relation", "filer-relation", INFORMS) in brief(findings)
    (look,) = [each for each in findings if (each.check, each.kind) == ("filer-relation", OFFICER)]
    assert "người ký phải là cha hoặc mẹ của trẻ; có chứng thực, trừ khi" in look.text


def test_somebody_else_who_raises_the_child_is_asked_why_by_the_officer() -> None:
    """Luật Hộ tịch 2014 Đ15."""
    assert one("filer-relation", {"/requester/relation": "carer"})[1] is OFFICER


@pytest.mark.parametrize("relation", ["father", "mother", "grandparent", "relative", "carer", "authorised"])
def test_parents_grandparents_relatives_and_who_raises_the_child_may_file(relation: str) -> None:
    """Luật Hộ tịch 2014 Đ15.1; an agent by TT 04/2020 Đ2."""
    assert not [each for each in found({"/requester/relation": relation}) if each.kind is STOPS]


def test_a_filing_father_has_the_fathers_name() -> None:
    changes = {"/requester/relation": "father"}
    assert one("filer-is-the-parent", changes)[:2] == ("/father/full_name", WARNS)
    assert none("filer-is-the-parent", changes | {"/requester/full_name": "NGUYỄN VĂN HÙNG"})
    for slip in ("Nguyễn Văn Hủng", "Nguyen Van Hung"):
        assert one("filer-is-the-parent", changes | {"/requester/full_name": slip})[1] is WARNS


FOUND = {
    "/child/situation": "abandoned",
    "/child/found_on": "2020-09-12",
    "/child/birth_date_from": "build",
    "/requester/relation": "carer",
}


def test_an_abandoned_child_has_no_parents_on_the_form_and_a_public_notice_first() -> None:
    """NĐ 123/2015 Đ14: seven consecutive days; parents and ethnicity blank."""
    findings = found(FOUND, documents=set())
    assert brief(findings) == {
        ("documents/abandonment-report", "document-required", STOPS),
        ("/child/situation", "child-without-parents", OFFICER),
    }
    assert BIRTH.notice_needed(birth_form(FOUND))


@pytest.mark.parametrize(
    ("day_found", "born", "stops"),
    [
        ("2020-09-12", "2020-09-12", False),
        ("2020-09-12", "2019-09-12", False),
        ("2020-09-12", "2019-09-11", True),
        ("2020-09-12", "2020-08-12", True),
        ("2020-02-29", "2019-02-28", False),
        ("2020-02-29", "2019-03-01", True),
    ],
)
def test_a_foundling_was_born_on_day_and_month_as_found_in_a_year_by_its_build(
    day_found: str, born: str, stops: bool
) -> None:
    """NĐ 123/2015 Đ14, unless something else tells."""
    changes = FOUND | {"/child/found_on": day_found, "/child/birth_date": born}
    assert none("foundling-birth-date", changes) is not stops
    assert none("foundling-birth-date", changes | {"/child/birth_date_from": "paper"})
    if stops:
        assert one("foundling-birth-date", changes) == ("/child/birth_date", STOPS, "NĐ 123/2015 Đ14")


def test_nobody_is_found_before_their_birth() -> None:
    changes = FOUND | {"/child/birth_date_from": "paper", "/child/birth_date": "2020-09-13"}
    assert one("foundling-birth-date", changes)[:2] == ("/child/birth_date", STOPS)


@pytest.mark.parametrize("situation", ["abandoned", "parents-unknown"])
def test_who_cares_for_a_child_without_parents_files_for_it_and_no_parent(situation: str) -> None:
    """NĐ 123/2015 Đ14, Đ15."""
    changes = FOUND | {"/child/situation": situation}
    assert none("filer-relation", changes)
    for relation in ("mother", "father", "authorised"):
        stopped = one("filer-relation", changes | {"/requester/relation": relation})
        assert stopped == ("/requester/relation", STOPS, "NĐ 123/2015 Đ14, Đ15")
    for relation in ("grandparent", "relative"):
        assert one("filer-relation", changes | {"/requester/relation": relation})[1] is OFFICER


def test_a_child_whose_parents_are_unknown_needs_no_record_and_no_notice() -> None:
    """NĐ 123/2015 Đ15.1, Đ15.5: the data are those of an abandoned child, the way is not."""
    changes = {"/child/situation": "parents-unknown", "/requester/relation": "carer"}
    assert brief(found(changes, documents=set())) == {("/child/situation", "child-without-parents", OFFICER)}
    assert not BIRTH.notice_needed(birth_form(changes))


def test_a_child_whose_parents_are_both_unknown_is_noted_so() -> None:
    """NĐ 123/2015 Đ15."""
    changes = {"/child/situation": "parents-unknown"}
    assert one("child-without-parents", changes) == ("/child/situation", OFFICER, "NĐ 123/2015 Đ15")
    assert one("child-without-parents", {"/mother/known": False, "/father/known": False})[:2] == (
        "/father/known",
        STOPS,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/mother/nationality", "foreign"),
        ("/father/nationality", "foreign"),
        ("/father/nationality", "stateless"),
        ("/mother/lives_in", "abroad"),
        ("/child/nationality", "foreign"),
    ],
)
def test_a_foreign_element_belongs_to_the_district(field: str, value: str) -> None:
    """Luật Hộ tịch 2014 chương III."""
    [finding] = from_check(found({field: value}), "foreign-element")
    assert (finding.field, finding.kind, finding.article) == (field, STOPS, "Luật Hộ tịch 2014 chương III")
    assert "Ủy ban nhân dân quận" in finding.text


def test_a_child_born_abroad_is_registered_by_the_district_where_a_parent_resides() -> None:
    """Luật Hộ tịch 2014 Đ35: whether or not it was registered there."""
    [finding] = from_check(found({"/birth_place/kind": "abroad"}), "born-abroad")
    assert (finding.field, finding.kind, finding.article) == ("/birth_place/kind", STOPS, "Luật Hộ tịch 2014 Đ35")
    assert "Ủy ban nhân dân quận, huyện nơi cha hoặc mẹ cư trú" in finding.text
    assert none("born-abroad", {"/birth_place/kind": "elsewhere"})


def test_the_ward_where_father_or_mother_resides_is_competent() -> None:
    """Luật Hộ tịch 2014 Đ13."""
    assert one("residence-in-ward", {"/mother/lives_in": "elsewhere"})[:2] == ("/father/lives_in", OFFICER)
    neither = {"/mother/lives_in": "elsewhere", "/father/lives_in": "elsewhere"}
    assert one("residence-in-ward", neither)[:2] == ("/mother/lives_in", WARNS)


def test_a_sex_that_is_not_determined_can_be_filed() -> None:
    """NĐ 123/2015 Đ4.1d; TT 04/2020 Đ29.9."""
    assert not [each for each in found({"/child/sex": "undetermined"}) if each.kind in {STOPS, WARNS}]


def test_no_residence_is_asked_of_a_parent_who_has_died() -> None:
    """TT 04/2020 Đ10.2, for children by analogy."""
    dead = {"/father/lives_in": "dead", "/father/residence": None}
    assert not [each for each in found(dead) if each.kind in {STOPS, WARNS}]
    assert "/father/residence" not in answers(BIRTH, birth_form(dead)).by_pointer
    for lives_in in ("this-ward", "elsewhere", "abroad"):
        assert "/father/residence" in answers(BIRTH, birth_form({"/father/lives_in": lives_in})).by_pointer


def test_where_one_parent_has_died_the_ward_of_the_other_is_competent() -> None:
    """Luật Hộ tịch 2014 Đ13."""
    dead = {"/mother/lives_in": "dead"}
    assert one("residence-in-ward", dead)[:2] == ("/father/lives_in", OFFICER)
    assert one("residence-in-ward", dead | {"/father/lives_in": "elsewhere"})[:2] == ("/father/lives_in", WARNS)
    assert one("residence-in-ward", dead | {"/father/lives_in": "dead"})[:2] == ("/mother/lives_in", OFFICER)


def test_who_files_is_alive() -> None:
    files = {"/requester/relation": "father", "/requester/full_name": "Nguyễn Văn Hùng", "/father/lives_in": "dead"}
    assert one("filer-is-the-parent", files)[:2] == ("/father/lives_in", STOPS)


def test_a_mother_who_files_is_known() -> None:
    files = {"/requester/relation": "mother", "/requester/full_name": "Trần Thị Lan"}
    assert one("filer-is-the-parent", files | {"/mother/known": False})[:2] == ("/mother/known", STOPS)
    assert none("filer-is-the-parent", files)


def test_parents_born_before_1900_and_people_over_100_can_be_filed() -> None:
    """No law has a greatest age."""
    old: dict[str, Any] = {"/child/birth_date": "1917-03-01", "/mother/birth_year": 1895, "/father/birth_year": 1889}
    old["/parents/married_on"] = "1915-11-20"
    assert not [each for each in found(old) if each.kind is STOPS]


def test_parents_of_a_child_that_lived_less_than_a_day_are_told_that_it_may_be_left_out() -> None:
    """BLDS 2015 Đ30: only if a parent asks."""
    assert "chưa được 24 giờ tuổi thì chỉ khai sinh, khai tử khi cha hoặc mẹ muốn" in BIRTH.texts["before_you_start"]


def test_who_was_born_before_2016_and_has_papers_goes_by_another_procedure() -> None:
    """TT 04/2020 Đ8; NĐ 123/2015 Đ26."""
    article = "TT 04/2020 Đ8; NĐ 123/2015 Đ26"
    assert one("registered-with-papers", {"/child/birth_date": "2015-12-31"}) == ("/child/birth_date", WARNS, article)
    assert none("registered-with-papers", {"/child/birth_date": "2016-01-01"})
    with_papers = {"/child/situation": "with-papers", "/child/birth_date": "1985-01-01"}
    [stopped] = [each for each in found(with_papers) if each.kind is STOPS]
    assert (stopped.field, stopped.article) == ("/child/situation", article)
    assert "1.004772" in stopped.text


@pytest.mark.parametrize("name", ["Nguyễn Jimmy", "Nguyễn Anh Emily", "Nguyễn Minh-Kevin"])
def test_a_given_name_that_is_not_vietnamese_warns(name: str) -> None:
    """BLDS 2015 Đ26.3; TT 04/2020 Đ6.1."""
    warned = one("name-in-vietnamese", {"/child/full_name": name})
    assert warned == ("/child/full_name", WARNS, "BLDS 2015 Đ26.3; TT 04/2020 Đ6.1")


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Quỳnh Như",
        "Trần Khuyên",
        "Nguyễn Ngọc Uyên Nhi",
        "Nguyễn Hoài Thương",
        "Nguyễn Gia Huy",
        "Nguyễn Y",
        "Nguyễn Nguyệt",
        "Nguyễn Minh-An",
        "NGUYỄN THUỲ DƯƠNG",
        "Nguyễn Ỷ Giang",
    ],
)
def test_vietnamese_names_are_vietnamese(name: str) -> None:
    assert none("name-in-vietnamese", {"/child/full_name": name})


def test_names_in_the_languages_of_other_peoples_are_not_judged_by_vietnamese() -> None:
    assert none("name-in-vietnamese", {"/child/full_name": "Nguyễn H'Jen", "/child/ethnicity": "Ê-đê"})


def test_a_family_name_of_neither_parent_warns() -> None:
    """TT 04/2020 Đ6."""
    assert one("family-name", {"/child/full_name": "Lê Minh An"}) == ("/child/full_name", WARNS, "TT 04/2020 Đ6")
    assert one("family-name", {"/child/full_name": "Trấn Minh An"})[1] is WARNS
    assert none("family-name", {"/child/full_name": "TRẦN Minh An"})
    assert none("family-name", {"/child/full_name": "H'Hen Niê", "/mother/full_name": "H'Lan Niê"})


def test_an_ethnicity_of_neither_parent_warns_and_of_two_peoples_informs() -> None:
    """TT 04/2020 Đ6."""
    assert one("ethnicity", {"/child/ethnicity": "Cơ-tu"}) == ("/child/ethnicity", WARNS, "TT 04/2020 Đ6")
    assert one("ethnicity", {"/child/ethnicity": "Cơ-tu", "/mother/ethnicity": "Cơ-tu"})[1] is INFORMS


def test_an_ethnicity_outside_the_list_is_compared_by_its_name() -> None:
    other = {"/child/ethnicity": "other", "/child/ethnicity_other": "Pa Cô"}
    mother = {"/mother/ethnicity": "other", "/mother/ethnicity_other": "pa cô"}
    assert one("ethnicity", other)[1] is WARNS
    assert one("ethnicity", other | mother)[1] is INFORMS
    assert one("ethnicity", other | mother | {"/mother/ethnicity_other": "Chứt"})[1] is WARNS


@pytest.mark.parametrize(
    ("field", "year"),
    [
        ("/mother/birth_year", 2008),
        ("/mother/birth_year", 1960),
        ("/father/birth_year", 2021),
        ("/father/birth_year", 1930),
    ],
)
def test_ages_of_parents_that_are_likely_slips_warn(field: str, year: int) -> None:
    assert one("parent-ages", {field: year}) == (field, WARNS, "")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"/requester/identity_number": "04805500012"}, {WARNS}),
        ({"/requester/identity_number": "999055000123"}, {OFFICER}),
        ({"/requester/identity_number": "048299000123"}, {WARNS}),  # born in 2099
        ({"/requester/relation": "father", "/requester/identity_number": "048092000123"}, set()),
        ({"/requester/relation": "father", "/requester/identity_number": "048192000123"}, {WARNS}),  # a woman's
        ({"/requester/relation": "father", "/requester/identity_number": "048091000123"}, {WARNS}),  # born in 1991
        ({"/requester/relation": "mother", "/requester/identity_number": "048194000123"}, set()),
        ({"/requester/identity_paper": "identity-card", "/requester/identity_number": "201234567"}, set()),
        ({"/requester/identity_paper": "identity-card", "/requester/identity_number": "20123"}, {WARNS}),
        ({"/requester/identity_paper": "passport", "/requester/identity_number": "B1234567"}, set()),
    ],
)
def test_an_identity_number_that_does_not_fit_its_paper_never_stops(
    changes: dict[str, Any], kinds: set[FindingKind]
) -> None:
    """Structure of SĐDCN; corrected sex or date makes exceptions, so nothing blocks."""
    assert {each.kind for each in from_check(found(changes), "identity-number")} == kinds


def test_a_paper_issued_tomorrow_stops() -> None:
    assert one("dates-not-in-future", {"/requester/identity_issued_on": "2020-10-07"})[1] is STOPS


def test_nothing_is_filed_without_the_declaration() -> None:
    """TT 04/2020 Đ5."""
    assert one("declaration", {"/declaration/truthful": False}) == ("/declaration/truthful", STOPS, "TT 04/2020 Đ5")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/child/birth_date", "12/9/2020"),
        ("/mother/birth_year", "chín tư"),
        ("/child/full_name", 7),
        ("/copies/count", True),
    ],
)
def test_unfinished_values_trip_no_check(field: str, value: object) -> None:
    findings = [each for each in found({field: value, "/copies/wanted": True}) if each.field == field]
    assert [each.kind for each in findings] == [STOPS]
