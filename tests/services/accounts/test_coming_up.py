"""When a process reports that it is ready, and that it lives: for its wards' databases, and in any state of its
threads.
"""

from __future__ import annotations

import math
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from alembic import command
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc

from deploy.local.ports import HOST, ports_from
from deploy.local.probes import is_serving
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from services.chassis.database.connection import make_engine
from services.chassis.database.migrations import Revisions, config_of, migrate
from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Refusal
from tests.postgres import Postgres
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, WARDS

SOON = 60
THREADS = 4


class Process:
    """A real accounts process: its calls, its probes, its log."""

    def __init__(self, port: int, probes: int, log: Path) -> None:
        self.port = port
        self._probes = probes
        self._log = log

    def probe(self, path: str) -> tuple[int, dict[str, object]]:
        """A kubelet waits for a second or so."""
        answer = httpx.get(f"http://{HOST}:{self._probes}{path}", timeout=2)
        return answer.status_code, answer.json()

    def is_at(self, path: str, status: int, **wards: str) -> bool:
        try:
            told = self.probe(path)
        except httpx.HTTPError:
            return False
        return told[0] == status and told[1].get("wards", {}) == wards

    def metric(self, name: str, ward: str) -> float:
        text = httpx.get(f"http://{HOST}:{self._probes}/metrics", timeout=2).text
        (value,) = re.findall(rf'^{name}\{{process="accounts",ward="{ward}"\}} (\S+)$', text, re.MULTILINE)
        return float(value)

    def list_stations(self, ward: str, seconds: float = 20) -> None:
        peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda _: f"{HOST}:{self.port}")
        try:
            call(peer.stub(ward).ListStations, accounts_pb2.ListStationsRequest(), ward=ward, seconds=seconds)
        finally:
            peer.close()

    def has_logged(self, *texts: str) -> bool:
        return any(all(text in line for text in texts) for line in self._log.read_text().splitlines())


@pytest.fixture
def started(service_environment: Callable[..., None], tmp_path: Path) -> Iterator[Callable[..., Process]]:
    processes = []

    def start(url: str, *wards: str) -> Process:
        ports = ports_from(0)
        service_environment(
            "accounts",
            WARDS=",".join(wards),
            DATABASE_URL=url,
            LISTEN=f"{HOST}:{ports.accounts}",
            METRICS_LISTEN=f"{HOST}:{ports.accounts_metrics}",
            RPC_THREADS=str(THREADS),
            DATABASE_STATEMENT_TIMEOUT_MS="120000",
        )
        processes.append(spawn([sys.executable, "-m", "services.accounts", "serve"], tmp_path / "log"))
        return Process(ports.accounts, ports.accounts_metrics, tmp_path / "log")

    yield start
    for process in processes:
        end(process, signal.SIGTERM, 60)


def upgrade(url: str, revision: str) -> None:
    engine = make_engine(url)
    with engine.connect() as connection:
        config = config_of("accounts")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


