"""What the law and good sense say to a death registration (1.000656), check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.people import Person
from services.dossiers.forms import answers
from tests.unit.dossiers.death_forms import AT_HOME_HERE, DEATH, DEATH_YEAR_ONLY, TODAY, UNIDENTIFIED, YEAR_ONLY
from tests.unit.dossiers.worlds import INFORMS, OFFICER, STOPS, WARNS, Registers, changed

told, finding = DEATH.told, DEATH.finding
SHOWN = {"requester-identity": "present", "residence-proof": "present", "last-residence-proof": "present"}


def test_a_usual_form_has_nothing_that_stops_or_warns() -> None:
    assert {(each.field, each.check, each.kind) for each in DEATH.found(records=Registers())} == {
        ("/deceased/lives_in", "last-residence", OFFICER)
    }


@pytest.mark.parametrize(("days", "late"), [(0, False), (15, False), (16, True), (20_000, True)])
def test_more_than_15_days_is_late_and_never_a_reason_to_refuse(days: int, late: bool) -> None:
    """Luật Hộ tịch 2014 Đ33: 15 days from death; Đ11: late registration has a fee."""
    died = (TODAY - timedelta(days=days)).isoformat()
    found = DEATH.found({"/death/date": died, "/deceased/birth_date": "1901-01-01"})
    assert [each.kind for each in found if each.check == "late-registration"] == ([INFORMS] if late else [])
    assert not [each for each in found if each.kind is STOPS]


def test_late_is_by_the_day_of_filing() -> None:
    """Luật Hộ tịch 2014 Đ33: what the office needs to register does not make it late."""
    on_the_last_day = {"/death/date": "2020-09-21"}
    assert told("late-registration", on_the_last_day, registered_on=date(2020, 10, 9)) == {}


@given(st.dates(date(1990, 1, 1), TODAY))
def test_a_death_is_late_exactly_from_the_sixteenth_day(died: date) -> None:
    """Luật Hộ tịch 2014 Đ33."""
    assert bool(told("late-registration", {"/death/date": died.isoformat()})) == ((TODAY - died).days > 15)


@pytest.mark.parametrize(("day", "late"), [(date(2021, 1, 15), False), (date(2021, 1, 16), True)])
def test_a_year_alone_is_late_once_all_of_it_is(day: date, late: bool) -> None:
    """Luật Hộ tịch 2014 Đ33: 15 days, of a day that may have been the year's last."""
    found = told("late-registration", DEATH_YEAR_ONLY | {"/death/year": 2020}, day=day)
    assert found == ({"/death/date": INFORMS} if late else {})


DECLARED = {
    "/death/circumstance": "court",
    "/death/date": "2015-03-01",
    "/death_paper/issued_on": "2020-08-31",
    "/death_paper/in_force_on": "2020-09-21",
}


@pytest.mark.parametrize(("day", "late"), [(date(2020, 10, 6), False), (date(2020, 10, 7), True)])
def test_a_declared_death_is_late_by_the_day_when_the_judgment_came_into_force(day: date, late: bool) -> None:
    """Luật Hộ tịch 2014 Đ33.1; NĐ 123/2015 Đ4.2c: nobody could register it before, whenever the death was."""
    found = told("late-registration", DECLARED, day=day)
    assert found == ({"/death_paper/in_force_on": INFORMS} if late else {})
    assert bool(DEATH.procedure.late and DEATH.procedure.late.is_late(DEATH.filed(DECLARED), day)) is late


def test_a_declared_death_without_the_day_of_force_is_not_late_and_the_officer_checks() -> None:
    """Luật Hộ tịch 2014 Đ33.1: a dossier filed before there was the question has not answered it."""
    before = DECLARED | {"/death_paper/in_force_on": None}
    assert told("late-registration", before) == {}
    assert told("declared-death-in-force", before) == {"/death_paper/in_force_on": OFFICER}
    left_over = changed(DEATH.form, before | {"/death/date": None, "/death/year": 1990})
    assert not (DEATH.procedure.late and DEATH.procedure.late.is_late(left_over, TODAY)), "nor by a year left over"


def test_a_declared_death_is_registered_once_the_judgment_is_in_force() -> None:
    """NĐ 123/2015 Đ4.2c."""
    field = "/death_paper/in_force_on"
    for day, kind in (("2020-10-07", STOPS), ("2020-08-30", WARNS), ("2020-10-06", OFFICER), ("2020-08-31", OFFICER)):
        assert told("declared-death-in-force", DECLARED | {field: day}) == {field: kind}
    assert told("declared-death-in-force", {}) == {}, "of another death there is no judgment"


