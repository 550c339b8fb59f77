"""Handles the events of a key in their order; each event takes effect once.

An event's id is written in the handler's own transaction; the offset is committed afterwards. Events that arrive
together are handled in one transaction; if that fails, one by one. After a temporary fault an event is retried in
place. An event that cannot be handled is parked with every later event of its key, up to a limit. Beyond the limit the
subscription stops, so that it does not park the whole topic.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from services.chassis.clock import Clock
from services.chassis.database.connection import UNREACHABLE, Database, is_statement_timeout
from services.chassis.database.tables import ParkedRow
from services.chassis.district import District
from services.chassis.events.broker import Record, Subscriber
from services.chassis.events.envelope import Event, from_record, type_of, ward_of
from services.chassis.metrics import EVENT_SECONDS, EVENTS_HANDLED, PARKED, READING, WAITS
from services.chassis.refusal import Kind, Refusal
from services.chassis.tracing import context_of, tracer

log = structlog.get_logger()

Handler = Callable[[Session, Event], None]


@dataclass(frozen=True, slots=True)
class Selective:
    """A handler that needs few of the events of its type. The others are skipped by their payload, before a transaction
    begins, and are not noted.

    `concerns` does not raise. It returns True for a payload that it cannot read; that event is parked like any other
    that cannot be handled.
    """

    concerns: Callable[[bytes], bool]
    handle: Handler

    def __call__(self, session: Session, event: Event) -> None:
        self.handle(session, event)


TRIES = 3
#: How often an event is retried after a statement timeout, over about two minutes; then it is parked.
LATE_TRIES = 10
PARKING_CAP = 100
#: The most events that are handled in one transaction.
BATCH = 50
#: How often the metric of parked events is set: another process may replay them, and they outlive this process.
_LOOK_SECONDS = 30
#: A poll loop hangs if one round takes longer than this.
SILENT_SECONDS = 120
#: If a subscription has not read for longer than this while the broker is there, new consumers will not repair it. The
#: time is long because a broker that is partly up looks the same, and no person's request needs the broker.
DEAF_SECONDS = 600
_PASSING = {Kind.UNAVAILABLE, Kind.THROTTLED}
_NOTE = text("""
    INSERT INTO inbox (subscriber, event_id) SELECT :subscriber, unnest(CAST(:ids AS text[])) ON CONFLICT DO NOTHING
    RETURNING event_id, EXISTS (SELECT FROM inbox_parked WHERE subscriber = :subscriber) AS is_any_parked
