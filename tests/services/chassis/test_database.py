"""Connections end: the database is restarted, fails over, or an administrator ends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from services.chassis.database.connection import Database, notices


def end_other_connections(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    query = (
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))


def use_at_once(database: Database, count: int) -> None:
    """Lets the pool open this number of connections."""
    if count:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
            use_at_once(database, count - 1)


def test_after_its_connections_were_ended_no_transaction_fails_for_it(database: Database) -> None:
    use_at_once(database, 3)
    with database.connect() as administrator:
        assert end_other_connections(administrator) == 3
        use_at_once(database, 3)


def test_a_notice_is_heard_at_once_also_one_that_came_while_something_else_was_asked(database: Database) -> None:
    with database.connect() as listener, database.connect() as other:
        listener.execute("LISTEN here")
        other.execute("NOTIFY here, 'first'")
        assert listener.execute("SELECT 1").fetchone() == (1,)
        assert [notice.payload for notice in notices(listener, threading.Event(), 60)] == ["first"]
        threading.Timer(0.1, other.execute, ("NOTIFY here, 'second'",)).start()
        assert [notice.payload for notice in notices(listener, threading.Event(), 60)] == ["second"]


def test_a_listener_notices_the_end_of_its_connection(database: Database) -> None:
    with database.connect() as listener, database.connect() as administrator:
        listener.execute("LISTEN here")
        end_other_connections(administrator)
        with pytest.raises(psycopg.OperationalError):
            notices(listener, threading.Event(), 60)


def test_a_listener_ends_soon_when_told_to_stop(database: Database) -> None:
    stopped = threading.Event()
    began = time.monotonic()
    with database.connect() as listener:
        threading.Timer(0.1, stopped.set).start()
        assert notices(listener, stopped, 60) == []
    assert time.monotonic() - began < 30


def count(database: Database) -> int:
    with database.connect() as other:
        row = other.execute("SELECT count(*) FROM idempotency").fetchone()
        assert row is not None
        return int(str(row[0]))


WRITE = text("INSERT INTO idempotency (caller, method, key, request_digest, response) VALUES ('', '', :key, '', '')")


@pytest.fixture
def only(database: Database) -> Iterator[Database]:
    """With one connection, which all use after one another."""
    single = Database(database.url, pool_size=1, pool_overflow=0)
    yield single
    single.close()


def test_what_is_written_apart_is_there_at_once_and_stays(only: Database) -> None:
    with suppress(ZeroDivisionError), only.apart() as session:
        session.execute(WRITE, {"key": "1"})
        assert count(only) == 1
        raise ZeroDivisionError
    assert count(only) == 1


@pytest.mark.parametrize("fault", [None, ZeroDivisionError(), "SELECT nothing"])
def test_after_statements_apart_a_transaction_is_one_again(only: Database, fault: Exception | str | None) -> None:
    with suppress(ZeroDivisionError, ProgrammingError), only.apart() as session:
        session.execute(text(fault if isinstance(fault, str) else "SELECT 1"))
        if isinstance(fault, Exception):
            raise fault
    with suppress(ZeroDivisionError), only.transaction() as session:
        session.execute(WRITE, {"key": "1"})
        assert count(only) == 0
        raise ZeroDivisionError
    assert count(only) == 0


def test_a_connection_that_ends_amid_statements_apart_is_replaced(only: Database) -> None:
    def end_amid() -> None:
        with only.apart() as session:
            session.execute(text("SELECT 1"))
            with only.connect() as administrator:
                end_other_connections(administrator)
            session.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        end_amid()
    with only.apart() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
