"""What waits for each role of the office, and lists by procedure

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_INDEXES = {
    "ix_dossiers_procedure": (["procedure", "status", "urgent_at", "id"], "status > 0"),
    "ix_dossiers_answered": (
        ["status", "urgent_at", "id"],
        "status IN (2, 4) AND answered_at IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_returned": (
        ["status", "urgent_at", "id"],
        "status = 4 AND proposal IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_to_decide": (
        ["status", "urgent_at", "id"],
        "status IN (2, 4) AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_to_sign": (["status", "urgent_at", "id"], "status = 4 AND proposed_at IS NOT NULL"),
}


def upgrade() -> None:
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS answered_at timestamptz")
    # Each by itself, so that the lock of the new column is not held meanwhile; indexes concurrently: the office
    # continues to work. It waits for older transactions, and blocks nobody.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        # Dossiers on which the office works and for which something has come that nobody has dealt with yet.
        op.execute(
            "UPDATE dossiers SET answered_at = last.at FROM history AS last "
            "WHERE last.dossier_id = dossiers.id AND last.sequence = dossiers.sequence AND dossiers.status IN (2, 4) "
            "AND last.act IN ('supplement', 'verification-reply', 'payment')"
        )
        for name, (columns, where) in _INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # incomplete after an interruption
            op.create_index(name, "dossiers", columns, postgresql_where=sa.text(where), postgresql_concurrently=True)
        op.execute("SET lock_timeout = '1s'")
