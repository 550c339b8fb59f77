"""An index for the sweep: drafts by their last change

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ix_dossiers_drafts", "dossiers", ["updated_at", "id"], postgresql_where=sa.text("status = 0"))
