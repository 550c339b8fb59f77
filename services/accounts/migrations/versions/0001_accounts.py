"""The chassis's tables and those of accounts."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.database.migrations import create_chassis_tables

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def upgrade() -> None:
    create_chassis_tables(op)
    _create_people()
    _create_sign_in()
    _create_codes()
    op.create_table(
        "residents",
        sa.Column("identity_fingerprint", sa.LargeBinary, nullable=False),
        _text("ward"),
        _text("account_id"),
        _moment("activated_at"),
        sa.PrimaryKeyConstraint("identity_fingerprint", name="pk_residents"),
    )
    op.create_table(
        "stations",
        sa.Column("id", sa.Uuid, nullable=False),
        _text("name"),
        _text("address"),
        _text("opening_hours"),
        sa.PrimaryKeyConstraint("id", name="pk_stations"),
        sa.UniqueConstraint("name", name="uq_stations_name"),
    )


def _create_people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid, nullable=False),
        _text("status"),
        _text("full_name"),
        sa.Column("date_of_birth", sa.Date, nullable=False),
        _text("identity_kind"),
        _bytes("identity_number"),
        _bytes("identity_fingerprint"),
        _bytes("phone"),
        _bytes("phone_fingerprint"),
        _bytes("email", nullable=True),
        _text("address"),
        _moment("created_at"),
        _moment("activated_at", nullable=True),
        _text("moved_to", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("identity_fingerprint", name="uq_accounts_identity_fingerprint"),
    )
    op.create_index("ix_accounts_phone_fingerprint", "accounts", ["phone_fingerprint"])
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid, nullable=False),
        _text("username"),
        _text("full_name"),
        _text("title"),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("username", name="uq_staff_username"),
    )


def _create_sign_in() -> None:
    op.create_table(
        "credentials",
        sa.Column("person_id", sa.Uuid, nullable=False),
        _text("password_hash"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("person_id", name="pk_credentials"),
    )
    op.create_table(
        "login_attempts",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        _bytes("subject"),
        _moment("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_subject_at", "login_attempts", ["subject", "at"])
    op.create_index("ix_login_attempts_at", "login_attempts", ["at"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        _moment("opened_at"),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        sa.Column("ended_because", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["credentials.person_id"], name="fk_sessions_person_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "refresh_tokens",
        _bytes("digest"),
        sa.Column("session_id", sa.Uuid, nullable=False),
        _moment("issued_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])


def _create_codes() -> None:
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        _text("purpose"),
        _bytes("binding"),
        _bytes("code_digest"),
        _bytes("phone_fingerprint"),
        _moment("issued_at"),
        _moment("expires_at"),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        _moment("redeemed_at", nullable=True),
        _text("redemption", nullable=True),
        _moment("voided_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_codes"),
    )
    op.create_index("ix_one_time_codes_issued_at", "one_time_codes", ["issued_at"])
    op.create_index("ix_one_time_codes_phone", "one_time_codes", ["phone_fingerprint", "purpose", "issued_at"])
    op.create_index("ix_one_time_codes_account", "one_time_codes", ["account_id", "purpose", "issued_at"])


def downgrade() -> None:
    raise NotImplementedError("the first revision has nothing before it: drop the database")
