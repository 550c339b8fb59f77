"""The fee of a dossier: Luật Hộ tịch 2014 Đ11, TT 281/2016/TT-BTC, and the dated table."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.catalogue import PROCEDURES, load_fees
from services.dossiers.domain.fees import (
    EXEMPTION_AT,
    EXEMPTIONS,
    Assessment,
    FeeTable,
    Price,
    assess,
    claimed_exemption,
    exempted,
    fee_title,
    in_dong,
    line_of,
)
from services.dossiers.domain.procedures import Charge, Procedure
from services.dossiers.forms import asked, refuse_impossible, unanswered
from tests.unit.dossiers.worlds import CATALOGUE

FEES = PROCEDURES.parent / "fees.toml"
TABLE = load_fees(FEES, CATALOGUE)
DAY = date(2020, 10, 6)
BIRTH = CATALOGUE.version("1.001193", "2020-09-15")
COPIES = CATALOGUE.version("2.000635", "2020-09-15")
MARRIAGE = CATALOGUE.version("1.000894", "2020-09-15")
DEATH = CATALOGUE.version("1.000656", "2020-09-15")
COMBINED = CATALOGUE.version("1.000689", "2020-09-15")
STATUS = CATALOGUE.version("1.004873", "2020-09-15")
ROW: dict[str, Any] = {
    "item": "copy",
    "from": date(2020, 1, 1),
    "text": "Phí bản sao",
    "amount": 8000,
    "exemptible": False,
    "source": "TT 281/2016/TT-BTC",
    "verified": True,
}


def cost(
    procedure: Procedure, copies: int = 0, *, late: bool = False, exemption: str = "", on: date = DAY
) -> Assessment:
    form: dict[str, Any] = {"copies": {"wanted": copies > 0, "count": copies}}
    return assess(procedure.fee.charges, TABLE, form, on=on, late=late, exemption=exemption)


birth = partial(cost, BIRTH)


@pytest.mark.parametrize("procedure", [BIRTH, COMBINED, DEATH], ids=lambda each: each.code)
def test_a_birth_on_time_costs_nothing_nor_does_the_first_original(procedure: Procedure) -> None:
    """Luật Hộ tịch 2014 Đ11: đăng ký khai sinh, khai tử đúng hạn không phải nộp lệ phí."""
    assert cost(procedure) == Assessment(())
    assert cost(procedure).total == 0


@pytest.mark.parametrize(
    ("procedure", "item"),
    [(BIRTH, "birth-registration"), (COMBINED, "birth-registration"), (DEATH, "death-registration")],
    ids=lambda each: getattr(each, "code", None),
)
def test_a_late_birth_costs_the_fee_of_its_registration(procedure: Procedure, item: str) -> None:
    """Luật Hộ tịch 2014 Đ11: free is what is registered on time; so it is of a death."""
    assert [(line.item, line.amount) for line in cost(procedure, late=True).lines] == [(item, 8000)]


@pytest.mark.parametrize("procedure", [BIRTH, COMBINED, DEATH, MARRIAGE], ids=lambda each: each.code)
def test_copies_cost_eight_thousand_each_also_where_the_registration_is_free(procedure: Procedure) -> None:
    """TT 281/2016/TT-BTC: 8.000 đồng/bản; 40.000 đồng are five copies, as they were asked for, and none if none was."""
    assert cost(procedure, 5).total == 40_000
    assert [(line.item, line.count) for line in cost(procedure, 5).lines if line.amount] == [("copy", 5)]
    assert cost(procedure, 2, late=True).total == (16_000 if procedure is MARRIAGE else 24_000)
    unwanted = {"copies": {"wanted": False, "count": 5}}
    assert assess(procedure.fee.charges, TABLE, unwanted, on=DAY, late=False).total == 0
    assert assess(COPIES.fee.charges, TABLE, {"copies": {"count": 3}}, on=DAY, late=False).total == 24_000


def test_a_marriage_of_citizens_who_live_here_costs_nothing() -> None:
    """Luật Hộ tịch 2014 Đ11: kết hôn của công dân Việt Nam cư trú ở trong nước."""
    found = assess(MARRIAGE.fee.charges, TABLE, {}, on=DAY, late=False)
    assert (found.total, [line.item for line in found.lines]) == (0, ["marriage-registration"])


@pytest.mark.parametrize("kind", ["merit", "poor", "disabled"])
def test_merit_poverty_and_disability_free_from_the_registration_and_not_from_the_copies(kind: str) -> None:
    """Luật Hộ tịch 2014 Đ11 khoản 1 điểm a."""
    found = birth(2, late=True, exemption=kind)
    assert (found.exemption, found.total) == (kind, 16_000)
    assert [line.amount for line in found.lines] == [0, 16_000]
    assert assess(STATUS.fee.charges, TABLE, {}, on=DAY, late=False, exemption=kind).total == 0


def test_an_exemption_that_changes_nothing_is_not_spoken_of() -> None:
    assert birth(2, exemption="poor").exemption == ""
    assert birth(2, late=True, exemption="none").exemption == ""


def test_a_form_claims_an_exemption_by_its_kind_alone() -> None:
    for kind in ("merit", "poor", "disabled"):
        assert claimed_exemption({"exemption": {"kind": kind}}) == kind
    for form in ({}, {"exemption": {"kind": "none"}}, {"exemption": {"kind": "rich"}}, {"exemption": {"kind": 1}}):
        assert claimed_exemption(form) == ""


@pytest.mark.parametrize(
    ("procedure", "is_asked"),
    [(BIRTH, True), (COMBINED, True), (DEATH, True), (STATUS, True), (MARRIAGE, False), (COPIES, False)],
    ids=lambda each: getattr(each, "code", None),
)
def test_a_form_asks_for_an_exemption_only_where_it_frees_from_a_fee(procedure: Procedure, is_asked: bool) -> None:
    """Luật Hộ tịch 2014 Đ11: a marriage costs nobody anything, a late birth costs a fee; everybody pays for copies."""
    asking = CATALOGUE.asking_exemptions(TABLE)
    for each in (each for each in asking if each.code == procedure.code):
        pages = [page.name for page in each.pages if EXEMPTION_AT in page.fields]
        assert pages == (["exemption"] if is_asked else [])
        earlier = CATALOGUE.version(each.code, each.version)
        assert [page.name for page in earlier.pages if page.name != "exemption"] == [
            page.name for page in each.pages if page.name != "exemption"
        ], "nothing else changes"


def test_the_fee_table_decides_whether_a_marriage_form_asks_for_an_exemption() -> None:
    rows = tomllib.loads(FEES.read_text("utf-8"))["fees"]
    priced = {**ROW, "item": "marriage-registration", "from": date(2027, 3, 1), "amount": 30_000, "exemptible": True}
    for row, is_asked in ((priced, True), (priced | {"exemptible": False}, False), (priced | {"amount": 0}, False)):
        asking = CATALOGUE.asking_exemptions(FeeTable.parse({"fees": [*rows, row]}))
        assert any(EXEMPTION_AT in page.fields for page in asking.get(MARRIAGE.code, DAY).pages) is is_asked


def test_a_form_that_was_filed_with_an_answer_about_an_exemption_stays_valid() -> None:
    marriage = CATALOGUE.asking_exemptions(TABLE).get(MARRIAGE.code, DAY)
    form: dict[str, Any] = {"exemption": {"kind": "poor"}}
    refuse_impossible(marriage, form)
    assert asked(marriage, form) == {}
    assert EXEMPTION_AT not in unanswered(marriage, {})


@given(st.integers(0, 500), st.booleans(), st.sampled_from(["", "none", *EXEMPTIONS]))
def test_nothing_is_ever_owed_below_zero_and_an_exemption_never_raises_it(
    copies: int, late: bool, exemption: str
) -> None:
    with_it, without = birth(copies, late=late, exemption=exemption), birth(copies, late=late)
    assert 0 <= with_it.total <= without.total
    assert all(0 <= line.amount <= line.count * line.price for line in with_it.lines)


@given(st.integers(0, 500), st.integers(0, 500), st.booleans())
def test_more_copies_never_cost_less(few: int, more: int, late: bool) -> None:
    assert birth(min(few, more), late=late).total <= birth(max(few, more), late=late).total


@given(st.one_of(st.integers(-5, 0), st.booleans(), st.text(), st.none()))
def test_an_invalid_number_of_copies_costs_nothing(count: Any) -> None:
    charge = Charge("copy", count="/copies/count")
    assert assess([charge], TABLE, {"copies": {"count": count}}, on=DAY, late=False).lines == ()


@given(st.integers(1, 5), st.integers(-400, 400))
def test_the_price_is_that_of_the_last_row_valid_on_the_day(rows: int, offset: int) -> None:
    first = date(2020, 1, 1)
    table = FeeTable(
        Price("copy", first + timedelta(days=100 * at), "Phí", 1000 * at, exemptible=False, source="x", verified=True)
        for at in range(rows)
    )
    day = first + timedelta(days=offset)
    if offset < 0:
        with pytest.raises(ValueError, match="no price"):
            table.price("copy", day)
    else:
        assert table.price("copy", day).amount == 1000 * min(offset // 100, rows - 1)


def test_on_the_day_from_which_a_price_counts_it_counts_and_not_the_day_before() -> None:
    assert TABLE.price("marital-status", date(2025, 12, 31)).amount == 8000
    assert TABLE.price("marital-status", date(2026, 1, 1)).amount == 5000


def test_shipped_amounts_that_were_not_found_in_their_text_say_so() -> None:
    on = date(2020, 10, 6)
    items = ("copy", "birth-registration", "death-registration", "marital-status")
    verified = [item for item in items if TABLE.price(item, on).verified]
    assert verified == ["copy"]


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "amount": -1},
        {**ROW, "amount": "8000"},
        {**ROW, "amount": True},
        {**ROW, "amount": 8000.5},
        {**ROW, "from": "2020-01-01"},
        {**ROW, "text": ""},
        {**ROW, "verified": "yes"},
        {**ROW, "discount": 1},
        {name: value for name, value in ROW.items() if name != "source"},
    ],
)
def test_a_row_that_is_not_whole_is_refused_by_name(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fee 1 \(copy\)"):
        FeeTable.parse({"fees": [row]})


def test_a_file_without_rows_or_with_a_day_twice_is_refused() -> None:
    wrong: tuple[dict[str, Any], ...] = ({}, {"fees": []}, {"fees": [ROW], "more": 1})
    for data in wrong:
        with pytest.raises(ValueError, match="rows"):
            FeeTable.parse(data)
    with pytest.raises(ValueError, match="twice"):
        FeeTable.parse({"fees": [ROW, ROW]})


def test_a_table_that_misses_what_a_procedure_charges_for_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "fees.toml"
    rows = [row for row in tomllib.loads(FEES.read_text())["fees"] if row["item"] == "copy"]
    text = "\n".join(
        f'[[fees]]\nitem = "{row["item"]}"\nfrom = {row["from"]}\ntext = "x"\namount = 1\n'
        'exemptible = false\nsource = "x"\nverified = true'
        for row in rows
    )
    file.write_text(text)
    with pytest.raises(ValueError, match=r"no price of '[a-z]+-registration'"):
        load_fees(file, CATALOGUE)


def test_lines_asked_for_later_are_charged_whole_until_something_exempts() -> None:
    lines = [line_of(TABLE.price("marital-status", DAY), 1), line_of(TABLE.price("copy", DAY), 1)]
    assert exempted(lines, "").total == 16_000
    assert exempted(lines, "poor").total == 8000


def test_amounts_are_written_as_people_here_write_them() -> None:
    assert in_dong(1_024_000) == "1.024.000 đồng"
    assert in_dong(0) == "0 đồng"


def test_a_copy_costs_a_fee_and_a_registration_a_charge_by_their_names_in_law() -> None:
    """TT 281/2016/TT-BTC: phí; TT 85/2019/TT-BTC: lệ phí. The titles agree with the table's own words."""
    titles = {each.code: fee_title(each.fee.charges) for each in CATALOGUE}
    assert (titles["2.000635"], titles["1.004873"]) == ("Phí", "Lệ phí")
    assert {titles[code] for code in ("1.001193", "1.000894", "1.000656", "1.000689")} == {"Phí, lệ phí"}
    for each in CATALOGUE:
        for charge in each.fee.charges:
            words = TABLE.price(charge.item, DAY).text
            assert words.startswith(fee_title([charge])), charge.item
