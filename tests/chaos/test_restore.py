"""A ward's database is lost and comes back from a backup of some time ago, by the words of docs/runbook.md."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.local.waiting import wait_until
from tests.chaos.journeys import SETTLED_SECONDS, WARD, Filing
from tests.chaos.ledger import DELIVERY_SECONDS, hold_dossiers, hold_events, hold_messages, hold_register

DATABASE = f"notifications_{WARD}"


def test_messages_restored_from_a_backup_are_made_up_for_from_the_topics(stack: Stack, tmp_path: Path) -> None:
    if not stack.is_real_kafka:
        pytest.skip("librdkafka's broker knows no commits of others; with CI=true only Kafka itself will do")
    dump = tmp_path / "notifications.dump"
    filing = Filing(stack.urls["gateway"])
    try:
        with filing.going_on():
            filing.wait_for_all()
            since = datetime.now(UTC) - timedelta(minutes=1)
            tool(stack, "pg_dump", "--format=custom", f"--file={dump}", DATABASE)
            filing.wait_for_all()
        hold_messages(stack, filing.completed, time.monotonic() + DELIVERY_SECONDS)
        before = rows(stack)

        stack.stop_process("notifications")
        stack.postgres.drop(DATABASE)
        stack.postgres.create([DATABASE])
        tool(stack, "pg_restore", "--exit-on-error", f"--dbname={DATABASE}", str(dump))
        assert rows(stack).total() < before.total(), "the backup knew everything, and this tests nothing"
        print(operate(stack, "inbox-rewind", "--since", since.isoformat()))
        stack.start_process("notifications")
        stack.wait_ready("notifications")
        print(operate(stack, "outbox-replay", "--since", since.isoformat(), "--until", datetime.now(UTC).isoformat()))

        wait_until(lambda: rows(stack) == before, SETTLED_SECONDS, 0.5)
        assert rows(stack) == before
        hold_messages(stack, filing.completed, time.monotonic() + DELIVERY_SECONDS)
        hold_dossiers(stack, filing.completed)
        hold_register(filing.completed)
        hold_events(stack, filing.completed)
    finally:
        filing.close()


def rows(stack: Stack) -> Counter[tuple[str, str, str]]:
    """How many messages of each event there are, by channel and status: one of each, delivered."""
    with psycopg.connect(stack.postgres.url(DATABASE, "postgresql")) as connection:
        query = "SELECT event_id, channel, status FROM message WHERE event_id IS NOT NULL"
        return Counter((str(event), str(channel), str(status)) for event, channel, status in connection.execute(query))


def tool(stack: Stack, name: str, *arguments: str) -> None:
    """One of PostgreSQL's own, of the server's version."""
    server = Path(stack.postgres.command[0])
    where = ["--host", stack.postgres.command[4], "--username", "postgres"]
    done = subprocess.run([server.with_name(name), *where, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def operate(stack: Stack, command: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.operate", "notifications", command, "--ward", WARD, *options],
        env={**os.environ, "CAUNOI_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
