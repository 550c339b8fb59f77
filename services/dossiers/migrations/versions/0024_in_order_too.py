"""Papers, supplement requests, fees and messages have an order of their own, too: the order of writing

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    # The version before writes rows without it; the identity column numbers them all the same.
    for table in ("documents", "supplement_requests", "fees", "told"):
        op.add_column(table, sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False))
