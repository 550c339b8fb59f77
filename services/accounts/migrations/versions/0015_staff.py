"""Staff have second factors and addresses, and leave

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _person(table: str) -> tuple[sa.Column[UUID], sa.ForeignKeyConstraint]:
    of_staff = sa.ForeignKeyConstraint(
        ["person_id"], ["staff.id"], name=f"fk_{table}_person_id_staff", ondelete="CASCADE"
    )
    return sa.Column("person_id", sa.Uuid(), nullable=False), of_staff


def upgrade() -> None:
    op.add_column("staff", _bytes("phone", nullable=True))
    op.add_column("staff", _bytes("email", nullable=True))
    op.add_column("staff", _moment("ended_at", nullable=True))
    op.create_table(
        "authenticators",
        sa.Column("id", sa.Uuid, nullable=False),
        *_person("authenticators"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _bytes("secret", nullable=True),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _bytes("credential_id", nullable=True),
        _bytes("public_key", nullable=True),
        sa.Column("sign_count", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _bytes("challenge", nullable=True),
        _bytes("ticket"),
        _moment("started_at"),
        _moment("confirmed_at", nullable=True),
        _moment("last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_authenticators"),
    )
    op.create_table(
        "recovery_codes",
        _bytes("digest"),
        *_person("recovery_codes"),
        _moment("made_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_codes"),
    )
    op.create_table(
        "factor_tickets",
        _bytes("digest"),
        *_person("factor_tickets"),
        sa.Column("purpose", sa.Text, nullable=False),
        _bytes("challenge"),
        sa.Column("new_hash", sa.Text, nullable=True),
        _bytes("device", nullable=True),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        _moment("issued_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_factor_tickets"),
    )
    op.create_table(
        "factor_resets",
        sa.Column("id", sa.Uuid, nullable=False),
        *_person("factor_resets"),
        _moment("at"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by", "by_name", "reason")),
        sa.PrimaryKeyConstraint("id", name="pk_factor_resets"),
    )
    for table in ("authenticators", "recovery_codes", "factor_resets", "factor_tickets"):
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])
    op.create_index("ix_authenticators_started_at", "authenticators", ["started_at"])
    op.create_index("ix_factor_tickets_expires_at", "factor_tickets", ["expires_at"])
