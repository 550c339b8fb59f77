"""When a try follows a try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.delivery import Outcome, Result, Schedule, Status, after

NOW = datetime(2020, 10, 6, 2, 0, tzinfo=UTC)
PAUSES = (5.0, 30.0, 120.0)
STEADY = Schedule(PAUSES)
ENDLESS = Schedule((0.5, 2.0), endless=True)


def test_pauses_grow_and_behind_the_last_a_message_is_given_up() -> None:
    moments = [STEADY.next_try(tries, NOW, None, 1.0) for tries in (1, 2, 3, 4)]
    assert moments == [*(NOW + timedelta(seconds=pause) for pause in PAUSES), None]


def test_a_code_is_tried_until_it_expires_and_no_longer() -> None:
    expires = NOW + timedelta(seconds=60)
    assert ENDLESS.next_try(20, NOW, expires, 1.0) == NOW + timedelta(seconds=2)
    assert ENDLESS.next_try(20, expires - timedelta(seconds=2), expires, 1.0) is None


@given(st.integers(1, 10), st.floats(0.8, 1.2), st.booleans())
def test_a_next_try_is_later_than_now_and_before_the_expiry(tries: int, jitter: float, endless: bool) -> None:
    expires = NOW + timedelta(seconds=31)
    moment = Schedule(PAUSES, endless).next_try(tries, NOW, expires, jitter)
    assert moment is None or NOW < moment < expires


def test_only_a_temporary_fault_leads_to_another_try() -> None:
    def status_after(result: Result, tries: int = 1) -> Status:
        return after(Outcome(result, ""), STEADY, tries, NOW, None, 1.0)[0]

    assert status_after(Result.DELIVERED) is Status.DELIVERED
    assert status_after(Result.SKIPPED) is Status.SKIPPED
    assert status_after(Result.PERMANENT) is Status.FAILED
    assert status_after(Result.TEMPORARY) is Status.QUEUED
    assert status_after(Result.TEMPORARY, tries=4) is Status.FAILED
