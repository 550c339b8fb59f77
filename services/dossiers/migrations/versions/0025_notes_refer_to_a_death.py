"""A note on a marriage refers to the entry of the death that it is about

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_REFERS = "fk_register_notes_death_entry_id_register_entries"


def upgrade() -> None:
    op.execute("ALTER TABLE register_notes ADD COLUMN IF NOT EXISTS death_entry_id uuid")
    op.execute(f"ALTER TABLE register_notes DROP CONSTRAINT IF EXISTS {_REFERS}")  # tried again after a failure
    op.execute(
        f"ALTER TABLE register_notes ADD CONSTRAINT {_REFERS} "
        "FOREIGN KEY (death_entry_id) REFERENCES register_entries (id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"ALTER TABLE register_notes VALIDATE CONSTRAINT {_REFERS}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_register_notes_death")  # incomplete after an interruption
        op.create_index(
            "ix_register_notes_death",
            "register_notes",
            ["death_entry_id"],
            postgresql_where=sa.text("death_entry_id IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")
