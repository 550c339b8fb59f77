"""Apache Kafka keeps what services rely on, also when one of its processes fails (docs/architecture.md, rule 2).

All in one file: with `--dist loadfile` one worker runs it, and starts the one Kafka.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException

from deploy.local.ports import HOST
from deploy.local.waiting import wait_until
from services.chassis.events import broker
from services.chassis.events.broker import KafkaPublisher, KafkaSubscriber, LibrdkafkaLog, Record
from services.chassis.events.rewinding import rewind
from tests.contracts.brokers import (
    KEYS,
    PATIENCE,
    Kafka,
    KafkaWorld,
    batch,
    first_copies,
    publish_all,
    read,
    read_all,
    read_until,
    read_until_all,
    read_while,
    texts,
)
from tests.contracts.relay import Request
from tests.contracts.test_broker import BrokerContract


@pytest.fixture
def world(kafka: Kafka) -> Iterator[KafkaWorld]:
    world = KafkaWorld(kafka)
    yield world
    world.close()


class TestApacheKafka(BrokerContract):
    """Where it behaves as every broker does."""


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
        seen = self._rounds
        assert wait_until(lambda: producer.poll(0.1) >= 0 and self._rounds >= seen + 2, PATIENCE)
        return self._sizes


def test_a_subscriber_says_whether_it_would_get_what_comes(world: KafkaWorld) -> None:
    """It counts as well without its topic, since a new one would read nothing either; somebody must be told."""
    topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
    subscriber = world.subscriber("g", topic)

    def is_reading() -> bool:
        read(subscriber, 1, seconds=0.1)
        return subscriber.is_reading()

    assert not wait_until(is_reading, 15)
    assert subscriber.is_well()
    world.make_topic(topic)
    assert wait_until(is_reading, PATIENCE)
    world.end()
    try:
        assert wait_until(lambda: not is_reading(), PATIENCE)
    finally:
        world.mend()
    assert wait_until(is_reading, PATIENCE)


def test_what_a_subscriber_gathers_comes_together_and_in_order(world: KafkaWorld, topic: str) -> None:
    publisher, at_once, gathering = world.publisher(), world.subscriber("a", topic), world.gathering("g", topic, 5.0)
    publish_all(publisher, batch(topic, "0"))
    for each in (at_once, gathering):
        read_until(each, "0")
    for number in ("1", "2", "3"):
        publish_all(publisher, batch(topic, number))
        assert texts(read(at_once, 1)) == [number]
    assert gathering.poll(0.1) is None, "it comes later"
    assert texts(read(gathering, 1)) == ["1"]
    assert texts(read(gathering, 2, seconds=0.1)) == ["2", "3"]


def test_an_outage_longer_than_any_record_may_wait_leaves_the_publisher_usable(world: KafkaWorld, topic: str) -> None:
    """Records wait without limit; an option can set one, and then a gap ends the producer: it is replaced."""
    publisher = world.relayed_publisher(**{"message.timeout.ms": "600", "linger.ms": "500"})
    with closing(world.relay()) as relay:
        publish_all(publisher, batch(topic, "1"))
        relay.fall_silent()
        assert publisher.publish(batch(topic, "2", "3"), 1.5) == 0
    assert publisher.publish(batch(topic, "2", "3"), 1.5) == 0
    with closing(world.relay()):
        publish_all(publisher, batch(topic, "2", "3"))
    assert first_copies(read_until(world.subscriber("g", topic), "3")) == ["1", "2", "3"]


def test_a_refused_record_is_not_acknowledged_and_nothing_behind_it_overtakes_it(world: KafkaWorld) -> None:
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


def test_a_wave_is_one_request_of_a_partition_for_a_producer_that_is_new_too(world: KafkaWorld, topic: str) -> None:
    """On this the order of a key rests: see KafkaPublisher."""
    records = batch(topic, *(str(number) for number in range(500)))
    for waves in (1, 1, 1, 20):
        requests = Requests()
        publisher = world.publisher(**requests.options)
        for _ in range(waves):
            assert publisher.publish(records, PATIENCE) == 500
        assert requests.sizes(publisher) == {500}


def test_a_publisher_has_its_producer_id_before_it_is_given_a_record(world: KafkaWorld) -> None:
    """To wait for one takes up to half a second, which the first event after a start would be late."""
    states: list[str] = []
    options: dict[str, Any] = {
        "statistics.interval.ms": "50",
        "stats_cb": lambda statistics: states.append(json.loads(statistics)["eos"]["idemp_state"]),
    }
    publisher = world.publisher(**options)
    assert wait_until(lambda: publisher._producer.poll(0.1) >= 0 and "Assigned" in states, PATIENCE)


def test_waves_wait_for_one_another(world: KafkaWorld) -> None:
    """Two waves: the broker refuses the first, so the second is not sent."""
    topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
    world.make_topic_of_small_records(topic, 300_000)
    publisher = world.publisher(**{"compression.type": "none"})
    large, small = Record(topic, "d-1", b"1" * 450_000), Record(topic, "d-1", b"2" * 200_000)
    assert publisher.publish([large, small], PATIENCE) == 0
    publish_all(publisher, [small, *batch(topic, "3")])
    assert texts(read_until(world.subscriber("g", topic), "3")) == ["2" * 200_000, "3"]


def test_a_record_that_no_request_holds_stops_those_behind_it_only(world: KafkaWorld, topic: str) -> None:
    too_large = Record(topic, "d-1", b"2" * 2_000_000)
    assert world.publisher().publish([*batch(topic, "1"), too_large, *batch(topic, "3")], PATIENCE) == 1


def test_a_group_reads_again_from_a_moment_on_unless_it_is_at_work(world: KafkaWorld, topic: str) -> None:
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


def test_a_topic_that_is_missing_holds_up_its_own_publisher_only(world: KafkaWorld, topic: str) -> None:
    stuck = world.publisher()
    assert stuck.publish(batch("caunoi.20227.nowhere.v1", "1"), 1) == 0
    assert world.publisher().publish(batch(topic, "1"), 5) == 1
    assert stuck.publish(batch(topic, "2"), PATIENCE) == 1


def test_records_in_doubt_at_the_deadline_never_come_out_of_order(world: KafkaWorld, topic: str) -> None:
    """A broker that hangs accepts requests and answers none; the relay publishes again, and both copies arrive."""
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


def test_a_subscriber_that_restarts_while_the_broker_is_away_reads_on(
    world: KafkaWorld, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it has records that it cannot commit and has not finished."""
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
    world: KafkaWorld, topic: str, kind: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """librdkafka waits five minutes for the answer to a request to join: the consumer is replaced before that."""
    monkeypatch.setattr(broker, "RENEW_SECONDS", 2.0)
    publish_all(world.publisher(), batch(topic, "1"))
    with closing(world.relay()) as relay:
        relay.lose_answer(kind)
        subscriber = world.relayed_subscriber("g", topic)
        assert texts(read_all(subscriber, 1)) == ["1"]
        assert relay.has_lost_all
        subscriber.close()


