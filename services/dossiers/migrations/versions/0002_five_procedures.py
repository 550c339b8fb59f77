"""Fees, verifications, extensions, comparisons, assignment; books, people and notes of the registers

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _dossiers()
    _fees()
    _verifications()
    _desk()
    _books()
    _people_and_notes()


def _dossiers() -> None:
    op.add_column("dossiers", sa.Column("reminded_at", MOMENT))
    op.add_column("dossiers", sa.Column("overdue_at", MOMENT))
    op.add_column("dossiers", sa.Column("received_by_id", sa.Text))
    op.add_column("dossiers", sa.Column("assigned_to_id", sa.Text))
    op.add_column("dossiers", sa.Column("assigned_to", sa.Text))


def _fees() -> None:
    op.create_table(
        "fees",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("exemption", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("method", sa.Text),
        sa.Column("receipt", sa.Text),
        sa.Column("settled_by", sa.Text),
        sa.UniqueConstraint("reference", name="uq_fees_reference"),
    )
    op.create_index("ix_fees_dossier_id", "fees", ["dossier_id", "asked_at"])
    op.create_index("ix_fees_open", "fees", ["asked_at"], postgresql_where=sa.text("settled_at IS NULL"))
    op.create_table(
        "payments",
        sa.Column("transaction", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("paid_at", MOMENT, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("ix_payments_reference", "payments", ["reference"])


def _verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("question", sa.LargeBinary, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("reply_due_at", MOMENT),
        sa.Column("times_out_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("answer", sa.LargeBinary),
    )
    op.create_index("ix_verifications_dossier_id", "verifications", ["dossier_id", "sent_at"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index("ix_verifications_open", "verifications", ["times_out_at"], postgresql_where=is_open)
    op.create_table(
        "extensions",
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_before", MOMENT, nullable=False),
        sa.Column("due_after", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
    )


def _desk() -> None:
    op.create_table(
        "comparisons",
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )


def _books() -> None:
    one = sa.text("1")
    op.add_column("register_books", sa.Column("first_number", sa.Integer, nullable=False, server_default=one))
    op.add_column("register_books", sa.Column("volume", sa.SmallInteger, nullable=False, server_default=one))
    op.add_column("register_books", sa.Column("opened_at", MOMENT, nullable=False, server_default=sa.func.now()))
    op.add_column("register_books", sa.Column("closed_at", MOMENT))
    for name in ("first_number", "volume", "opened_at"):
        op.alter_column("register_books", name, server_default=None)
    op.create_table(
        "register_volumes",
        sa.Column("register", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("volume", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("first_number", sa.Integer, nullable=False),
        sa.Column("last_number", sa.Integer, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("last_digest", sa.LargeBinary, nullable=False),
    )


def _people_and_notes() -> None:
    op.add_column("register_entries", sa.Column("search", TSVECTOR, nullable=False, server_default=sa.text("''")))
    op.alter_column("register_entries", "search", server_default=None)
    op.create_index("ix_register_entries_search", "register_entries", ["search"], postgresql_using="gin")
    op.create_index("ix_register_entries_day", "register_entries", ["register", "registered_at", "number"])
    op.add_column("certificates", sa.Column("number", sa.Text, nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE certificates SET number = lpad(entries.number::text, greatest(2, length(entries.number::text)), '0') "
        "|| '/' || entries.year FROM register_entries AS entries WHERE entries.id = certificates.entry_id"
    )
    op.alter_column("certificates", "number", server_default=None)
    op.add_column("certificates", sa.Column("changed_at", MOMENT))
    op.add_column("certificates", sa.Column("valid_until", sa.Date))
    entry = sa.ForeignKey("register_entries.id", name="fk_certificates_source_entry_id_register_entries")
    op.add_column("certificates", sa.Column("source_entry_id", sa.Uuid, entry))
    of_a_copy = sa.text("source_entry_id IS NOT NULL")
    op.create_index("ix_certificates_source", "certificates", ["source_entry_id"], postgresql_where=of_a_copy)
    op.create_table(
        "register_people",
        sa.Column("entry_id", sa.Uuid, sa.ForeignKey("register_entries.id"), primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("birth_year", sa.SmallInteger),
        sa.Column("numbers", sa.ARRAY(sa.LargeBinary), nullable=False),
    )
    op.create_index("ix_register_people_numbers", "register_people", ["numbers"], postgresql_using="gin")
    op.create_index("ix_register_people_name", "register_people", ["name", "birth_year"])
    op.create_table(
        "register_notes",
        sa.Column("entry_id", sa.Uuid, sa.ForeignKey("register_entries.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("previous_digest", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
    )
    op.execute(
        "CREATE TRIGGER keep_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON register_notes "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_appended()"
    )
