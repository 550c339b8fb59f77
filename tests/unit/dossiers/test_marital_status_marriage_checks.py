"""Marriages that stand or ended, by the form and the registers, for a confirmation of marital status (1.004873)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.dossiers.domain.people import Person
from tests.unit.dossiers.marital_status_forms import (
    ANNULLED,
    BY_NAME,
    BY_NUMBER,
    DIVORCED,
    FOR_ANOTHER,
    LOST,
    MARITAL_STATUS,
    MARRIED,
    OF_FACT,
    OTHER_PURPOSE,
    PERIOD,
    SOMEBODY,
    TOGETHER,
    WIDOWED,
    of,
)
from tests.unit.dossiers.worlds import OFFICER, STOPS, WARNS, Registers

found, finding = MARITAL_STATUS.found, MARITAL_STATUS.finding


def test_registers_are_searched_by_the_year_of_birth_if_only_that_is_known() -> None:
    records = Registers(marriages=[(Person("Trần Thị Mỹ Duyên", birth_year=1994), SOMEBODY)])
    changes = OTHER_PURPOSE | {"/person/birth_date": None, "/person/birth_year": 1994}
    [(field, kind, _)] = of("marital-status-register", changes, records=records)
    assert (field, kind) == ("/status/now", OFFICER)


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


def test_an_earlier_paper_of_this_ward_comes_back_also_when_it_was_forgotten() -> None:
    """NĐ 123/2015 Đ22.6: the officer is told what the register says."""
    records = Registers(confirmed=[BY_NUMBER])
    assert of("marital-status-register", records=records) == [("/earlier/issued", OFFICER, "NĐ 123/2015 Đ22")]
    assert of("marital-status-register", LOST, records=records) == []


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
