"""Connections end: the database is restarted, fails over, or an administrator ends them."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from sqlalchemy import text

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
    """Lets the pool open so many connections."""
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
