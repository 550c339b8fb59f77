"""Messages, their attempts, and the notice that wakes their delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.database.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Text),
        sa.Column("challenge_id", sa.Text),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("account_ward", sa.Text, nullable=False),
        sa.Column("dossier_id", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("expires_at", moment),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("try_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("settled_at", moment),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("challenge_id", name="uq_message_challenge_id"),
    )
    op.create_index("uq_message_event_id_channel", "message", ["event_id", "channel"], unique=True)
    op.create_index(
        "ix_message_queued", "message", ["lane", "try_at", "seq"], postgresql_where=sa.text("status = 'queued'")
    )
    op.create_index("ix_message_account_id_seq", "message", ["account_id", "seq"])
    op.create_index("ix_message_dossier_id_seq", "message", ["dossier_id", "seq"])
    op.create_table(
        "attempt",
        sa.Column("message_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("succeeded", sa.Boolean),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "number", name="pk_attempt"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_attempt_message_id"),
    )
    op.execute(
        "CREATE FUNCTION message_wakes_delivery() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('messages', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER message_wakes_delivery AFTER INSERT ON message "
        "FOR EACH STATEMENT EXECUTE FUNCTION message_wakes_delivery()"
    )
