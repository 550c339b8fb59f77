"""A closed volume and a signer's act say in what capacity they were signed, instead of leaving it to the title

Earlier rows stay without it: their title shows it (services/chassis/capacity.py).

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("register_volumes", sa.Column("closed_by_capacity", sa.Text, nullable=False, server_default=""))
    op.add_column("history", sa.Column("officer_capacity", sa.Text, nullable=False, server_default=""))
