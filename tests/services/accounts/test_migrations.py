"""Migrations and models say the same, and what a new ward begins with."""

from __future__ import annotations

import tomllib
from pathlib import Path

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.accounts.tables import Base
from services.chassis.database.migrations import migrate
from services.chassis.database.tables import ChassisBase
from tests.postgres import Postgres
from tests.services.accounts.service import NAM_DUONG, Accounts


def test_the_migrated_database_is_what_the_models_have(accounts: Accounts) -> None:
    with accounts.cells[NAM_DUONG].database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        # Alembic takes several metadata from env.py in the same manner.
        assert compare_metadata(context, [ChassisBase.metadata, Base.metadata]) == []  # type: ignore[arg-type] # as above


def test_a_ward_begins_with_the_phrases_of_the_file_in_their_order(postgres: Postgres) -> None:
    postgres.create(["accounts_of_a_new_ward"])
    migrate("accounts", postgres.url("accounts_of_a_new_ward"))
    with psycopg.connect(postgres.url("accounts_of_a_new_ward", "postgresql")) as connection:
        rows = connection.execute("SELECT text FROM phrases WHERE retired_at IS NULL ORDER BY position").fetchall()
    phrases = tomllib.loads(Path("services/accounts/phrases.toml").read_text("utf-8"))["phrases"]
    assert [text for (text,) in rows] == phrases
