"""Figures from the databases of a stack."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from deploy.local.waiting import wait_until
from tests.load.stacks import RunningStack

#: No handler knows it: the services that read the topic skip it, and nobody gets a message.
UNKNOWN_EVENT = "vn.caunoi.dossiers.bench.measured.v1"


def milliseconds_to_message(stack: RunningStack, ward: str, dossiers: Sequence[str]) -> list[float]:
    """From the filing's transaction to the handler of notifications that writes the message, by dossier.

    Both clocks are this machine's; the first is read when the transaction begins, so its commit is counted in.
    """
    told: dict[str, datetime] = {}
    written: dict[str, datetime] = {}

    def all_written() -> bool:
        with stack.connect("notifications", ward) as connection:
            query = "SELECT event_id, min(created_at) FROM message WHERE dossier_id = ANY(%s) GROUP BY event_id"
            written.update(connection.execute(query, (list(dossiers),)).fetchall())  # type: ignore[arg-type]  # rows
        return told.keys() <= written.keys()

    with stack.connect("dossiers", ward) as connection:
        query = "SELECT id::text, created_at FROM outbox WHERE aggregateid = ANY(%s) AND type LIKE '%%submitted%%'"
        told.update(connection.execute(query, (list(dossiers),)).fetchall())  # type: ignore[arg-type]  # rows of two
    wait_until(all_written, 60, 0.5)
    return [(written[event] - at).total_seconds() * 1000 for event, at in told.items()]


def relayed_per_second(stack: RunningStack, ward: str, count: int) -> float:
    """Commits `count` events at once and waits until the relay has published them all."""
    waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    with stack.connect("dossiers", ward) as connection:
        connection.execute(
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload)"
            " SELECT gen_random_uuid(), 'dossiers', gen_random_uuid()::text, %s, decode(repeat('ab', 200), 'hex')"
            " FROM generate_series(1, %s)",
            (UNKNOWN_EVENT, count),
        )
        connection.commit()
        began = time.perf_counter()
        connection.autocommit = True
        assert wait_until(lambda: connection.execute(waiting).fetchone() == (0,), 120, 0.01), "the relay stands still"
    return count / (time.perf_counter() - began)
