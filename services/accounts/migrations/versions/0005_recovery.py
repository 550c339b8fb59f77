"""Accounts are recovered, changed and closed; levels of identification; notices that wait

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("identity_level", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.add_column("accounts", _moment("identity_seen_at", nullable=True))
    op.add_column("accounts", _moment("phone_changed_at", nullable=True))
    op.add_column("accounts", _moment("closed_at", nullable=True))
    op.create_table(
        "phone_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("phone", sa.LargeBinary, nullable=False),
        sa.Column("phone_fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("old_code", sa.Uuid, nullable=True),
        sa.Column("new_code", sa.Uuid, nullable=False),
        _text("requested_by"),
        _moment("requested_at"),
        _moment("changed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_phone_changes"),
    )
    op.create_index("ix_phone_changes_account_id", "phone_changes", ["account_id", "requested_at"])
    op.create_index("ix_phone_changes_requested_at", "phone_changes", ["requested_at"])
    op.create_table(
        "seen_papers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        _moment("at"),
        _text("officer_id"),
        _text("officer"),
        _text("purpose"),
        _text("kind"),
        sa.Column("number", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seen_papers"),
    )
    op.create_index("ix_seen_papers_account_id", "seen_papers", ["account_id", "at"])
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Uuid, nullable=False),
        _text("account_id"),
        _text("template"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _moment("written_at"),
        _moment("expires_at", nullable=True),
        _moment("try_at"),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing"),
    )
    op.create_index("ix_outgoing_try_at", "outgoing", ["try_at"])
    op.create_table(
        "later_claims",
        _text("account_id"),
        sa.Column("identity_fingerprint", sa.LargeBinary, nullable=False),
        _text("ward"),
        _moment("activated_at"),
        sa.PrimaryKeyConstraint("account_id", "ward", name="pk_later_claims"),
    )
    op.create_index("ix_later_claims_identity_fingerprint", "later_claims", ["identity_fingerprint"])
    op.create_table(
        "closed_claims",
        _text("account_id"),
        _text("ward"),
        _moment("closed_at"),
        sa.PrimaryKeyConstraint("account_id", "ward", name="pk_closed_claims"),
    )
