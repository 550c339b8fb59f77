"""Cursors of lists: opaque to the caller. They hold a keyset position and a mark of their list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.chassis.call import current_call
from services.chassis.refusal import FieldFault, Refusal, invalid

Item = TypeVar("Item")
DEFAULT_SIZE = 50
LARGEST_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, each with the cursor of what follows it; `more` says whether anything follows the last."""

    items: list[Item]
    cursors: list[str]
    more: bool

    @property
    def next_cursor(self) -> str:
        """The cursor of the page after this one; empty at the end."""
        return self.cursors[-1] if self.more else ""


def page_of(rows: Sequence[Item], limit: int, mark: str, position: Callable[[Item], tuple[str, ...]]) -> Page[Item]:
    """The page of the first `limit` rows; the caller has queried one row more. `position` returns the content of a
    row's cursor, without the list's mark.
    """
    shown = list(rows[:limit])
    return Page(shown, [write_cursor(mark, *position(row)) for row in shown], len(rows) > limit)


def page_size(asked: int) -> int:
    return DEFAULT_SIZE if asked <= 0 else min(asked, LARGEST_SIZE)


def list_mark(*narrowed: str) -> str:
    """The mark of the list that the present call asks for; `narrowed` names the list's owner and filters."""
    call = current_call()
    return mark_of(call.method, call.ward, *narrowed)


def mark_of(*said: str) -> str:
    """The mark of a list with these properties.

    A cursor is a place in one list. In another list it would skip rows or show them twice, and the result would look
    right. The mark finds a mistake, not a forger, so a few characters are enough. Somebody can check a guess of the
    properties by the mark; so a search text goes into it only under a key of the service's own.
    """
    text = json.dumps(said).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()[:_MARK_BYTES]).decode()


def write_cursor(mark: str, *position: str) -> str:
    said = json.dumps([mark, *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(cursor: str, mark: str, parts: int) -> list[str]:
    """The position in a cursor of the list with this mark. Raises a Refusal (INVALID) for a cursor that this system did
    not write, or wrote for another list.
    """
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, RecursionError, ValueError):  # also raised for JSON that is nested too deep
        raise unreadable_cursor() from None
    if not (isinstance(said, list) and len(said) > 1 and all(_is_text(part) for part in said)):
        raise unreadable_cursor()
    if len(said[0]) != len(mark):  # a cursor from before there were marks
        raise unreadable_cursor()
    if said[0] != mark:
        raise _of_another_list()
    if len(said) != parts + 1:
        raise unreadable_cursor()
    return said[1:]


def _is_text(part: object) -> bool:
    """Whether a part can be sent to a service or a database: JSON may hold halves of characters."""
    return isinstance(part, str) and not _HALVES.search(part)


_HALVES = re.compile("[\ud800-\udfff]")
_MARK_BYTES = 6


def read_number_cursor(cursor: str, mark: str) -> int:
    """The position of a cursor over numbered rows. Raises as `read_cursor`."""
    position = read_cursor(cursor, mark, 1)[0]
    # Nineteen digits and more would overflow the column; they are refused here, not by the database.
    if not (position.isascii() and position.isdigit() and len(position) < 19):
        raise unreadable_cursor()
    return int(position)


def unreadable_cursor() -> Refusal:
    return invalid(
        "invalid-cursor",
        "Con trỏ trang không đọc được. Xin mở lại danh sách từ đầu.",
        FieldFault("cursor", "không phải con trỏ của hệ thống này"),
    )


def _of_another_list() -> Refusal:
    return invalid(
        "invalid-cursor",
        "Con trỏ trang là của danh sách khác, hoặc của danh sách này khi lọc hay tìm khác. "
        "Xin gửi kèm đúng các điều kiện như ở trang trước, hoặc mở lại danh sách từ đầu.",
        FieldFault("cursor", "thuộc danh sách khác, hoặc danh sách lọc khác"),
    )
