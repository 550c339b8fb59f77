"""An index for the hourly purge: accounts that wait for their activation, by age

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Concurrently: people sign in meanwhile. It waits for older transactions, and blocks nobody.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_accounts_pending")  # incomplete after an interruption
        op.create_index(
            "ix_accounts_pending",
            "accounts",
            ["created_at"],
            postgresql_where=sa.text("status = 'pending'"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
