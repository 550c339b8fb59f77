"""A dossier is found by the phone of its applicant's account, too

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS found_by text[]")
