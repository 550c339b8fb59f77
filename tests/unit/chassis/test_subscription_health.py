"""A consumer that never returns to its group is distinguished from one that has nothing to read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.chassis.events.inbox import DEAF_SECONDS, SILENT_SECONDS, Inbox
from services.chassis.events.subscription_health import Condition, Health, condition
from tests.district import DISTRICT


def told(
    *fetched: str,
    assigned: int = 3,
    state: str = "up",
    join_state: str = "steady",
    broker: str = "UP",
    leader: int = 1,
    seconds: float = 0,
) -> dict[str, Any]:
    """Statistics of a consumer, as librdkafka makes them, shortened to what counts."""
    places = [{"partition": at, "fetch_state": how, "leader": leader} for at, how in enumerate(fetched)]
    unassigned = {"partition": -1, "fetch_state": "none", "leader": -1}
    return {
        "ts": int(seconds * 1e6),
        "brokers": {"127.0.0.1:9092/1": {"state": broker}, "GroupCoordinator": {"state": broker}},
        "topics": {
            "caunoi.20248.accounts.v1": {"partitions": {str(each["partition"]): each for each in [*places, unassigned]}}
        },
        "cgrp": {"state": state, "join_state": join_state, "assignment_size": assigned},
    }


def test_it_reads_when_all_it_was_given_is_fetched() -> None:
    assert condition(told("active", "active", "active")) is Condition.READING


def test_a_second_subscriber_without_partitions_reads_too() -> None:
    assert condition(told("none", "none", "none", assigned=0)) is Condition.READING


def test_a_partition_without_leader_is_no_fault_of_the_subscriber() -> None:
    assert condition(told("offset-query", "offset-query", "offset-query", leader=-1)) is Condition.READING


@pytest.mark.parametrize(
    "statistics",
    [
        told("active", "none", "active"),  # its offset was asked for, and the answer was none
        told("stopped", "stopped", "stopped", assigned=0, join_state="wait-join"),
        told("stopped", "stopped", "stopped", join_state="wait-unassign-to-complete"),
        told("active", "active", "active", state="query-coord"),
    ],
)
def test_it_is_stuck_where_the_broker_is_there_and_not_all_is_fetched(statistics: dict[str, Any]) -> None:
    assert condition(statistics) is Condition.STUCK


def test_while_no_broker_answers_nobody_is_stuck() -> None:
    assert condition(told("active", "active", "active", broker="TRY_CONNECT", state="query-coord")) is Condition.AWAY


def test_while_none_of_its_topics_is_there_it_is_not_stuck() -> None:
    assert condition(told(assigned=0, join_state="init") | {"topics": {}}) is Condition.AWAY


@pytest.mark.parametrize("broker", ["UP", "TRY_CONNECT"])
def test_how_long_it_has_not_read_counts_from_when_it_last_did(broker: str) -> None:
    """Whatever the reason: a consumer that has forgotten all brokers looks as if they were away."""
    health = Health()
    for seconds, fetch_state in ((0, "active"), (2, "none"), (12, "none")):
        state = broker if fetch_state == "none" else "UP"
        health.note(json.dumps(told(*[fetch_state] * 3, broker=state, seconds=seconds)))
    assert health.deaf_seconds == 10
    health.note(json.dumps(told("active", "active", "active", seconds=14)))
    assert (health.condition, health.deaf_seconds) == (Condition.READING, 0)


def test_from_when_the_broker_is_back_a_consumer_has_time_to_return_to_its_group_once() -> None:
    """One that is replaced meanwhile leaves a session for the next one to wait for."""
    health = Health()

    def deaf(seconds: float, broker: str = "UP", fetch_state: str = "none") -> float:
        health.note(json.dumps(told(*[fetch_state] * 3, broker=broker, seconds=seconds)))
        return health.deaf_seconds

    assert deaf(0, broker="TRY_CONNECT") == 0
    assert deaf(15, broker="TRY_CONNECT") == 15
    assert deaf(18) == 0
    assert deaf(22) == 4
    assert deaf(24, broker="TRY_CONNECT") == 6
    assert deaf(30) == 12, "a connection that comes and goes does not put it off for ever"
    assert deaf(31, fetch_state="active") == 0
    assert deaf(33, broker="TRY_CONNECT") == 0
    assert deaf(50) == 0


def test_a_new_consumer_has_the_health_of_its_predecessor_until_its_first_statistics() -> None:
    """Otherwise liveness would never see a subscription that restarts again and again."""
    health = Health(Condition.STUCK)
    assert (health.condition, health.deaf_seconds) == (Condition.STUCK, 0)


@pytest.mark.parametrize(("what", "seconds"), [("beat", SILENT_SECONDS), ("heard", DEAF_SECONDS)])
def test_liveness_ends_with_a_loop_that_hangs_or_a_subscription_that_stays_deaf(what: str, seconds: int) -> None:
    box = Inbox("test", "20248", None, {}, None, DISTRICT)  # type: ignore[arg-type]
    now = box.beat
    assert box.is_alive(since=0)
    setattr(box, what, now - seconds + 5)
    assert box.is_alive(since=0)
    setattr(box, what, now - seconds)
    assert not box.is_alive(since=0)
    assert box.is_alive(since=now), "it rested until now, while the tables were not there"
