"""Services rely on these properties of every broker: checked here for the unit tests' broker, in test_kafka for Apache
Kafka.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from deploy.local.waiting import wait_until
from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, from_record, to_record
from tests.contracts.brokers import (
    KEYS,
    PATIENCE,
    Group,
    InMemoryWorld,
    World,
    batch,
    first_copies,
    publish_all,
    read,
    read_all,
    read_until,
    texts,
)


def event(ward: str) -> Event:
    moment = datetime(2020, 10, 6, 2, tzinfo=UTC)
    return Event("e-1", "vn.caunoi.accounts.account.opened.v1", f"/wards/{ward}/accounts", "a-1", moment, b"payload")


def by_place(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.partition, record.offset))


class BrokerContract:
    """Holds for every broker."""

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
        """The right to write is given by topic, so the topic alone proves the sender (docs/architecture.md, Events)."""
        topics = ["caunoi.20227.accounts.v1", "caunoi.20248.accounts.v1"]
        told = event("20248")
        for topic in topics:
            world.make_topic(topic)
            publish_all(world.publisher(), [replace(to_record(told), topic=topic)])
        came = {record.topic: record for record in read_all(world.subscriber("g", *topics), 2)}
        assert from_record(came["caunoi.20248.accounts.v1"]) == told
        with pytest.raises(ValueError, match="a ward speaks for itself only"):
            from_record(came["caunoi.20227.accounts.v1"])

    def test_committed_records_do_not_come_again_and_the_rest_does(self, world: World, topic: str) -> None:
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
        published = read_all(world.subscriber("another", topic), 3 * len(KEYS))
        subscriber = world.subscriber("g", topic)
        (postponed,) = read_all(subscriber, 1, commit=False)
        subscriber.postpone(postponed)
        others = [record for record in published if record.partition != postponed.partition]
        assert others, "nothing to read in the other partitions"
        assert by_place(read_all(subscriber, len(others))) == by_place(others)
        assert read(subscriber, 1, seconds=0.5) == []
        subscriber.resume()
        late = read_all(subscriber, len(published) - len(others))
        assert late[0] == postponed
        assert {record.partition for record in late} == {postponed.partition}

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
        assert first.is_reading() or second.is_reading()
        assert other.is_reading()

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
