"""Captures from scanners and phones, and how a filing came about

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dossier_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ticket_digest", sa.LargeBinary, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("fault", sa.Text, server_default="", nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=True),
        sa.Column("discarded_at", _MOMENT, nullable=True),
        sa.Column("pages_before", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_captures_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        sa.UniqueConstraint("ticket_digest", name="uq_captures_ticket_digest"),
    )
    op.create_index("ix_captures_dossier_id", "captures", ["dossier_id"])
    op.create_index("ix_captures_expires_at", "captures", ["expires_at"])
    op.create_table(
        "guided_by",
        sa.Column("dossier_id", sa.Uuid, nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("pages", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_guided_by_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "ward", "session_id", name="pk_guided_by"),
    )
    op.create_table(
        "capture_pages",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("capture_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("turned", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_capture_pages_capture_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_capture_pages"),
        sa.UniqueConstraint("capture_id", "position", name="uq_capture_pages_capture_id_position"),
    )
    op.add_column("dossiers", sa.Column("station_ward", sa.Text, server_default="", nullable=False))
    op.add_column("dossiers", sa.Column("station_id", sa.Text, server_default="", nullable=False))
