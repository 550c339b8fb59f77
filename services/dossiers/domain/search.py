"""Search that ignores diacritics, case and the place of the tone mark."""

from __future__ import annotations

import unicodedata

from services.chassis.letters import normalised


def folded(text: str) -> str:
    """Lower case without diacritics, đ as d, single spaces: `Hoà` = `Hòa` = `hoa`."""
    bare = normalised(text.casefold(), "NFD")
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(plain.replace("đ", "d").split())


def words(query: str) -> tuple[str, ...]:
    """The folded words of a query, each once, in the order typed."""
    return tuple(dict.fromkeys(folded(query).split()))
