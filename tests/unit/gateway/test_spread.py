"""Lists of several wards, merged over pages."""

from __future__ import annotations

from dataclasses import replace

from caunoi.dossiers.v1 import dossiers_pb2
from hypothesis import given
from hypothesis import strategies as st

from gateway.spread import Stretch, merged, places_of

Entry = dossiers_pb2.AccessLogEntry
TIMES = st.lists(st.lists(st.integers(0, 30), max_size=8), min_size=1, max_size=4)


def entry(second: int, who: str) -> Entry:
    made = Entry(who=who)
    made.at.FromSeconds(second)
    return made


def wards_of(times: list[list[int]]) -> dict[str, list[Entry]]:
    """Wards with an entry for each of their times, newest first."""
    return {
        str(number): [entry(at, f"{number}-{place}") for place, at in enumerate(sorted(ward, reverse=True))]
        for number, ward in enumerate(times)
    }


def stretch(ward: list[Entry], place: str, size: int) -> Stretch[Entry]:
    """A ward's answer from a position on; its cursors count its entries."""
    begin = int(place or 0)
    items = ward[begin : begin + size]
    cursors = [str(begin + number + 1) for number in range(len(items))]
    return Stretch(place, items, cursors, cursors[-1] if begin + size < len(ward) else "")


@given(
    times=TIMES,
    size=st.integers(1, 5),
)
def test_pages_of_several_wards_are_newest_first_whole_and_never_longer_than_asked(
    times: list[list[int]], size: int
) -> None:
    wards = wards_of(times)
    shown: list[Entry] = []
    cursor: str | None = ""
    while cursor is not None:
        places = places_of(cursor, "mark-one", list(wards))
        found = {key: stretch(wards[key], place, size) for key, place in places.items()}
        items, cursor = merged(found, "mark-one", "at", size)
        assert len(items) <= size
        assert items or cursor is None
        shown += [item for _, item in items]
    assert [one.at.seconds for one in shown] == sorted((at for ward in times for at in ward), reverse=True)
    assert len({one.who for one in shown}) == len(shown)


@given(
    times=TIMES,
    old=st.sets(st.integers(0, 3)),
    size=st.integers(1, 5),
)
def test_wards_of_the_version_before_that_give_no_place_for_each_item_lose_and_double_nothing(
    times: list[list[int]], old: set[int], size: int
) -> None:
    """A ward that has gone back, under a gateway that has not."""
    wards = wards_of(times)
    shown: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        found = {}
        for key, place in places_of(cursor, "mark-one", list(wards)).items():
            whole = stretch(wards[key], place, size)
            found[key] = replace(whole, cursors=[]) if int(key) in old else whole
        items, cursor = merged(found, "mark-one", "at", size)
        assert items or cursor is None
        shown += [item.who for _, item in items]
    assert sorted(shown) == sorted(one.who for ward in wards.values() for one in ward)
