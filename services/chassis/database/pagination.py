"""Cursors of lists: opaque to the caller, keyset positions inside."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.chassis.refusal import FieldFault, Refusal, invalid

Item = TypeVar("Item")
DEFAULT_SIZE = 50
LARGEST_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and for each the cursor of what follows it; `more` says whether anything follows the last."""

    items: list[Item]
    cursors: list[str]
    more: bool

    @property
    def next_cursor(self) -> str:
        """The cursor of the page after this one; empty at the end."""
        return self.cursors[-1] if self.more else ""


def page_of(rows: Sequence[Item], limit: int, position: Callable[[Item], tuple[str, ...]]) -> Page[Item]:
    """The first `limit` of rows of which one more was asked for; `position` is what a row's cursor says."""
    shown = list(rows[:limit])
    return Page(shown, [write_cursor(*position(row)) for row in shown], len(rows) > limit)


def page_size(asked: int) -> int:
    return DEFAULT_SIZE if asked <= 0 else min(asked, LARGEST_SIZE)


def write_cursor(*position: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> list[str]:
    """The position of a cursor. Raises a Refusal (INVALID) for one that this system did not write."""
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(position, list) and len(position) == parts and all(_is_text(part) for part in position):
            return position
    except (binascii.Error, RecursionError, ValueError):  # also of JSON nested too deep
        pass
    raise _unreadable()


def _is_text(part: object) -> bool:
    """Whether it can go on to a service or a database: JSON may hold halves of characters."""
    return isinstance(part, str) and not _HALVES.search(part)


_HALVES = re.compile("[\ud800-\udfff]")


def read_number_cursor(cursor: str) -> int:
    """The position of a cursor over numbered rows. Raises as `read_cursor`."""
    position = read_cursor(cursor, 1)[0]
    # Nineteen digits and more would overflow the column: refused here, not by the database.
    if not (position.isascii() and position.isdigit() and len(position) < 19):
        raise _unreadable()
    return int(position)


def _unreadable() -> Refusal:
    return invalid(
        "invalid-cursor",
        "Con trỏ trang không đọc được. Xin mở lại danh sách từ đầu.",
        FieldFault("cursor", "không phải con trỏ của hệ thống này"),
    )
