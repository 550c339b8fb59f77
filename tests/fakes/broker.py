"""A broker in this process that behaves as Kafka does for the services (`services.chassis.events.broker`)."""

from __future__ import annotations

import threading
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from services.chassis.events.broker import Record


class InMemoryBroker:
    """A broker in this process: topics of four partitions, groups with committed offsets."""

    PARTITIONS = 4

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._logs: dict[tuple[str, int], list[Record]] = defaultdict(list)
        self._committed: dict[tuple[str, str, int], int] = defaultdict(int)
        self.failing_keys: set[str] = set()  # records of these keys are not acknowledged
        self.away = False  # nothing is acknowledged

    def publisher(self) -> InMemoryPublisher:
        return InMemoryPublisher(self)

    def subscriber(self, group: str, topics: Sequence[str]) -> InMemorySubscriber:
        return InMemorySubscriber(self, group, topics)

    def append(self, record: Record) -> bool:
        if self.away or record.key in self.failing_keys:
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

    def is_well(self) -> bool:
        return True

    def is_reading(self) -> bool:
        return not self._broker.away

    def close(self) -> None:
        pass
