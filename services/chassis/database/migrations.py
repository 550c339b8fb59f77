"""Migrations of one database per service and ward, by alembic; safe to start from several places at once.

Each service's `migrations/env.py` only calls `run_migrations`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from services.chassis.database.connection import make_engine
from services.chassis.database.tables import ChassisBase

log = structlog.get_logger()

MIGRATION_LOCK = 480_480_002


def migrate(service: str, url: str, ward: str = "") -> bool:
    """Migrates a database to the newest revision; returns False if it already had that one, or one of a later version.

    A revision that writes events needs the `ward` (GSO code), and fails without it if it has one to write.

    It waits for another migration of the same database (advisory lock), but never longer than a second for a table in
    use (lock_timeout): a migration that would queue behind a long transaction fails instead, and is tried again.
    """
    config, revisions = config_of(service), Revisions.of(service)
    engine = make_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if revisions.suffices(MigrationContext.configure(connection).get_current_revision() or ""):
            return False
        connection.rollback()
        _take_lock(connection)
        connection.execute(text("SET lock_timeout = '1s'"))
        connection.commit()
        config.attributes.update(connection=connection, ward=ward)
        command.upgrade(config, "head")
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()
    engine.dispose()
    return True


def config_of(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path("services") / service / "migrations"))
    return config


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions that this version of a service knows; it needs `head`."""

    head: str
    known: frozenset[str]

    @classmethod
    def of(cls, service: str) -> Revisions:
        scripts = ScriptDirectory.from_config(config_of(service))
        return cls(scripts.get_current_head() or "", frozenset(each.revision for each in scripts.walk_revisions()))

    def found(self, connection: psycopg.Connection[tuple[Any, ...]]) -> str:
        """The revision of a database; empty if it has none. Raises psycopg.Error."""
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return ""
        return str(row[0]) if row else ""

    def suffices(self, found: str) -> bool:
        """Whether this version can work on the found revision. An unknown revision belongs to a later version, and
        fits, too.
        """
        return found == self.head or (found != "" and found not in self.known)


def _take_lock(connection: Connection) -> None:
    """Polls for the lock: a waiting statement would block the concurrent building of an index."""
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK}):
        connection.commit()
        time.sleep(0.1)


def run_migrations(*metadata: MetaData) -> None:
    """For `env.py`: runs the revisions over the connection that `migrate`, or a test, has opened."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=[ChassisBase.metadata, *metadata], transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


def create_chassis_tables(op: Operations | ModuleType) -> None:
    """The chassis's tables as of the services' first revision. Frozen: later changes are revisions of their own."""
    moment = sa.DateTime(timezone=True)
    now = sa.text("now()")
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("aggregatetype", sa.Text, nullable=False),
        sa.Column("aggregateid", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False, server_default=""),
        sa.Column("request_id", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("published_at", moment),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_index("ix_outbox_unpublished", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL"))
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.execute(
        "CREATE FUNCTION outbox_wakes_relay() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER outbox_wakes_relay AFTER INSERT ON outbox "
        "FOR EACH STATEMENT EXECUTE FUNCTION outbox_wakes_relay()"
    )
    op.create_table(
        "inbox",
        sa.Column("subscriber", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("handled_at", moment, nullable=False, server_default=now),
    )
    op.create_index("ix_inbox_handled_at", "inbox", ["handled_at"])
    op.create_table(
        "inbox_parked",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("subscriber", "topic", "key", "event_id", "headers_json")
        ),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("parked_at", moment, nullable=False, server_default=now),
    )
    op.create_index("ix_inbox_parked_key", "inbox_parked", ["subscriber", "topic", "key"])
    op.create_table(
        "idempotency",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("caller", "method", "key")),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", moment, nullable=False, server_default=now),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("actor_id", "actor", "role", "action", "subject", "person_id", "request_id")
        ),
    )
    op.create_index("ix_audit_person", "audit", ["person_id", sa.text("seq DESC")])


def create_owner_table(op: Operations | ModuleType) -> None:
    """The table that names the owner (database/owner.py), of a later revision of each service. Frozen like the first
    tables.
    """
    op.create_table(
        "database_owner",
        sa.Column("only_one", sa.Boolean, primary_key=True, server_default=sa.text("true")),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("only_one", name="ck_database_owner_only_one"),
    )
