"""The digest of what was sent as a page, so that a page sent again is known without reading it

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute("ALTER TABLE capture_pages ADD COLUMN IF NOT EXISTS sent_digest bytea")
