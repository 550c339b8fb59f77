"""A signer may be the acting head of the ward

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE staff DROP CONSTRAINT ck_staff_capacity")
    op.execute("ALTER TABLE staff ADD CONSTRAINT ck_staff_capacity CHECK (capacity IN ('head', 'acting', 'deputy'))")
