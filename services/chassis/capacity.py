"""In what capacity somebody signs for the ward: as its head, in the head's place, or as a deputy (NĐ 30/2020).

How papers write it is remembered [from memory]: whoever is given the head's office for the time being signs "Q. CHỦ
TỊCH", a deputy "KT. CHỦ TỊCH", also one who is put in charge of the ward.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Capacity(StrEnum):
    HEAD = "head"
    ACTING = "acting"
    DEPUTY = "deputy"


#: What stands above the signature, line by line: on every paper, slip and letter.
OFFICE_LINES: Mapping[Capacity, tuple[str, ...]] = {
    Capacity.HEAD: ("CHỦ TỊCH",),
    Capacity.ACTING: ("Q. CHỦ TỊCH",),
    Capacity.DEPUTY: ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
}


def capacity_in(written: str, title: str) -> Capacity:
    """The capacity as written. Raises ValueError for another word.

    Tokens, members of staff, entries and closed volumes written before this field existed lack it: for those alone the
    title decides, as it did then. Here, and nowhere else.
    """
    if written:
        return Capacity(written)
    return Capacity.DEPUTY if title.casefold().startswith("phó chủ tịch") else Capacity.HEAD
