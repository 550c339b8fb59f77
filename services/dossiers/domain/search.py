"""Search that ignores diacritics, case and the place of the tone mark."""

from __future__ import annotations

import re
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


def is_same_office(named: object, office: str) -> bool:
    """Whether a text names this office: `UBND phường Nam Dương` is the one of quận Hải Châu, thành phố Đà Nẵng.

    If the text names further places, they have to be the right ones. In doubt it is another office.
    """
    if not isinstance(named, str):
        return False
    parts, own = ([_unit(part) for part in text.split(",") if part.strip()] for text in (named, office))
    return bool(parts) and parts[0] == own[0] and set(parts[1:]) <= set(own[1:])


def _unit(part: str) -> str:
    """The name of an office or a place without its kind; if the kind is another one, it stays."""
    return _CALLED.sub("", folded(part)).strip()


_CALLED = re.compile(r"^(uy ban nhan dan |ubnd )?(phuong |p\. ?|quan |q\. ?|thanh pho |tp\.? ?)?")
