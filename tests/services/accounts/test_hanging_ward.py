"""One process serves two wards, and one of them hangs: the other is served (docs/architecture.md, Ward cells)."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import grpc
import psycopg
import pytest
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.ports import HOST, ports_from
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Refusal
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, WARDS

THREADS = 8
#: The sweep of guided sessions, every 15 seconds, reads the table that is locked as well: it is no call.
CALLS_THAT_WAIT = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query NOT LIKE '%guided_sessions%'
"""


@pytest.fixture
def address(databases: str, service_environment: Callable[..., None], tmp_path: Path) -> Iterator[str]:
    """A real accounts process of two wards. No statement runs out of time while a test lasts."""
    listen = f"{HOST}:{ports_from(0).accounts}"
    service_environment(
        "accounts",
        WARDS=",".join(WARDS),
        DATABASE_URL=databases,
        LISTEN=listen,
        RPC_THREADS=str(THREADS),
        DATABASE_STATEMENT_TIMEOUT_MS="120000",
    )
    process = spawn([sys.executable, "-m", "services.accounts", "serve"], tmp_path / "log")
    try:
        with grpc.insecure_channel(listen) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            assert wait_until(lambda: process.poll() is not None or is_ready(health), 60)
        yield listen
    finally:
        end(process, signal.SIGTERM, 60)


def is_ready(health: health_pb2_grpc.HealthStub) -> bool:
    with suppress(grpc.RpcError):
        answer = health.Check(health_pb2.HealthCheckRequest(), timeout=5)  # type: ignore[attr-defined]  # made at run time
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
    return False


def test_a_ward_whose_database_hangs_leaves_threads_to_the_others(address: str, databases: str) -> None:
    """The callers of the hanging ward have long given up, but its threads still wait for the database."""
    peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda _: address)
    request = accounts_pb2.ListStationsRequest()
    hanging = databases.replace("{ward}", NAM_DUONG).replace("postgresql+psycopg", "postgresql")

    def waiting() -> int:
        with psycopg.connect(hanging) as connection:
            (count,) = connection.execute(CALLS_THAT_WAIT).fetchone() or (0,)
            return int(count)

    with psycopg.connect(hanging) as holding:
        holding.execute("LOCK TABLE stations IN ACCESS EXCLUSIVE MODE")
        for _ in range(THREADS * 2):
            with pytest.raises(Refusal) as no:
                call(peer.stub(NAM_DUONG).ListStations, request, ward=NAM_DUONG, seconds=0.3)
            assert no.value.type == "temporarily-unavailable"
        assert wait_until(lambda: waiting() >= THREADS // 2, 20)
        for _ in range(20):
            call(peer.stub(THANH_BINH).ListStations, request, ward=THANH_BINH, seconds=20)
        assert waiting() == THREADS // 2
        holding.rollback()
    assert wait_until(lambda: waiting() == 0, 20)
    call(peer.stub(NAM_DUONG).ListStations, request, ward=NAM_DUONG, seconds=20)
    peer.close()
