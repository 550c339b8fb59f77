"""In what capacity somebody signs for the ward: as its head, or as a deputy, "KT. CHỦ TỊCH" (NĐ 30/2020)."""

from __future__ import annotations

from enum import StrEnum


class Capacity(StrEnum):
    HEAD = "head"
    DEPUTY = "deputy"


def capacity_in(written: str, title: str) -> Capacity:
    """The capacity as written. Raises ValueError for another word.

    Tokens, members of staff, entries and closed volumes written before this field existed lack it: for those alone the
    title decides, as it did then. Here, and nowhere else.
    """
    if written:
        return Capacity(written)
    return Capacity.DEPUTY if title.casefold().startswith("phó chủ tịch") else Capacity.HEAD
