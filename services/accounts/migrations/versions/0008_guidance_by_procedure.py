"""Guidance by procedure: in which one a question or term was explained

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("guidance", sa.Column("procedure", sa.Text, server_default="", nullable=False))
