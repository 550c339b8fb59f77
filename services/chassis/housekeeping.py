"""Deletes hourly what is no longer needed: published events, stored answers, ids of handled events."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.chassis.clock import Clock
from services.chassis.database.connection import UNREACHABLE, Database
from services.chassis.database.tables import IdempotencyRow, InboxRow
from services.chassis.events import outbox

log = structlog.get_logger()

EVERY_SECONDS = 3600
#: A client repeats a request within minutes; a person who comes back on Monday still gets the first answer.
ANSWERS_KEPT = timedelta(days=7)


def purge(session: Session, clock: Clock, outbox_retention: timedelta) -> dict[str, int]:
    """Deletes expired rows; returns how many in each table.

    The ids of handled events are kept twice as long as an outbox keeps published events: an operator may replay all
    published events (docs/runbook.md), and none may take effect again.
    """
    now = clock.now()
    answers = delete(IdempotencyRow).where(IdempotencyRow.created_at < now - ANSWERS_KEPT)
    handled = delete(InboxRow).where(InboxRow.handled_at < now - 2 * outbox_retention)
    return {
        "outbox": outbox.purge(session, now - outbox_retention),
        "idempotency": len(session.execute(answers.returning(IdempotencyRow.key)).all()),
        "inbox": len(session.execute(handled.returning(InboxRow.event_id)).all()),
    }


def keep_house(
    databases: Iterable[Database], clock: Clock, outbox_retention: timedelta, stopped: threading.Event
) -> None:
    """Purges each database now and every hour until stopped; a database that is away waits for the next round."""
    all_databases = list(databases)
    while not stopped.is_set():
        for database in all_databases:
            try:
                with database.transaction() as session:
                    counts = purge(session, clock, outbox_retention)
            except UNREACHABLE as fault:
                log.warning("purge-waits-for-database", error=type(fault).__name__)
            else:
                if any(counts.values()):
                    log.info("purged", **counts)
        stopped.wait(EVERY_SECONDS)
