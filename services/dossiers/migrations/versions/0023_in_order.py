"""Notes that wait, and verifications, have an order of their own: at the same moment, the one written first comes first

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    # The version before writes rows without it; the identity column numbers them all the same.
    for table in ("proposed_notes", "verifications"):
        op.add_column(table, sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False))
