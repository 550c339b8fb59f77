"""A note of a register may withdraw an earlier one of its entry

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE register_notes ADD COLUMN IF NOT EXISTS withdraws integer")
