"""Lists that are spread over wards: one cursor that holds the place in each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.rpcs import Rpc
from gateway.wards import wards
from services.chassis.database.pagination import read_cursor, write_cursor
from services.chassis.district import Ward
from services.chassis.refusal import FieldFault, invalid

Response = TypeVar("Response", bound=Message)
Item = TypeVar("Item")
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list over several wards; `ahead` is the place after it in each, `silent` are the wards missing.

    A ward that forbids has nothing there for the caller, and is not missing.
    """

    items: list[tuple[str, Item]]  # each with its ward
    ahead: Mapping[str, str]
    silent: tuple[Ward, ...]


def places_of(cursor: str, lists: Sequence[str]) -> dict[str, str]:
    """Where to go on: ward, or another one of `lists` → its own cursor; on the first page all, from their start.

    Raises a Refusal (INVALID) for a cursor that this gateway did not write.
    """
    if not cursor:
        return dict.fromkeys(lists, "")
    (text,) = read_cursor(cursor, 1)
    places = [entry.partition(_SEPARATOR) for entry in text.split("\n")]
    found = {key: place for key, _, place in places if place}
    if len(found) != len(places) or not found.keys() <= set(lists):
        raise invalid(
            "invalid-cursor",
            "Con trỏ trang không đọc được. Xin mở lại danh sách từ đầu.",
            FieldFault("cursor", "không phải con trỏ của hệ thống này"),
        )
    return found


def cursor_of(ahead: Mapping[str, str]) -> str | None:
    """The cursor of the next page; None where every list is at its end."""
    left = [f"{key}{_SEPARATOR}{place}" for key, place in ahead.items() if place]
    return write_cursor("\n".join(left)) if left else None


def spread(
    rpc: Rpc[..., Response],
    items_of: Callable[[Response], Sequence[Item]],
    places: Mapping[str, str],
    size: int,
    token: str,
) -> Page[Item]:
    """A page of at most `size` items from each ward of `places`, which has where each goes on.

    Raises what the wards refused with, or UNAVAILABLE, where not one answered.
    """
    if not places:
        return Page([], {}, ())
    requests = {ward: rpc.request(page_size=size, cursor=place) for ward, place in places.items()}
    answers = wards().send_all(rpc, requests, token=token).at_least_one()
    items = [(ward, item) for ward, answer in answers.answered.items() for item in items_of(answer)]
    ahead = {ward: _next_cursor(answer) for ward, answer in answers.answered.items()}
    return Page(items, ahead, answers.missing(wards().district))


def newest_first(items: Sequence[tuple[str, Item]], moment: str) -> list[tuple[str, Item]]:
    """By the field `moment`. Within a page the order holds; where a ward had more than a page, an item of the next
    page may be newer than the last of this one."""

    def rank(item: tuple[str, Any]) -> tuple[int, int]:
        at: Timestamp = getattr(item[1], moment)
        return at.seconds, at.nanos

    return sorted(items, key=rank, reverse=True)


def _next_cursor(answer: Any) -> str:
    return str(answer.next_cursor)
