"""An index for the tracking book: dossiers by day of acceptance

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index(
        "ix_dossiers_accepted",
        "dossiers",
        ["accepted_at", "id"],
        postgresql_where=sa.text("accepted_at IS NOT NULL"),
    )
