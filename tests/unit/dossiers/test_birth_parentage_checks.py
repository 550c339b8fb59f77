"""Who the parents of a child are (1.001193): marriage, husband, court and recognition, check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.dossiers.domain.findings import FindingKind
from services.dossiers.forms import answers, findings, for_filed, known, renewed
from tests.unit.dossiers.birth_forms import BIRTH, TODAY, birth_form, brief, found, from_check, none, one
from tests.unit.dossiers.worlds import INFORMS, OFFICER, STOPS, WARNS

NO_FATHER = {"/father/known": False, "/parents/husband_lately": False, "/child/full_name": "Trần Minh An"}
BORN = date(2020, 9, 12)
HUSBAND = NO_FATHER | {
    "/parents/husband_lately": True,
    "/parents/mother_had_husband": True,
    "/parents/court_refused": "none",
}


def test_an_unmarried_father_goes_by_the_combined_procedure() -> None:
    """NĐ 123/2015 Đ15; TT 04/2020 Đ14."""
    [finding] = from_check(found({"/parents/married": False}), "father-needs-marriage")
    assert (finding.field, finding.kind) == ("/parents/married", STOPS)
    assert "1.000689" in finding.text


OF_FACT = {
    "/parents/married": False,
    "/parents/married_before_birth": None,
    "/parents/married_on": None,
    "/parents/spouses_of_fact": True,
    "/parents/together_since": 1984,
    "/mother/birth_year": 1964,
    "/father/birth_year": 1962,
    "/child/birth_date": "1996-05-02",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"/parents/spouses_of_fact": OFFICER}),
        ({"/parents/together_since": 1987}, {"/parents/spouses_of_fact": OFFICER}),  # on 1 or 2 January
        ({"/parents/together_since": 1988}, {"/parents/together_since": STOPS}),
        ({"/mother/birth_year": 1969}, {"/parents/spouses_of_fact": OFFICER}),
        ({"/mother/birth_year": 1970}, {"/parents/spouses_of_fact": STOPS}),
        ({"/father/birth_year": 1970}, {"/parents/spouses_of_fact": STOPS}),
        (
            {"/child/birth_date": "1984-12-31"},
            {"/parents/spouses_of_fact": OFFICER, "/parents/together_since": OFFICER},
        ),
        ({"/child/birth_date": "1985-01-01"}, {"/parents/spouses_of_fact": OFFICER}),
        ({"/parents/spouses_of_fact": False, "/parents/together_since": None}, {"/parents/married": STOPS}),
    ],
)
def test_spouses_from_before_3_january_1987_are_parents_without_a_registration(
    changes: dict[str, Any], expected: dict[str, FindingKind]
) -> None:
    """TT 04/2020 Đ33, NĐ 123/2015 Đ44.2: spouses without a certificate, so no recognition; the officer looks."""
    findings = found(OF_FACT | changes)
    assert {each.field: each.kind for each in from_check(findings, "father-needs-marriage")} == expected
    assert "/parents/spouses_of_fact" not in {each.field for each in findings if each.check == "required"}


def test_a_husband_of_fact_is_the_father_also_after_his_death() -> None:
    """Luật HNGĐ 2014 Đ101.2 is for the unmarried (from memory)."""
    dead = {"/father/lives_in": "dead", "/father/residence": None}
    assert none("recognition-of-the-dead", OF_FACT | dead)
    assert not none("recognition-of-the-dead", OF_FACT | dead | {"/parents/spouses_of_fact": False})


def test_living_together_is_asked_of_parents_without_a_marriage_alone() -> None:
    asked = {each.field for each in found({"/parents/married": False}) if each.check == "required"}
    assert "/parents/spouses_of_fact" in asked
    assert "/parents/spouses_of_fact" not in {each.field for each in found({})}


def test_without_a_father_a_child_of_an_unmarried_mother_is_registered() -> None:
    """NĐ 123/2015 Đ15: the father's part stays blank; family name and ethnicity are the mother's."""
    assert not [each for each in found(NO_FATHER) if each.kind in {STOPS, WARNS}]
    assert one("family-name", NO_FATHER | {"/child/full_name": "Nguyễn Minh An"})[1:] == (WARNS, "NĐ 123/2015 Đ15")
    assert one("ethnicity", NO_FATHER | {"/child/ethnicity": "Cơ-tu"})[1:] == (STOPS, "NĐ 123/2015 Đ15")


def test_a_father_without_a_known_mother_recognises_his_child_first() -> None:
    """NĐ 123/2015 Đ15."""
    assert one("father-needs-marriage", {"/mother/known": False})[:2] == ("/father/known", STOPS)


def test_married_after_the_birth_with_a_joint_acknowledgement_the_father_is_recorded() -> None:
    """TT 04/2020 Đ16.3."""
    later = {"/parents/married_before_birth": False}
    findings = found(later | {"/parents/both_acknowledge": True}, documents={"birth-certificate-of-hospital"})
    assert ("documents/acknowledgement-of-child", "document-required", STOPS) in brief(findings)
    assert ("/parents/both_acknowledge", "father-needs-marriage", INFORMS) in brief(findings)
    [officer] = [each for each in findings if each.kind is OFFICER and each.check == "father-needs-marriage"]
    assert "300 ngày" in officer.text, "the mother may have had another husband then (Luật HNGĐ 2014 Đ88.1)"
    refused = one("father-needs-marriage", later | {"/parents/both_acknowledge": False})
    assert refused == ("/parents/both_acknowledge", STOPS, "TT 04/2020 Đ16.3")


@pytest.mark.parametrize(("days", "asks"), [(0, True), (300, True), (301, False), (None, True)])
def test_after_a_marriage_within_300_days_before_the_birth_the_officer_asks_about_a_former_husband(
    days: int | None, asks: bool
) -> None:
    """Luật HNGĐ 2014 Đ88.1: both may be the father. A marriage that is older tells that there was none."""
    married = {"/parents/married_on": None if days is None else (BORN - timedelta(days=days)).isoformat()}
    assert not [each for each in found(married) if each.kind in {STOPS, WARNS}], "the question is optional"
    if not asks:
        assert none("father-needs-marriage", married)
        return
    [finding] = from_check(found(married), "father-needs-marriage")
    assert (finding.field, finding.kind) == ("/parents/married_on", OFFICER)
    assert "300 ngày" in finding.text


def test_a_marriage_before_the_birth_has_no_day_after_it() -> None:
    later = {"/parents/married_on": (BORN + timedelta(days=1)).isoformat()}
    assert one("father-needs-marriage", later)[:2] == ("/parents/married_on", STOPS)
    future = found({"/parents/married_on": (TODAY + timedelta(days=1)).isoformat()})
    assert ("/parents/married_on", "dates-not-in-future", STOPS) in brief(future)


def ended(days: int, by: str = "divorce") -> dict[str, Any]:
    """No father is named, and the mother's marriage ended this many days before the birth."""
    day = (BORN - timedelta(days=days)).isoformat()
    return HUSBAND | {
        "/parents/mother_had_husband": False,
        "/parents/marriage_ended_by": by,
        "/parents/marriage_ended_on": day,
    }


