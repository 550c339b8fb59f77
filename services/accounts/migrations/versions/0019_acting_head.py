"""A signer may be the acting head of the ward

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("ALTER TABLE staff DROP CONSTRAINT ck_staff_capacity")
    op.execute("ALTER TABLE staff ADD CONSTRAINT ck_staff_capacity CHECK (capacity IN ('head', 'acting', 'deputy'))")
