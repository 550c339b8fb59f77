"""An account gets another identity paper: what links the two, and the numbers that accounts have given up

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("seen_papers", sa.Column("ground", sa.Text, server_default="", nullable=False))
    op.add_column("seen_papers", sa.Column("replaced_kind", sa.Text, server_default="", nullable=False))
    op.add_column("seen_papers", sa.Column("replaced_number", sa.LargeBinary, nullable=True))
    op.create_table(
        "given_up_claims",
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.Column("identity_fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ward", "identity_fingerprint", name="pk_given_up_claims"),
    )