def test_a_child_born_in_a_marriage_is_the_husbands_unless_a_court_says_otherwise() -> None:
    """Luật HNGĐ 2014 Đ88.1; TT 04/2020 Đ16.4."""
    left_out = one("husband-is-the-father", HUSBAND)
    assert left_out == ("/parents/mother_had_husband", STOPS, "Luật HNGĐ 2014 Đ88.1; TT 04/2020 Đ16.4")
    assert none("husband-is-the-father", {}), "the husband is recorded"


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("divorce", "người chồng cũ"),
        ("annulled", "người chồng cũ"),
        ("death", "người chồng đã mất"),
        ("declared-dead", "người chồng đã mất"),
    ],
)
@pytest.mark.parametrize("days", [-3, 0, 1, 299, 300])
def test_a_child_born_within_300_days_after_a_marriage_is_the_husbands(days: int, by: str, who: str) -> None:
    """Luật HNGĐ 2014 Đ88.1, Đ57.1, Đ65: by divorce, annulment, death or a declaration of death; also one that
    ended later.
    """
    [finding] = from_check(found(ended(days, by)), "husband-is-the-father")
    assert (finding.field, finding.kind) == ("/parents/marriage_ended_on", STOPS)
    assert who in finding.text


@pytest.mark.parametrize("days", [301, 900])
def test_a_child_born_more_than_300_days_after_a_marriage_may_be_registered_without_a_father(days: int) -> None:
    """Luật HNGĐ 2014 Đ88.1: the day on which the marriage ended is not counted."""
    assert not [each for each in found(ended(days)) if each.kind in {STOPS, WARNS}]


@pytest.mark.parametrize("open_question", ["/parents/mother_had_husband", "/parents/marriage_ended_on"])
def test_while_the_end_of_the_marriage_is_not_told_nothing_is_said_of_a_husband(open_question: str) -> None:
    assert none("husband-is-the-father", ended(10) | {open_question: None})


