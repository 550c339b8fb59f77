"""Papers, supplement requests, fees and what was told have an order of their own, too: as they were written

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    # The version before writes rows without it, which the identity numbers all the same.
    # It rewrites the table, which nobody reads meanwhile: one at a time, each let go of as soon as it is done. Tried
    # again after a failure, it goes on with the table that failed. Rows of before are numbered as they lie there.
    with op.get_context().autocommit_block():
        for table in ("documents", "supplement_requests", "fees", "told"):
            number = sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False)
            op.add_column(table, number, if_not_exists=True)
