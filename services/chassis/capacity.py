"""In what capacity somebody signs for the ward: as its head, in the head's place, or as a deputy (NĐ 30/2020).

The wording on papers is [from memory]: an acting head signs "Q. CHỦ TỊCH"; a deputy signs "KT. CHỦ TỊCH", also a deputy
who is in charge of the ward.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Capacity(StrEnum):
    HEAD = "head"
    ACTING = "acting"
    DEPUTY = "deputy"


#: The lines above the signature, on every paper, slip and letter.
OFFICE_LINES: Mapping[Capacity, tuple[str, ...]] = {
    Capacity.HEAD: ("CHỦ TỊCH",),
    Capacity.ACTING: ("Q. CHỦ TỊCH",),
    Capacity.DEPUTY: ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
}


def capacity_in(written: str, title: str) -> Capacity:
    """The capacity as written. Raises ValueError for another word.

    Tokens, members of staff, entries and closed volumes that were written before this field existed lack it. Only for
    those the title decides, as it did then. This is the only place for that rule.
    """
    if written:
        return Capacity(written)
    return Capacity.DEPUTY if title.casefold().startswith("phó chủ tịch") else Capacity.HEAD
