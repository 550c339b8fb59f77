"""A closing statement says in what capacity it was signed, and no longer guesses it from a name

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("register_volumes", sa.Column("closed_by_title", sa.Text, nullable=False, server_default=""))
    # `closed_by` is "name, title": the title follows the first comma.
    op.execute(
        "UPDATE register_volumes SET closed_by_title = substr(closed_by, strpos(closed_by, ', ') + 2)"
        " WHERE strpos(closed_by, ', ') > 0"
    )
