"""The other wards that may have something of an account's

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "other_wards",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ward", name="pk_other_wards"),
    )
    # The wards in which somebody has filed before; their own ward among them does no harm.
    op.execute(
        "INSERT INTO other_wards SELECT DISTINCT account_id, dossier_ward FROM learning_steps WHERE kind = 'filed'"
    )