""")


class ParkingFull(Exception):
    """Too many events could not be handled: the fault is ours, and the subscription stops until an operator acts."""


class Inbox:
    """Handles the events that one service of one ward subscribes to."""

    def __init__(
        self,
        subscriber: str,
        ward: str,
        database: Database,
        handlers: Mapping[str, Handler],
        clock: Clock,
        district: District,
        has_tables: Callable[[], bool] = lambda: True,
        process: str = "",
    ) -> None:
        """`has_tables` checks whether the database has the tables that this version needs: if they have just gone, no
        event is parked because of that. `process` names the process in the metrics.
        """
        self._labels = process, ward
        self._has_tables = has_tables
        self._name = subscriber
        self._ward = ward
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._district = district
        self._late: dict[tuple[str, int], tuple[int, int]] = {}  # partition → offset, how many timeouts
        self.beat = self.heard = time.monotonic()  # last round of the poll loop, last time that it read

    def is_alive(self, since: float) -> bool:
        """Liveness of a subscription that was started at `since`; if it is False, the process is restarted."""
        now = time.monotonic()
        return now - max(self.beat, since) < SILENT_SECONDS and now - max(self.heard, since) < DEAF_SECONDS

    def run(self, subscription: Subscriber, stopped: threading.Event) -> None:
        """Polls until stopped. Raises ParkingFull."""
        resume_at: float | None = None
        look_at = 0.0
        failures = 0
        READING.labels(*self._labels).set(0)
        try:
            while not stopped.is_set():
                self.beat = time.monotonic()
                if self.beat >= look_at:
                    self._count_parked()
                    look_at = self.beat + _LOOK_SECONDS
                if resume_at is not None and time.monotonic() >= resume_at:
                    subscription.resume()
                    resume_at = None
                records = _come(subscription, 0.2 if resume_at is not None else 1.0)
                if subscription.is_well():
                    self.heard = time.monotonic()
                READING.labels(*self._labels).set(subscription.is_reading())
                postponed = self.take(*records)
                for record in _last_done(records, postponed):
                    subscription.commit(record)
                for record in postponed:
                    subscription.postpone(record)
                if postponed:
                    failures += 1
                    resume_at = time.monotonic() + _back_off(failures)
                    WAITS.labels(*self._labels).set(max(map(self._age, postponed)))
                elif resume_at is None:
                    WAITS.labels(*self._labels).set(0)
                if records and not postponed:
                    failures = 0
        finally:
            # The last state that this reader saw is out of date.
            READING.labels(*self._labels).set(0)
            WAITS.labels(*self._labels).set(0)
            subscription.close()

    def take(self, *records: Record) -> list[Record]:
        """Handles or parks records in their order.

        Returns, for each partition with a temporary fault, the first record concerned: it must be delivered again, with
        all records behind it in its partition.
        """
        known = [
            record
            for record in records
            if (type_of(record) in self._handlers or not type_of(record))
            and self._is_of_our_side(record)
            and self._concerns_us(record)
        ]
        if not known or self._take_together(known):
            return []
        postponed: dict[tuple[str, int], Record] = {}
        for record in known:
            place = record.topic, record.partition
            if place not in postponed and not self._take_alone(record):
                postponed[place] = record
        return list(postponed.values())

    def _is_of_our_side(self, record: Record) -> bool:
        """Whether the record comes from our side of the border between real wards and practice. Records of the other
        side are neither handled nor kept, even if they are subscribed to by mistake. The topic proves the ward
        (`envelope.from_record`).
        """
        ward = ward_of(record.topic)
        if self._district.on_one_side(ward, self._ward):
            return True
        log.error("event-across-the-border", ward=self._ward, topic=record.topic)
        return False

    def _concerns_us(self, record: Record) -> bool:
        handler = self._handlers.get(type_of(record))
        return not isinstance(handler, Selective) or handler.concerns(record.value)

    def _take_together(self, records: Sequence[Record]) -> bool:
        """Handles all records in one transaction; does nothing and returns False if one of them must be handled
        alone.
        """
        try:
            events = [from_record(record) for record in records]
            with self._database.transaction() as session:
                noted = _note(session, self._name, *(event.id for event in events))
                if any(noted.values()):  # one of these may belong behind a parked event
                    session.rollback()
                    return False
                outcomes = ["handled" if noted.pop(event.id, None) is not None else "seen-before" for event in events]
                for event, outcome in zip(events, outcomes, strict=True):
                    if outcome == "handled":
                        with self._handling(event):
                            self._handlers[event.type](session, event)
        except Exception as fault:  # handling them one by one shows which event failed and what to do
            log.info("events-one-by-one", ward=self._ward, count=len(records), error=type(fault).__name__)
            return False
        for event, outcome in zip(events, outcomes, strict=True):
            self._count(event, outcome)
        return True

    @contextmanager
    def _handling(self, event: Event) -> Iterator[None]:
        """Within it, log lines and calls carry the event's request id."""
        with tracer.start_as_current_span(f"handle {event.type}", context=context_of(event.traceparent)):
            structlog.contextvars.bind_contextvars(request_id=event.request_id, ward=self._ward)
            yield

    def _take_alone(self, record: Record) -> bool:
        """Handles or parks a record; returns False if it must be delivered again."""
        self.beat = time.monotonic()
        try:
            event = from_record(record)
        except ValueError as fault:
            return self._park(record, "", str(fault))
        with self._handling(event):
            return self._try(record, event, self._handlers[event.type])

    def _try(self, record: Record, event: Event, handler: Handler) -> bool:
        for attempt in range(1, TRIES + 1):
            try:
                with self._database.transaction() as session:
                    if self._waits_behind_parked(session, record):
                        _write_parked(session, self._name, record, event.id, "waits behind an earlier event of its key")
                        outcome = "parked"
                    else:
                        outcome = "handled" if _note(session, self._name, event.id) else "seen-before"
                        if outcome == "handled":
                            handler(session, event)
                self._count(event, outcome)
                return True
            except UNREACHABLE as fault:
                log.warning("event-waits", type=event.type, event_id=event.id, error=type(fault).__name__)
                if not self._is_late_for_good(record, fault):
                    return False
                error = f"not done in its time, {LATE_TRIES} times: {type(fault).__name__}"
                break
            except Refusal as fault:
                if fault.kind in _PASSING:
                    log.warning("event-waits", type=event.type, event_id=event.id, error=fault.type)
                    return False
                error = str(fault)
            except Exception as fault:  # a poison event must not stop the events of other keys
                error = f"{type(fault).__name__}: {fault}"
                log.exception("event-fails", type=event.type, event_id=event.id, attempt=attempt)
        return self._park(record, event.id, error)

    def _is_late_for_good(self, record: Record, fault: Exception) -> bool:
        """Whether the record's statements have timed out so often that the fault is not temporary."""
        if not is_statement_timeout(fault):
            return False
        place = record.topic, record.partition
        offset, count = self._late.get(place, (record.offset, 0))
        count = count + 1 if offset == record.offset else 1
        self._late[place] = record.offset, count
        return count >= LATE_TRIES

    def _waits_behind_parked(self, session: Session, record: Record) -> bool:
        query = select(ParkedRow.seq).where(
            ParkedRow.subscriber == self._name, ParkedRow.topic == record.topic, ParkedRow.key == record.key
        )
        return session.scalar(query.limit(1)) is not None

    def _park(self, record: Record, event_id: str, error: str) -> bool:
        if not self._has_tables():
            log.warning("event-waits", type=type_of(record), event_id=event_id, error="the tables are not there")
            return False
        try:
            with self._database.transaction() as session:
                parked = session.scalar(select(func.count()).select_from(ParkedRow)) or 0
                if parked >= PARKING_CAP:
                    raise ParkingFull(f"{parked} events are parked; the last: {error}")
                _write_parked(session, self._name, record, event_id, error)
        except UNREACHABLE:
            return False
        PARKED.labels(*self._labels).set(parked + 1)
        log.error("event-parked", topic=record.topic, key=record.key, event_id=event_id)
        return True

    def _count_parked(self) -> None:
        try:
            with self._database.transaction() as session:
                PARKED.labels(*self._labels).set(session.scalar(select(func.count()).select_from(ParkedRow)) or 0)
        except UNREACHABLE as fault:
            log.warning("parked-not-counted", ward=self._ward, error=type(fault).__name__)

    def _age(self, record: Record) -> float:
        try:
            return (self._clock.now() - from_record(record).time).total_seconds()
        except ValueError:
            return 0  # no event; it will be parked

    def _count(self, event: Event, outcome: str) -> None:
        EVENTS_HANDLED.labels(self._ward, event.type, outcome).inc()
        if outcome == "handled":
            EVENT_SECONDS.labels(event.type).observe(max(0, (self._clock.now() - event.time).total_seconds()))

    def replay_parked(self) -> tuple[int, int]:
        """Handles parked events, oldest first; if an event fails again, its key stays parked. Returns (handled,
        left).
        """
        with self._database.transaction() as session:
            waiting = session.scalars(
                select(ParkedRow).where(ParkedRow.subscriber == self._name).order_by(ParkedRow.seq)
            ).all()
        stuck: set[tuple[str, str]] = set()
        handled = 0
        for row in waiting:
            if (row.topic, row.key) in stuck:
                continue
            try:
                self._handle_parked(row)
                handled += 1
            except Exception:  # the event stays parked, and the log tells the operator why
                log.exception("parked-event-fails", event_id=row.event_id)
                stuck.add((row.topic, row.key))
        PARKED.labels(*self._labels).set(len(waiting) - handled)
        return handled, len(waiting) - handled

    def _handle_parked(self, row: ParkedRow) -> None:
        event = from_record(Record(row.topic, row.key, row.value, json.loads(row.headers_json)))
        with self._database.transaction() as session:
            if _note(session, self._name, event.id):
                handler = self._handlers.get(event.type)
                if handler is not None:
                    handler(session, event)
            session.execute(delete(ParkedRow).where(ParkedRow.seq == row.seq))


