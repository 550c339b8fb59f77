"""How fast passwords may be tried: slower with each wrong one, and never not at all (docs/decisions/0042).

Tries count by login, and within it by whose they are: of a known device (a browser in which the same person has signed
in), of a source (a client's network), of all unknown devices together. What strangers do never slows a known device.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Tries count for so long.
WINDOW = timedelta(days=1)
#: Wrong tries that cost no wait.
FREE = 5
#: The longest wait from one try to the next: a person has to wait it out, too.
LONGEST = timedelta(seconds=60)
#: A source that has hardly tried yet need not wait for what others do: so many tries of its own,
SOURCE_TRIES = 2
#: and so many of all such sources of a day together, so that many sources gain little.
ALL_SOURCES_TRIES = 100


class Way(StrEnum):
    """By which rule a try was let in."""

    DEVICE = "device"  # a known device
    PACED = "paced"  # nobody's turn but this one's: all unknown devices together wait from one to the next
    NEW_SOURCE = "new-source"  # ahead of its turn, from where hardly a try had come


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
    """The time from the last of so many wrong tries to the next try: 0, then 2, 4, 8 … 60 seconds."""
    if wrong < FREE:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2 ** min(10, wrong - FREE + 1)))


def admit(earlier: Sequence[Tries], source: bytes, device: bytes | None, now: datetime) -> Admission:
    """Admits a try at a login, or says how long it has to wait. `device` is None where it is unknown."""
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
