"""Bulkhead and breaker, by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.local.waiting import wait_until
from gateway.bulkhead import Breaker, Bulkhead, Outcome, State


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(failures=3, open_seconds=5, now=time)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admit()
        breaker.record(Outcome.UNANSWERED)


def in_line(bulkhead: Bulkhead, callers: int) -> bool:
    """Within five seconds so many wait for a place."""
    return wait_until(lambda: len(bulkhead._waiting) == callers, 5, 0.001)


def test_a_bulkhead_gives_out_only_its_places() -> None:
    bulkhead = Bulkhead(2, 0, 0)
    assert [bulkhead.enter() for _ in range(3)] == [True, True, False]
    bulkhead.leave()
    assert bulkhead.enter()


def test_a_caller_in_the_queue_gets_the_place_that_comes_free() -> None:
    bulkhead = Bulkhead(1, 1, 5)
    assert bulkhead.enter()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(bulkhead.enter)
        bulkhead.leave()
        assert waiting.result(timeout=5)


def test_a_free_place_goes_to_the_first_in_line_and_newcomers_wait() -> None:
    bulkhead = Bulkhead(1, 2, 20)
    assert bulkhead.enter()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(bulkhead.enter)
        assert in_line(bulkhead, 1)
        bulkhead.leave()
        newcomer = pool.submit(bulkhead.enter)
        assert first.result(timeout=5)
        assert in_line(bulkhead, 1)
        bulkhead.leave()
        assert newcomer.result(timeout=5)


def test_those_who_wait_are_served_in_order() -> None:
    bulkhead = Bulkhead(1, 2, 20)
    assert bulkhead.enter()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(bulkhead.enter)
        assert in_line(bulkhead, 1)
        second = pool.submit(bulkhead.enter)
        assert in_line(bulkhead, 2)
        begun = bulkhead._waiting[1]
        bulkhead.leave()
        served_second_too_early = begun.given.is_set()
        bulkhead.leave()
        assert first.result(timeout=5)
        assert second.result(timeout=5)
    assert not served_second_too_early


def test_a_caller_who_waited_in_vain_keeps_no_place() -> None:
    bulkhead = Bulkhead(1, 1, 0.01)
    assert [bulkhead.enter() for _ in range(3)] == [True, False, False]
    bulkhead.leave()
    assert [bulkhead.enter() for _ in range(2)] == [True, False]


def test_the_queue_is_bounded_too() -> None:
    bulkhead = Bulkhead(1, 1, 0.2)
    assert bulkhead.enter()
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: bulkhead.enter(), range(8)))
    bulkhead.leave()
    assert bulkhead.enter()


def test_a_breaker_opens_after_so_many_unanswered_calls_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 3)
    assert breaker.state is State.OPEN
    assert not breaker.admit()


def test_an_answer_in_between_restarts_the_count(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.record(Outcome.ANSWERED)
    fail(breaker, 2)
    assert breaker.state is State.CLOSED


def test_an_open_breaker_lets_exactly_one_probe_through_when_its_time_has_come(breaker: Breaker, time: Time) -> None:
    fail(breaker, 3)
    time.now += 4.9
    assert not breaker.admit()
    time.now += 0.1
    assert [breaker.admit() for _ in range(3)] == [True, False, False]


def test_an_answered_probe_closes_the_breaker(breaker: Breaker, time: Time) -> None:
    fail(breaker, 3)
    time.now += 5
    assert breaker.admit()
    breaker.record(Outcome.ANSWERED)
    assert [breaker.admit() for _ in range(3)] == [True, True, True]


def test_an_unanswered_probe_opens_it_for_as_long_again(breaker: Breaker, time: Time) -> None:
    fail(breaker, 3)
    time.now += 5
    fail(breaker, 1)
    time.now += 4.9
    assert not breaker.admit()
    time.now += 0.1
    assert breaker.admit()


def test_a_probe_that_was_given_up_leaves_room_for_the_next(breaker: Breaker, time: Time) -> None:
    fail(breaker, 3)
    time.now += 5
    assert breaker.admit()
    breaker.record(Outcome.ABANDONED)
    assert breaker.admit()


def test_an_open_breaker_says_when_to_come_again(breaker: Breaker, time: Time) -> None:
    fail(breaker, 3)
    assert breaker.retry_after == 5
    time.now += 60
    assert breaker.retry_after == 1