def test_the_day_of_force_is_asked_only_of_a_declared_death_and_may_be_blank() -> None:
    force = {"/death_paper/in_force_on": "2020-09-21"}
    assert "in_force_on" in DEATH.filed(DECLARED)["death_paper"]
    assert "in_force_on" not in DEATH.filed(force)["death_paper"], "who died in hospital is not asked"
    assert told("required", DECLARED | {"/death_paper/in_force_on": None}) == {}


# The day ------------------------------------------------------------------------------------------------------------


def test_nobody_dies_tomorrow() -> None:
    assert told("dates-not-in-future", {"/death/date": "2020-10-07"}) == {"/death/date": STOPS}
    assert told("dates-not-in-future", {"/death/date": "2020-10-06"}) == {}


def test_nobody_dies_before_their_birth() -> None:
    assert told("death-and-birth", {"/deceased/birth_date": "2020-10-05"}) == {"/death/date": STOPS}
    assert told("death-and-birth", {"/deceased/birth_date": "2020-10-04"}) == {}
    assert told("death-and-birth", {**YEAR_ONLY, "/deceased/birth_year": 2021}) == {"/death/date": STOPS}
    assert told("death-and-birth", {**YEAR_ONLY, "/deceased/birth_year": 2020}) == {}


def test_a_very_great_age_warns_only() -> None:
    assert told("death-and-birth", {"/deceased/birth_date": "1900-10-04"}) == {}
    assert told("death-and-birth", {"/deceased/birth_date": "1899-10-04"}) == {"/deceased/birth_date": WARNS}
    assert told("death-and-birth", {**YEAR_ONLY, "/deceased/birth_year": 1899}) == {"/deceased/birth_year": WARNS}


def test_the_year_of_birth_alone_is_enough() -> None:
    """NĐ 123/2015 Đ4.2 asks for the year."""
    assert not [each for each in DEATH.found(YEAR_ONLY) if each.kind is STOPS]


@pytest.mark.parametrize(
    ("time", "right"),
    [("", True), ("0:00", True), ("07:05", True), ("23:59", True), ("24:00", False), ("7 giờ", False)],
)
def test_the_hour_may_be_left_open(time: str, right: bool) -> None:
    stopped = {each.field for each in DEATH.found({"/death/time": time}) if each.kind is STOPS}
    assert stopped == (set() if right else {"/death/time"})


# Who and where ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", ["spouse", "child", "parent", "relative"])
def test_kin_file_without_more_ado(relation: str) -> None:
    """Luật Hộ tịch 2014 Đ33."""
    assert told("death-filer", {"/requester/relation": relation}) == {}


def test_others_stand_in_where_there_is_no_kin() -> None:
    """Luật Hộ tịch 2014 Đ33."""
    assert told("death-filer", {"/requester/relation": "representative"}) == {"/requester/relation": OFFICER}


def test_an_agent_needs_a_written_authorisation() -> None:
    """TT 04/2020 Đ2."""
    agent = {"/requester/relation": "authorised"}
    told_applicant, look = (each for each in DEATH.found(agent) if each.check == "death-filer")
    assert [told_applicant.kind, look.kind] == [INFORMS, OFFICER]
    assert {told_applicant.article, look.article} == {"TT 04/2020 Đ2"}
    assert "người ký phải là vợ, chồng, con, cha, mẹ hoặc người thân khác của người mất" in look.text
    assert DEATH.papers(agent)["authorisation"] == "file"
    assert "authorisation" not in DEATH.papers()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"/deceased/lives_in": "this-ward"}, OFFICER),
        ({"/deceased/lives_in": "elsewhere", "/death/in_this_ward": False}, WARNS),
        ({"/deceased/lives_in": "elsewhere", "/death/in_this_ward": True}, WARNS),
        ({"/deceased/lives_in": "unknown", "/death/in_this_ward": True}, OFFICER),
        ({"/deceased/lives_in": "unknown", "/death/in_this_ward": False}, WARNS),
    ],
)
def test_the_ward_of_the_last_residence_is_competent_else_that_of_the_death(
    changes: dict[str, Any], kind: FindingKind
) -> None:
    """Luật Hộ tịch 2014 Đ32."""
    assert told("last-residence", changes) == {"/deceased/lives_in": kind}
    assert finding("last-residence", changes).article == "Luật Hộ tịch 2014 Đ32"


