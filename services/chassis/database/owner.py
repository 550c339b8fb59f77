"""The owner of a database: a row in the database names it.

Otherwise a secret that names another ward's database would let one ward write into the books of another. The practice
ward, which deletes what is a week old, could empty a real ward's database. So each connection of a service reads the
row first. A connection to another ward's database is closed as if the database were away: that ward is not served, but
the others of the process are (docs/runbook.md).

A database without the row is new or older than this rule. The first process that serves or migrates it claims it,
unless it has handled another ward's events.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

log = structlog.get_logger()

Connection = psycopg.Connection[tuple[Any, ...]]

_LOG_SECONDS = 60.0
_logged: dict[Owner, float] = {}
_READ = "SELECT service, ward FROM database_owner"
_CLAIM = "INSERT INTO database_owner (service, ward) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_HANDLED = "SELECT min(subscriber), max(subscriber) FROM inbox"


@dataclass(frozen=True, slots=True)
class Owner:
    """One service of one ward (GSO code)."""

    service: str
    ward: str

    @property
    def subscriber(self) -> str:
        """The consumer group; also the name under which the inbox remembers events."""
        return f"caunoi.{self.service}.{self.ward}"


class NotOurs(psycopg.OperationalError):
    """The database belongs to another ward, or has no tables yet: it is treated as away."""


class NotMigrated(NotOurs):
    """The database has no tables yet, or the tables of a version that did not name the owner."""


def refuse_another(connection: Connection, owner: Owner) -> bool:
    """Whether the database names this owner; False if it names no owner yet.

    Raises NotOurs; psycopg.errors.UndefinedTable if it has no such table yet.
    """
    found = connection.execute(_READ).fetchone()
    if found is not None and Owner(*found) != owner:
        raise _refused(owner, Owner(*found).subscriber)
    return found is not None


def refuse_another_before_migrating(connection: Connection, owner: Owner) -> None:
    """Raises NotOurs."""
    with suppress(psycopg.errors.UndefinedTable):
        refuse_another(connection, owner)


def prove(connection: Connection, owner: Owner) -> None:
    """Reads the owner of the database, and claims it if it has none. Raises NotOurs."""
    try:
        if not refuse_another(connection, owner):
            _claim(connection, owner)
        connection.commit()
    except psycopg.errors.UndefinedTable as fault:
        connection.close()
        raise NotMigrated("the database has to be migrated first") from fault
    except psycopg.Error:
        connection.close()
        raise


def _claim(connection: Connection, owner: Owner) -> None:
    for name in connection.execute(_HANDLED).fetchone() or ():
        if name and name.startswith("caunoi.") and name != owner.subscriber:
            raise _refused(owner, name)
    connection.execute(_CLAIM, (owner.service, owner.ward))
    refuse_another(connection, owner)  # another process may have been first
    log.info("database-claimed", service=owner.service, ward=owner.ward)


def _refused(owner: Owner, found: str) -> NotOurs:
    """The fault is logged only once a minute, because every part of the ward tries again and again."""
    now = time.monotonic()
    if now - _logged.get(owner, -_LOG_SECONDS) >= _LOG_SECONDS:
        _logged[owner] = now
        log.error("database-of-another-ward", ward=owner.ward, service=owner.service, found=found)
    return NotOurs(f"the database is that of {found}, not of {owner.subscriber}")
