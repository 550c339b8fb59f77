"""The broker of the unit tests and Apache Kafka behave alike where services rely on it (DESIGN §4.2)."""

from __future__ import annotations

import json
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.waiting import wait_until
from services.chassis import broker
from services.chassis.broker import (
    InMemoryBroker,
    KafkaPublisher,
    KafkaSubscriber,
    Publisher,
    Record,
    Subscriber,
)
from services.chassis.events import Event, from_record, to_record
from services.chassis.rewinding import rewind
from services.chassis.topics import ensure_topics
from tests.contracts.conftest import Kafka
from tests.contracts.relay import Relay, Request

#: Waits are cut short so that the tests need not wait; what is waited for stays the same.
FASTER = {
    "topic.metadata.refresh.interval.ms": "500",
    "session.timeout.ms": "6000",
    "fetch.wait.max.ms": "50",
    "reconnect.backoff.max.ms": "500",
    "statistics.interval.ms": "200",
}
PATIENCE = 30.0
PARTITIONS = 4
#: Enough of them that no partition is without one.
KEYS = [f"d-{number}" for number in range(12)]


class World(ABC):
    """A broker, and the hands that a test lays on it."""

    @abstractmethod
    def publisher(self) -> Publisher: ...

    @abstractmethod
    def subscriber(self, group: str, *topics: str) -> Subscriber: ...

    @abstractmethod
    def make_topic(self, topic: str) -> None: ...

    @abstractmethod
    def end(self) -> None:
        """The broker is gone; what it has acknowledged is not."""

    @abstractmethod
    def mend(self) -> None: ...


class InMemoryWorld(World):
    def __init__(self) -> None:
        self._broker = InMemoryBroker()

    def publisher(self) -> Publisher:
        return self._broker.publisher()

    def subscriber(self, group: str, *topics: str) -> Subscriber:
        return self._broker.subscriber(group, topics)

    def make_topic(self, topic: str) -> None:
        """There is nothing to make."""

    def end(self) -> None:
        self._broker.away = True

    def mend(self) -> None:
        self._broker.away = False


class KafkaWorld(World):
    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._opened: list[Publisher | Subscriber] = []
        self.options: Mapping[str, str] = {"bootstrap.servers": kafka.bootstrap}

    def publisher(self, **options: Any) -> KafkaPublisher:
        publisher = KafkaPublisher({**self.options, "reconnect.backoff.max.ms": "500", **options})
        self._opened.append(publisher)
        return publisher

    def subscriber(self, group: str, *topics: str) -> KafkaSubscriber:
        return self._subscriber({**self.options, **FASTER}, group, topics)

    def relayed_subscriber(self, group: str, *topics: str) -> KafkaSubscriber:
        """With the time limits of production for what it asks and the relay loses."""
        options = {**FASTER, "bootstrap.servers": self._kafka.bootstrap_by_relay}
        return self._subscriber(options, group, topics)

    def _subscriber(self, options: Mapping[str, str], group: str, topics: Sequence[str]) -> KafkaSubscriber:
        subscriber = KafkaSubscriber(options, group, topics)
        self._opened.append(subscriber)
        return subscriber

    def make_topic(self, topic: str) -> None:
        ensure_topics(self.options, [topic], partitions=PARTITIONS, replication=1)

    def make_topic_of_small_records(self, topic: str, largest: int) -> None:
        new = NewTopic(topic, num_partitions=1, replication_factor=1, config={"max.message.bytes": str(largest)})
        admin = AdminClient(dict(self.options))
        for made in admin.create_topics([new]).values():
            made.result(PATIENCE)

    def end(self) -> None:
        self._kafka.kill()

    def mend(self) -> None:
        self._kafka.start()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """The broker is there and answers nothing."""
        self._kafka.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._kafka.signal(signal.SIGCONT)

    def relay(self) -> Relay:
        return self._kafka.relay()

    def close(self) -> None:
        for each in self._opened:
            with suppress(RuntimeError):  # a subscriber that the test has closed
                each.close()


def batch(topic: str, *texts: str, key: str = "d-1") -> list[Record]:
    return [Record(topic, key, text.encode()) for text in texts]