def test_where_nobody_is_competent_yet_nothing_is_said() -> None:
    """Abroad has a finding of its own; of an unknown residence the place of death decides, once it is given."""
    assert told("last-residence", {"/deceased/lives_in": "abroad"}) == {}
    assert told("last-residence", {"/deceased/lives_in": "unknown", "/death/in_this_ward": None}) == {}


@pytest.mark.parametrize("circumstance", ["court", "long-ago"])
def test_where_a_declared_or_long_past_death_happened_may_be_unknown(circumstance: str) -> None:
    """TT 04/2020 Đ29.9: unknown, it stays blank. Luật Hộ tịch 2014 Đ32: then the officer looks who is competent."""
    unknown = {"/death/circumstance": circumstance, "/death/in_this_ward": None, "/death/place": None}
    assert not [each for each in DEATH.found(unknown) if each.kind in {STOPS, WARNS}]
    assert told("last-residence", unknown | {"/deceased/lives_in": "unknown"}) == {"/deceased/lives_in": OFFICER}
    usual = {each.field for each in DEATH.found(unknown | {"/death/circumstance": "facility"}) if each.kind is STOPS}
    assert {"/death/in_this_ward", "/death/place"} <= usual, "of any other death it is known"


def test_how_somebody_died_is_asked_before_where() -> None:
    """Whether the place may stay blank hangs on it, and a page is left once its own questions are answered."""
    pages = [page.name for page in DEATH.procedure.pages]
    assert pages.index("death-circumstance") < pages.index("death-place")


def test_a_newborn_whose_sex_is_not_determined_can_be_registered_as_dead() -> None:
    """NĐ 123/2015 Đ4.1d; TT 04/2020 Đ29.9, as in the birth form; a number of a man or a woman contradicts nothing."""
    undetermined = {"/deceased/sex": "undetermined"}
    card = {"/deceased/identity_paper": "citizen-card", "/deceased/identity_number": "048041000123"}
    for changes in (undetermined, undetermined | card | {"/deceased/identity_issued_on": "2018-03-12"}):
        assert not [each for each in DEATH.found(changes) if each.kind in {STOPS, WARNS}]


def test_the_last_residence_is_written_down_where_it_is_known() -> None:
    missing = {"/deceased/last_residence": None}
    assert told("last-residence", missing)["/deceased/last_residence"] is STOPS
    assert "/deceased/last_residence" not in told("last-residence", {**missing, "/deceased/lives_in": "unknown"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/deceased/nationality", "foreign"),
        ("/deceased/nationality", "stateless"),
    ],
)
def test_a_foreign_element_belongs_to_the_district(field: str, value: str) -> None:
    """Luật Hộ tịch 2014 chương III."""
    assert told("foreign-element", {field: value}) == {field: STOPS}


# The giấy báo tử ----------------------------------------------------------------------------------------------------

ISSUED_ELSEWHERE = {"/death/in_this_ward": False}


@pytest.mark.parametrize(
    ("changes", "paper"),
    [
        ({"/death/circumstance": "facility"}, "facility-death-notice"),
        ({"/death/circumstance": "facility", "/death/in_this_ward": True}, "facility-death-notice"),
        ({"/death/circumstance": "execution"}, "execution-report"),
        ({"/death/circumstance": "court"}, "court-decision"),
        ({"/death/circumstance": "accident"}, "police-record"),
        ({"/death/circumstance": "elsewhere", **ISSUED_ELSEWHERE}, "commune-death-notice"),
        ({"/death/circumstance": "long-ago"}, "death-evidence"),
    ],
)
def test_each_kind_of_death_has_its_paper_and_stops_without_it(changes: dict[str, Any], paper: str) -> None:
    """NĐ 123/2015 Đ4.2; TT 04/2020 Đ13: who issues the giấy báo tử, or the paper that replaces it."""
    assert DEATH.papers(changes) == SHOWN | {paper: "file"}
    missing = [each.field for each in DEATH.found(changes, documents=set()) if each.check == "document-required"]
    assert missing == [f"documents/{paper}"]
    assert told("death-notice", changes) == {}
    without = {**changes, "/death_paper/have": False}
    refused = finding("death-notice", without)
    assert (refused.field, refused.kind, refused.article) == (
        "/death_paper/have",
        STOPS,
        "NĐ 123/2015 Đ4; TT 04/2020 Đ13",
    )
    assert DEATH.papers(without) == SHOWN


