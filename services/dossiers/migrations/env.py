"""Alembic's environment: the chassis runs the revisions."""

from __future__ import annotations

from services.chassis.database.migrations import run_migrations
from services.dossiers.tables import Base

run_migrations(Base.metadata)
