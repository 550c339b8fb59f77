"""A book that is not full runs on into the next year

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("register_books", sa.Column("runs_on_from_year", sa.Integer, nullable=True))
    op.add_column("register_books", sa.Column("runs_on_from_volume", sa.SmallInteger, nullable=True))
