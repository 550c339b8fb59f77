"""Alembic's environment: all of it is the chassis's."""

from services.accounts.tables import Base
from services.chassis.database.migrations import run_migrations

run_migrations(Base.metadata)