def publish_all(publisher: Publisher, records: Sequence[Record]) -> None:
    """As the relay does: what is not acknowledged comes again."""
    deadline = time.monotonic() + PATIENCE
    while records:
        assert time.monotonic() < deadline, f"{len(records)} records were not acknowledged"
        records = records[publisher.publish(records, 2) :]


def read(subscriber: Subscriber, count: int, *, commit: bool = True, seconds: float = PATIENCE) -> list[Record]:
    """The next `count` records, or those that come within `seconds`."""
    deadline = time.monotonic() + seconds
    records: list[Record] = []
    while len(records) < count and time.monotonic() < deadline:
        record = subscriber.poll(0.2)
        if record is not None:
            records.append(record)
            if commit:
                subscriber.commit(record)
    return records


def read_all(subscriber: Subscriber, count: int) -> list[Record]:
    records = read(subscriber, count)
    assert len(records) == count
    return records


def texts(records: Sequence[Record]) -> list[str]:
    return [record.value.decode() for record in records]


def first_copies(records: Sequence[Record]) -> list[str]:
    """What the inbox handles: of each event the copy that comes first."""
    return list(dict.fromkeys(texts(records)))


def read_until(subscriber: Subscriber, last: str) -> list[Record]:
    """Everything up to the first record that says `last`."""
    return read_while(subscriber, lambda came: came[-1].value.decode() != last)


def read_until_all(subscriber: Subscriber, values: AbstractSet[bytes]) -> list[Record]:
    return read_while(subscriber, lambda came: len({record.value for record in came}) < len(values))


def read_while(subscriber: Subscriber, goes_on: Callable[[list[Record]], bool], *, commit: bool = True) -> list[Record]:
    deadline = time.monotonic() + PATIENCE
    came: list[Record] = []
    while not came or goes_on(came):
        assert time.monotonic() < deadline, f"after {len(came)} records nothing more came"
        record = subscriber.poll(0.2)
        if record is not None:
            came.append(record)
            if commit:
                subscriber.commit(record)
    return came


class Group:
    """What came to the subscribers of a group, in the order in which it was done with."""

    def __init__(self) -> None:
        self.came: list[Record] = []
        self.over = threading.Event()
        self.second_leaves = threading.Event()
        self.second_read = threading.Event()

    def run(self, subscriber: Subscriber, stopped: threading.Event, has_read: threading.Event | None = None) -> None:
        while not stopped.is_set():
            record = subscriber.poll(0.1)
            if record is not None:
                self.came.append(record)
                subscriber.commit(record)
                if has_read is not None:
                    has_read.set()
        subscriber.close()


class Requests:
    """How many records each request of a publisher held, as librdkafka's statistics tell; also of one sent again."""

    def __init__(self) -> None:
        self._sizes: set[int] = set()
        self._rounds = 0
        self.options: dict[str, Any] = {"statistics.interval.ms": "50", "stats_cb": self._note}

    def _note(self, statistics: str) -> None:
        self._rounds += 1
        for topic in json.loads(statistics)["topics"].values():
            counted = topic["batchcnt"]
            if counted["cnt"]:
                self._sizes |= {counted["min"], counted["max"]}

    def sizes(self, publisher: KafkaPublisher) -> set[int]:
        producer = publisher._producer
        assert producer is not None
        seen = self._rounds
        assert wait_until(lambda: producer.poll(0.1) >= 0 and self._rounds >= seen + 2, PATIENCE)
        return self._sizes


def event(ward: str) -> Event:
    moment = datetime(2020, 10, 6, 2, tzinfo=UTC)
    return Event("e-1", "vn.caunoi.accounts.account.opened.v1", f"/wards/{ward}/accounts", "a-1", moment, b"payload")


