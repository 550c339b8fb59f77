"""Identity numbers: their kinds, one normal form for each, and which part may be shown."""

from __future__ import annotations

import re

KINDS = ("cccd", "cmnd", "passport")
#: Vietnamese passports are a letter and seven digits; foreign ones vary, so we check length, alphabet, and that most of
#: it is digits.
_FORMS = {"cccd": r"\d{12}", "cmnd": r"\d{9}", "passport": r"(?=(?:[A-Z]*\d){5})[A-Z0-9]{6,15}"}
#: People and papers separate parts of numbers by blanks, points and dashes.
_PARTING = re.compile(r"[\s.\-]+")
MASK = "•"


def read_number(kind: str, typed: str) -> str | None:
    """An identity number as it is stored: without separators, in capital letters. None if it is not of that kind."""
    number = _PARTING.sub("", typed).upper()
    return number if re.fullmatch(_FORMS[kind], number, re.ASCII) else None


def birth_year(card: str) -> int:
    """The year of birth in the 12 digits of a citizen card: the fourth digit is sex and century, the next two the year
    in it. This is from memory (docs/law.md §14), so nothing may be refused because of it.
    """
    return 1900 + 100 * (int(card[3]) // 2) + int(card[4:6])


def normal_form(kind: str, number: str) -> str:
    """The input of the district's fingerprint.

    The 12 digits of a citizen card are the person's number on every paper, and 9 digits are a CMND. Numbers are unique
    only per kind, and a foreign passport may have 9 digits too, so passports get a prefix.
    """
    return f"passport:{number}" if kind == "passport" else number


def masked(number: str) -> str:
    """The last three characters; all before them are hidden."""
    return MASK * (len(number) - 3) + number[-3:]


def masked_email(email: str) -> str:
    """tam@example.com → t•••@example.com; empty for none."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}" if email else ""


def masked_phone(e164: str) -> str:
    """+84905123456 → •••••••456, as long as people write it at home."""
    return masked("0" + e164.removeprefix("+84"))
