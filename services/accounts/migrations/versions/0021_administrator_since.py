"""Of an administrator it is known since when they are one, so that nobody becomes one unseen

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("staff", sa.Column("administrator_since", sa.DateTime(timezone=True)))
    op.execute("UPDATE staff SET administrator_since = created_at WHERE 'ward_admin' = ANY(roles)")
