"""A revoked paper may be superseded as well, which counts if its annulment is withdrawn; notes that withdraw are found

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS revoked_at timestamptz")
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS superseded_at timestamptz")
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        # It is incomplete after an interruption.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_register_notes_withdrawing")
        op.create_index(
            "ix_register_notes_withdrawing",
            "register_notes",
            ["entry_id"],
            postgresql_where=sa.text("withdraws IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
