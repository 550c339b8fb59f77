"""Codes that other wards have sent, by phone

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "codes_elsewhere",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("phone_fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_codes_elsewhere"),
    )
    op.create_index("ix_codes_elsewhere_phone_fingerprint_at", "codes_elsewhere", ["phone_fingerprint", "at"])
    op.create_index("ix_codes_elsewhere_at", "codes_elsewhere", ["at"])