class BrokerContract:
    """Holds for every broker."""

    @pytest.fixture
    def topic(self, world: World) -> str:
        topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
        world.make_topic(topic)
        return topic

    def test_records_of_a_key_come_in_the_order_they_were_published_in(self, world: World, topic: str) -> None:
        keys = [f"d-{number}" for number in range(7)]
        published = [Record(topic, keys[number % 7], str(number).encode()) for number in range(350)]
        publisher = world.publisher()
        for start in range(0, len(published), 50):
            assert publisher.publish(published[start : start + 50], PATIENCE) == 50
        came: dict[str, list[str]] = defaultdict(list)
        for record in read_all(world.subscriber("g", topic), len(published)):
            came[record.key].append(record.value.decode())
        assert came == {key: [str(number) for number in range(350) if keys[number % 7] == key] for key in keys}

    def test_a_record_is_read_by_each_group(self, world: World, topic: str) -> None:
        publish_all(world.publisher(), batch(topic, "a"))
        assert texts(read_all(world.subscriber("dossiers", topic), 1)) == ["a"]
        assert texts(read_all(world.subscriber("notifications", topic), 1)) == ["a"]

    def test_bytes_and_headers_arrive_unharmed(self, world: World, topic: str) -> None:
        value = bytes(range(256))
        headers = {"ce_id": "1", "ce_subject": "phường Nam Dương", "content-type": "application/protobuf"}
        publish_all(world.publisher(), [Record(topic, "hồ sơ", value, headers), Record(topic, "hồ sơ", b"")])
        first, second = read_all(world.subscriber("g", topic), 2)
        assert (first.topic, first.key, first.value, dict(first.headers)) == (topic, "hồ sơ", value, headers)
        assert (second.value, dict(second.headers)) == (b"", {})
        assert second.offset == first.offset + 1

    def test_a_record_says_by_its_topic_which_ward_wrote_it_whatever_its_headers_claim(self, world: World) -> None:
        """The right to write is given by topic, so the topic alone tells who speaks (DESIGN §7)."""
        topics = ["caunoi.20227.accounts.v1", "caunoi.20248.accounts.v1"]
        told = event("20248")
        for topic in topics:
            world.make_topic(topic)
            publish_all(world.publisher(), [replace(to_record(told), topic=topic)])
        came = {record.topic: record for record in read_all(world.subscriber("g", *topics), 2)}
        assert from_record(came["caunoi.20248.accounts.v1"]) == told
        with pytest.raises(ValueError, match="a ward speaks for itself only"):
            from_record(came["caunoi.20227.accounts.v1"])

    def test_what_a_group_has_committed_does_not_come_again_and_the_rest_does(self, world: World, topic: str) -> None:
        publish_all(world.publisher(), batch(topic, "a", "b", "c"))
        first = world.subscriber("g", topic)
        a, b = read(first, 2, commit=False)
        first.commit(a)
        first.close()
        assert texts(read_all(world.subscriber("g", topic), 2)) == ["b", "c"]
        assert b.value == b"b"

    def test_a_postponed_partition_waits_while_others_go_on_and_resumes_from_the_same_record(
        self, world: World, topic: str
    ) -> None:
        publish_all(world.publisher(), [Record(topic, key, f"{key}/{n}".encode()) for n in range(3) for key in KEYS])
        subscriber = world.subscriber("g", topic)
        (postponed,) = read(subscriber, 1, commit=False)
        subscriber.postpone(postponed)
        others = read(subscriber, 3 * len(KEYS), seconds=3)
        assert others, "nothing came of the other partitions"
        assert postponed.partition not in {record.partition for record in others}
        subscriber.resume()
        late = read_all(subscriber, 3 * len(KEYS) - len(others))
        assert late[0] == postponed
        assert {record.partition for record in late} == {postponed.partition}
        assert sorted(texts([*others, *late])) == sorted(f"{key}/{n}" for n in range(3) for key in KEYS)

    def test_a_record_can_be_postponed_again_and_again(self, world: World, topic: str) -> None:
        publish_all(world.publisher(), batch(topic, "a", "b", "c"))
        subscriber = world.subscriber("g", topic)
        for _ in range(3):
            (record,) = read(subscriber, 1, commit=False)
            assert record.value == b"a"
            subscriber.postpone(record)
            assert read(subscriber, 1, seconds=0.5) == []
            subscriber.resume()
        assert texts(read_all(subscriber, 3)) == ["a", "b", "c"]

    def test_nothing_is_acknowledged_while_the_broker_is_away_and_afterwards_all_go_on_where_they_were(
        self, world: World, topic: str
    ) -> None:
        publisher, subscriber = world.publisher(), world.subscriber("g", topic)
        assert publisher.publish(batch(topic, "1", "2"), PATIENCE) == 2
        assert texts(read_all(subscriber, 2)) == ["1", "2"]
        world.end()
        try:
            assert publisher.publish(batch(topic, "3", "4"), 1) == 0
            assert publisher.publish(batch(topic, "3", "4", "5"), 1) == 0
            assert read(subscriber, 1, seconds=1) == []
            assert subscriber.is_well(), "a new one would read nothing either"
        finally:
            world.mend()
        publish_all(publisher, batch(topic, "3", "4", "5", "6"))
        went_on = first_copies(read_until(subscriber, "6"))
        assert went_on[-4:] == ["3", "4", "5", "6"]  # a commit that the outage has swallowed brings older ones again
        assert first_copies(read_until(world.subscriber("another", topic), "6")) == ["1", "2", "3", "4", "5", "6"]

    def test_a_subscriber_that_has_nothing_to_read_is_well(self, world: World, topic: str) -> None:
        """Also one of two where the topic has work for one only, and one that has postponed all it has."""
        publish_all(world.publisher(), batch(topic, "a"))
        first, second = world.subscriber("g", topic), world.subscriber("g", topic)
        other = world.subscriber("another", topic)
        (record,) = read(other, 1, commit=False)
        other.postpone(record)
        deadline = time.monotonic() + PATIENCE
        seen_well = 0
        while seen_well < 3:
            assert time.monotonic() < deadline
            for each in (first, second, other):
                read(each, 1, seconds=0.1)
            seen_well = seen_well + 1 if first.is_well() and second.is_well() and other.is_well() else 0

    def test_a_topic_that_does_not_exist_yet_is_read_once_it_does(self, world: World) -> None:
        topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
        subscriber = world.subscriber("g", topic)
        assert read(subscriber, 1, seconds=1) == []
        assert subscriber.is_well()
        world.make_topic(topic)
        publish_all(world.publisher(), batch(topic, "a", "b"))
        assert texts(read_all(subscriber, 2)) == ["a", "b"]

    def test_a_second_subscriber_of_a_group_loses_nothing_and_keeps_the_order_of_a_key(
        self, world: World, topic: str
    ) -> None:
        """It joins in the middle and leaves again; of what comes twice, the first copies are in order."""
        publisher, group = world.publisher(), Group()
        published = 0

        def publish(rounds: int) -> None:
            nonlocal published
            for number in range(published, published + rounds):
                publish_all(publisher, [Record(topic, key, f"{key}/{number:05}".encode()) for key in KEYS])
            published += rounds

        with ThreadPoolExecutor(2) as pool:
            staying = pool.submit(group.run, world.subscriber("g", topic), group.over)
            try:
                publish(20)
                assert wait_until(lambda: len(group.came) >= 20, PATIENCE)
                leaving = pool.submit(group.run, world.subscriber("g", topic), group.second_leaves, group.second_read)
                deadline = time.monotonic() + PATIENCE
                while not group.second_read.wait(0.1):  # not faster than they read
                    assert time.monotonic() < deadline, "the second subscriber was given nothing to read"
                    publish(2)
                publish(20)
                group.second_leaves.set()
                leaving.result(PATIENCE)
                publish(20)
                wanted = published * len(KEYS)
                came = wait_until(lambda: len({record.value for record in group.came}) == wanted, PATIENCE)
                assert came, f"{len({record.value for record in group.came})} of {wanted} records came"
            finally:
                group.second_leaves.set()
                group.over.set()
            staying.result(PATIENCE)
        for key in KEYS:
            of_key = [record for record in group.came if record.key == key]
            assert first_copies(of_key) == [f"{key}/{number:05}" for number in range(published)]


