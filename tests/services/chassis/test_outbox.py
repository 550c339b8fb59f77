"""No event is lost, doubled in effect, or out of order for its key (docs/architecture.md, rule 2): the writing side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import psycopg
import pytest
from caunoi.accounts.v1 import events_pb2
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from deploy.local.waiting import wait_until
from services.chassis.clock import SystemClock
from services.chassis.database.connection import Database
from services.chassis.database.tables import OutboxRow
from services.chassis.events import outbox
from services.chassis.events.broker import Publisher, Record
from services.chassis.events.envelope import from_record, unpack
from services.chassis.events.outbox import RELAY_LOCK, Relay, oldest_age, purge, replay, tell
from tests.fakes.broker import InMemoryBroker, InMemoryPublisher

TOPIC = "caunoi.20248.accounts.v1"


def relay(database: Database, publisher: Publisher) -> Relay:
    return Relay("accounts", "20248", database, publisher)


def publish_batch(database: Database, publisher: Publisher) -> tuple[int, int]:
    with database.connect() as connection:
        return relay(database, publisher).publish_batch(connection)


def opened(account: str) -> events_pb2.AccountOpened:
    return events_pb2.AccountOpened(account_id=account, ward="20248")


def tell_and_fail(session: Session) -> None:
    tell(session, opened("rolled back"), "a1")
    raise ZeroDivisionError


def accounts_in(broker: InMemoryBroker) -> list[str]:
    return [unpack(from_record(record), events_pb2.AccountOpened).account_id for record in broker.records(TOPIC)]


def test_an_event_is_published_with_the_change_it_tells_of_and_not_without(database: Database) -> None:
    broker = InMemoryBroker()
    with database.transaction() as session:
        tell(session, opened("kept"), "a1")
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        tell_and_fail(session)
    assert publish_batch(database, broker.publisher()) == (1, 1)
    assert accounts_in(broker) == ["kept"]
    assert publish_batch(database, broker.publisher()) == (0, 0)


def test_an_event_whose_number_was_given_earlier_but_committed_later_is_not_lost(database: Database) -> None:
    broker = InMemoryBroker()
    slow = database.engine.connect()
    slow.begin()
    with database.transaction() as session:
        session.bind = slow  # the transaction that commits later
        tell(session, opened("slow"), "a1")
        with database.transaction() as quick:
            tell(quick, opened("quick"), "a2")
        assert publish_batch(database, broker.publisher()) == (1, 1)
    slow.commit()
    slow.close()
    assert publish_batch(database, broker.publisher()) == (1, 1)
    assert sorted(accounts_in(broker)) == ["quick", "slow"]


def test_the_oldest_age_is_that_of_the_first_unpublished_event(database: Database) -> None:
    """Measured without a relay, because a relay that has ended, or stands by, reports nothing."""
    broker = InMemoryBroker()
    with database.connect() as connection:
        assert oldest_age(connection) == 0
        with database.transaction() as session:
            tell(session, opened("old"), "a1")
            tell(session, opened("new"), "a2")
            session.execute(
                text("UPDATE outbox SET created_at = now() - interval '10 minutes' WHERE aggregateid = 'a1'")
            )
        assert 600 <= oldest_age(connection) < 660
        publish_batch(database, broker.publisher())
        assert oldest_age(connection) == 0


def test_a_failed_delivery_stops_the_relay_and_skips_nothing(database: Database) -> None:
    broker = InMemoryBroker()
    with database.transaction() as session:
        for number in range(6):
            tell(session, opened(str(number)), "stuck" if number == 3 else "a1")
    broker.failing_keys.add("stuck")
    assert publish_batch(database, broker.publisher()) == (6, 3)
    broker.failing_keys.clear()
    assert publish_batch(database, broker.publisher()) == (3, 3)
    assert sorted(accounts_in(broker)) == ["0", "1", "2", "3", "4", "5"]
    of_one_key = [record for record in broker.records(TOPIC) if record.key == "a1"]
    assert [unpack(from_record(record), events_pb2.AccountOpened).account_id for record in of_one_key] == list("01245")


class _PublisherThatDies(InMemoryPublisher):
    """Has written everything when its process dies before the outbox learns of it."""

    def publish(self, records: Sequence[Record], timeout: float) -> int:
        super().publish(records, timeout)
        raise KeyboardInterrupt


def test_a_relay_killed_after_publishing_publishes_again_under_the_same_event_id(database: Database) -> None:
    broker = InMemoryBroker()
    with database.transaction() as session:
        tell(session, opened("a"), "a1")
    with pytest.raises(KeyboardInterrupt):
        publish_batch(database, _PublisherThatDies(broker))
    publish_batch(database, broker.publisher())
    first, second = (from_record(record).id for record in broker.records(TOPIC))
    assert first == second  # by which the inbox knows the second for the first


def test_a_running_relay_is_woken_by_the_commit_and_keeps_the_order_of_a_key(database: Database) -> None:
    broker = InMemoryBroker()
    stopped = threading.Event()
    running = threading.Thread(target=relay(database, broker.publisher()).run, args=(stopped,))
    running.start()
    try:
        for number in range(200):
            with database.transaction() as session:
                tell(session, opened(str(number)), "a1")
        reader = broker.subscriber("test", [TOPIC])
        read = [reader.poll(10) for _ in range(200)]
    finally:
        stopped.set()
        running.join(10)
    events = [unpack(from_record(record), events_pb2.AccountOpened).account_id for record in read if record]
    assert events == [str(number) for number in range(200)]


def test_one_relay_at_a_time_works_for_a_database_and_another_takes_over(database: Database) -> None:
    broker = InMemoryBroker()
    stopped = threading.Event()
    with database.engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": RELAY_LOCK})
        standing_by = threading.Thread(target=relay(database, broker.publisher()).run, args=(stopped,))
        standing_by.start()
        with database.transaction() as session:
            tell(session, opened("a"), "a1")
        assert broker.subscriber("test", [TOPIC]).poll(1.5) is None
        holder.invalidate()  # the holder's process dies, and with its connection the lock goes
    try:
        assert broker.subscriber("test", [TOPIC]).poll(10) is not None
    finally:
        stopped.set()
        standing_by.join(10)


class _Asking(InMemoryPublisher):
    """Does something while it publishes."""

    def __init__(self, broker: InMemoryBroker, ask: Callable[[], object]) -> None:
        super().__init__(broker)
        self._ask = ask

    def publish(self, records: Sequence[Record], timeout: float) -> int:
        self._ask()
        return super().publish(records, timeout)


def test_no_transaction_is_open_while_the_broker_keeps_the_relay_waiting(database: Database) -> None:
    open_transactions: list[int] = []

    def look() -> None:
        with database.transaction() as session:
            query = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            )
            open_transactions.append(session.scalar(text(query)))

    with database.transaction() as session:
        tell(session, opened("a"), "a1")
    assert publish_batch(database, _Asking(InMemoryBroker(), look)) == (1, 1)
    assert open_transactions == [0]


def test_a_relay_that_loses_its_lock_while_it_publishes_marks_nothing(database: Database) -> None:
    broker = InMemoryBroker()
    with database.transaction() as session:
        tell(session, opened("a"), "a1")
    with pytest.raises(psycopg.OperationalError):
        publish_batch(database, _Asking(broker, lambda: end_other_connections(database)))
    assert publish_batch(database, broker.publisher()) == (1, 1)
    first, second = (from_record(record).id for record in broker.records(TOPIC))
    assert first == second


def test_a_relay_whose_connection_ends_restarts(database: Database) -> None:
    broker, stopped = InMemoryBroker(), threading.Event()
    running = threading.Thread(target=relay(database, broker.publisher()).run, args=(stopped,))
    running.start()
    try:
        reader = broker.subscriber("test", [TOPIC])
        for number in range(2):
            with database.transaction() as session:
                tell(session, opened(str(number)), "a1")
            assert reader.poll(10) is not None
            end_other_connections(database)
    finally:
        stopped.set()
        running.join(10)


def test_what_is_published_again_goes_out_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause between two looks is made longer than the test waits."""
    monkeypatch.setattr(outbox, "LOOK_SECONDS", 3600.0)
    broker, stopped = InMemoryBroker(), threading.Event()
    running = threading.Thread(target=relay(database, broker.publisher()).run, args=(stopped,))
    running.start()
    try:
        reader = broker.subscriber("test", [TOPIC])
        with database.transaction() as session:
            tell(session, opened("a"), "a1")
        assert reader.poll(10) is not None
        now = SystemClock().now()
        assert wait_until(lambda: replayed(database, now) == 1, 10, 0.01)
        assert reader.poll(10) is not None
    finally:
        stopped.set()
        running.join(10)


