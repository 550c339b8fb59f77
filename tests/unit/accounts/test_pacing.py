"""How fast passwords may be tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.accounts.domain.pacing import (
    ALL_SOURCES_TRIES,
    FREE,
    LONGEST,
    SOURCE_TRIES,
    WINDOW,
    Tries,
    Way,
    admit,
    pause,
)

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
HERE, THERE, DEVICE = b"here", b"there", b"device"


def tries(way: Way, whose: bytes, count: int, seconds_ago: int = 0) -> Tries:
    return Tries(way, whose, count, NOW - timedelta(seconds=seconds_ago))


@pytest.mark.parametrize(
    ("wrong", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (8, 16), (9, 32), (10, 60), (11, 60), (5000, 60)]
)
def test_each_wrong_try_beyond_the_fifth_doubles_the_wait_up_to_a_minute(wrong: int, seconds: int) -> None:
    assert pause(wrong).total_seconds() == seconds


def test_a_wait_ends() -> None:
    earlier = [tries(Way.PACED, HERE, 5, seconds_ago=1)]
    assert admit(earlier, HERE, None, NOW).seconds == 1
    assert admit(earlier, HERE, None, NOW + timedelta(seconds=1)).seconds == 0


def test_strangers_do_not_slow_down_a_known_device_nor_it_them() -> None:
    assert admit([tries(Way.PACED, HERE, 1000)], HERE, DEVICE, NOW).seconds == 0
    assert admit([tries(Way.DEVICE, DEVICE, 1000)], HERE, None, NOW).seconds == 0
    assert admit([tries(Way.DEVICE, DEVICE, 1000)], HERE, b"another", NOW).seconds == 0


def test_a_known_device_waits_for_its_own_wrong_tries() -> None:
    assert admit([tries(Way.DEVICE, DEVICE, 1000)], HERE, DEVICE, NOW).seconds == 60


def test_who_comes_from_elsewhere_tries_at_once_a_few_times() -> None:
    """Otherwise somebody who tries again each minute could block the login of a person with a new phone."""
    earlier = [tries(Way.PACED, THERE, 1000)]
    assert admit(earlier, HERE, None, NOW).way is Way.NEW_SOURCE
    earlier.append(tries(Way.NEW_SOURCE, HERE, SOURCE_TRIES))
    assert admit(earlier, HERE, None, NOW).seconds == 60


def test_many_sources_together_also_wait() -> None:
    earlier = [tries(Way.PACED, THERE, 1000), tries(Way.NEW_SOURCE, THERE, ALL_SOURCES_TRIES)]
    assert admit(earlier, HERE, None, NOW).seconds == 60


def guesses(sources: int) -> Iterator[datetime]:
    """The times of the guesses in a day of somebody with this number of sources who loses no second."""
    earlier: dict[tuple[Way, bytes], Tries] = {}
    last_tries = {f"{number}".encode(): NOW for number in range(sources)}
    made = 0
    now = NOW
    while now < NOW + WINDOW:
        # No source is new any more: if the one that waited longest must wait, all must.
        all_wait_alike = made >= FREE + 5 + ALL_SOURCES_TRIES
        for whose in sorted(last_tries, key=lambda source: last_tries[source]):
            admission = admit(list(earlier.values()), whose, None, now)
            if not admission.seconds:
                before = earlier.get((admission.way, whose))
                earlier[admission.way, whose] = Tries(admission.way, whose, (before.count if before else 0) + 1, now)
                last_tries[whose] = now
                made += 1
                yield now
            elif all_wait_alike:
                break
        now += LONGEST if all_wait_alike else timedelta(seconds=1)


def test_a_day_has_fewer_than_1_600_guesses_from_however_many_sources() -> None:
    """docs/decisions/0042 states the bound."""
    assert sum(1 for _ in guesses(70)) < 1600
    most = FREE + 5 + (WINDOW - timedelta(seconds=62)) // LONGEST + 1 + ALL_SOURCES_TRIES
    assert most < 1600
