"""Migrations and models say the same."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.accounts.tables import Base
from services.chassis.database.tables import ChassisBase
from tests.services.accounts.conftest import NAM_DUONG, Accounts


def test_the_migrated_database_is_what_the_models_have(accounts: Accounts) -> None:
    with accounts.cells[NAM_DUONG].database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        # Alembic takes several metadata from env.py in the same manner.
        assert compare_metadata(context, [ChassisBase.metadata, Base.metadata]) == []  # type: ignore[arg-type] # as above
