"""The broker as the services see it: an ordered log per key that can be written and read.

`KafkaPublisher` and `KafkaSubscriber` are the real ones; tests/fakes has a broker in memory that behaves alike.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from services.chassis.events.subscription_health import Condition, Health

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
        """Writes the records in order; returns how many the broker has acknowledged, counted from the first.

        The records after the first failure must be published again; a consumer may then see some of them twice.
        """
        ...

    def close(self) -> None: ...


class Subscriber(Protocol):
    """One reader of a group; each partition's records come in order."""

    def poll(self, timeout: float) -> Record | None:
        """The next record, or None if none arrives within `timeout` seconds."""
        ...

    def commit(self, record: Record) -> None:
        """Marks the record, and all records before it in its partition, as done.

        It is not delivered again, unless this reader or the broker dies within moments.
        """
        ...

    def postpone(self, record: Record) -> None:
        """Holds back the record and those after it in its partition until `resume`; other partitions continue."""
        ...

    def resume(self) -> None:
        """Continues postponed partitions from the record that was postponed."""
        ...

    def is_well(self) -> bool:
        """False while it reads nothing although the broker is there. The value is up to date only while
        somebody polls.
        """
        ...

    def is_reading(self) -> bool:
        """Whether it would get new records: the broker and the topics are there, and it is in its group."""
        ...

    def close(self) -> None: ...


#: The time between two of librdkafka's log lines of one kind.
LINE_SECONDS = 10.0
#: The pause of librdkafka's clients between two tries to connect; while a broker is away it is half of this. With the
#: default of 100, the waiting clients of thirteen wards take a third of a core, which the broker needs to start.
RECONNECT_MS = 500
#: A wave of records that surely fits into one request (librdkafka's own bound is 1,000,000 bytes and 10,000 records).
WAVE_BYTES, WAVE_RECORDS = 500_000, 5_000
_RECORD_OVERHEAD = 100
#: How long a flush waits for a failure report; success ends it at once.
_SLICE_SECONDS = 0.1


