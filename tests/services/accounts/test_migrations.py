"""Migrations and models say the same, and what a new ward begins with."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.accounts.domain.stations import LONGEST_PHRASE, read_text
from services.accounts.tables import Base
from services.chassis.database.migrations import config_of, migrate
from services.chassis.database.tables import ChassisBase
from tests.postgres import Postgres
from tests.services.accounts.service import NAM_DUONG, Accounts


def test_the_migrated_database_is_what_the_models_have(accounts: Accounts) -> None:
    with accounts.cells[NAM_DUONG].database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        # Alembic takes several metadata from env.py in the same manner.
        assert compare_metadata(context, [ChassisBase.metadata, Base.metadata]) == []  # type: ignore[arg-type] # as above


def _upgrade(url: str, revision: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        config = config_of("accounts")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


def test_signers_of_the_version_before_get_the_capacity_that_their_papers_had(postgres: Postgres) -> None:
    titles = ["Chủ tịch UBND phường", "Phó Chủ tịch UBND phường", "PHÓ CHỦ TỊCH", "Phó Trưởng phòng", ""]
    postgres.create(["accounts_with_signers"])
    _upgrade(postgres.url("accounts_with_signers"), "0015")
    columns = "id, username, full_name, title, roles, created_at"
    insert = f"INSERT INTO staff ({columns}) VALUES (%s, %s, 'Phó Đức', %s, %s, now())"
    with psycopg.connect(postgres.url("accounts_with_signers", "postgresql")) as connection:
        for n, title in enumerate(titles):
            connection.execute(insert, (uuid4(), f"{n}", title, ["signer"]))
        connection.execute(insert, (uuid4(), "9", "Phó Chủ tịch", ["receptionist"]))
    assert migrate("accounts", postgres.url("accounts_with_signers"))
    with psycopg.connect(postgres.url("accounts_with_signers", "postgresql")) as connection:
        found = connection.execute("SELECT capacity FROM staff ORDER BY username").fetchall()
        assert [capacity for (capacity,) in found] == ["head", "deputy", "deputy", "head", "head", None]
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE staff SET capacity = 'emperor'")


def test_administrators_of_the_version_before_are_ones_since_they_were_added(postgres: Postgres) -> None:
    postgres.create(["accounts_with_administrators"])
    _upgrade(postgres.url("accounts_with_administrators"), "0020")
    columns = "id, username, full_name, title, roles, created_at"
    insert = f"INSERT INTO staff ({columns}) VALUES (%s, %s, 'Phó Đức', '', %s, now() - interval '3 years')"
    with psycopg.connect(postgres.url("accounts_with_administrators", "postgresql")) as connection:
        for name, roles in (("a", ["receptionist", "ward_admin"]), ("b", ["receptionist"])):
            connection.execute(insert, (uuid4(), name, roles))
    assert migrate("accounts", postgres.url("accounts_with_administrators"))
    with psycopg.connect(postgres.url("accounts_with_administrators", "postgresql")) as connection:
        query = "SELECT administrator_since = created_at FROM staff ORDER BY username"
        assert [same for (same,) in connection.execute(query).fetchall()] == [True, None]


def test_a_ward_begins_with_phrases_that_its_administrator_can_save(postgres: Postgres) -> None:
    postgres.create(["accounts_of_a_new_ward"])
    migrate("accounts", postgres.url("accounts_of_a_new_ward"))
    with psycopg.connect(postgres.url("accounts_of_a_new_ward", "postgresql")) as connection:
        rows = connection.execute("SELECT text, position FROM phrases ORDER BY position").fetchall()
    phrases = [text for text, _ in rows]
    assert rows == [(text, place * 10) for place, text in enumerate(phrases, start=1)]
    assert len(phrases) == 12
    assert phrases[0].startswith("Cháu chào ông/bà.")
    assert phrases[-1].endswith("máy xóa hết thông tin của mình nhé.")
    assert [read_text("text", each, LONGEST_PHRASE) for each in phrases] == phrases
