"""A closed volume says in what capacity it was signed, and no longer leaves it to the title

Those closed before stay without: of them the title tells (services/chassis/capacity.py).

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("register_volumes", sa.Column("closed_by_capacity", sa.Text, nullable=False, server_default=""))