def parked(session: Session, subscriber: str) -> Sequence[ParkedRow]:
    return session.scalars(select(ParkedRow).where(ParkedRow.subscriber == subscriber).order_by(ParkedRow.seq)).all()


def _note(session: Session, subscriber: str, *event_ids: str) -> dict[str, bool]:
    """Records events as handled. Returns the new events, each with whether any event of the subscriber is parked."""
    noted = session.connection().execute(_NOTE, {"subscriber": subscriber, "ids": list(event_ids)})
    return {row.event_id: row.is_any_parked for row in noted}


def _write_parked(session: Session, subscriber: str, record: Record, event_id: str, error: str) -> None:
    session.execute(
        insert(ParkedRow).values(
            subscriber=subscriber,
            topic=record.topic,
            key=record.key,
            event_id=event_id,
            headers_json=json.dumps(dict(record.headers)),
            value=record.value,
            error=error[:2000],
        )
    )


def _come(subscription: Subscriber, seconds: float) -> list[Record]:
    """The first record that arrives within the time, and those that arrived with it."""
    records: list[Record] = []
    while len(records) < BATCH and (record := subscription.poll(0 if records else seconds)) is not None:
        records.append(record)
    return records


def _last_done(records: Sequence[Record], postponed: Sequence[Record]) -> Iterable[Record]:
    """The last record of each partition before the first one that must be delivered again."""
    until = {(record.topic, record.partition): record.offset for record in postponed}
    done: dict[tuple[str, int], Record] = {}
    for record in records:
        place = record.topic, record.partition
        if place not in until or record.offset < until[place]:
            done[place] = record
    return done.values()


def _back_off(failures: int) -> float:
    return min(15.0, 0.2 * 2.0**failures) * random.uniform(0.7, 1.3)
