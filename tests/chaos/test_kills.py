"""kill -9 of each process in the middle of the main job: nothing accepted is lost, nothing doubled, order kept."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import psutil
import psycopg
import pytest

from deploy.local.stack import Stack
from tests.chaos.journeys import BACK_SECONDS, WARD, Filing
from tests.chaos.ledger import verify


def kill(name: str) -> Callable[[Stack], None]:
    """Kills a process with all its children; the supervisor restarts it."""

    def victim(stack: Stack) -> None:
        stack.kill(name)

    return victim


def kill_gateway_worker(stack: Stack) -> None:
    """The master stays and makes a new one."""
    master = psutil.Process(stack.pid("gateway"))
    master.children()[0].kill()
    assert psutil.Process(stack.pid("gateway")) == master


def kill_postgres_backend(stack: Stack) -> None:
    """A process of the ward's dossiers database: PostgreSQL then ends all connections and recovers."""
    with psycopg.connect(stack.postgres.url("postgres", "postgresql")) as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        row = connection.execute(query, (f"dossiers_{WARD}",)).fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGKILL)


VICTIMS: dict[str, Callable[[Stack], None]] = {
    "accounts": kill("accounts"),
    "dossiers": kill("dossiers"),
    "notifications": kill("notifications"),
    "gateway": kill("gateway"),
    "a worker of the gateway": kill_gateway_worker,
    "kafka": kill("kafka"),
    "postgres": kill("postgres"),
    "a backend of postgres": kill_postgres_backend,
    "catcher": kill("catcher"),
}


@pytest.mark.parametrize("victim", VICTIMS)
def test_after_any_kill_every_accepted_dossier_exists_once_with_its_events_in_order(stack: Stack, victim: str) -> None:
    if victim == "kafka" and not stack.is_real_kafka:
        pytest.skip("librdkafka's broker keeps its topics in memory; with CI=true only Kafka itself will do")
    filing = Filing(stack.urls["gateway"])
    try:
        with filing.going_on():
            filing.wait_for_all()
            fault = time.monotonic()
            VICTIMS[victim](stack)
            filing.wait_for_all(BACK_SECONDS)
            print(f"after the end of {victim} all could file again in {time.monotonic() - fault:.1f} s")
        stack.wait_ready()
        verify(stack, filing)
    finally:
        filing.close()
