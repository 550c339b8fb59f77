"""Events are committed with the change they tell of and published afterwards, in order, without loss (practice §4)."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import uuid4

import psycopg
import structlog
from google.protobuf.message import Message
from sqlalchemy import delete, func, insert, make_url, select, update
from sqlalchemy.orm import Session

from services.chassis.broker import Publisher
from services.chassis.call import current_request_id
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.events import Event, event_type, stream_of, to_record
from services.chassis.metrics import OUTBOX_OLDEST_AGE, OUTBOX_PUBLISHED
from services.chassis.tables import OutboxRow
from services.chassis.tracing import current_traceparent

log = structlog.get_logger()

BATCH = 500
CHANNEL = "outbox"
#: Any number, the same in every replica: who holds this lock of the database relays its outbox.
RELAY_LOCK = 480_480_001


def tell(session: Session, payload: Message, key: str) -> None:
    """Puts an event into the outbox in the caller's transaction; `key` is the aggregate's id and orders its events.

    Call it after the aggregate's row was changed or locked, so that the events of one key are numbered in the order
    of their commits.
    """
    session.flush()
    type = event_type(payload.__class__)
    session.execute(
        insert(OutboxRow).values(
            id=uuid4(),
            aggregatetype=stream_of(type),
            aggregateid=key,
            type=type,
            payload=payload.SerializeToString(deterministic=True),
            traceparent=current_traceparent(),
            request_id=current_request_id(),
        )
    )


def replay(session: Session, since: datetime, until: datetime) -> int:
    """Marks the events committed in a span as unpublished, so that the relay sends them again; answers how many."""
    outcome = session.execute(
        update(OutboxRow)
        .where(OutboxRow.created_at >= since, OutboxRow.created_at < until, OutboxRow.published_at.is_not(None))
        .values(published_at=None)
        .returning(OutboxRow.seq)
    )
    return len(outcome.all())


def purge(session: Session, before: datetime) -> int:
    """Deletes published events committed before a moment; answers how many."""
    outcome = session.execute(
        delete(OutboxRow).where(OutboxRow.published_at < before, OutboxRow.created_at < before).returning(OutboxRow.seq)
    )
    return len(outcome.all())


class Relay:
    """Publishes the outbox of one ward's database.

    It selects unpublished rows, not rows behind a last number seen: a number given earlier can commit later. One
    relay at a time per database (advisory lock on its own connection); the others stand by. It is woken by NOTIFY at
    each commit and looks by itself every two seconds.
    """

    def __init__(self, service: str, ward: str, database: Database, publisher: Publisher, clock: Clock) -> None:
        self._source = f"/wards/{ward}/{service}"
        self._ward = ward
        self._database = database
        self._publisher = publisher
        self._clock = clock

    def run(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                with psycopg.connect(_libpq(self._database.url), autocommit=True, connect_timeout=3) as connection:
                    self._relay_over(connection, stopped)
            except psycopg.OperationalError as fault:
                log.warning("relay-waits-for-database", ward=self._ward, error=type(fault).__name__)
                stopped.wait(1)

    def _relay_over(self, connection: psycopg.Connection[tuple[object, ...]], stopped: threading.Event) -> None:
        while not stopped.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (RELAY_LOCK,)).fetchone()
            if row and row[0]:
                break
            stopped.wait(1)
        connection.execute(f"LISTEN {CHANNEL}")
        while not stopped.is_set():
            found, sent = self.publish_batch()
            if sent < found:
                log.warning("relay-waits-for-broker", ward=self._ward, unpublished=found - sent)
                stopped.wait(1)
            elif found < BATCH:
                for _ in connection.notifies(timeout=2, stop_after=1):
                    pass

    def publish_batch(self) -> tuple[int, int]:
        """Publishes up to BATCH events; answers how many stood there and how many of them the broker acknowledged."""
        with self._database.transaction() as session:
            rows = session.scalars(
                select(OutboxRow).where(OutboxRow.published_at.is_(None)).order_by(OutboxRow.seq).limit(BATCH)
            ).all()
            if not rows:
                OUTBOX_OLDEST_AGE.labels(self._ward).set(0)
                return 0, 0
            sent = self._publisher.publish([to_record(self._event(row)) for row in rows], timeout=12)
            if sent:
                done = [row.seq for row in rows[:sent]]
                session.execute(update(OutboxRow).where(OutboxRow.seq.in_(done)).values(published_at=func.now()))
            OUTBOX_PUBLISHED.labels(self._ward).inc(sent)
            oldest = rows[sent].created_at if sent < len(rows) else None
            OUTBOX_OLDEST_AGE.labels(self._ward).set((self._clock.now() - oldest).total_seconds() if oldest else 0)
            return len(rows), sent

    def _event(self, row: OutboxRow) -> Event:
        return Event(
            str(row.id),
            row.type,
            self._source,
            row.aggregateid,
            row.created_at,
            row.payload,
            row.traceparent,
            row.request_id,
        )


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
