"""One database per service and ward, and the transaction in which a command does all it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from services.chassis.refusal import stale
from services.chassis.settings import ServiceSettings

#: What a database that is away, restarting or overloaded raises: wait and try again.
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError)

_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """The database of one service in one ward."""

    def __init__(
        self, url: str, *, pool_size: int = 4, pool_overflow: int = 8, statement_timeout_ms: int = 5000
    ) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_overflow,
            pool_timeout=3,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 3,
                "application_name": "caunoi",
                "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC",
            },
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @classmethod
    def of(cls, settings: ServiceSettings, ward: str) -> Database:
        return cls(
            settings.for_ward("database_url", ward),
            pool_size=settings.database_pool_size,
            pool_overflow=settings.database_pool_overflow,
            statement_timeout_ms=settings.database_statement_timeout_ms,
        )

    @contextmanager
    def transaction(self, *, snapshot: bool = False) -> Iterator[Session]:
        """One unit of work: commits when the block ends, rolls back when it raises.

        With `snapshot` it only reads, and sees all as it was at its first look: for what has to agree with one another.
        Raises a Refusal (STALE) where a versioned row was changed by somebody else meanwhile.
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

    def ping(self) -> bool:
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except UNREACHABLE:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()
