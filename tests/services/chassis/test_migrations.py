"""The frozen first revision of the chassis's tables is what the models say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.database.connection import Database
from services.chassis.database.tables import ChassisBase


def test_the_chassis_tables_are_made_as_the_models_have_them(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, ChassisBase.metadata) == []
