"""Dates, numbers and money in words: registers write each date of birth in words (TT 04/2020)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.words import date_in_words, money_in_words, number_in_words

UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7}
UNITS |= {"tám": 8, "chín": 9}


def read(text: str) -> int:
    """The number that the words say: an independent reading, to hold against the writing."""
    total, pending, groups = 0, 0, 0
    for word in text.split():
        match word:
            case "nghìn" | "triệu" | "tỷ":
                power = {"nghìn": 1, "triệu": 2, "tỷ": 3}[word]
                groups, total, pending = groups + (total + pending) * 1000**power, 0, 0
            case "trăm":
                total, pending = total + pending * 100, 0
            case "mươi":
                total, pending = total + pending * 10, 0
            case "mười":
                total += 10
            case "linh":
                pass
            case _:
                pending = UNITS[word]
    return groups + total + pending


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2020, 9, 12), "Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi"),
        (date(2001, 4, 1), "Ngày một, tháng tư, năm hai nghìn không trăm linh một"),
        (date(2015, 11, 15), "Ngày mười lăm, tháng mười một, năm hai nghìn không trăm mười lăm"),
        (date(1995, 12, 31), "Ngày ba mươi mốt, tháng mười hai, năm một nghìn chín trăm chín mươi lăm"),
        (date(2000, 1, 25), "Ngày hai mươi lăm, tháng một, năm hai nghìn"),
        (date(1900, 5, 10), "Ngày mười, tháng năm, năm một nghìn chín trăm"),
        (date(2024, 2, 24), "Ngày hai mươi bốn, tháng hai, năm hai nghìn không trăm hai mươi bốn"),
        (date(2100, 10, 5), "Ngày năm, tháng mười, năm hai nghìn một trăm"),
    ],
)
def test_dates_are_written_as_registers_write_them(day: date, words: str) -> None:
    assert date_in_words(day) == words


def test_every_day_of_a_leap_year_and_every_year_from_1900_to_2100_reads_back_as_itself() -> None:
    days = [date(2020, 1, 1) + timedelta(days=each) for each in range(366)]
    days += [date(year, 1 + year % 12, 1 + year % 28) for year in range(1900, 2101)]
    wrong = []
    for day in days:
        said = date_in_words(day).removeprefix("Ngày ").replace(", tháng ", "|").replace(", năm ", "|").split("|")
        if [read(part) for part in said] != [day.day, day.month, day.year]:
            wrong.append(day)
    assert not wrong


def test_every_number_to_9999_has_words_of_its_own() -> None:
    words = [number_in_words(each) for each in range(10_000)]
    assert len(set(words)) == 10_000
    assert [read(each) for each in words] == list(range(10_000))


@given(st.integers(0, 999_999_999_999))
def test_every_number_below_a_thousand_billion_reads_back_as_itself(number: int) -> None:
    assert read(number_in_words(number)) == number


@pytest.mark.parametrize("number", [-1, 1_000_000_000_000])
def test_other_numbers_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        number_in_words(number)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (8_000, "Tám nghìn đồng"),
        (40_000, "Bốn mươi nghìn đồng"),
        (105_500, "Một trăm linh năm nghìn năm trăm đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_021_000, "Một triệu không trăm hai mươi mốt nghìn đồng"),
        (2_015_000_000, "Hai tỷ không trăm mười lăm triệu đồng"),
    ],
)
def test_money_is_written_as_slips_write_it(amount: int, words: str) -> None:
    assert money_in_words(amount) == words
