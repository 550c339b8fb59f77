"""A database says whose it is

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

from services.chassis.database.migrations import create_owner_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_owner_table(op)
