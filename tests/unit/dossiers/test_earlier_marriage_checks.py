"""What the law says to a marriage (1.000894) of who was married before, and to the paper about it, check by check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.dates import months_after
from tests.unit.dossiers.marriage_forms import (
    HUNG,
    LAN,
    MARRIAGE,
    PAPER,
    PARTIES,
    TODAY,
    TOGETHER,
    annulled,
    divorced,
    widowed,
)
from tests.unit.dossiers.worlds import OFFICER, STOPS, WARNS, Registers

told, finding = MARRIAGE.told, MARRIAGE.finding


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
