"""Whose a database is: it says so itself, in one row.

A secret that names another ward's database would otherwise let one ward write into the books of another, and the
practice ward, which deletes what is a week old, empty a real one. So each connection of a service reads the row first,
and one to another ward's database is given up as one to a database that is away: that ward is not served, the others
of the process are (docs/runbook.md).

A database without the row, new or from before there was one, is claimed by whoever serves or migrates it first, unless
it has handled another ward's events.
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
        """The consumer group, and the name under which the inbox remembers events."""
        return f"caunoi.{self.service}.{self.ward}"


class NotOurs(psycopg.OperationalError):
    """The database is another ward's, or has no tables yet: treated as one that is away."""


class NotMigrated(NotOurs):
    """The database has no tables yet, or those of a version that did not say whose they are."""


def refuse_another(connection: Connection, owner: Owner) -> bool:
    """Whether the database says that it is this owner's; False where it says nothing yet.

    Raises NotOurs; psycopg.errors.UndefinedTable where it has no such table yet.
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
    """Reads whose the database is, and claims it where it does not say. Raises NotOurs."""
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
    refuse_another(connection, owner)  # another may have been first
    log.info("database-claimed", service=owner.service, ward=owner.ward)


def _refused(owner: Owner, found: str) -> NotOurs:
    """Every part of the ward tries again and again: what is wrong is said once a minute."""
    now = time.monotonic()
    if now - _logged.get(owner, -_LOG_SECONDS) >= _LOG_SECONDS:
        _logged[owner] = now
        log.error("database-of-another-ward", ward=owner.ward, service=owner.service, found=found)
    return NotOurs(f"the database is that of {found}, not of {owner.subscriber}")
