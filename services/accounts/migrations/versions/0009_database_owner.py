"""A database says whose it is

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from alembic import op

from services.chassis.database.migrations import create_owner_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_owner_table(op)