@pytest.mark.parametrize("open_question", ["/death/circumstance", "/death/in_this_ward", "/death_paper/have"])
def test_while_a_question_is_open_no_paper_is_missed(open_question: str) -> None:
    at_home = {"/death/circumstance": "elsewhere", "/death/in_this_ward": False, "/death_paper/have": False}
    assert told("death-notice", at_home) == {"/death_paper/have": STOPS}
    assert told("death-notice", {**at_home, open_question: None}) == {}


def test_long_ago_without_any_evidence_is_refused_with_the_reason() -> None:
    """TT 04/2020 Đ13."""
    refused = finding("death-notice", {"/death/circumstance": "long-ago", "/death_paper/have": False})
    assert "giấy tờ của cơ quan có thẩm quyền" in refused.text


def test_an_execution_is_proved_by_its_confirmation() -> None:
    """NĐ 123/2015 Đ4.2b."""
    without = {"/death/circumstance": "execution", "/death_paper/have": False}
    assert "giấy xác nhận việc thi hành án tử hình" in finding("death-notice", without).text
    paper = DEATH.procedure.document("execution-report")
    assert paper is not None
    assert (paper.title, paper.restricted) == ("Giấy xác nhận việc thi hành án tử hình", True)


def test_the_year_is_enough_only_for_a_death_long_ago() -> None:
    """TT 04/2020 Đ13, Đ29.9."""
    assert not [each for each in DEATH.found(DEATH_YEAR_ONLY) if each.kind is STOPS]
    assert told("death-year", DEATH_YEAR_ONLY | {"/death/year": None}) == {"/death/date": STOPS}
    assert told("required", DEATH_YEAR_ONLY | {"/death/circumstance": "facility"}) == {"/death/date": STOPS}
    assert "year" not in DEATH.filed({"/death/year": 1968})["death"], "only a death long ago is asked for its year"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"/death/year": 2021}, "/death/year"),
        ({"/death/date": "1967-03-01"}, "/death/year"),
        ({"/death/date": "1968-03-01"}, None),
        ({"/deceased/birth_date": "1969-01-01"}, "/death/year"),
    ],
)
def test_a_year_of_death_fits_what_else_is_known(changes: dict[str, Any], field: str | None) -> None:
    stops = {each.field for each in DEATH.found(DEATH_YEAR_ONLY | changes) if each.kind is STOPS}
    assert stops == ({field} if field else set())


def test_a_body_that_nobody_knows_is_registered_with_what_is_known() -> None:
    """NĐ 123/2015 Đ4.2d; Luật Hộ tịch 2014 Đ32, Đ33.2: by the ward of death or finding, on the paper of the police."""
    found = DEATH.found(UNIDENTIFIED, records=Registers())
    assert not [each for each in found if each.kind in {STOPS, WARNS}]
    assert told("unidentified-body", UNIDENTIFIED) == {"/requester/relation": OFFICER}
    assert told("last-residence", UNIDENTIFIED) == {"/deceased/lives_in": OFFICER}
    assert told("last-residence", UNIDENTIFIED | {"/death/in_this_ward": False}) == {"/deceased/lives_in": WARNS}
    assert "police-record" in DEATH.papers(UNIDENTIFIED)


def test_the_police_tell_of_a_body_that_nobody_knows_and_of_nobody_who_has_a_name() -> None:
    """NĐ 123/2015 Đ4.2d."""
    assert told("unidentified-body", UNIDENTIFIED | {"/death/circumstance": "facility"}) == {
        "/death/circumstance": STOPS
    }
    assert told("unidentified-body", UNIDENTIFIED | {"/deceased": {"full_name": "Lê Văn Tám"}}) == {
        "/deceased/full_name": WARNS
    }
    missing = told("required", {"/requester/relation": "child", "/deceased": {}})
    assert missing["/deceased/full_name"] is STOPS


