"""A phrase has a version, so that no administrator overwrites another's words unseen

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("phrases", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
