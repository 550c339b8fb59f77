"""Dates in Vietnamese words, as registers write them."""

from __future__ import annotations

from datetime import date


def date_in_words(day: date) -> str:
    """Such as “Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi” (TT 04/2020)."""
    raise NotImplementedError


def number_in_words(number: int) -> str:
    """0 to 9999, such as “hai nghìn không trăm hai mươi mốt”."""
    raise NotImplementedError
