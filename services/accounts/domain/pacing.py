"""How fast passwords may be tried: slower after each wrong one, but never blocked entirely (docs/decisions/0042).

Tries are counted by login, and within a login by where they come from: a known device (a browser in which the same
person has signed in), a source (a client's network), or all unknown devices together. Strangers never slow down a known
device.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: How long a try counts.
WINDOW = timedelta(days=1)
#: Wrong tries that cost no wait.
FREE = 5
#: The longest wait from one try to the next; a real person must wait it out, too.
LONGEST = timedelta(seconds=60)
#: A source that has hardly tried yet does not wait for others. It has this many tries of its own,
SOURCE_TRIES = 2
#: and all such sources together have this many in a day, so that many sources gain little.
ALL_SOURCES_TRIES = 100


class Way(StrEnum):
    """By which rule a try was let in."""

    DEVICE = "device"  # a known device
    PACED = "paced"  # this try's turn has come: all unknown devices together wait from one try to the next
    NEW_SOURCE = "new-source"  # ahead of its turn, from a source with hardly any tries


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries of one way, from one source or device, within `WINDOW`."""

    way: Way
    whose: bytes
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a try is let in now: by which way, or after how many whole seconds."""

    way: Way
    seconds: int = 0


def pause(wrong: int) -> timedelta:
    """The wait before the next try after this number of wrong tries: 0, then 2, 4, 8 … 60 seconds."""
    if wrong < FREE:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2 ** min(10, wrong - FREE + 1)))


def admit(earlier: Sequence[Tries], source: bytes, device: bytes | None, now: datetime) -> Admission:
    """Admits a try at a login, or says how long it must wait. `device` is None if it is unknown."""
    if device is not None:
        own = [tries for tries in earlier if tries.way is Way.DEVICE and tries.whose == device]
        return Admission(Way.DEVICE, _seconds(own, now))
    strangers = [tries for tries in earlier if tries.way is not Way.DEVICE]
    here = [tries for tries in strangers if tries.whose == source]
    own_wait = _seconds(here, now)
    wait = _seconds([tries for tries in strangers if tries.way is Way.PACED], now)
    if wait <= own_wait:
        return Admission(Way.PACED, own_wait)
    ahead = sum(tries.count for tries in strangers if tries.way is Way.NEW_SOURCE)
    if sum(tries.count for tries in here) < SOURCE_TRIES and ahead < ALL_SOURCES_TRIES:
        return Admission(Way.NEW_SOURCE)
    return Admission(Way.PACED, wait)


def _seconds(tries: Sequence[Tries], now: datetime) -> int:
    if not tries:
        return 0
    allowed = max(one.last for one in tries) + pause(sum(one.count for one in tries))
    return max(0, math.ceil((allowed - now).total_seconds())) if allowed > now else 0
