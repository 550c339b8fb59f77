"""What a migration of the dossiers' tables holds, and for how long."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from services.chassis.database.migrations import config_of, migrate
from tests.postgres import Postgres

DATABASE = "dossiers_in_the_middle"


def _upgrade(url: str, revision: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        config = config_of("dossiers")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize(
    ("before", "first", "last"),
    [("0022", "proposed_notes", "verifications"), ("0023", "documents", "told")],
)
def test_a_table_that_is_rewritten_is_let_go_of_before_the_next_one(
    postgres: Postgres, before: str, first: str, last: str
) -> None:
    """The ward works meanwhile: it waits for one table at a time. Where one is in use, it goes on there next time."""
    name = f"{DATABASE}_{before}"
    postgres.create([name])
    _upgrade(postgres.url(name), before)
    with psycopg.connect(postgres.url(name, "postgresql")) as other:
        other.execute(f"LOCK TABLE {last} IN ACCESS SHARE MODE")  # a long look
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            migrate("dossiers", postgres.url(name))
        with psycopg.connect(postgres.url(name, "postgresql")) as another:
            another.execute(f"SELECT number FROM {first}")
    assert migrate("dossiers", postgres.url(name))
    with psycopg.connect(postgres.url(name, "postgresql")) as other:
        other.execute(f"SELECT number FROM {last}")


def test_the_dossiers_are_not_locked_while_a_register_is_read(postgres: Postgres) -> None:
    """0026 reads no notes while it has the dossiers locked: the sweep marks the annulled ones."""
    name = f"{DATABASE}_0025"
    postgres.create([name])
    _upgrade(postgres.url(name), "0025")
    with psycopg.connect(postgres.url(name, "postgresql")) as other:
        other.execute("LOCK TABLE register_notes")
        _upgrade(f"{postgres.url(name)}&options=-clock_timeout%3D1000", "0026")


def test_no_certificate_is_written_while_the_table_is_locked(postgres: Postgres) -> None:
    """0027: what is not known of papers that were revoked before is null; a pass over all of them takes minutes."""
    name = f"{DATABASE}_0026"
    postgres.create([name])
    _upgrade(postgres.url(name), "0026")
    with psycopg.connect(postgres.url(name, "postgresql"), autocommit=True) as other:
        other.execute("SET session_replication_role = replica")  # without an entry
        other.execute(
            "INSERT INTO certificates (id, entry_id, number, status, changed_at)"
            " VALUES ('revoked', gen_random_uuid(), '01/2020', 'revoked', now())"
        )
        before = other.execute("SELECT ctid, xmin FROM certificates").fetchone()
        _upgrade(postgres.url(name), "0027")
        assert other.execute("SELECT ctid, xmin FROM certificates").fetchone() == before
