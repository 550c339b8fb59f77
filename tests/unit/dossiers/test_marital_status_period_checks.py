"""The period of a confirmation of marital status (1.004873), and what the person was then, check by check."""

from __future__ import annotations

from typing import Any

import pytest

from services.dossiers.domain.findings import FindingKind
from services.dossiers.forms import for_filed
from tests.unit.dossiers.marital_status_forms import (
    ANNULLED,
    BY_NUMBER,
    DIVORCED,
    DIVORCED_THEN,
    FORMERLY,
    MARITAL_STATUS,
    MARRIED,
    MARRIED_THEN,
    OF_FACT,
    OTHER_PURPOSE,
    PERIOD,
    SOMEBODY,
    TODAY,
    TOGETHER,
    WIDOWED,
    WIDOWED_THEN,
    of,
    papers,
)
from tests.unit.dossiers.worlds import OFFICER, STOPS, Registers

found = MARITAL_STATUS.found


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