def test_a_subscriber_reads_on_although_its_connections_stay_open_and_say_nothing(
    world: KafkaWorld, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, without a restart."""
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
    world: KafkaWorld, topic: str
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


def test_a_broker_that_is_away_makes_a_bounded_number_of_log_lines(
    log_lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """librdkafka itself writes some thirty a second in each consumer."""
    monkeypatch.setattr(broker, "_LIBRDKAFKA_LOG", LibrdkafkaLog())
    readers = [KafkaSubscriber({"bootstrap.servers": "127.0.0.1:1"}, f"readers-{n}", ["t"]) for n in range(3)]
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for reader in readers:
                reader.poll(0.1)
    finally:
        for reader in readers:
            reader.close()
    kinds = Counter(line["line"].split(" ", 1)[0] for line in log_lines if line["event"] == "librdkafka")
    assert kinds["FAIL"] == 1
    assert set(kinds.values()) == {1}


@pytest.mark.parametrize("client", ["reader", "publisher"])
def test_a_client_that_waits_for_its_broker_asks_for_it_a_few_times_a_second(client: str) -> None:
    """By default twenty times: eighty clients would take from the broker the processor that it needs to start."""
    tries = 0
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(0.1)
        options = {"bootstrap.servers": f"{HOST}:{listening.getsockname()[1]}"}
        over = threading.Event()

        def refuse() -> None:
            nonlocal tries
            while not over.is_set():
                with suppress(TimeoutError):
                    listening.accept()[0].close()
                    tries += 1

        with ThreadPoolExecutor(1) as pool:
            pool.submit(refuse)
            try:
                if client == "reader":
                    reader = KafkaSubscriber(options, "g", ["t"])
                    until = time.monotonic() + 4
                    while time.monotonic() < until:
                        reader.poll(0.1)
                    reader.close()
                else:
                    KafkaPublisher(options).publish(batch("t", "a"), 4)
            finally:
                over.set()
    assert 2 < tries < 30
