"""How often something may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.throttle import Limit, seconds_to_wait

NOW = datetime(2020, 10, 6, 2, tzinfo=UTC)
LIMIT = Limit(5, timedelta(hours=1), timedelta(seconds=60))


def ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=each) for each in seconds]


def test_the_first_one_is_free_and_the_next_waits_a_minute() -> None:
    assert seconds_to_wait(LIMIT, [], NOW) == 0
    assert seconds_to_wait(LIMIT, ago(0), NOW) == 60
    assert seconds_to_wait(LIMIT, ago(59.5), NOW) == 1
    assert seconds_to_wait(LIMIT, ago(60), NOW) == 0


def test_the_sixth_waits_until_the_first_is_an_hour_old() -> None:
    assert seconds_to_wait(LIMIT, ago(3500, 3000, 2000, 1000, 100), NOW) == 100
    assert seconds_to_wait(LIMIT, ago(3600, 3000, 2000, 1000, 100), NOW) == 0


def test_without_a_minimum_pause_the_next_one_need_not_wait() -> None:
    assert seconds_to_wait(Limit(5, timedelta(hours=1)), ago(-0.001), NOW) == 0


@given(st.lists(st.integers(0, 7200), max_size=12), st.integers(1, 6), st.integers(0, 120))
def test_who_waits_as_told_is_let_in_and_never_makes_the_window_overflow(
    seconds: list[int], times: int, apart: int
) -> None:
    limit = Limit(times, timedelta(hours=1), timedelta(seconds=apart))
    wait = seconds_to_wait(limit, ago(*seconds), NOW)
    then = NOW + timedelta(seconds=wait)
    assert seconds_to_wait(limit, ago(*seconds), then) == 0
    assert sum(moment > then - limit.window for moment in ago(*seconds)) < times
    if wait:
        assert seconds_to_wait(limit, ago(*seconds), then - timedelta(seconds=1)) > 0
