"""No event is lost, doubled in effect, or out of order for its key (docs/architecture.md, rule 2): the reading side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Text, func, select
from sqlalchemy import text as statement
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.chassis.clock import SystemClock
from services.chassis.database.connection import Database
from services.chassis.database.tables import InboxRow, ParkedRow
from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, to_record
from services.chassis.events.inbox import LATE_TRIES, PARKING_CAP, Handler, Inbox, ParkingFull, parked
from services.chassis.grpc.client import unavailable
from tests.district import DISTRICT
from tests.fakes.broker import InMemoryBroker, InMemorySubscriber

TYPE = "vn.caunoi.accounts.account.opened.v1"
TOPIC = "caunoi.20248.accounts.v1"


def event(key: str, text: str, id: str = "") -> Record:
    return to_record(Event(id or str(uuid4()), TYPE, "/wards/20248/accounts", key, datetime.now(UTC), text.encode()))


class Recorder:
    """A handler that notes the events that it handled, after the commit, and fails when a test wants it to."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.failing: dict[str, Callable[[], Exception]] = {}

    def __call__(self, session: Session, event: Event) -> None:
        text = event.payload.decode()
        if text in self.failing:
            fault = self.failing[text]()
            raise fault
        listen(session, "after_commit", lambda _: self.handled.append(text), once=True)


def inbox(database: Database, handler: Handler) -> Inbox:
    return Inbox("test", "20248", database, {TYPE: handler}, SystemClock(), DISTRICT)


def test_an_event_that_comes_twice_has_its_effect_once(database: Database) -> None:
    recorder = Recorder()
    record = event("a1", "first")
    assert inbox(database, recorder).take(record) == []
    assert inbox(database, recorder).take(record) == []
    assert recorder.handled == ["first"]