class TestInMemoryBroker(BrokerContract):
    @pytest.fixture
    def world(self) -> World:
        return InMemoryWorld()


class TestApacheKafka(BrokerContract):
    """What only a broker in a process of its own can do wrong."""

    @pytest.fixture
    def world(self, kafka: Kafka) -> Iterator[KafkaWorld]:
        world = KafkaWorld(kafka)
        yield world
        world.close()

    def test_an_outage_longer_than_any_record_may_wait_leaves_the_publisher_usable(
        self, world: KafkaWorld, topic: str
    ) -> None:
        """Records wait without limit; an option can set one, and then a gap ends the producer: it is replaced."""
        publisher = world.publisher(**{"message.timeout.ms": "600", "linger.ms": "500"})
        publish_all(publisher, batch(topic, "1"))
        world.end()
        try:
            for _ in range(2):
                assert publisher.publish(batch(topic, "2", "3"), 1.5) == 0
        finally:
            world.mend()
        publish_all(publisher, batch(topic, "2", "3"))
        assert first_copies(read_until(world.subscriber("g", topic), "3")) == ["1", "2", "3"]

    def test_a_refused_record_is_not_acknowledged_and_nothing_behind_it_overtakes_it(self, world: KafkaWorld) -> None:
        """Each time by a producer that the broker has not heard of: it would take any later request for the first."""
        topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
        world.make_topic_of_small_records(topic, 100_000)
        publisher = world.publisher(**{"compression.type": "none"})
        publish_all(publisher, batch(topic, "0"))
        behind = batch(topic, *(str(number) for number in range(2, 300)))
        began = time.monotonic()
        for _ in range(10):
            assert publisher.publish([Record(topic, "d-1", b"1" * 150_000), *behind], PATIENCE) == 0
        assert time.monotonic() - began < PATIENCE, "a refusal is known at once"
        publish_all(publisher, batch(topic, "1") + behind)
        assert texts(read_until(world.subscriber("g", topic), "299")) == [str(number) for number in range(300)]

    def test_a_wave_is_one_request_of_a_partition_for_a_producer_that_is_new_too(
        self, world: KafkaWorld, topic: str
    ) -> None:
        """On this the order of a key rests: see KafkaPublisher."""
        records = batch(topic, *(str(number) for number in range(500)))
        for waves in (1, 1, 1, 20):
            requests = Requests()
            publisher = world.publisher(**requests.options)
            for _ in range(waves):
                assert publisher.publish(records, PATIENCE) == 500
            assert requests.sizes(publisher) == {500}

    def test_waves_wait_for_one_another(self, world: KafkaWorld) -> None:
        """Two waves, of which the broker refuses the first: the second is not sent."""
        topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
        world.make_topic_of_small_records(topic, 300_000)
        publisher = world.publisher(**{"compression.type": "none"})
        large, small = Record(topic, "d-1", b"1" * 450_000), Record(topic, "d-1", b"2" * 200_000)
        assert publisher.publish([large, small], PATIENCE) == 0
        publish_all(publisher, [small, *batch(topic, "3")])
        assert texts(read_until(world.subscriber("g", topic), "3")) == ["2" * 200_000, "3"]

    def test_a_record_that_no_request_holds_stops_those_behind_it_only(self, world: KafkaWorld, topic: str) -> None:
        too_large = Record(topic, "d-1", b"2" * 2_000_000)
        assert world.publisher().publish([*batch(topic, "1"), too_large, *batch(topic, "3")], PATIENCE) == 1

    def test_a_group_reads_again_from_a_moment_on_unless_it_is_at_work(self, world: KafkaWorld, topic: str) -> None:
        """For a database that was restored: its inbox knows less than the group has committed."""
        publisher = world.publisher()
        publish_all(publisher, batch(topic, "1", "2"))
        subscriber = world.subscriber("g", topic)
        (_, second) = read_all(subscriber, 2)
        between = datetime.now(UTC)
        wait_until(lambda: datetime.now(UTC) > between + timedelta(milliseconds=20), 1)
        publish_all(publisher, batch(topic, "3", "4"))
        assert texts(read_all(subscriber, 2)) == ["3", "4"]

        def is_refused() -> bool:
            try:  # what is done is committed in a moment; until then there is nothing to go back behind
                assert rewind(world.options, "g", [topic], between) == 0
            except KafkaException:
                return True
            return False

        assert wait_until(is_refused, PATIENCE)
        subscriber.close()
        later = datetime.now(UTC) + timedelta(minutes=1)
        assert rewind(world.options, "g", [topic, "caunoi.20227.nowhere.v1"], later) == 0
        assert rewind(world.options, "g", [topic], between) == 1
        again = read_all(world.subscriber("g", topic), 2)
        assert [(record.value, record.offset) for record in again] == [
            (b"3", second.offset + 1),
            (b"4", second.offset + 2),
        ]

    def test_a_topic_that_is_missing_holds_up_its_own_publisher_only(self, world: KafkaWorld, topic: str) -> None:
        stuck = world.publisher()
        assert stuck.publish(batch("caunoi.20227.nowhere.v1", "1"), 1) == 0
        assert world.publisher().publish(batch(topic, "1"), 5) == 1
        assert stuck.publish(batch(topic, "2"), PATIENCE) == 1

    def test_what_is_in_doubt_at_the_deadline_never_comes_out_of_order(self, world: KafkaWorld, topic: str) -> None:
        """A broker that hangs takes requests in and answers none; the relay publishes again, and both copies arrive."""
        publisher = world.publisher()
        publish_all(publisher, batch(topic, "0"))
        wanted = [str(number) for number in range(1, 401)]
        left = batch(topic, *wanted)
        with world.hanging():
            for _ in range(3):
                left = left[publisher.publish(left, 0.5) :]
        publish_all(publisher, left)
        copies = read_until(world.subscriber("g", topic), wanted[-1])
        assert first_copies(copies) == ["0", *wanted]

    def test_a_subscriber_that_is_begun_anew_while_the_broker_is_away_reads_on(
        self, world: KafkaWorld, topic: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also with records in hand that it can neither commit nor has done with."""
        monkeypatch.setattr(broker, "RENEW_SECONDS", 2.0)
        publisher = world.publisher()
        publish_all(publisher, batch(topic, *(str(number) for number in range(20))))
        subscriber = world.subscriber("g", topic)
        first, second = read(subscriber, 2, commit=False)
        subscriber.commit(first)
        begun = subscriber._consumer
        world.end()
        try:
            came = [first, second, *read_while(subscriber, lambda _: subscriber._consumer is begun, commit=False)]
            subscriber.commit(came[-1])
            subscriber.postpone(came[-1])
            subscriber.resume()
        finally:
            world.mend()
        publish_all(publisher, batch(topic, "20"))
        came += read_until(subscriber, "20")
        assert first_copies(came) == [str(number) for number in range(21)]

    @pytest.mark.parametrize("kind", Request)
    def test_a_subscriber_reads_whichever_answer_to_it_is_lost(
        self, world: KafkaWorld, topic: str, kind: Request, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An answer to a request to join is waited for five minutes by librdkafka: then it is begun anew."""
        monkeypatch.setattr(broker, "RENEW_SECONDS", 2.0)
        publish_all(world.publisher(), batch(topic, "1"))
        with closing(world.relay()) as relay:
            relay.lose_answer(kind)
            subscriber = world.relayed_subscriber("g", topic)
            assert texts(read_all(subscriber, 1)) == ["1"]
            assert relay.has_lost_all
            subscriber.close()

    def test_a_subscriber_reads_on_although_its_connections_stay_open_and_say_nothing(
        self, world: KafkaWorld, topic: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By itself, without being begun anew."""
        monkeypatch.setattr(broker, "RENEW_SECONDS", 1000.0)
        publisher = world.publisher()
        publish_all(publisher, batch(topic, "1"))
        with closing(world.relay()) as relay:
            subscriber = world.relayed_subscriber("g", topic)
            assert texts(read_all(subscriber, 1)) == ["1"]
            relay.fall_silent()
            publish_all(publisher, batch(topic, "2"))
            read_until(subscriber, "2")
            subscriber.close()

    def test_a_broker_killed_again_and_again_while_records_are_published_loses_and_swaps_none(
        self, world: KafkaWorld, topic: str
    ) -> None:
        publisher, done = world.publisher(), threading.Semaphore(0)
        records = [Record(topic, KEYS[number % 3], f"{number:05}".encode()) for number in range(3000)]

        def publish() -> None:
            for start in range(0, len(records), 20):
                publish_all(publisher, records[start : start + 20])
                done.release()

        with ThreadPoolExecutor(1) as pool:
            publishing = pool.submit(publish)
            for _ in range(2):
                for _ in range(5):
                    assert done.acquire(timeout=PATIENCE)
                world.end()
                world.mend()
            publishing.result(PATIENCE)
        came = read_until_all(world.subscriber("g", topic), {record.value for record in records})
        for key in KEYS[:3]:
            of_key = [record for record in came if record.key == key]
            assert first_copies(of_key) == [record.value.decode() for record in records if record.key == key]
