"""A database with nothing but the chassis's tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from services.chassis.database.connection import Database
from services.chassis.database.migrations import create_chassis_tables, create_owner_table
from tests.services.conftest import EmptyDatabase


@pytest.fixture
def database(empty_database: EmptyDatabase) -> Iterator[Database]:
    database = Database(empty_database("chassis", _create_tables), pool_size=8, pool_overflow=24)
    yield database
    database.close()


def _create_tables(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        create_chassis_tables(operations)
        create_owner_table(operations)
