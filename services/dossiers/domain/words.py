"""Dates in Vietnamese words, as registers write them (TT 04/2020)."""

from __future__ import annotations

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
# Months that do not go by their number: the fourth is "tư". January stays "một" in registers, not "giêng".
_FOURTH_MONTH = "tư"


def date_in_words(day: date) -> str:
    """Such as “Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi” (TT 04/2020)."""
    month = _FOURTH_MONTH if day.month == 4 else number_in_words(day.month)
    return f"Ngày {number_in_words(day.day)}, tháng {month}, năm {number_in_words(day.year)}"


def number_in_words(number: int) -> str:
    """0 to 9999, such as “hai nghìn không trăm hai mươi mốt”."""
    if not 0 <= number <= 9999:
        raise ValueError(f"no words for {number}")
    thousands, rest = divmod(number, 1000)
    hundreds, below = divmod(rest, 100)
    said = []
    if thousands:
        said.append(f"{_DIGITS[thousands]} nghìn")
    if hundreds or (thousands and below):
        said.append(f"{_DIGITS[hundreds]} trăm")
    if below or not said:
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
