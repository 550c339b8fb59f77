"""Households, their members, and the codes that let somebody in

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("residential_group", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_households"),
    )
    op.create_table(
        "household_members",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("is_head", sa.Boolean, nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_household_members"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_household_members_household_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_household_members_account_id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_household_members_consent_id"),
    )
    op.create_index("ix_household_members_household_id", "household_members", ["household_id"])
    op.create_index("ix_household_members_left_at", "household_members", ["left_at"])
    op.create_index(
        "uq_household_members_account",
        "household_members",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_household_members_head",
        "household_members",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("is_head AND left_at IS NULL"),
    )
    op.create_table(
        "household_codes",
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("code_digest", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("used_by", sa.Uuid, nullable=True),
        sa.PrimaryKeyConstraint("household_id", name="pk_household_codes"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name="fk_household_codes_household_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("code_digest", name="uq_household_codes_code_digest"),
    )
    op.create_index("ix_household_codes_expires_at", "household_codes", ["expires_at"])
