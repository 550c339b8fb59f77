"""A result is known to be annulled; a draft's answers from the account are known until they are sent

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    # The sweep marks what was annulled before: nobody waits for the table until that is done.
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS annulled_at timestamptz")
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS prefilled text[]")  # null: not known
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossiers_annulled")  # incomplete after an interruption
        op.create_index(
            "ix_dossiers_annulled",
            "dossiers",
            ["status", "urgent_at", "submitted_at", "id"],
            postgresql_where=sa.text("status = 9 AND annulled_at IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
