"""The broker as the services see it: an ordered log per key that can be written and read.

`KafkaPublisher` and `KafkaSubscriber` are the real thing; `InMemoryBroker` behaves alike for unit tests and is held
to it by tests/contracts.
"""

from __future__ import annotations

import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    partition: int = -1
    offset: int = -1


class Publisher(Protocol):
    def publish(self, records: Sequence[Record], timeout: float) -> int:
        """Writes the records in their order; answers how many of them, from the first on, the broker has acknowledged.

        Those behind the first failure have to be published again; a consumer may then see some of them twice.
        """
        ...

    def close(self) -> None: ...


class Subscriber(Protocol):
    """One reader of a group; each partition's records come in order."""

    def poll(self, timeout: float) -> Record | None:
        """The next record, or None when none came within `timeout` seconds."""
        ...

    def commit(self, record: Record) -> None:
        """The record, and so all before it in its partition, is done and will not come again."""
        ...

    def postpone(self, record: Record) -> None:
        """The record and those behind it in its partition wait until `resume`; other partitions go on."""
        ...

    def resume(self) -> None:
        """Postponed partitions go on from the record that was postponed."""
        ...

    def close(self) -> None: ...


class KafkaPublisher:
    """An idempotent producer; safe for many threads. A gap in a partition is fatal to it, and it is made anew."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = {
            "enable.idempotence": True,
            "enable.gapless.guarantee": True,
            "acks": "all",
            "linger.ms": 2,
            "partitioner": "murmur2_random",
            "message.timeout.ms": 10000,
            "compression.type": "lz4",
            **options,
        }
        self._lock = threading.Lock()
        self._producer: Producer | None = None

    def publish(self, records: Sequence[Record], timeout: float) -> int:
        producer = self._live_producer()
        outcomes: list[bool | None] = [None] * len(records)

        def delivered(place: int) -> Callable[[KafkaError | None, Message], None]:
            def note(error: KafkaError | None, _: Message) -> None:
                outcomes[place] = error is None
                if error is not None and error.fatal():
                    self._discard(producer)

            return note

        try:
            for place, record in enumerate(records):
                producer.produce(
                    record.topic,
                    key=record.key.encode(),
                    value=record.value,
                    headers=[(name, text.encode()) for name, text in record.headers.items()],
                    on_delivery=delivered(place),
                )
        except (BufferError, KafkaException) as fault:
            log.warning("publish-refused", error=str(fault))
            if isinstance(fault, KafkaException) and fault.args[0].fatal():
                self._discard(producer)
        producer.flush(timeout)
        return next((place for place, outcome in enumerate(outcomes) if outcome is not True), len(records))

    def _live_producer(self) -> Producer:
        with self._lock:
            if self._producer is None:
                self._producer = Producer(self._options, logger=_LibrdkafkaLog())
            return self._producer

    def _discard(self, producer: Producer) -> None:
        with self._lock:
            if self._producer is producer:
                self._producer = None

    def close(self) -> None:
        with self._lock:
            if self._producer is not None:
                self._producer.flush(5)
                self._producer = None


class KafkaSubscriber:
    """A consumer of a group that commits what its user says is done, and nothing else."""

    def __init__(self, options: Mapping[str, str], group: str, topics: Sequence[str]) -> None:
        self._consumer = Consumer(
            {
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "partition.assignment.strategy": "cooperative-sticky",
                "fetch.wait.max.ms": 2000,
                "topic.metadata.refresh.interval.ms": 30000,
                "allow.auto.create.topics": False,
                **options,
                "group.id": group,
            },
            logger=_LibrdkafkaLog(),
        )
        self._consumer.subscribe(list(topics))
        self._postponed: list[TopicPartition] = []

    def poll(self, timeout: float) -> Record | None:
        message = self._consumer.poll(timeout)
        if message is None:
            return None
        error = message.error()
        if error is not None:
            # A topic that does not exist yet or a broker that is away: librdkafka goes on trying by itself.
            log.warning("subscription-waits", error=error.str(), topic=message.topic())
            if error.fatal():
                raise KafkaException(error)
            return None
        headers = {name: _text(raw) for name, raw in _headers(message)}
        return Record(
            topic=message.topic() or "",
            key=_text(message.key()),
            value=message.value() or b"",
            headers=headers,
            partition=message.partition() or 0,
            offset=message.offset() or 0,
        )

    def commit(self, record: Record) -> None:
        self._consumer.commit(
            offsets=[TopicPartition(record.topic, record.partition, record.offset + 1)], asynchronous=True
        )

    def postpone(self, record: Record) -> None:
        place = TopicPartition(record.topic, record.partition, record.offset)
        self._consumer.pause([TopicPartition(record.topic, record.partition)])
        self._consumer.seek(place)
        self._postponed.append(TopicPartition(record.topic, record.partition))

    def resume(self) -> None:
        if self._postponed:
            self._consumer.resume(self._postponed)
            self._postponed = []

    def close(self) -> None:
        self._consumer.close()


def _headers(message: Message) -> list[tuple[str, str | bytes | None]]:
    headers = message.headers()
    return list(headers.items()) if isinstance(headers, dict) else list(headers or [])


def _text(raw: str | bytes | None) -> str:
    return raw if isinstance(raw, str) else (raw or b"").decode("utf-8", "replace")


class _LibrdkafkaLog:
    """Takes librdkafka's log lines as Python's logging would."""

    def log(self, level: int, message: str, *args: object) -> None:
        log.info("librdkafka", line=message % args if args else message)


class InMemoryBroker:
    """A broker in this process: topics of four partitions, groups with committed offsets. For unit tests."""

    PARTITIONS = 4

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._logs: dict[tuple[str, int], list[Record]] = defaultdict(list)
        self._committed: dict[tuple[str, str, int], int] = defaultdict(int)
        self.failing_keys: set[str] = set()  # records of these keys are not acknowledged

    def publisher(self) -> InMemoryPublisher:
        return InMemoryPublisher(self)

    def subscriber(self, group: str, topics: Sequence[str]) -> InMemorySubscriber:
        return InMemorySubscriber(self, group, topics)

    def append(self, record: Record) -> bool:
        if record.key in self.failing_keys:
            return False
        partition = zlib.crc32(record.key.encode()) % self.PARTITIONS
        with self._lock:
            log_of_partition = self._logs[record.topic, partition]
            log_of_partition.append(replace(record, partition=partition, offset=len(log_of_partition)))
            self._lock.notify_all()
        return True

    def records(self, topic: str) -> list[Record]:
        """All records of a topic, partition by partition."""
        with self._lock:
            return [record for partition in range(self.PARTITIONS) for record in self._logs[topic, partition]]

    def read(self, topic: str, partition: int, offset: int) -> Record | None:
        log_of_partition = self._logs[topic, partition]
        return log_of_partition[offset] if offset < len(log_of_partition) else None

    def committed(self, group: str, topic: str, partition: int) -> int:
        return self._committed[group, topic, partition]

    def commit(self, group: str, record: Record) -> None:
        self._committed[group, record.topic, record.partition] = record.offset + 1

    def wait(self, timeout: float) -> None:
        with self._lock:
            self._lock.wait(timeout)


class InMemoryPublisher:
    def __init__(self, broker: InMemoryBroker) -> None:
        self._broker = broker

    def publish(self, records: Sequence[Record], timeout: float) -> int:
        for place, record in enumerate(records):
            if not self._broker.append(record):
                return place
        return len(records)

    def close(self) -> None:
        pass


class InMemorySubscriber:
    def __init__(self, broker: InMemoryBroker, group: str, topics: Sequence[str]) -> None:
        self._broker = broker
        self._group = group
        self._places = {
            (topic, partition): broker.committed(group, topic, partition)
            for topic in topics
            for partition in range(broker.PARTITIONS)
        }
        self._postponed: set[tuple[str, int]] = set()

    def poll(self, timeout: float) -> Record | None:
        record = self._next()
        if record is None and timeout > 0:
            self._broker.wait(timeout)
            record = self._next()
        return record

    def _next(self) -> Record | None:
        for (topic, partition), offset in self._places.items():
            if (topic, partition) in self._postponed:
                continue
            record = self._broker.read(topic, partition, offset)
            if record is not None:
                self._places[topic, partition] = offset + 1
                return record
        return None

    def commit(self, record: Record) -> None:
        self._broker.commit(self._group, record)

    def postpone(self, record: Record) -> None:
        self._places[record.topic, record.partition] = record.offset
        self._postponed.add((record.topic, record.partition))

    def resume(self) -> None:
        self._postponed.clear()

    def close(self) -> None:
        pass
