"""A ticket of a second factor knows the session that asked for it

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    # Without a foreign key: sessions are deleted by their time, and a ticket that names one of them lives ten minutes.
    op.add_column("factor_tickets", sa.Column("session_id", sa.Uuid(), nullable=True))
