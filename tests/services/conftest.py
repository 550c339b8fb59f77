"""Service tests run against the embedded PostgreSQL: one server a worker, one fresh database a test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.local.postgres import Postgres
from services.chassis.migrations import migrate


@pytest.fixture(scope="session", autouse=True)
def _commands_leave_logging_alone() -> Iterator[None]:
    """A service's `main` sets up the logs of its process, and here that is the process of all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.chassis.service.start_logging", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not in pytest's directory: another pytest that starts takes the rights to it from a server that is not root's.
    with tempfile.TemporaryDirectory(prefix="caunoi-postgres-") as directory:
        # Nothing of a test outlives it, so nothing has to reach the disk.
        server = Postgres(Path(directory) / "data", {"fsync": "off", "synchronous_commit": "off"})
        yield server
        server.stop()


@pytest.fixture(scope="session")
def templates(postgres: Postgres) -> dict[str, str]:
    """Service → name of its migrated template database; filled on demand."""
    return {}


@pytest.fixture
def database_url(postgres: Postgres, templates: dict[str, str]) -> Iterator[Callable[[str], str]]:
    """`database_url("accounts")` makes a fresh, migrated database of a service and answers its URL."""
    made: list[str] = []

    def make(service: str) -> str:
        if service not in templates:
            template = f"template_{service}"
            postgres.create([template])
            migrate(service, postgres.url(template))
            templates[service] = template
        name = f"{service}_{uuid4().hex[:12]}"
        with psycopg.connect(postgres.url("postgres", "postgresql"), autocommit=True) as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(templates[service])))
        made.append(name)
        return postgres.url(name)

    yield make
    for name in made:
        postgres.drop(name)


@pytest.fixture
def service_environment(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the environment that a service's settings are read from."""

    def set_environment(service: str, **settings: str) -> None:
        values = {
            "ENVIRONMENT": "development",
            "WARDS": "20248",
            "LISTEN": "127.0.0.1:0",
            "METRICS_LISTEN": "",
            "KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "SIGNING_KEYS_FILE": str(keys / f"signing-{service}.json"),
            "TRUSTED_KEYS_FILE": str(keys / "trusted.json"),
            "ENCRYPTION_KEYS_FILE": str(keys / f"encryption-{service}.json"),
            **settings,
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_environment
