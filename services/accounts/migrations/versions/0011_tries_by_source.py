"""Tries of passwords count by login, and within it by network or known device

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("login_attempts", sa.Column("source", sa.LargeBinary, server_default=sa.text("''"), nullable=False))
    op.add_column("login_attempts", sa.Column("way", sa.Text, server_default="paced", nullable=False))
