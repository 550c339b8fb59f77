"""A database that was restored from before the last migration, under a process that runs."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from alembic import command
from caunoi.accounts.v1 import events_pb2
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from psycopg import sql

from deploy.local.ports import HOST, ports_from
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from services.chassis.database.connection import make_engine
from services.chassis.database.migrations import config_of, migrate
from services.chassis.events.broker import KafkaPublisher
from services.chassis.events.envelope import Event, event_type, to_record, topic_of
from services.chassis.events.topics import ensure_topics
from services.chassis.service import subscriber_name
from tests.contracts.brokers import Kafka
from tests.postgres import Postgres

WARD, ELSEWHERE = "20248", "20230"
TOPIC = topic_of(ELSEWHERE, "accounts")
GROUP = subscriber_name("accounts", WARD)
NOW, BEFORE = f"restored_now_{WARD}", f"restored_before_{WARD}"
SOON = 60


class Accounts:
    """A real process with its database, and what can be seen of it."""

    def __init__(self, postgres: Postgres, kafka: Kafka, probes: int, log: Path) -> None:
        self._postgres = postgres
        self._broker = {"bootstrap.servers": kafka.bootstrap}
        self._admin = AdminClient({**self._broker})
        self._probes = probes
        self.log = log

    def is_ready(self) -> tuple[int, str]:
        try:
            answer = httpx.get(f"http://{HOST}:{self._probes}/readyz", timeout=2)
        except httpx.HTTPError:
            return 0, ""
        return answer.status_code, answer.json()["wards"][WARD]

    def is_alive(self) -> bool:
        return httpx.get(f"http://{HOST}:{self._probes}/healthz", timeout=2).is_success

    def tell(self) -> str:
        """An event of another ward, whose handler writes a table of the last migrations; its id."""
        payload = events_pb2.CodeIssued(account_id="a", ward=ELSEWHERE, phone_fingerprint=b"f" * 32)
        payload.issued_at.FromDatetime(datetime.now(UTC))
        event = Event(
            str(uuid4()),
            event_type(events_pb2.CodeIssued),
            f"/wards/{ELSEWHERE}/accounts",
            "a",
            datetime.now(UTC),
            payload.SerializeToString(),
        )
        assert KafkaPublisher(self._broker).publish([to_record(event)], timeout=20) == 1
        return event.id

    def has_handled(self, event_id: str) -> bool:
        with psycopg.connect(self._postgres.url(NOW, "postgresql")) as connection:
            return bool(connection.execute("SELECT 1 FROM inbox WHERE event_id = %s", (event_id,)).fetchone())

    def parked(self) -> int:
        with psycopg.connect(self._postgres.url(NOW, "postgresql")) as connection:
            (count,) = connection.execute("SELECT count(*) FROM inbox_parked").fetchone() or (0,)
            return int(count)

    def done(self) -> int:
        """How many events of the topic are committed as done."""
        asked = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(TOPIC, 0)])
        (answer,) = self._admin.list_consumer_group_offsets([asked]).values()
        return int(answer.result().topic_partitions[0].offset)

    def readers(self) -> int:
        (answer,) = self._admin.describe_consumer_groups([GROUP]).values()
        return len(answer.result().members)

    def swap(self, other: str) -> None:
        """The other database takes the place of the present one, as a restored one does."""
        with psycopg.connect(self._postgres.url("postgres", "postgresql"), autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(NOW)))
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (NOW,)
            )
            for name, becomes in ((NOW, f"{NOW}_lost"), (other, NOW)):
                names = map(sql.Identifier, (name, becomes))
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


@pytest.fixture
def accounts(
    postgres: Postgres, kafka: Kafka, service_environment: Callable[..., None], tmp_path: Path
) -> Iterator[Accounts]:
    postgres.create([NOW, BEFORE])
    migrate("accounts", postgres.url(NOW))
    engine = make_engine(postgres.url(BEFORE))
    with engine.connect() as connection:
        config = config_of("accounts")
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")  # before codes of other wards were counted
        connection.commit()
    engine.dispose()
    ensure_topics({"bootstrap.servers": kafka.bootstrap}, [TOPIC], partitions=1, replication=1)
    ports = ports_from(0)
    service_environment(
        "accounts",
        WARDS=WARD,
        DATABASE_URL=postgres.url("restored_now_{ward}"),
        LISTEN=f"{HOST}:{ports.accounts}",
        METRICS_LISTEN=f"{HOST}:{ports.accounts_metrics}",
        KAFKA_BOOTSTRAP=kafka.bootstrap,
    )
    process = spawn([sys.executable, "-m", "services.accounts", "serve"], tmp_path / "log")
    yield Accounts(postgres, kafka, ports.accounts_metrics, tmp_path / "log")
    end(process, signal.SIGTERM, 60)


def test_no_event_is_read_until_the_tables_are_there_again_and_then_each_without_a_restart(
    accounts: Accounts, postgres: Postgres
) -> None:
    assert wait_until(lambda: accounts.is_ready() == (200, "up"), SOON), accounts.log.read_text()[-3000:]
    first = accounts.tell()
    assert wait_until(lambda: accounts.has_handled(first), SOON)
    assert wait_until(lambda: accounts.done() == 1, SOON)

    accounts.swap(BEFORE)
    second = accounts.tell()
    assert wait_until(lambda: accounts.is_ready() == (503, "behind"), SOON)
    assert wait_until(lambda: accounts.readers() == 0, SOON), "the place to read from can be set back meanwhile"
    third = accounts.tell()
    time.sleep(3)  # longer than a reader takes to commit
    assert accounts.done() == 1
    assert accounts.parked() == 0
    assert not accounts.has_handled(second)
    assert accounts.is_alive(), "nobody restarts it for that"

    assert migrate("accounts", postgres.url(NOW))
    assert wait_until(lambda: accounts.is_ready() == (200, "up"), SOON)
    assert wait_until(lambda: accounts.has_handled(second) and accounts.has_handled(third), SOON)
    assert wait_until(lambda: accounts.done() == 3, SOON)
    assert accounts.parked() == 0
