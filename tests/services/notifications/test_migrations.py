"""The migrations make exactly what the models say."""

from __future__ import annotations

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from services.chassis.database.migrations import migrate
from services.chassis.database.tables import ChassisBase
from services.notifications.tables import Base
from tests.conftest import NAM_DUONG


def test_migrated_tables_are_those_of_the_models(database_url: Callable[..., str]) -> None:
    engine = create_engine(database_url("notifications", NAM_DUONG).format(ward=NAM_DUONG))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for metadata in (Base.metadata, ChassisBase.metadata)
            for difference in compare_metadata(context, metadata)
            if not _is_a_table_of_the_other(difference)
        ]
    engine.dispose()
    assert differences == []


def _is_a_table_of_the_other(difference: object) -> bool:
    """Comparing one set of tables reports those of the other as superfluous."""
    if not isinstance(difference, tuple):
        return False
    action, item = difference[0], difference[1]
    if action == "remove_table":
        known = {*Base.metadata.tables, *ChassisBase.metadata.tables}
        return item.name in known
    return action == "remove_index" and item.table.name in {*Base.metadata.tables, *ChassisBase.metadata.tables}


def test_migrating_again_changes_nothing(database_url: Callable[..., str]) -> None:
    assert migrate("notifications", database_url("notifications", NAM_DUONG).format(ward=NAM_DUONG)) is False