def test_a_death_at_home_in_the_ward_has_no_giay_bao_tu() -> None:
    """NĐ 123/2015 Đ4.2; TT 04/2020 Đ13: the ward that registers the death issues none; the field stays blank."""
    assert told("death-notice", AT_HOME_HERE) == {"/death_paper/have": OFFICER}
    assert DEATH.papers(AT_HOME_HERE) == SHOWN
    assert not [each for each in DEATH.found(AT_HOME_HERE, documents=set()) if each.kind is STOPS]
    assert told("death-notice", {**AT_HOME_HERE, "/death_paper/have": True}) == {"/death_paper/have": INFORMS}


def test_a_paper_from_before_the_death_warns() -> None:
    issued = "/death_paper/issued_on"
    assert told("death-notice", {issued: "2020-10-03"}) == {issued: WARNS}
    assert told("death-notice", {issued: "2020-10-05"}) == {}
    assert told("dates-not-in-future", {issued: "2020-10-07"}) == {issued: STOPS}


# The registers ------------------------------------------------------------------------------------------------------

CERTAIN = Person("Nguyễn Văn Thành", date(1941, 5, 2), frozenset({"200123456"}))
LIKELY = Person("NGUYỄN VĂN THÀNH", date(1941, 5, 2))
OTHER = Person("Nguyễn Văn Thành", date(1951, 5, 2))


def test_a_death_is_registered_once() -> None:
    assert told("earlier-death", records=Registers(dead=[CERTAIN])) == {"/deceased/full_name": STOPS}
    assert told("earlier-death", records=Registers(dead=[LIKELY])) == {"/deceased/full_name": OFFICER}
    assert told("earlier-death", YEAR_ONLY, records=Registers(dead=[LIKELY])) == {"/deceased/full_name": OFFICER}
    assert told("earlier-death", records=Registers(dead=[OTHER])) == {}
    assert "số 12/2018" in finding("earlier-death", records=Registers(dead=[CERTAIN])).text


def test_the_marriage_that_the_death_ends_is_told_to_the_office() -> None:
    """Luật HNGĐ 2014 Đ65."""
    wife = Person("Lê Thị Sáu", date(1945, 1, 1))
    field = "/deceased/full_name"
    assert told("marriage-ends-with-death", records=Registers(marriages=[(wife, CERTAIN)])) == {field: INFORMS}
    assert told("marriage-ends-with-death", records=Registers(marriages=[(wife, LIKELY)])) == {field: OFFICER}
    assert told("marriage-ends-with-death", records=Registers(former=[(wife, CERTAIN)])) == {}


@pytest.mark.parametrize("person", [CERTAIN, LIKELY])
@pytest.mark.parametrize(
    ("died", "field", "day"),
    [
        ({"/death/date": "2018-10-05"}, "/death/date", "05/10/2018"),
        (DEATH_YEAR_ONLY | {"/death/year": 2017}, "/death/year", "2017"),
    ],
)
def test_the_office_looks_which_is_wrong_if_a_marriage_is_later_than_the_death(
    died: dict[str, Any], field: str, day: str, person: Person
) -> None:
    """Luật HNGĐ 2014 Đ65: nobody marries after death, and such a marriage does not end by it."""
    records = Registers(marriages=[(Person("Lê Thị Sáu", date(1945, 1, 1)), person)])
    asked = finding("marriage-ends-with-death", died, records=records)
    assert (asked.field, asked.kind) == (field, OFFICER)
    assert (day in asked.text, "số 12/2018" in asked.text, "06/10/2018" in asked.text) == (True, True, True)
    assert ("cùng họ tên và ngày sinh" in asked.text) is (person is LIKELY)


@pytest.mark.parametrize("died", [{"/death/date": "2018-10-06"}, DEATH_YEAR_ONLY | {"/death/year": 2018}])
def test_a_death_that_may_be_of_the_day_of_the_marriage_ends_it(died: dict[str, Any]) -> None:
    records = Registers(marriages=[(Person("Lê Thị Sáu", date(1945, 1, 1)), CERTAIN)])
    assert told("marriage-ends-with-death", died, records=records) == {"/deceased/full_name": INFORMS}


def test_typing_a_name_does_not_reveal_the_registers() -> None:
    records = Registers(dead=[CERTAIN], marriages=[(Person("Lê Thị Sáu"), CERTAIN)])
    looking = {"earlier-death", "marriage-ends-with-death"}
    assert looking <= {each.check for each in DEATH.found(records=records)}
    assert not looking & {each.check for each in DEATH.found()}


# The identity paper of the deceased -----------------------------------------------------------------------------------


