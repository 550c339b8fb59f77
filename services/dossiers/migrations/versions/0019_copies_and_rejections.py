"""Copies paid for with a registration have an entry of their own, and a rejection waits for the signer

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_NEW = "uq_register_entries_dossier_id_register"


def upgrade() -> None:
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS stop_proposed_at timestamptz")
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS stop_proposed_by_id text")
    op.execute("ALTER TABLE supplement_requests ADD COLUMN IF NOT EXISTS right_as_it_is bytea")
    # Concurrently, so that the ward can sign meanwhile. The narrower rule is dropped once the wider one exists.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_NEW}")  # incomplete after an interruption
        op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {_NEW} ON register_entries (dossier_id, register)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossiers_to_stop")
        op.create_index(
            "ix_dossiers_to_stop",
            "dossiers",
            ["status", "urgent_at", "submitted_at", "id"],
            postgresql_where=sa.text("status IN (2, 4, 5, 6, 9) AND stop_proposed_at IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
    op.execute(f"ALTER TABLE register_entries ADD CONSTRAINT {_NEW} UNIQUE USING INDEX {_NEW}")
    op.execute("ALTER TABLE register_entries DROP CONSTRAINT IF EXISTS uq_register_entries_dossier_id")
