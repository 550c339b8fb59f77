"""An index for the desk: dossiers by assignee

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Concurrently: the office continues to work. It waits for older transactions, and blocks nobody.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossiers_assigned")  # incomplete after an interruption
        op.create_index(
            "ix_dossiers_assigned",
            "dossiers",
            ["assigned_to_id", "status", "urgent_at", "id"],
            postgresql_where=sa.text("status > 0"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
