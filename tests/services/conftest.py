"""Service tests run against the embedded PostgreSQL: one server a worker, one empty database a test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from services.chassis.database.connection import make_engine
from services.chassis.database.migrations import migrate
from tests.postgres import Postgres

EmptyDatabase = Callable[[str, Callable[[str], object]], str]

#: Nothing of a test is needed afterwards, so nothing must reach the disk, and nothing is tidied up.
_SERVER = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
#: Who is left of the test before is shown out. Rows go as on a replica, where no trigger and no reference objects.
_EMPTY = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET session_replication_role = replica;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version'
        LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
        PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
    END $$;
"""


@pytest.fixture(scope="package", autouse=True)
def _commands_leave_logging_alone() -> Iterator[None]:
    """A service's `main` sets up the logs of its process, and here that is the process of all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.chassis.service.start_logging", lambda *_: None)
        yield


@pytest.fixture(scope="package", autouse=True)
def _engines_are_kept() -> Iterator[None]:
    """The next test needs the same statements: what SQLAlchemy has compiled once stays."""
    engines: dict[str, Engine] = {}

    def kept(url: str, **options: Any) -> Engine:
        key = repr((url, options))
        if key not in engines:
            engines[key] = make_engine(url, **options)
        return engines[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.chassis.database.connection.make_engine", kept)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not in pytest's directory: another pytest that starts takes the rights to it from a server that is not root's.
    with tempfile.TemporaryDirectory(prefix="caunoi-postgres-") as directory:
        server = Postgres(Path(directory) / "data", _SERVER)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def empty_database(postgres: Postgres) -> EmptyDatabase:
    """`empty_database(name, fill)` returns the URL of a database with the tables that `fill` creates and no rows.

    It is made once, for to empty one takes a few milliseconds.
    """

    def empty(name: str, fill: Callable[[str], object]) -> str:
        url = postgres.url(name)
        if postgres.create([name]):
            fill(url)
        with psycopg.connect(postgres.url(name, "postgresql"), autocommit=True) as connection:
            connection.execute(_EMPTY)
        return url

    return empty


@pytest.fixture(scope="session")
def database_url(postgres: Postgres, empty_database: EmptyDatabase) -> Callable[..., str]:
    """`database_url("accounts", "20248")` returns the URL of migrated, empty databases, with `{ward}` in it."""

    def make(service: str, *wards: str) -> str:
        for ward in wards:
            empty_database(f"{service}_{ward}", partial(migrate, service))
        return postgres.url(f"{service}_{{ward}}")

    return make


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
