"""A revoked paper may be superseded as well, which counts if its annulment is withdrawn

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS revoked_at timestamptz")
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS superseded_at timestamptz")
