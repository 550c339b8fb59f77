"""Stores events in the transaction of the change that they report, and publishes them afterwards, in order and without
loss.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import psycopg
import structlog
from google.protobuf.message import Message
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from services.chassis.call import current_request_id
from services.chassis.database.connection import Connection, Database, notices
from services.chassis.database.tables import OutboxRow
from services.chassis.database.writing import Writing, write
from services.chassis.events.broker import Publisher
from services.chassis.events.envelope import Event, event_type, stream_of, to_record
from services.chassis.metrics import OUTBOX_PUBLISHED
from services.chassis.tracing import current_traceparent

log = structlog.get_logger()

BATCH = 500
#: PostgreSQL's notification channel; a trigger notifies it at each insert.
CHANNEL = "outbox"
#: Seconds between two looks without a notice, in case a notice was lost.
LOOK_SECONDS = 15.0
#: The number is arbitrary, but the same in every replica: the holder of this lock relays the database's outbox.
RELAY_LOCK = 480_480_001

#: As text and with arrays: one prepared statement for any number of events.
_TELL = """
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, request_id, traceparent)
    SELECT told.*, :traceparent FROM unnest(
        CAST(:id AS uuid[]), CAST(:aggregatetype AS text[]), CAST(:aggregateid AS text[]), CAST(:type AS text[]),
        CAST(:payload AS bytea[]), CAST(:request_ids AS text[])
    ) AS told
"""
#: A number, then the fields of an `Event`.
_WAITING = """
    SELECT seq, id::text, type, %s::text, aggregateid, created_at, payload, traceparent, request_id
    FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT %s
"""
#: By the database's clock, which dates the events.
_OLDEST = """
    SELECT extract(epoch FROM clock_timestamp() - created_at)::float8
    FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 1
"""
_PUBLISHED = "UPDATE outbox SET published_at = now() WHERE seq = ANY(%s)"


def tell(session: Session, payload: Message, key: str) -> None:
    """Puts an event into the outbox in the caller's transaction; `key` is the aggregate's id and orders its events.

    Call it after the aggregate's row was changed or locked, so that the events of one key are numbered in the order
    of their commits.
    """
    write(session, telling([(payload, key, current_request_id())]))


def tell_all(session: Session, events: Sequence[tuple[Message, str, str]]) -> None:
    """Puts events, each with payload, key and request id, into the outbox in order, as `tell` does."""
    if events:
        write(session, telling(events))


def telling(events: Sequence[tuple[Message, str, str]]) -> Writing:
    """The statement that puts one or more events into the outbox, to be written together with other rows."""
    types = [event_type(payload.__class__) for payload, _, _ in events]
    values = {
        "id": [uuid4() for _ in events],
        "aggregatetype": [stream_of(type) for type in types],
        "aggregateid": [key for _, key, _ in events],
        "type": types,
        "payload": [payload.SerializeToString(deterministic=True) for payload, _, _ in events],
        "request_ids": [request_id for _, _, request_id in events],
        "traceparent": current_traceparent(),
    }
    return _TELL, values


def replay(session: Session, since: datetime, until: datetime) -> int:
    """Marks the events committed in a span as unpublished, so that the relay sends them again; returns how many."""
    outcome = session.execute(
        update(OutboxRow)
        .where(OutboxRow.created_at >= since, OutboxRow.created_at < until, OutboxRow.published_at.is_not(None))
        .values(published_at=None)
        .returning(OutboxRow.seq)
    )
    session.execute(text(f"NOTIFY {CHANNEL}"))
    return len(outcome.all())


def purge(session: Session, before: datetime) -> int:
    """Deletes published events committed before a moment; returns how many."""
    outcome = session.execute(
        delete(OutboxRow).where(OutboxRow.published_at < before, OutboxRow.created_at < before).returning(OutboxRow.seq)
    )
    return len(outcome.all())


def oldest_age(connection: Connection) -> float:
    """Seconds that the first unpublished event has waited; 0 if there is none.

    It is measured outside the relay, because a relay that hangs, has ended or stands by does not report what waits.
    """
    row = connection.execute(_OLDEST).fetchone()
    return max(0.0, row[0]) if row else 0.0


class Relay:
    """Publishes the outbox of one ward's database.

    It selects unpublished rows, not rows above the last seen number, because a lower number can commit later. One relay
    works for a database, and the others stand by. The working relay holds an advisory lock and works over the same
    connection, so that without the lock it cannot mark rows as published. No transaction is open while it publishes.
    NOTIFY wakes it at each commit.
    """

    def __init__(self, service: str, ward: str, database: Database, publisher: Publisher) -> None:
        self._source = f"/wards/{ward}/{service}"
        self._ward = ward
        self._database = database
        self._publisher = publisher
        self._published = OUTBOX_PUBLISHED.labels(ward)

    def run(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                with self._database.connect() as connection:
                    self._relay_over(connection, stopped)
            except psycopg.OperationalError as fault:
                log.warning("relay-waits-for-database", ward=self._ward, error=type(fault).__name__)
                stopped.wait(1)

    def _relay_over(self, connection: Connection, stopped: threading.Event) -> None:
        while not stopped.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (RELAY_LOCK,)).fetchone()
            if row and row[0]:
                break
            stopped.wait(1)
        connection.execute(f"LISTEN {CHANNEL}")
        while not stopped.is_set():
            found, sent = self.publish_batch(connection)
            if sent < found:
                log.warning("relay-waits-for-broker", ward=self._ward, unpublished=found - sent)
                stopped.wait(1)
            elif found < BATCH:
                notices(connection, stopped, LOOK_SECONDS)

    def publish_batch(self, connection: Connection) -> tuple[int, int]:
        """Publishes up to BATCH events; returns how many were found and how many of them the broker acknowledged."""
        rows = connection.execute(_WAITING, (self._source, BATCH), binary=True).fetchall()
        events = [Event(*row[1:]) for row in rows]
        sent = self._publisher.publish([to_record(event) for event in events], timeout=12) if events else 0
        if sent:
            connection.execute(_PUBLISHED, ([row[0] for row in rows[:sent]],))
        self._published.inc(sent)
        return len(events), sent
