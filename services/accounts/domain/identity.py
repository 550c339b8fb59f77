"""Identity numbers: their kinds, one normal form for each, and what of them may be shown."""

from __future__ import annotations

import re

KINDS = ("cccd", "cmnd", "passport")
#: Vietnamese passports are a letter and seven digits; foreign ones are free, so that we hold to length, alphabet, and
#: that most of it is digits.
_FORMS = {"cccd": r"\d{12}", "cmnd": r"\d{9}", "passport": r"(?=(?:[A-Z]*\d){5})[A-Z0-9]{6,15}"}
#: People and papers part numbers by blanks, points and dashes.
_PARTING = re.compile(r"[\s.\-]+")
MASK = "•"


def read_number(kind: str, typed: str) -> str | None:
    """An identity number as it is stored: without partings, capital letters. None where it is none of that kind."""
    number = _PARTING.sub("", typed).upper()
    return number if re.fullmatch(_FORMS[kind], number, re.ASCII) else None


def normal_form(kind: str, number: str) -> str:
    """What the district's fingerprint is taken of.

    The 12 digits of a citizen card are the person's number whatever paper it stands on, and 9 digits a CMND. Numbers
    are unique per kind only, and a foreign passport may have 9 digits too: passports get a mark of their own.
    """
    return f"passport:{number}" if kind == "passport" else number


def masked(number: str) -> str:
    """The last three characters, all before them hidden."""
    return MASK * (len(number) - 3) + number[-3:]


def masked_phone(e164: str) -> str:
    """+84905123456 → •••••••456, as long as people write it at home."""
    return masked("0" + e164.removeprefix("+84"))
