"""Dates, numbers and sums of money in Vietnamese words, as registers and slips write them (TT 04/2020)."""

from __future__ import annotations

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
# Months whose word is not their number: the fourth is "tư". January stays "một" in registers, not "giêng".
_FOURTH_MONTH = "tư"
_GROUPS = ("", "nghìn", "triệu", "tỷ")  # of three digits each


def date_in_words(day: date) -> str:
    """Such as “Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi” (TT 04/2020)."""
    month = month_in_words(day.year, day.month)
    return f"Ngày {number_in_words(day.day)}, {month[0].lower()}{month[1:]}"


def month_in_words(year: int, month: int) -> str:
    """Such as “Tháng chín, năm một nghìn chín trăm năm mươi lăm”, where no day is known."""
    said = _FOURTH_MONTH if month == 4 else number_in_words(month)
    return f"Tháng {said}, năm {number_in_words(year)}"


def money_in_words(amount: int) -> str:
    """Đồng, 0 to 999 999 999 999, such as “Bốn mươi nghìn đồng”."""
    return _capital(f"{number_in_words(amount)} đồng")


def number_in_words(number: int) -> str:
    """0 to 999 999 999 999, such as “hai nghìn không trăm hai mươi mốt”; ValueError for any other."""
    if not 0 <= number < 1000 ** len(_GROUPS):
        raise ValueError(f"no words for {number}")
    said: list[str] = []
    for power in reversed(range(len(_GROUPS))):
        group = number // 1000**power % 1000
        if group:
            said.append(f"{_below_thousand(group, after_others=bool(said))} {_GROUPS[power]}".rstrip())
    return " ".join(said) or _DIGITS[0]


def _below_thousand(number: int, *, after_others: bool) -> str:
    """1 to 999; after a preceding group the hundreds are spoken even if they are zero."""
    hundreds, below = divmod(number, 100)
    said = []
    if hundreds or after_others:
        said.append(f"{_DIGITS[hundreds]} trăm")
    if below:
        said.append(_below_hundred(below, after_hundreds=bool(said)))
    return " ".join(said)


def _below_hundred(number: int, *, after_hundreds: bool) -> str:
    tens, units = divmod(number, 10)
    if tens == 0:
        return f"linh {_DIGITS[units]}" if after_hundreds else _DIGITS[units]
    said = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    return f"{said} {_units_after_tens(tens, units)}" if units else said


def _units_after_tens(tens: int, units: int) -> str:
    if units == 5:
        return "lăm"
    if units == 1 and tens > 1:
        return "mốt"
    return _DIGITS[units]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
