"""The brokers that the contract tests run against, the hands they lay on them, and what they read from them."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.broker import ApacheKafka
from deploy.local.ports import HOST, Ports
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from services.chassis.events.broker import KafkaPublisher, KafkaSubscriber, Publisher, Record, Subscriber
from services.chassis.events.topics import ensure_topics
from tests.contracts.relay import Relay
from tests.fakes.broker import InMemoryBroker

START_SECONDS = 60
#: A second way to the broker, which it tells its clients to take through a relay. And one that was killed is let in
#: again as soon as its session is over.
_MORE = """\
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller},RELAYED://{host}:{behind}
advertised.listeners=PLAINTEXT://{host}:{port},RELAYED://{host}:{relay}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,RELAYED:PLAINTEXT
"""


class Kafka:
    """One broker on ports of its own; its log outlives `kill` and `start`."""

    def __init__(self, broker: ApacheKafka, home: Path, ports: Ports) -> None:
        self._broker = broker
        self._log = home / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._relay, self._behind_relay = ports.catcher, ports.smtp  # of the block; nothing else listens there
        self.bootstrap = broker.bootstrap
        broker.prepare()
        with (home / "kafka" / "server.properties").open("a") as properties:
            properties.write(
                _MORE.format(
                    host=HOST,
                    port=ports.kafka,
                    controller=ports.kafka_controller,
                    behind=self._behind_relay,
                    relay=self._relay,
                )
            )

    def relay(self) -> Relay:
        return Relay(self._relay, self._behind_relay)

    @property
    def bootstrap_by_relay(self) -> str:
        return f"{HOST}:{self._relay}"

    def start(self) -> None:
        self._process = process = spawn(self._broker.command, self._log, parting=signal.SIGKILL)
        ready = wait_until(lambda: self._broker.is_ready() or process.poll() is not None, START_SECONDS)
        assert ready, f"Kafka was not ready within {START_SECONDS} s"
        assert process.poll() is None, self._log.read_text()[-2000:]

    def kill(self) -> None:
        if self._process is not None:
            end(self._process, signal.SIGKILL, 10)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


#: Waits are cut short so that the tests need not wait; what is waited for stays the same.
FASTER = {
    "topic.metadata.refresh.interval.ms": "500",
    "session.timeout.ms": "6000",
    "heartbeat.interval.ms": "500",
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

    def gathering(self, group: str, topic: str, seconds: float) -> KafkaSubscriber:
        faster = {name: value for name, value in FASTER.items() if not name.startswith("fetch")}
        subscriber = KafkaSubscriber({**self.options, **faster}, group, [topic], seconds)
        self._opened.append(subscriber)
        return subscriber

    def relayed_publisher(self, **options: Any) -> KafkaPublisher:
        return self.publisher(**{"bootstrap.servers": self._kafka.bootstrap_by_relay, **options})

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
        """The broker accepts connections but does not answer."""
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


def read_all(subscriber: Subscriber, count: int, *, commit: bool = True) -> list[Record]:
    records = read(subscriber, count, commit=commit)
    assert len(records) == count
    return records


def texts(records: Sequence[Record]) -> list[str]:
    return [record.value.decode() for record in records]


def first_copies(records: Sequence[Record]) -> list[str]:
    """The events that the inbox handles: the first copy of each event."""
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
    """The records that a group's subscribers received, in the order in which they finished them."""

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