def test_the_number_of_the_deceased_fits_sex_and_birth_as_far_as_they_are_known() -> None:
    field = "/deceased/personal_identification_number"
    assert told("identity-number", {field: "048041000123"}) == {}
    assert told("identity-number", {field: "048141000123"}) == {field: WARNS}
    assert told("identity-number", {**YEAR_ONLY, field: "048042000123"}) == {field: WARNS}


def test_papers_of_the_deceased_may_be_lost() -> None:
    lost = {"/deceased/has_identity_paper": False, "/deceased/ethnicity": None}
    assert not [each for each in DEATH.found(lost) if each.kind is STOPS]
    assert told("required", {"/deceased/identity_number": None}) == {"/deceased/identity_number": STOPS}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/death/date", "4/10/2020"),
        ("/deceased/birth_date", 1941),
        ("/death_paper/have", "có"),
        ("/death/circumstance", "ở nhà"),
        ("/deceased/lives_in", True),
        ("/death_paper/issued_on", "hôm qua"),
    ],
)
def test_unfinished_values_trip_no_check(field: str, value: object) -> None:
    findings = [each for each in DEATH.found({field: value}, records=Registers()) if each.field == field]
    assert [each.kind for each in findings] == [STOPS]


# Abroad, and a life of a day ----------------------------------------------------------------------------------------


def test_who_had_settled_abroad_and_died_here_belongs_to_the_district() -> None:
    """Luật Hộ tịch 2014 Đ51."""
    found = finding("death-abroad", {"/deceased/lives_in": "abroad"})
    assert (found.field, found.kind, found.article) == ("/deceased/lives_in", STOPS, "Luật Hộ tịch 2014 Đ51")
    assert "Ủy ban nhân dân quận" in found.text


ABROAD = {"/death/circumstance": "abroad", "/death/in_this_ward": False, "/death/registered_abroad": False}


def test_a_death_registered_abroad_is_entered_by_the_district_of_the_declarant() -> None:
    """Luật Hộ tịch 2014 Đ48.3: for any residence of the deceased."""
    for lives_in in ("this-ward", "elsewhere", "abroad", "unknown"):
        changes = {**ABROAD, "/death/registered_abroad": True, "/deceased/lives_in": lives_in}
        found = finding("death-abroad", changes)
        assert (found.field, found.kind) == ("/death/registered_abroad", STOPS)
        assert found.article == "Luật Hộ tịch 2014 Đ48.3"
        assert "nơi ông/bà cư trú" in found.text


def test_a_death_abroad_that_was_not_registered_belongs_to_the_mission_where_the_citizen_resided_there() -> None:
    """Luật Hộ tịch 2014 Đ53."""
    found = finding("death-abroad", {**ABROAD, "/deceased/lives_in": "abroad"})
    assert (found.kind, found.article) == (STOPS, "Luật Hộ tịch 2014 Đ53")
    assert "cơ quan đại diện Việt Nam" in found.text
    assert told("foreign-element", {**ABROAD, "/deceased/lives_in": "abroad"}) == {}, "no other office is named beside"


def test_the_officer_decides_about_a_resident_who_died_on_a_journey() -> None:
    """Luật Hộ tịch 2014 Đ32, Đ53."""
    assert told("death-abroad", ABROAD) == {"/death/registered_abroad": OFFICER}
    assert not [each for each in DEATH.found(ABROAD) if each.kind in {STOPS, WARNS}]
    assert DEATH.papers(ABROAD) == {"foreign-death-paper": "file", **SHOWN}
    assert told("death-notice", {**ABROAD, "/death_paper/have": False}) == {"/death_paper/have": STOPS}
    assert told("death-abroad", {**ABROAD, "/death/in_this_ward": True}) == {"/death/in_this_ward": STOPS}


def test_who_died_in_the_country_is_not_asked_about_abroad() -> None:
    assert "/death/registered_abroad" not in answers(DEATH.procedure, DEATH.form).by_pointer
    assert told("death-abroad") == {}


@pytest.mark.parametrize(("born", "told_so"), [("2020-10-04", True), ("2020-10-03", True), ("2020-10-02", False)])
def test_who_declares_a_child_that_lived_a_day_is_told_that_it_may_be_left_out(born: str, told_so: bool) -> None:
    """BLDS 2015 Đ30: under 24 hours only if a parent asks."""
    found = told("lived-under-a-day", {"/deceased/birth_date": born})
    assert found == ({"/death/date": INFORMS} if told_so else {})
