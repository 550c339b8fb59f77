"""Alembic's environment: the chassis runs the revisions."""

from __future__ import annotations

from services.chassis.database.migrations import run_migrations
from services.dossiers import register_tables  # noqa: F401  its tables are of the same metadata
from services.dossiers.tables import Base

run_migrations(Base.metadata)