class KafkaPublisher:
    """Publishes in waves, through an idempotent producer that is replaced as soon as a record is in doubt.

    Not thread-safe: each ward's relay has its own publisher, so that a ward whose topic hangs holds up no other.

    This is why the order of a key holds in any failure. Let e1 and e2 be records of one key, e1 first.

    1. *One producer never writes e2 without e1 before it.* The records of a wave for one partition leave in a single
       request, which the broker writes whole or not at all: they are queued while nothing is sent (`linger.ms`) and the
       partition is known (`_know`), then flushed. The next wave begins when every record of this one is acknowledged.
       Within a wave nothing expires alone (`message.timeout.ms` is 0), and a request that is sent again is the same
       one, which the broker knows by its sequence number. (Pipelined requests would not do, not even behind
       `enable.gapless.guarantee` or with one request in flight: a broker that has refused the first request of a
       producer new to it takes the second, already built, for the first.)
    2. *What is in doubt when time runs out may still arrive*: a request on its way may be written after `publish` has
       answered, and the relay publishes the same records again through a new producer. By 1 the topic then holds
       the old producer's e1, e2 (or nothing of them) and the new one's e1, e2, however interleaved. Whichever e2 comes
       first has the e1 of its own producer before it: the *first* e1 stands before the *first* e2. All other copies
       are duplicates under the same event id, which the inbox knows.
    3. *Queued records are purged with their producer*, so that doubt ends with the request on its way: an outage of an
       hour leaves no backlog of copies, and a new producer connects at once instead of waiting out a back-off.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = {
            "enable.idempotence": True,
            "enable.gapless.guarantee": True,
            "message.timeout.ms": 0,
            "linger.ms": 900_000,
            "acks": "all",
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "reconnect.backoff.ms": RECONNECT_MS,
            **options,
        }
        self._begin()

    def _begin(self) -> None:
        """Starts a producer, which requests its id at once. If the first event had to wait for that, it could take half
        a second: librdkafka's pause between two tries while no broker is connected or has loaded its ids.
        """
        self._producer = Producer(self._options, logger=_LIBRDKAFKA_LOG)
        self._known: set[str] = set()  # topics whose partitions the producer knows

    def publish(self, records: Sequence[Record], timeout: float) -> int:
        deadline = time.monotonic() + timeout
        acknowledged = 0
        for wave in _waves(records):
            answered = self._publish_wave(wave, deadline)
            acknowledged += answered
            if answered < len(wave):
                log.warning("publish-in-doubt", unacknowledged=len(records) - acknowledged)
                self._discard()
                self._begin()
                break
        return acknowledged

    def _publish_wave(self, records: Sequence[Record], deadline: float) -> int:
        """Returns how many records are acknowledged, counted from the first."""
        answers: dict[int, KafkaError | None] = {}
        try:
            for topic in {record.topic for record in records} - self._known:
                self._know(topic, deadline)
            self._queue(records, answers)
            while len(answers) < len(records) and time.monotonic() < deadline:
                if any(error is not None for error in answers.values()):
                    break
                self._producer.flush(_SLICE_SECONDS)
        except (BufferError, KafkaException) as fault:
            log.warning("publish-refused", error=str(fault))
        places = range(len(records))
        return next((place for place in places if place not in answers or answers[place] is not None), len(records))

    def _know(self, topic: str, deadline: float) -> None:
        """Makes the producer learn the topic's partitions, so that records are queued for the right one. Raises
        KafkaException.
        """
        found = self._producer.list_topics(topic, timeout=max(0.1, deadline - time.monotonic())).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        self._known.add(topic)

    def _queue(self, records: Sequence[Record], answers: dict[int, KafkaError | None]) -> None:
        """Raises BufferError or KafkaException if the producer refuses a record."""

        def answered(place: int) -> Callable[[KafkaError | None, Message], None]:
            def note(error: KafkaError | None, _: Message) -> None:
                answers[place] = error

            return note

        for place, record in enumerate(records):
            self._producer.produce(
                record.topic,
                key=record.key.encode(),
                value=record.value,
                headers=[(name, text.encode()) for name, text in record.headers.items()],
                on_delivery=answered(place),
            )

    def _discard(self) -> None:
        self._producer.purge()
        with suppress(KafkaException):  # a producer with a gap reports it again
            self._producer.flush(1)  # collects the reports of the purged records

    def close(self) -> None:
        """Nothing to do: `publish` leaves no record open."""
        self._discard()


def _waves(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records in order, in parts that fit into one request each; a larger record is a part of its own."""
    wave: list[Record] = []
    size = 0
    for record in records:
        headers = sum(len(name) + len(text.encode()) for name, text in record.headers.items())
        more = len(record.value) + len(record.key.encode()) + headers + _RECORD_OVERHEAD
        if wave and (size + more > WAVE_BYTES or len(wave) == WAVE_RECORDS):
            yield wave
            wave, size = [], 0
        wave.append(record)
        size += more
    if wave:
        yield wave


def _gathering(seconds: float) -> dict[str, Any]:
    if seconds:
        return {"fetch.wait.max.ms": int(seconds * 1000), "fetch.min.bytes": GATHERED_BYTES}
    # Records are sent at once; this is how often an idle reader asks again. A partition that it gets meanwhile waits.
    return {"fetch.wait.max.ms": 2000}


#: When this much has gathered, it is sent before the time is over.
GATHERED_BYTES = 64 * 1024
#: A consumer is replaced after this many seconds without reading, which count again when the broker is back. It is
#: longer than the session of a dead reader, because a join may wait for that session to end; and a consumer that is
#: replaced meanwhile leaves one more such session.
RENEW_SECONDS = 20.0


