"""Alembic's environment: the chassis runs the revisions."""

from services.accounts.tables import Base
from services.chassis.database.migrations import run_migrations

run_migrations(Base.metadata)
