"""Notes that wait, and verifications, have an order of their own: of one moment, what was written first comes first

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    # The version before writes rows without it, which the identity numbers all the same.
    # It rewrites the table, which nobody reads meanwhile: one at a time, each let go of as soon as it is done. Tried
    # again after a failure, it goes on with the table that failed. Rows of before are numbered as they lie there.
    with op.get_context().autocommit_block():
        for table in ("proposed_notes", "verifications"):
            number = sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False)
            op.add_column(table, number, if_not_exists=True)
