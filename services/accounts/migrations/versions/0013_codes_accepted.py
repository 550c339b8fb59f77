"""Whether the sending of a code is known

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("one_time_codes", sa.Column("accepted_at", sa.DateTime(timezone=True)))
