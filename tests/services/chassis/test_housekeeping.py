"""Tables that grow with every call are kept to what somebody may still ask for."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import func, insert, select

from services.chassis.clock import SystemClock
from services.chassis.database.connection import Database
from services.chassis.database.tables import IdempotencyRow, InboxRow
from services.chassis.housekeeping import keep_house, purge
from tests.fakes.clock import SettableClock

RETENTION = timedelta(days=30)


def remember(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(InboxRow).values(subscriber="s", event_id="e"))
        session.execute(insert(IdempotencyRow).values(caller="", method="m", key="k", request_digest=b"", response=b""))


def left(database: Database) -> tuple[int | None, int | None]:
    with database.transaction() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (InboxRow, IdempotencyRow)]
    return counts[0], counts[1]


def purged(database: Database, after: timedelta) -> dict[str, int]:
    clock = SettableClock(SystemClock().now() + after)
    with database.transaction() as session:
        return purge(session, clock, RETENTION)


def test_an_answer_is_kept_a_week_and_a_handled_event_twice_as_long_as_events_can_be_replayed(
    database: Database,
) -> None:
    remember(database)
    assert purged(database, timedelta(days=6)) == {"outbox": 0, "idempotency": 0, "inbox": 0}
    assert purged(database, timedelta(days=8)) == {"outbox": 0, "idempotency": 1, "inbox": 0}
    assert purged(database, timedelta(days=59))["inbox"] == 0
    assert purged(database, timedelta(days=61))["inbox"] == 1


def test_a_database_that_is_away_does_not_keep_the_others_from_their_turn(database: Database) -> None:
    remember(database)
    away = Database("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    stopped = threading.Event()
    late = SettableClock(SystemClock().now() + timedelta(days=90))
    keeper = threading.Thread(target=keep_house, args=([away, database], late, RETENTION, stopped))
    keeper.start()
    for _ in range(100):
        if left(database) == (0, 0):
            break
        stopped.wait(0.1)
    stopped.set()
    keeper.join(10)
    assert left(database) == (0, 0)
