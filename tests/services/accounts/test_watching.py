"""Guided sessions are watched by a call that waits for a change, and holds nothing but its thread meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import guidance_pb2

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
    """A call that waits. An earlier change whose notice comes late also ends a wait."""
    for _ in range(5):
        running = pool.submit(timed, stations, told)
        time.sleep(0.5)
        if not running.done():
            return running
    raise AssertionError(f"it does not wait: {running.result()}")


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


def test_a_citizen_is_silent_once_they_were_not_heard_of_for_long(stations: Stations) -> None:
    citizen, session = stations.opened()
    forward(stations.clock, seconds=150)
    assert (stations.is_silent(session), stations.guided(session).citizen_silent) == (False, False)
    forward(stations.clock, seconds=1)
    assert (stations.is_silent(session), stations.guided(session).citizen_silent) == (True, True)
    stations.note_presence({session: stations.own(citizen).presence_key})
    assert (stations.is_silent(session, told=True), stations.guided(session).citizen_silent) == (False, False)
    stations.end(citizen, session)
    forward(stations.clock, seconds=151)
    assert not stations.is_silent(session)
    assert not stations.guided(session).citizen_silent, "nobody is waited for in a session that has ended"


def test_who_holds_a_sessions_key_says_that_its_citizen_is_there_and_nobody_else(stations: Stations) -> None:
    citizen, session = stations.opened()
    key = stations.own(citizen).presence_key
    cipher = stations.accounts.cells[NAM_DUONG].cipher
    fingerprints = [cipher.fingerprint(text) for text in (session, f"guidance-presence:{session}")]
    assert key not in fingerprints, "who is given one could have been given a number's"
    forward(stations.clock, seconds=60)
    before, now = stations.guided(session).citizen_seen_at, stations.clock.now()
    for wrong in ({session: b""}, {session: key[:-1]}, {str(uuid4()): key}, {"nonsense": key}):
        stations.note_presence(wrong)
        assert stations.guided(session).citizen_seen_at == before
    stations.note_presence({str(uuid4()): key, session: key})
    assert stations.guided(session).citizen_seen_at.ToDatetime(UTC) == now
    assert refusal(stations.note_presence, {str(uuid4()): key for _ in range(501)}).kind is Kind.INVALID


def test_nobody_is_silent_who_waits_for_a_volunteer(stations: Stations) -> None:
    asked = stations.request(stations.citizen())
    forward(stations.clock, seconds=200)
    told = guidance_pb2.GuidedSessionVersion(session_id=asked.session.id)
    answer = stations.call("WatchGuidedSessions", guidance_pb2.WatchGuidedSessionsRequest(told=[told]))
    assert [each.citizen_silent for each in answer.versions] == [False]


def test_that_a_citizen_is_silent_is_news(stations_heard: Stations) -> None:
    _citizen, session = stations_heard.opened()
    forward(stations_heard.clock, seconds=151)

    def seconds(*, told: bool) -> float:
        began = time.monotonic()
        assert stations_heard.is_silent(session, told=told, wait=2)
        return time.monotonic() - began

    assert seconds(told=False) < 1.5
    # It waits if that version is known; an earlier change whose notice comes late also ends a wait.
    assert any(seconds(told=True) >= 1.5 for _ in range(5))


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
    before = row.ends_at - timedelta(seconds=1)
    stations_heard.clock.set(before)
    stations_heard.change(GuidedSessionRow, row.id, citizen_seen_at=before)
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