class KafkaSubscriber:
    """A consumer of a group that commits only the records that were reported as done.

    librdkafka's consumer recovers from nearly every outage, but not from all: it can forget all brokers while commits
    wait for its coordinator, and then it never connects again. So a consumer that does not read is replaced, also while
    the broker is away, because it cannot be seen from outside whether it would recover. Records that were not committed
    are delivered again, as after any change in the group.
    """

    def __init__(
        self, options: Mapping[str, str], group: str, topics: Sequence[str], gather_seconds: float = 0.0
    ) -> None:
        """With `gather_seconds` the broker holds new records for that time, or until they are many, and sends them
        together.
        """
        self._options = {**_gathering(gather_seconds), **options}
        self._group = group
        self._topics = list(topics)
        self._begin(Health())

    def _begin(self, health: Health) -> None:
        self._health = health
        self._postponed: dict[tuple[str, int], TopicPartition] = {}
        self._consumer = Consumer(
            {
                # Commits are sent every few seconds and at the end: one request for each record would cost the broker
                # more than the record, and the inbox recognizes repetitions.
                "enable.auto.offset.store": False,
                "auto.commit.interval.ms": 5000,
                "auto.offset.reset": "earliest",
                "partition.assignment.strategy": "cooperative-sticky",
                # How long the partitions of a killed reader wait for it. librdkafka's default of 45 s is more than the
                # 30 s in which everything must recover. The heartbeat has a thread of its own, so a slow handler does
                # not stop it.
                "session.timeout.ms": 6000,
                "heartbeat.interval.ms": 2000,
                "reconnect.backoff.ms": RECONNECT_MS,
                # A connection that is open but silent is closed after this time.
                "socket.timeout.ms": 10000,
                "topic.metadata.refresh.interval.ms": 30000,
                "allow.auto.create.topics": False,
                "statistics.interval.ms": 5000,
                **self._options,
                "group.id": self._group,
                "stats_cb": health.note,
            },
            logger=_LIBRDKAFKA_LOG,
        )
        self._consumer.subscribe(self._topics)

    def _begin_anew(self) -> None:
        # In a thread, because closing a stuck consumer may take long; it leaves the group, or its session ends.
        threading.Thread(target=self._consumer.close, name=f"closing-{self._group}", daemon=True).start()
        self._begin(Health(self._health.condition))

    def poll(self, timeout: float) -> Record | None:
        if self._health.deaf_seconds >= RENEW_SECONDS:
            log.warning("subscription-begun-anew", group=self._group, condition=self._health.condition.value)
            self._begin_anew()
        # Not by the library's `poll`, which wakes five times a second to look for signals.
        message = next(iter(self._consumer.consume(1, timeout)), None)
        if message is None:
            return None
        error = message.error()
        if error is not None:
            # The topic does not exist yet, or the broker is away: librdkafka retries by itself.
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
        try:
            self._consumer.store_offsets(offsets=[TopicPartition(record.topic, record.partition, record.offset + 1)])
        except KafkaException as fault:
            # The partition now belongs to another subscriber of the group, which gets the record again.
            log.info("done-elsewhere", topic=record.topic, partition=record.partition, error=str(fault))

    def postpone(self, record: Record) -> None:
        place = TopicPartition(record.topic, record.partition, record.offset)
        try:
            self._consumer.pause([TopicPartition(record.topic, record.partition)])
            self._consumer.seek(place)
        except KafkaException as fault:
            # The partition now belongs to another subscriber of the group, which starts with this record.
            log.info("postponed-elsewhere", topic=record.topic, partition=record.partition, error=str(fault))
            return
        self._postponed[record.topic, record.partition] = place

    def resume(self) -> None:
        postponed, self._postponed = list(self._postponed.values()), {}
        held = {(place.topic, place.partition) for place in self._consumer.assignment()}
        still = [place for place in postponed if (place.topic, place.partition) in held]
        if still:
            self._consumer.resume(still)

    def is_well(self) -> bool:
        return self._health.condition is not Condition.STUCK

    def is_reading(self) -> bool:
        return self._health.condition is Condition.READING

    def close(self) -> None:
        self._consumer.close()


def _headers(message: Message) -> list[tuple[str, str | bytes | None]]:
    headers = message.headers()
    return list(headers.items()) if isinstance(headers, dict) else list(headers or [])


def _text(raw: str | bytes | None) -> str:
    return raw if isinstance(raw, str) else (raw or b"").decode("utf-8", "replace")


class LibrdkafkaLog:
    """Receives librdkafka's log lines, as a logger of Python's logging, of all clients of the process.

    While a broker is away each consumer writes dozens of lines a second. For each kind (librdkafka's facility, the
    first word of a line: `FAIL`, `CONFWARN`) one line in LINE_SECONDS is logged, with the number of omitted lines of
    its kind.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}  # by kind: when the next line is logged
        self._left_out: dict[str, int] = {}

    def log(self, level: int, message: str, *args: object) -> None:
        line = message % args if args else message
        kind = line.split(" ", 1)[0]
        with self._lock:
            now = self._seconds()
            if now < self._next.get(kind, -math.inf):
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return
            self._next[kind] = now + LINE_SECONDS
            left_out = self._left_out.pop(kind, 0)
        log.info("librdkafka", line=line, left_out=left_out)


_LIBRDKAFKA_LOG = LibrdkafkaLog()
