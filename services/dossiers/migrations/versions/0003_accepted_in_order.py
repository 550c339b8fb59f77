"""The tracking book finds what was taken in on some days

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
