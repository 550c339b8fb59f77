"""The Ministry's printed forms: a ward's offsets, and how often a paper was printed on one

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "blank_offsets",
        sa.Column("blank", sa.Text, nullable=False),
        sa.Column("dx", sa.SmallInteger, nullable=False),
        sa.Column("dy", sa.SmallInteger, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("blank", name="pk_blank_offsets"),
    )
    op.create_table(
        "blank_prints",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name="fk_blank_prints_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_blank_prints"),
    )
    op.create_index("ix_blank_prints_entry_id", "blank_prints", ["entry_id"])
