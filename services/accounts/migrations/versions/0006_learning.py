"""Learning: what each account holder has filed or practised, and by whose hands

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "learning_steps",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("assistance", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("dossier_ward", sa.Text, nullable=False),
        sa.Column("dossier_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learning_steps"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_learning_steps_account_id_accounts"),
        sa.UniqueConstraint("dossier_ward", "dossier_id", name="uq_learning_steps_dossier_ward_dossier_id"),
    )
    op.create_index("ix_learning_steps_account_id", "learning_steps", ["account_id"])
