"""Lists that are spread over wards: one cursor holds the place in each ward's list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.rpc import Rpc
from gateway.ward_tokens import told_by
from gateway.wards import wards
from services.chassis.database.pagination import mark_of, read_cursor, unreadable_cursor, write_cursor
from services.chassis.district import Ward

Response = TypeVar("Response", bound=Message)
Item = TypeVar("Item")
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Item]):
    """A stretch of one ward's list: its items, newest first, and the place after each."""

    begins: str
    items: Sequence[Item]
    cursors: Sequence[str]
    next_cursor: str

    def place_after(self, taken: int) -> str | None:
        """Where to go on after this many items were shown; None at the end of the list."""
        if taken == len(self.items):
            return self.next_cursor or None
        # Only if each item has a place after it: `merged` takes a stretch without places as a whole.
        return self.cursors[taken - 1] if taken else self.begins


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list over several wards, newest first; `next_cursor` is None at the end.

    `silent` are the wards that are missing. A ward that forbids has nothing for the caller, and is not missing.
    """

    items: list[tuple[str, Item]]  # each with its ward
    next_cursor: str | None
    silent: tuple[Ward, ...]


def mark_of_own(name: str, token: str) -> str:
    """The mark of the token holder's list. The cursor needs it, since a ward of which nothing was shown yet has no
    cursor of its own that would say whose list it is.
    """
    told = told_by(token)
    return mark_of(name, told.id if told else "")


def places_of(cursor: str, mark: str, lists: Sequence[str]) -> dict[str, str]:
    """Where to go on: each of `lists`, such as a ward → its own cursor; on the first page all lists, from their start.

    Raises a Refusal (INVALID) for a cursor that the gateway did not write, or wrote for another list.
    """
    if not cursor:
        return dict.fromkeys(lists, "")
    (text,) = read_cursor(cursor, mark, 1)
    places = [entry.partition(_SEPARATOR) for entry in text.split("\n")]
    found = {key: place for key, separator, place in places if separator}
    if len(found) != len(places) or not found.keys() <= set(lists):
        raise unreadable_cursor()
    return found


def spread(
    rpc: Rpc[..., Response],
    items_of: Callable[[Response], Sequence[Item]],
    moment: str,
    wards_asked: Sequence[str],
    cursor: str,
    size: int,
    token: str,
) -> Page[Item]:
    """A page of at most `size` items from these wards' lists, which are ordered by the field `moment`.

    If no ward answered, raises a ward's refusal or UNAVAILABLE; INVALID for a strange cursor.
    """
    mark = mark_of_own(rpc.name, token)
    stretches, silent = stretches_of(rpc, items_of, places_of(cursor, mark, wards_asked), size, token)
    items, next_cursor = merged(stretches, mark, moment, size)
    return Page(items, next_cursor, silent)


def stretches_of(
    rpc: Rpc[..., Response],
    items_of: Callable[[Response], Sequence[Item]],
    places: Mapping[str, str],
    size: int,
    token: str,
) -> tuple[dict[str, Stretch[Item]], tuple[Ward, ...]]:
    """At most `size` items from each ward of `places`, which says where each list goes on; and the wards that are
    missing.

    If no ward answered, raises a ward's refusal or UNAVAILABLE.
    """
    if not places:
        return {}, ()
    requests = {ward: rpc.request(page_size=size, cursor=place) for ward, place in places.items()}
    answers = wards().send_all(rpc, requests, token=token).at_least_one()
    found = {ward: _stretch(places[ward], items_of(answer), answer) for ward, answer in answers.answered.items()}
    return found, answers.missing(wards().district)


def merged(
    stretches: Mapping[str, Stretch[Item]], mark: str, moment: str, size: int
) -> tuple[list[tuple[str, Item]], str | None]:
    """The `size` newest items, each with its list; and the cursor of what follows, None at the end.

    A ward that still runs the version before `cursors` (during a roll-out, or after going back) gives no places within
    its stretch: if any part of the stretch is shown, all of it is shown, and the page is longer than `size`.
    """
    newest = newest_first([(key, item) for key, stretch in stretches.items() for item in stretch.items], moment)
    begun = {key for key, _ in newest[:size] if not stretches[key].cursors}
    shown = newest[:size] + [(key, item) for key, item in newest[size:] if key in begun]
    taken = Counter(key for key, _ in shown)
    ahead = {key: stretch.place_after(taken[key]) for key, stretch in stretches.items()}
    left = [f"{key}{_SEPARATOR}{place}" for key, place in ahead.items() if place is not None]
    return shown, write_cursor(mark, "\n".join(left)) if left else None


def newest_first(items: Sequence[tuple[str, Item]], moment: str) -> list[tuple[str, Item]]:
    """Sorts by the field `moment`; equal items keep their order."""

    def rank(item: tuple[str, Any]) -> tuple[int, int]:
        at: Timestamp = getattr(item[1], moment)
        return at.seconds, at.nanos

    return sorted(items, key=rank, reverse=True)


def _stretch(begins: str, items: Sequence[Item], answer: Any) -> Stretch[Item]:
    return Stretch(begins, items, answer.cursors, answer.next_cursor)
