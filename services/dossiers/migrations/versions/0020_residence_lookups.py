"""Residence is looked up by the office, which records it (NĐ 104/2022)

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "residence_lookups",
        sa.Column("dossier_id", sa.Uuid, nullable=False),
        sa.Column("sequence", sa.SmallInteger, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("officer_id", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("void_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_residence_lookups_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "sequence", name="pk_residence_lookups"),
    )