def replayed(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return replay(session, now - timedelta(hours=1), now + timedelta(hours=1))


def end_other_connections(database: Database) -> None:
    """As a restart of the database does."""
    with database.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_an_operator_publishes_a_span_again_for_a_broker_that_lost_its_disk(database: Database) -> None:
    with database.transaction() as session:
        for number in range(3):
            tell(session, opened(str(number)), f"a{number}")
    publish_batch(database, InMemoryBroker().publisher())
    new_broker = InMemoryBroker()
    now = SystemClock().now()
    with database.transaction() as session:
        assert replay(session, now - timedelta(hours=2), now - timedelta(hours=1)) == 0
        assert replay(session, now - timedelta(hours=1), now + timedelta(hours=1)) == 3
    publish_batch(database, new_broker.publisher())
    assert sorted(accounts_in(new_broker)) == ["0", "1", "2"]


def test_published_events_are_purged_after_their_time_and_unpublished_ones_never(database: Database) -> None:
    with database.transaction() as session:
        tell(session, opened("published"), "a1")
    publish_batch(database, InMemoryBroker().publisher())
    with database.transaction() as session:
        tell(session, opened("waiting"), "a1")
    with database.transaction() as session:
        assert purge(session, SystemClock().now() + timedelta(days=1)) == 1
        assert len(session.scalars(select(OutboxRow)).all()) == 1
