"""Numbers of papers and phones, as people type them at the desk to find a dossier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.dossiers.domain.fields import leaves
from services.dossiers.domain.search import folded

#: Members of a form, by the last part of their pointer, whose values the desk asks people for.
_NUMBERS = frozenset({"identity_number", "personal_identification_number", "phone"})
LAST_DIGITS = 4
_SHORTEST_NUMBER = 9  # digits of an old identity card; a phone has ten


def numbers_in(form: Mapping[str, Any]) -> frozenset[str]:
    """The numbers of papers and phones in a form, as `plain_number` returns them."""
    values = [value for pointer, value in leaves(form) if pointer.rpartition("/")[2] in _NUMBERS]
    return frozenset(plain_number(value) for value in values if isinstance(value, str)) - {""}


def plain_number(text: str) -> str:
    """The number's letters and digits only; a Vietnamese phone begins with 0."""
    bare = "".join(letter for letter in folded(text) if letter.isascii() and letter.isalnum())
    return "0" + bare[2:] if text.strip().startswith("+84") else bare


def last_digits(number: str) -> str:
    """The last four digits of a number or a dossier code; empty if it does not end in four digits."""
    end = number[-LAST_DIGITS:]
    return end if len(end) == LAST_DIGITS and end.isascii() and end.isdigit() else ""


#: A passport's number, as its holder reads it out. It is neither a name, because no word of a name has that many
#: digits, nor a code, because every code has a hyphen.
_LETTERED = re.compile(r"[a-z]{1,3} ?[0-9]{6,9}|(?=[0-9]*[a-z])(?:[a-z]*[0-9]){5}[a-z0-9]{0,15}")


def typed_number(query: str) -> str:
    """The whole number that a query consists of, whatever separates its digits; empty if it is something else."""
    bare = plain_number(query)
    if _LETTERED.fullmatch(folded(query)):
        return bare
    is_number = all(letter.isdigit() or letter in " .+" for letter in query) and bare.isdigit()
    return bare if is_number and len(bare) >= _SHORTEST_NUMBER else ""
