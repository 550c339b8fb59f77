"""A wait for changes ends at the next notice; while nobody listens it is short, so that who waits asks again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local.waiting import wait_until
from services.chassis.database.changes import MOST_WAITING, Changes
from services.chassis.database.connection import Database
from tests.services.chassis.test_database import end_other_connections

LONG = 30.0


@contextmanager
def listening(database: Database) -> Iterator[Changes]:
    changes, stopped = Changes(database, "here"), threading.Event()
    thread = threading.Thread(target=changes.listen, args=(stopped,))
    thread.start()
    try:
        assert wait_until(lambda: changes.count > 0, LONG)
        yield changes
    finally:
        stopped.set()
        thread.join(LONG)


@pytest.fixture
def changes(database: Database) -> Iterator[Changes]:
    with listening(database) as running:
        yield running


def waited(changes: Changes, count: int, seconds: float = LONG) -> float:
    began = time.monotonic()
    changes.wait(count, seconds)
    return time.monotonic() - began


def test_a_wait_ends_at_the_next_notice(changes: Changes, database: Database) -> None:
    count = changes.count
    with database.connect() as other:
        threading.Timer(0.2, other.execute, ("NOTIFY here",)).start()
        assert waited(changes, count) < LONG / 2
    assert changes.count == count + 1


def test_only_a_few_calls_wait_at_once(changes: Changes) -> None:
    """Each call holds a thread of the service, and everybody who can call it can wait."""
    count = changes.count
    waiting = [threading.Thread(target=changes.wait, args=(count, 2.0)) for _ in range(MOST_WAITING)]
    for each in waiting:
        each.start()
    assert wait_until(lambda: changes._waiting == MOST_WAITING, LONG)
    assert waited(changes, count) < 1
    for each in waiting:
        each.join(LONG)
    assert waited(changes, changes.count, 0.2) >= 0.2, "there is room again"


def test_a_change_between_reading_and_waiting_ends_the_wait_at_once(changes: Changes, database: Database) -> None:
    count = changes.count
    with database.connect() as other:
        other.execute("NOTIFY here")
    assert wait_until(lambda: changes.count > count, LONG)
    assert waited(changes, count) < 1


def test_without_a_notice_the_wait_lasts_its_time(changes: Changes) -> None:
    assert waited(changes, changes.count, 0.5) >= 0.5


def test_while_the_database_is_away_waits_are_short_and_then_it_listens_again(
    changes: Changes, database: Database
) -> None:
    count = changes.count
    with database.connect() as administrator:
        end_other_connections(administrator)
    assert waited(changes, count) < LONG / 2  # the loss itself ends it
    assert waited(changes, changes.count) < LONG / 2  # a short wait, or the new connection
    assert wait_until(lambda: changes.count >= count + 2, LONG)
    test_a_wait_ends_at_the_next_notice(changes, database)


def test_who_waits_goes_when_the_service_stops(database: Database) -> None:
    with listening(database) as running:
        count = running.count
    assert running.count > count
    assert waited(running, running.count) < 1
