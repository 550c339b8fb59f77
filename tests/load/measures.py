"""What is read from the databases and from the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import psutil
import psycopg

from deploy.local.stack import Stack
from deploy.local.waiting import wait_until

#: No handler knows it: the services that read the topic pass over it, and nobody is told anything.
UNKNOWN_EVENT = "vn.caunoi.dossiers.bench.measured.v1"


def connect(stack: Stack, service: str, ward: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(stack.postgres.url(f"{service}_{ward}", "postgresql"))


def milliseconds_to_message(stack: Stack, ward: str, dossiers: Sequence[str]) -> list[float]:
    """From the filing's transaction to the handler of notifications that writes the message, by dossier.

    Both clocks are this machine's; the first is read when the transaction begins, so its commit is counted in.
    """
    told: dict[str, datetime] = {}
    written: dict[str, datetime] = {}

    def all_written() -> bool:
        with connect(stack, "notifications", ward) as connection:
            query = "SELECT event_id, min(created_at) FROM message WHERE dossier_id = ANY(%s) GROUP BY event_id"
            written.update(connection.execute(query, (list(dossiers),)).fetchall())  # type: ignore[arg-type]  # rows
        return told.keys() <= written.keys()

    with connect(stack, "dossiers", ward) as connection:
        query = "SELECT id::text, created_at FROM outbox WHERE aggregateid = ANY(%s) AND type LIKE '%%submitted%%'"
        told.update(connection.execute(query, (list(dossiers),)).fetchall())  # type: ignore[arg-type]  # rows of two
    wait_until(all_written, 60, 0.5)
    return [(written[event] - at).total_seconds() * 1000 for event, at in told.items()]


def relayed_per_second(stack: Stack, ward: str, count: int) -> float:
    """Commits `count` events at once and waits until the relay has published them all."""
    waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    with connect(stack, "dossiers", ward) as connection:
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


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """Processor time that each part has used up so far, with its children, those that have ended included."""
    used: dict[str, float] = {}
    for name in stack.names:
        process = psutil.Process(stack.pid(name))
        seconds = 0.0
        # The first process last: by then it has counted in what ended while the others were looked at.
        for each in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                seconds += times.user + times.system + times.children_user + times.children_system
        used[name] = seconds
    return used


def machine() -> str:
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    memory = psutil.virtual_memory().total / 1e9
    return f"{os.cpu_count()} cores, {memory:.0f} GB, load {load} (1/5/15 minutes)"
