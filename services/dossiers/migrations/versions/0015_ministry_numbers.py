"""The number that the Ministry's software gave an entry

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ministry_numbers",
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("sequence", sa.SmallInteger, nullable=False),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("replaced_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name="fk_ministry_numbers_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "sequence", name="pk_ministry_numbers"),
    )
    in_force = sa.text("replaced_at IS NULL")
    columns = ["register", "year", "number"]
    op.create_index("uq_ministry_numbers_in_force", "ministry_numbers", columns, unique=True, postgresql_where=in_force)
