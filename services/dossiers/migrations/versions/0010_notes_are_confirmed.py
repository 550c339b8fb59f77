"""A note waits for the signer before it counts

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "proposed_notes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("returned_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name="fk_proposed_notes_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proposed_notes"),
    )
    op.create_index("ix_proposed_notes_entry_id", "proposed_notes", ["entry_id"])
    is_waiting = sa.text("returned_at IS NULL")
    op.create_index("ix_proposed_notes_waiting", "proposed_notes", ["at"], postgresql_where=is_waiting)
