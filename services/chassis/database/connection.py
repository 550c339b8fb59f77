"""One database per service and ward, and the transaction of a command."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from services.chassis.database.owner import Owner, prove
from services.chassis.refusal import stale
from services.chassis.settings import ServiceSettings

#: Raised by a database that is away, restarting or overloaded: wait and try again.
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError)

_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
#: For every connection to a database: a silent server counts as away within seconds, not after the kernel's long
#: timeout.
CONNECTING: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "caunoi",
}

#: How often a wait for notices checks whether it must stop.
STOP_SECONDS = 1.0

Connection = psycopg.Connection[tuple[Any, ...]]


def make_engine(url: str, *, owner: Owner | None = None, **options: Any) -> Engine:
    """An engine whose error messages contain no data: they go to logs and are stored with parked events.

    With an `owner`, it refuses connections to another owner's database.
    """
    engine = create_engine(url, hide_parameters=True, **options)
    event.listen(engine, "handle_error", _take_out_values)
    if owner is not None:
        event.listen(engine, "connect", lambda connection, _: prove(connection, owner))
    return engine


def _take_out_values(context: ExceptionContext) -> None:
    """Removes the quoted row or value from PostgreSQL's error message; the fault and its place stay."""
    fault, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(fault, psycopg.Error) or not fault.diag.message_primary:
        return
    quotes_what_was_sent = (fault.sqlstate or "").startswith("22")  # data exceptions quote values
    told = f"SQLSTATE {fault.sqlstate}" if quotes_what_was_sent else fault.diag.message_primary
    fault.args = (told,)
    if wrapped is not None:
        wrapped.args = (f"({type(fault).__name__}) {told}",)


def is_statement_timeout(fault: BaseException) -> bool:
    """Whether the database works but a statement exceeded its time limit."""
    return isinstance(fault, OperationalError) and isinstance(fault.orig, psycopg.errors.QueryCanceled)


class Database:
    """The database of one service in one ward; it must belong to `owner`.

    Without an owner nothing is checked: for tests and measurements.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 4,
        pool_overflow: int = 8,
        statement_timeout_ms: int = 5000,
        owner: Owner | None = None,
    ) -> None:
        self.url = url
        self._owner = owner
        self._options = CONNECTING | {"options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC"}
        self.engine: Engine = make_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_overflow,
            pool_timeout=3,
            connect_args=self._options,
            owner=owner,
        )
        event.listen(self.engine, "checkout", _refuse_ended)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @classmethod
    def of(cls, settings: ServiceSettings, owner: Owner) -> Database:
        ward = owner.ward
        return cls(
            settings.for_ward("database_url", ward),
            pool_size=settings.database_pool_size,
            pool_overflow=settings.database_pool_overflow,
            statement_timeout_ms=settings.database_statement_timeout_ms,
            owner=owner,
        )

    @contextmanager
    def transaction(self, *, snapshot: bool = False) -> Iterator[Session]:
        """One unit of work: commits when the block ends, rolls back when it raises.

        With `snapshot` it only reads, and sees all rows as they were at its first statement: for results that must
        agree. Raises a Refusal (STALE) if somebody else has changed a versioned row meanwhile.
        """
        with self._sessions() as session:
            try:
                if snapshot:
                    session.connection(execution_options=_SNAPSHOT)
                yield session
                session.commit()
            except StaleDataError as fault:
                session.rollback()
                raise stale() from fault
            except BaseException:
                session.rollback()
                raise

    def session(self, *, snapshot: bool, apart: bool) -> AbstractContextManager[Session]:
        """The session of a unit of work: `apart`, or in one transaction."""
        return self.apart() if apart else self.transaction(snapshot=snapshot)

    @contextmanager
    def apart(self) -> Iterator[Session]:
        """Each statement is a transaction of its own, which saves the round trips of BEGIN and COMMIT. For work that
        reads and writes one row at most (docs/decisions/0029). Written rows stay, even if the block raises.
        """
        with self._sessions() as session:
            connection = session.connection().connection.dbapi_connection
            assert connection is not None
            # Not by SQLAlchemy's isolation level: switching to it and back costs more than the two round trips.
            connection.autocommit = True
            try:
                yield session
                session.flush()
            finally:
                if not connection.closed:
                    connection.autocommit = False
            session.commit()

    def connect(self) -> Connection:
        """A connection of its own, in autocommit: to listen, or to hold a lock for as long as it lives.

        Raises psycopg.OperationalError, here and in later use, when the database goes away.
        """
        connection: Connection = psycopg.connect(plain(self.url), autocommit=True, **self._options)
        if self._owner is not None:
            prove(connection, self._owner)
        return connection

    def close(self) -> None:
        self.engine.dispose()


def plain(url: str) -> str:
    """SQLAlchemy's URL in the form for PostgreSQL's own clients."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _refuse_ended(connection: Connection, *_: object) -> None:
    """Refuses a pooled connection that the server has closed; the pool then replaces all of its connections.

    A server sends nothing over an idle connection except its end, so a readable connection is closed. This check costs
    no round trip; a ping would cost one for each transaction.
    """
    if connection.closed or _has_news(connection, 0):
        raise InvalidatePoolError


def notices(connection: Connection, stopped: threading.Event, seconds: float) -> list[psycopg.Notify]:
    """The notices since the last call; if there are none, waits up to `seconds` for the first. Ends when stopped.

    Raises psycopg.OperationalError.
    """
    until = time.monotonic() + seconds
    came = list(connection.notifies(timeout=0))
    while not came and not stopped.is_set() and (left := until - time.monotonic()) > 0:
        # psycopg's own wait would wake ten times a second, in each ward of a process.
        if _has_news(connection, min(left, STOP_SECONDS)):
            came = list(connection.notifies(timeout=0))
    return came


def _has_news(connection: Connection, seconds: float) -> bool:
    """Whether the server sends something or closes the connection within the time."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
