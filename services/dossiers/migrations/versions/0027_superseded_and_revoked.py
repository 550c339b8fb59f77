"""A revoked paper may be superseded as well, which counts if its annulment is withdrawn

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS superseded_at timestamptz")
    # Nobody knows what these were before: as until now, they are not valid again.
    op.execute("UPDATE certificates SET superseded_at = changed_at WHERE status = 'revoked'")
