"""The offset of a printed form has a version, so that nobody overwrites somebody else's change unseen

A form that nobody has corrected has version 1 and no row: each row has a later version.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("blank_offsets", sa.Column("version", sa.Integer, nullable=False, server_default="2"))