def is_worked_on(url: str) -> bool:
    """Whether the ward's relay has its lock: it begins with the subscription and the loops."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        of_here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        query = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND {of_here}"
        (count,) = connection.execute(query).fetchone() or (0,)
        return bool(count)


def made(postgres: Postgres, name: str) -> str:
    """The URL of new databases without any table, with `{ward}` in it."""
    postgres.create([f"{name}_{ward}" for ward in WARDS])
    return postgres.url(f"{name}_{{ward}}")


def test_a_pod_is_ready_once_its_database_has_the_tables_and_without_a_restart(
    postgres: Postgres, started: Callable[..., Process]
) -> None:
    url = made(postgres, "coming_up_alone")
    own = url.replace("{ward}", NAM_DUONG)
    process = started(url, NAM_DUONG)
    assert wait_until(lambda: process.is_at("/readyz", 503, **{NAM_DUONG: "behind"}), SOON)
    assert process.probe("/healthz")[0] == 200
    assert process.has_logged("schema-behind", NAM_DUONG)

    upgrade(own, "0011")  # what the version before has left
    assert wait_until(lambda: process.is_at("/readyz", 503, **{NAM_DUONG: "behind"}), SOON)
    time.sleep(3)  # whose is it, and what has it: looked at more than once
    assert process.is_at("/readyz", 503, **{NAM_DUONG: "behind"})
    assert not is_serving(process.port)
    assert not is_worked_on(own), "an event would be parked, which meets no table"
    with pytest.raises(Refusal) as no:
        process.list_stations(NAM_DUONG)
    assert no.value.type == "temporarily-unavailable"

    assert migrate("accounts", own)
    assert wait_until(lambda: process.is_at("/readyz", 200, **{NAM_DUONG: "up"}), SOON)
    assert wait_until(lambda: is_serving(process.port), SOON)
    process.list_stations(NAM_DUONG)
    assert process.has_logged("ward-ready", NAM_DUONG)
    assert wait_until(lambda: is_worked_on(own), SOON)


def test_a_ward_without_its_tables_takes_nothing_from_the_others_of_the_process(
    postgres: Postgres, started: Callable[..., Process]
) -> None:
    url = made(postgres, "coming_up_two")
    migrate("accounts", url.replace("{ward}", THANH_BINH))
    process = started(url, *WARDS)
    assert wait_until(lambda: process.is_at("/readyz", 200, **{NAM_DUONG: "behind", THANH_BINH: "up"}), SOON)
    assert wait_until(lambda: is_serving(process.port), SOON)
    process.list_stations(THANH_BINH)
    with pytest.raises(Refusal):
        process.list_stations(NAM_DUONG)


def test_probes_answer_while_each_thread_waits_and_the_database_hangs(
    databases: str, started: Callable[..., Process]
) -> None:
    process = started(databases, NAM_DUONG)
    assert wait_until(lambda: process.is_at("/readyz", 200, **{NAM_DUONG: "up"}), SOON)
    hanging = databases.replace("{ward}", NAM_DUONG).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(hanging) as holding:
        holding.execute("LOCK TABLE stations, alembic_version IN ACCESS EXCLUSIVE MODE")
        for _ in range(THREADS):
            with pytest.raises(Refusal):
                process.list_stations(NAM_DUONG, seconds=0.3)
        assert not is_serving(process.port)  # what the pods were asked before: no thread is left to answer
        assert process.probe("/healthz")[0] == 200
        assert wait_until(lambda: process.is_at("/readyz", 503, **{NAM_DUONG: "away"}), 20)
        assert process.probe("/healthz")[0] == 200
        holding.rollback()
    assert wait_until(lambda: process.is_at("/readyz", 200, **{NAM_DUONG: "up"}), 20)


def test_metrics_show_how_long_events_wait_and_no_number_while_the_database_is_away(
    databases: str, started: Callable[..., Process]
) -> None:
    """Its broker is away: so is the relay that would know."""
    own = databases.replace("{ward}", NAM_DUONG).replace("postgresql+psycopg", "postgresql")
    waiting = "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, created_at) VALUES "
    with psycopg.connect(own) as connection:
        connection.execute(
            waiting + "(gen_random_uuid(), 'accounts', 'a1', 'vn.caunoi.accounts.account.opened.v1', '', "
            "now() - interval '10 minutes')"
        )
    process = started(databases, NAM_DUONG)
    try:
        assert wait_until(lambda: process.is_at("/readyz", 200, **{NAM_DUONG: "up"}), SOON)
        assert 600 <= process.metric("caunoi_outbox_oldest_age_seconds", NAM_DUONG) < 700
        assert wait_until(lambda: is_worked_on(databases.replace("{ward}", NAM_DUONG)), SOON)
        assert process.metric("caunoi_subscription_reading", NAM_DUONG) == 0
        with psycopg.connect(own) as holding:
            holding.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
            assert wait_until(lambda: process.is_at("/readyz", 503, **{NAM_DUONG: "away"}), 20)
            assert math.isnan(process.metric("caunoi_outbox_oldest_age_seconds", NAM_DUONG))
            holding.rollback()
    finally:
        with psycopg.connect(own) as connection:
            connection.execute("DELETE FROM outbox WHERE aggregateid = 'a1'")


def test_tables_of_a_later_version_are_enough_and_those_of_an_earlier_one_are_not() -> None:
    revisions = Revisions.of("accounts")
    assert revisions.suffices(revisions.head)
    assert revisions.suffices("9999")
    assert not revisions.suffices("0001")
    assert not revisions.suffices("")
