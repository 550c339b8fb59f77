"""Rows of staff have a version, so that no administrator overwrites another's change unseen

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("staff", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
