"""Guided sessions are watched by a call that waits for a change, and holds nothing but its thread meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from deploy.local.waiting import wait_until
from services.accounts.tables import GuidedSessionRow
from services.chassis.refusal import Kind
from tests.services.accounts.service import NAM_DUONG
from tests.services.accounts.station import Stations, forward, refusal

LONG = 10
SOON = LONG / 2
Told = dict[str, tuple[int, bool]]


@pytest.fixture
def stations_heard(stations: Stations) -> Iterator[Stations]:
    """As in the running service, where a loop listens."""
    changes, stopped = stations.accounts.parts.guidance_changes[NAM_DUONG], threading.Event()
    thread = threading.Thread(target=changes.listen, args=(stopped,))
    thread.start()
    assert wait_until(lambda: changes.count > 0, LONG)
    yield stations
    stopped.set()
    thread.join(LONG)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as running:
        yield running


def timed(stations: Stations, told: Told) -> tuple[Told, float]:
    began = time.monotonic()
    return stations.watch(told=told, wait=LONG), time.monotonic() - began


def waiting(pool: ThreadPoolExecutor, stations: Stations, told: Told) -> Future[tuple[Told, float]]:
    running = pool.submit(timed, stations, told)
    time.sleep(0.5)
    assert not running.done()
    return running


def test_it_tells_versions_of_known_sessions_and_nothing_else(stations: Stations) -> None:
    _citizen, session = stations.opened()
    assert stations.watch(session, str(uuid4()), "nonsense") == {session: (2, False)}
    assert stations.watch() == {}
    stations.guide(session, "term", "que-quan")
    assert stations.watch(session) == {session: (3, False)}
    assert refusal(stations.watch, *(str(uuid4()) for _ in range(501))).kind is Kind.INVALID


def test_what_is_news_is_told_at_once(stations_heard: Stations) -> None:
    _citizen, session = stations_heard.opened()
    for told in ({session: (1, False)}, {session: (2, True)}, {session: (2, False), str(uuid4()): (1, False)}):
        answer, seconds = timed(stations_heard, told)
        assert answer == {session: (2, False)}
        assert seconds < SOON


def test_who_watches_nothing_waits_for_nothing(stations_heard: Stations) -> None:
    began = time.monotonic()
    stations_heard.watch(wait=5)
    assert time.monotonic() - began < 2


def test_a_change_ends_the_wait(stations_heard: Stations, pool: ThreadPoolExecutor) -> None:
    _citizen, session = stations_heard.opened()
    running = waiting(pool, stations_heard, {session: (2, False)})
    stations_heard.guide(session, "term", "que-quan")
    answer, seconds = running.result()
    assert answer == {session: (3, False)}
    assert seconds < SOON


def test_a_change_of_another_session_ends_it_too(stations_heard: Stations, pool: ThreadPoolExecutor) -> None:
    """So that a session that was not asked about yet is asked about from then on."""
    _citizen, session = stations_heard.opened()
    asked = stations_heard.request(
        stations_heard.citizen(), stations_heard.kiosk_token(stations_heard.add_kiosk(stations_heard.station, "Máy 2"))
    )
    newer = stations_heard.join(asked.code).id
    running = waiting(pool, stations_heard, {session: (2, False)})
    stations_heard.guide(newer, "term", "que-quan")
    answer, seconds = running.result()
    assert answer == {session: (2, False)}
    assert seconds < SOON


def test_an_end_by_time_ends_it(stations_heard: Stations, pool: ThreadPoolExecutor) -> None:
    _citizen, session = stations_heard.opened()
    (row,) = stations_heard.rows(GuidedSessionRow)
    stations_heard.clock.set(row.ends_at - timedelta(seconds=1))
    running = waiting(pool, stations_heard, {session: (2, False)})
    forward(stations_heard.clock, seconds=1)
    answer, seconds = running.result()
    assert answer == {session: (3, True)}
    assert seconds < SOON


def test_a_wait_holds_no_connection_to_the_database(stations_heard: Stations, pool: ThreadPoolExecutor) -> None:
    _citizen, session = stations_heard.opened()
    running = [waiting(pool, stations_heard, {session: (2, False)}) for _ in range(3)]
    engine = stations_heard.accounts.cells[NAM_DUONG].database.engine
    # A busy machine may not have let all three ask yet.
    assert wait_until(lambda: "Current Checked out connections: 0" in engine.pool.status(), SOON)
    stations_heard.guide(session, "term", "que-quan")
    assert [each.result()[0] for each in running] == [{session: (3, False)}] * 3
