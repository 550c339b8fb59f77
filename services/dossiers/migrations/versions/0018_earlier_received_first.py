"""Equally urgent dossiers in order of reception; dossiers that were supplemented before acceptance

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ORDER = ["urgent_at", "submitted_at", "id"]
_INDEXES = {
    "ix_dossiers_status": (["status", *_ORDER], "status > 0"),
    "ix_dossiers_assigned": (["assigned_to_id", "status", *_ORDER], "status > 0"),
    "ix_dossiers_procedure": (["procedure", "status", *_ORDER], "status > 0"),
    "ix_dossiers_supplemented": (["status", *_ORDER], "status = 1 AND answered_at IS NOT NULL"),
    "ix_dossiers_answered": (
        ["status", *_ORDER],
        "status IN (2, 4) AND answered_at IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_returned": (
        ["status", *_ORDER],
        "status = 4 AND proposal IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_to_decide": (
        ["status", *_ORDER],
        "status IN (2, 4) AND proposed_at IS NULL AND paused_at IS NULL",
    ),
    "ix_dossiers_to_sign": (["status", *_ORDER], "status = 4 AND proposed_at IS NOT NULL"),
}


def upgrade() -> None:
    # Sealed: the earlier values of a form that a supplement changed.
    op.execute("ALTER TABLE supplement_requests ADD COLUMN IF NOT EXISTS changes bytea")
    # Each by itself, so that no lock is held meanwhile; indexes concurrently: the office continues to work.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        # A payment is no answer: nobody has to read it.
        op.execute(
            "UPDATE dossiers SET answered_at = NULL FROM history AS paid "
            "WHERE paid.dossier_id = dossiers.id AND paid.act = 'payment' AND paid.at = dossiers.answered_at "
            "AND dossiers.status IN (1, 2, 4)"
        )
        for name, (columns, where) in _INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, "dossiers", columns, postgresql_where=sa.text(where), postgresql_concurrently=True)
        op.execute("SET lock_timeout = '1s'")
