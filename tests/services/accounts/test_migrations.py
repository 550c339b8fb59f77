"""Migrations and models say the same, and what a new ward begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from caunoi.accounts.v1.events_pb2 import StaffDeparted

from services.accounts.domain.stations import LONGEST_PHRASE, read_text
from services.accounts.service import SERVICE
from services.accounts.tables import Base
from services.chassis.database.migrations import config_of, migrate
from services.chassis.database.tables import ChassisBase
from services.chassis.events.envelope import event_type
from services.chassis.service import main
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


def test_who_left_the_office_before_that_was_told_is_told_with_the_next_upgrade(postgres: Postgres) -> None:
    """Their dossiers kept their name, and colleagues leave alone what is taken. The database may name no owner yet."""
    name = "accounts_with_departed"
    postgres.create([name])
    _upgrade(postgres.url(name), "0021")
    long_ago = datetime(2020, 3, 2, 9, tzinfo=UTC)
    people = {
        "left": (["receptionist", "signer"], long_ago),
        "administers now": (["ward_admin"], None),
        "works": (["ward_admin", "civil_status_officer"], None),
    }
    ids = {username: uuid4() for username in people}
    columns = "id, username, full_name, title, roles, ended_at, created_at"
    insert = f"INSERT INTO staff ({columns}) VALUES (%s, %s, 'Phó Đức', '', %s, %s, %s)"
    with psycopg.connect(postgres.url(name, "postgresql")) as connection:
        for username, (roles, ended_at) in people.items():
            connection.execute(insert, (ids[username], username, roles, ended_at, long_ago))
    with pytest.raises(ValueError, match="2 people have left the office"):
        migrate("accounts", postgres.url(name))
    assert migrate("accounts", postgres.url(name), NAM_DUONG)
    with psycopg.connect(postgres.url(name, "postgresql")) as connection:
        rows = connection.execute("SELECT aggregatetype, aggregateid, type, payload FROM outbox").fetchall()
    told = {key: StaffDeparted.FromString(payload) for _, key, _, payload in rows}
    assert {(stream, type) for stream, _, type, _ in rows} == {("accounts", event_type(StaffDeparted))}
    assert told.keys() == {str(ids["left"]), str(ids["administers now"])}
    assert {(key, each.staff_id, each.ward) for key, each in told.items()} == {(key, key, NAM_DUONG) for key in told}
    assert told[str(ids["left"])].departed_at.ToDatetime(UTC) == long_ago


def test_the_command_tells_a_database_that_names_no_owner_yet_its_ward(
    postgres: Postgres, service_environment: Callable[..., None]
) -> None:
    name = "accounts_without_an_owner"
    postgres.create([name])
    _upgrade(postgres.url(name), "0021")
    columns = "id, username, full_name, title, roles, ended_at, created_at"
    with psycopg.connect(postgres.url(name, "postgresql")) as connection:
        connection.execute(
            f"INSERT INTO staff ({columns}) VALUES (%s, 'a', 'Phó Đức', '', '{{}}', now(), now())", (uuid4(),)
        )
    service_environment("accounts", WARDS=NAM_DUONG, DATABASE_URL=postgres.url(name))
    assert main(SERVICE, ["migrate"]) == 0
    with psycopg.connect(postgres.url(name, "postgresql")) as connection:
        ((payload,),) = connection.execute("SELECT payload FROM outbox").fetchall()
    assert StaffDeparted.FromString(payload).ward == NAM_DUONG


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