def test_only_who_names_no_father_is_asked_about_a_husband() -> None:
    """Few see the questions, and most of them one."""
    questions = {"/parents/husband_lately", "/parents/mother_had_husband", "/parents/court_refused"}
    assert not questions & set(answers(BIRTH, birth_form()).by_pointer)
    assert questions & set(answers(BIRTH, birth_form(NO_FATHER)).by_pointer) == {"/parents/husband_lately"}
    assert "/parents/marriage_ended_on" not in answers(BIRTH, birth_form(HUSBAND)).by_pointer


def test_a_filed_form_that_was_never_asked_about_a_husband_asks_the_officer_and_a_draft_its_applicant() -> None:
    """Luật HNGĐ 2014 Đ88.1: the question is newer than the dossier, so it is not sent back for it."""
    form, field = birth_form(NO_FATHER | {"/parents/husband_lately": None}), "/parents/husband_lately"
    papers = {each.kind for each in BIRTH.documents}
    in_draft = findings(BIRTH, form, papers, TODAY)
    assert (field, "required", STOPS) in brief(in_draft)
    filed = for_filed(in_draft)
    assert (field, "required", OFFICER) in brief(filed)
    assert not [each for each in filed if each.kind in {STOPS, WARNS}]


def test_where_the_court_refused_the_case_the_ward_registers_on_its_refusal_and_an_experts_paper() -> None:
    """TT 04/2020 Đ16.4, Đ14.1."""
    for changes in (HUSBAND, ended(300)):
        refused = changes | {"/parents/court_refused": "refused"}
        assert one("husband-is-the-father", refused)[:2] == ("/parents/court_refused", OFFICER)
        assert not [each for each in found(refused) if each.kind in {STOPS, WARNS}]
        missing = {each.field for each in found(refused, documents={"birth-certificate-of-hospital"})}
        assert {"documents/court-refusal", "documents/relation-test"} <= missing
    needed = {each.field for each in found(HUSBAND, documents=set()) if each.check == "document-required"}
    assert needed == {"documents/birth-certificate-of-hospital"}


def test_where_the_court_decided_that_the_child_is_not_the_husbands_the_father_is_blank_on_its_judgment() -> None:
    """Luật HNGĐ 2014 Đ88.2: the judgment is in force, and the officer compares it."""
    for changes in (HUSBAND, ended(300)):
        decided = changes | {"/parents/court_refused": "decided"}
        assert one("husband-is-the-father", decided) == ("/parents/court_refused", OFFICER, "Luật HNGĐ 2014 Đ88.2")
        assert not [each for each in found(decided) if each.kind in {STOPS, WARNS}]
        needed = {each.field for each in found(decided, documents=set()) if each.check == "document-required"}
        assert needed == {"documents/birth-certificate-of-hospital", "documents/fatherhood-judgment"}


def test_a_dossier_that_was_filed_with_yes_or_no_about_the_court_is_still_read() -> None:
    """Yes was that the court refused; no, that it had not."""
    for before, now in ((True, "refused"), (False, "none")):
        old, new = (HUSBAND | {"/parents/court_refused": answer} for answer in (before, now))
        for documents in (None, set[str]()):
            assert found(old, documents=documents) == found(new, documents=documents)
        assert answers(BIRTH, birth_form(old)).form == answers(BIRTH, birth_form(new)).form
        assert known(BIRTH, birth_form(old)) == known(BIRTH, birth_form(new))
        assert renewed(BIRTH, birth_form(old)) == birth_form(new), "so it is shown"


@pytest.mark.parametrize(
    "alone",
    [
        {"/father/known": False},
        {"/mother/known": False},
        {"/parents/married": False},
        {"/parents/married_before_birth": False},
    ],
)
def test_nobody_alone_has_a_child_by_surrogacy(alone: dict[str, Any]) -> None:
    """NĐ 123/2015 Đ16; Luật HNGĐ 2014 Đ93–95: only a married couple can ask for it."""
    article = "NĐ 123/2015 Đ16; Luật HNGĐ 2014 Đ93–95"
    assert one("surrogacy-of-a-couple", {"/child/surrogacy": True} | alone) == ("/child/surrogacy", STOPS, article)
    assert none("surrogacy-of-a-couple", {"/child/surrogacy": True})
    assert none("surrogacy-of-a-couple", {"/child/surrogacy": False} | alone)


def test_a_dead_father_who_was_not_the_husband_is_determined_by_a_court() -> None:
    """Luật HNGĐ 2014 Đ101.2, as remembered."""
    unmarried = {"/father/lives_in": "dead", "/parents/married": False}
    assert one("recognition-of-the-dead", unmarried)[:2] == ("/father/lives_in", WARNS)
    assert none("recognition-of-the-dead", unmarried | {"/parents/married": True})
    assert none("recognition-of-the-dead", {"/parents/married": False})
