"""A database with nothing but the chassis's tables."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from deploy.local.postgres import Postgres
from services.chassis.database import Database
from services.chassis.migrations import create_chassis_tables


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    name = f"chassis_{uuid4().hex[:12]}"
    postgres.create([name])
    database = Database(postgres.url(name), pool_size=8, pool_overflow=24)
    with database.engine.begin() as connection:
        create_chassis_tables(Operations(MigrationContext.configure(connection)))
    yield database
    database.close()
    postgres.drop(name)