def test_two_readers_of_one_event_at_the_same_moment_handle_it_once(database: Database) -> None:
    recorder = Recorder()
    record = event("a1", "first")
    threads = [threading.Thread(target=inbox(database, recorder).take, args=(record,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 1
    assert recorder.handled == ["first"]


def test_a_type_that_nobody_handles_is_passed_over(database: Database) -> None:
    other = to_record(Event("1", "vn.caunoi.x.y.zed.v1", "/wards/20248/x", "k", datetime.now(UTC), b""))
    assert inbox(database, Recorder()).take(other) == []


def test_a_poison_event_is_parked_with_all_later_events_of_its_key_and_no_others(database: Database) -> None:
    recorder = Recorder()
    recorder.failing["bad"] = lambda: ValueError("cannot be read")
    box = inbox(database, recorder)
    for record in (event("a1", "bad"), event("a1", "behind it"), event("a2", "other key")):
        assert box.take(record) == []
    assert recorder.handled == ["other key"]
    with database.transaction() as session:
        assert [row.error for row in parked(session, "test")] == [
            "ValueError: cannot be read",
            "waits behind an earlier event of its key",
        ]


def test_events_that_arrive_together_are_handled_in_one_transaction_and_in_order(database: Database) -> None:
    handled: list[tuple[str, str | None]] = []

    def note(session: Session, event: Event) -> None:
        number = session.scalar(select(func.pg_current_xact_id().cast(Text)))
        handled.append((event.payload.decode(), number))

    first = event("a1", "first")
    assert inbox(database, note).take(first, event("a2", "second"), event("a1", "third"), first) == []
    assert [text for text, _ in handled] == ["first", "second", "third"]
    assert len({number for _, number in handled}) == 1


def test_a_poison_event_among_others_is_parked_and_they_are_handled(database: Database) -> None:
    recorder = Recorder()
    recorder.failing["bad"] = lambda: ValueError("cannot be read")
    box = inbox(database, recorder)
    assert box.take(event("a1", "bad"), event("a2", "other key"), event("a1", "behind it")) == []
    assert box.take(event("a1", "later"), event("a3", "other key too")) == []
    assert recorder.handled == ["other key", "other key too"]
    with database.transaction() as session:
        assert [row.value.decode() for row in parked(session, "test")] == ["bad", "behind it", "later"]


def test_events_after_one_that_waits_wait_too_and_other_partitions_go_on(
    database: Database,
) -> None:
    recorder = Recorder()
    recorder.failing["waits"] = unavailable
    records = [
        replace(event("a1", text), partition=partition, offset=offset)
        for offset, (partition, text) in enumerate([(0, "a"), (1, "b"), (1, "waits"), (0, "c"), (1, "d"), (2, "e")])
    ]
    subscription = Subscription(records)
    inbox(database, recorder).run(subscription, subscription.stopped)
    assert recorder.handled == ["a", "b", "c", "e"]
    assert subscription.committed == {0: 3, 1: 1, 2: 5}
    assert subscription.postponed == {1: 2}


class Subscription(InMemorySubscriber):
    """Brings some records once, and then ends the loop."""

    def __init__(self, records: Sequence[Record]) -> None:
        super().__init__(InMemoryBroker(), "test", [])
        self._records = list(records)
        self.stopped = threading.Event()
        self.committed: dict[int, int] = {}
        self.postponed: dict[int, int] = {}

    def poll(self, timeout: float) -> Record | None:
        if self._records:
            return self._records.pop(0)
        self.stopped.set()
        return None

    def commit(self, record: Record) -> None:
        self.committed[record.partition] = record.offset

    def postpone(self, record: Record) -> None:
        self.postponed[record.partition] = record.offset


def test_parked_events_are_handled_in_order_once_the_fault_is_fixed(database: Database) -> None:
    recorder = Recorder()
    recorder.failing["bad"] = lambda: ValueError("cannot be read")
    box = inbox(database, recorder)
    for text in ("bad", "second", "third"):
        box.take(event("a1", text))
    assert box.replay_parked() == (0, 3)
    recorder.failing.clear()
    assert box.replay_parked() == (3, 0)
    assert recorder.handled == ["bad", "second", "third"]
    assert box.take(event("a1", "fourth")) == []
    assert recorder.handled[-1] == "fourth"


@pytest.mark.parametrize("away", [unavailable, lambda: OperationalError("", {}, Exception())])
def test_a_temporary_fault_is_retried_and_not_parked(database: Database, away: Callable[[], Exception]) -> None:
    recorder = Recorder()
    recorder.failing["first"] = away
    box = inbox(database, recorder)
    record = event("a1", "first")
    assert box.take(record) == [record]
    recorder.failing.clear()
    assert box.take(record) == []
    assert recorder.handled == ["first"]
    with database.transaction() as session:
        assert parked(session, "test") == []


def slow(session: Session, _: Event) -> None:
    session.scalar(select(func.pg_sleep(60)))


def test_an_event_that_no_statement_has_time_for_is_parked_and_those_behind_it_go_on(database: Database) -> None:
    """Else it would come again for ever: a database that lets a statement run out of time is there."""
    hasty = Database(database.url, statement_timeout_ms=100)
    recorder = Recorder()

    def handle(session: Session, event: Event) -> None:
        (slow if event.payload == b"slow" else recorder)(session, event)

    box = inbox(hasty, handle)
    first, second = event("a1", "slow"), event("a2", "behind it in the partition")
    for _ in range(LATE_TRIES - 1):
        assert box.take(first, second) == [first]
    assert recorder.handled == []
    assert box.take(first, second) == []
    assert recorder.handled == ["behind it in the partition"]
    with database.transaction() as session:
        assert [row.error for row in parked(session, "test")] == ["not done in its time, 10 times: OperationalError"]
    hasty.close()


def test_an_event_that_is_late_now_and_then_is_not_parked(database: Database) -> None:
    hasty = Database(database.url, statement_timeout_ms=100)
    box = inbox(hasty, slow)
    records = [replace(event("a1", str(number)), offset=number) for number in range(2)]
    for record in records:
        for _ in range(LATE_TRIES - 1):
            assert box._take_alone(record) is False
    with database.transaction() as session:
        assert parked(session, "test") == []
    hasty.close()


def test_an_event_that_has_to_wait_is_seen_by_its_age_and_by_nothing_once_it_is_handled(database: Database) -> None:
    broker, stopped, ages = InMemoryBroker(), threading.Event(), []

    def away_once(session: Session, event: Event) -> None:
        ages.append(waits())
        assert gauge("caunoi_subscription_reading") == 1
        if len(ages) < 3:  # in a transaction with all events that came, and then alone
            raise unavailable()
        listen(session, "after_commit", lambda _: stopped.set(), once=True)

    def gauge(name: str) -> float:
        return REGISTRY.get_sample_value(name, {"process": "test", "ward": "20230"}) or 0

    def waits() -> float:
        return gauge("caunoi_events_wait_seconds")

    broker.append(event("a1", "first"))
    box = Inbox("test", "20230", database, {TYPE: away_once}, SystemClock(), DISTRICT, process="test")
    box.run(broker.subscriber("test", [TOPIC]), stopped)
    assert ages[0] == ages[1] == 0 < ages[2]
    assert waits() == gauge("caunoi_subscription_reading") == 0, "a reader that has ended says nothing more"


def test_a_subscription_that_ends_while_an_event_waits_does_not_call_anybody_for_ever(database: Database) -> None:
    """As if the tables had gone: otherwise the number would stay the same until the process restarts."""
    broker, stopped = InMemoryBroker(), threading.Event()

    def away(session: Session, event: Event) -> None:
        stopped.set()
        raise unavailable()

    broker.append(event("a1", "first"))
    box = Inbox("test", "20236", database, {TYPE: away}, SystemClock(), DISTRICT, process="test")
    box.run(broker.subscriber("test", [TOPIC]), stopped)
    assert REGISTRY.get_sample_value("caunoi_events_wait_seconds", {"process": "test", "ward": "20236"}) == 0


def test_a_handler_that_fails_leaves_nothing_of_its_work_behind(database: Database) -> None:
    def half_done(session: Session, event: Event) -> None:
        session.add(InboxRow(subscriber="half", event_id="done"))
        session.flush()
        raise ValueError

    inbox(database, half_done).take(event("a1", "first"))
    with database.transaction() as session:
        assert session.get(InboxRow, ("half", "done")) is None


def test_an_event_that_meets_no_table_waits_for_the_tables_and_is_not_parked(database: Database) -> None:
    """The tables of a database that was restored from before the last migration; its process has not checked
    again yet.
    """
    tables: list[str] = []

    def handle(session: Session, _: Event) -> None:
        session.execute(statement(f"SELECT 1 FROM {tables[0] if tables else 'of_a_later_revision'}"))

    box = Inbox("test", "20248", database, {TYPE: handle}, SystemClock(), DISTRICT, has_tables=lambda: bool(tables))
    first, unreadable = event("a1", "first"), Record(TOPIC, "a2", b"", {"ce_type": TYPE})
    assert box.take(first) == [first]
    assert box.take(unreadable) == [unreadable]
    with database.transaction() as session:
        assert parked(session, "test") == []
    tables.append("inbox")
    assert box.take(first) == []
    assert box.take(unreadable) == []
    with database.transaction() as session:
        assert [row.key for row in parked(session, "test")] == ["a2"]


def test_when_too_much_is_parked_the_subscription_stops_rather_than_empty_the_topic(database: Database) -> None:
    recorder = Recorder()
    recorder.failing = {str(number): lambda: ValueError("a bad deploy") for number in range(PARKING_CAP + 1)}
    box = inbox(database, recorder)
    for number in range(PARKING_CAP):
        assert box.take(event(f"key-{number}", str(number))) == []
    with pytest.raises(ParkingFull):
        box.take(event("one-more", str(PARKING_CAP)))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ParkedRow)) == PARKING_CAP


def test_a_record_that_is_no_event_is_parked_with_its_reason(database: Database) -> None:
    assert inbox(database, Recorder()).take(Record(TOPIC, "a1", b"garbage", {})) == []
    with database.transaction() as session:
        assert "no CloudEvent" in parked(session, "test")[0].error


def test_the_poll_loop_keeps_the_order_of_a_key_while_its_database_goes_and_comes(database: Database) -> None:
    broker = InMemoryBroker()
    recorder = Recorder()
    outages = iter([True, True, False])

    def sometimes_away(session: Session, event: Event) -> None:
        if event.payload == b"2" and next(outages, False):
            raise unavailable()
        recorder(session, event)
        if event.payload == b"5":
            listen(session, "after_commit", lambda _: stopped.set(), once=True)

    stopped = threading.Event()
    for number in range(6):
        broker.append(event("a1", str(number)))
    inbox(database, sometimes_away).run(broker.subscriber("test", [TOPIC]), stopped)
    assert recorder.handled == ["0", "1", "2", "3", "4", "5"]
    assert broker.subscriber("test", [TOPIC]).poll(0) is None  # all offsets are committed
