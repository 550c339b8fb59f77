"""Dossiers, their history and documents, registers and certificates

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from services.chassis.database.migrations import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    create_chassis_tables(op)
    _dossiers()
    _around_a_dossier()
    _registers()


def _dossiers() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("procedure", "procedure_version"),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("status_before_pause", sa.SmallInteger),
        sa.Column("code", sa.Text),
        *_texts("applicant_id", "applicant_ward", "applicant_name", "channel", "assistance", "subject_name"),
        sa.Column("search", TSVECTOR),
        sa.Column("form", sa.LargeBinary, nullable=False),
        sa.Column("proposal", sa.LargeBinary),
        sa.Column("proposed_at", MOMENT),
        sa.Column("proposed_by_id", sa.Text),
        sa.Column("proposed_by", sa.Text),
        sa.Column("recipient", sa.LargeBinary),
        sa.Column("tracking_key", sa.LargeBinary),
        sa.Column("tracking_fingerprint", sa.LargeBinary),
        sa.Column("likeness", sa.LargeBinary),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        *(sa.Column(name, MOMENT) for name in ("submitted_at", "accepted_at", "paused_at", "due_at")),
        sa.Column("urgent_at", MOMENT, nullable=False),
        sa.Column("promised_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.UniqueConstraint("code", name="uq_dossiers_code"),
        sa.UniqueConstraint("tracking_fingerprint", name="uq_dossiers_tracking_fingerprint"),
    )
    filed = sa.text("status > 0")
    is_open = sa.text("status IN (1, 2, 4, 5, 6, 9)")
    op.create_index("ix_dossiers_open", "dossiers", ["urgent_at", "id"], postgresql_where=is_open)
    op.create_index("ix_dossiers_status", "dossiers", ["status", "urgent_at", "id"], postgresql_where=filed)
    op.create_index("ix_dossiers_applicant", "dossiers", ["applicant_id", "created_at", "id"])
    op.create_index("ix_dossiers_search", "dossiers", ["search"], postgresql_using="gin", postgresql_where=filed)
    alike = sa.text("likeness IS NOT NULL")
    op.create_index("ix_dossiers_likeness", "dossiers", ["likeness"], postgresql_where=alike)


def _around_a_dossier() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        *_texts("kind", "filename", "media_type"),
        sa.Column("size", sa.Integer, nullable=False),
        *_texts("sha256", "path"),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("filed_at", MOMENT),
        sa.UniqueConstraint("dossier_id", "kind", "sha256", name="uq_documents_dossier_id_kind_sha256"),
    )
    op.create_table(
        "history",
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        *_texts("actor", "actor_id", "officer", "reason", "article"),
        sa.Column("due_at", MOMENT),
    )
    op.create_table(
        "supplement_requests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("items", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
    )
    op.create_index("ix_supplement_requests_dossier_id", "supplement_requests", ["dossier_id", "requested_at"])
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("challenge_id", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_confirmations_dossier_id", "confirmations", ["dossier_id"])
    op.create_table(
        "day_numbers",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "told",
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("dossier_id", sa.Uuid, nullable=False),
        *_texts("channel", "template"),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_told_dossier_id", "told", ["dossier_id"])


def _registers() -> None:
    op.create_table(
        "register_books",
        sa.Column("register", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last_number", sa.Integer, nullable=False),
        sa.Column("last_digest", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("dossier_id", sa.Uuid, sa.ForeignKey("dossiers.id"), nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("content", "previous_digest", "digest")),
        sa.Column("registered_at", MOMENT, nullable=False),
        *_texts("signer_id", "signer_name", "signer_title", "certificate_id"),
        sa.UniqueConstraint("register", "year", "number", name="uq_register_entries_register_year_number"),
        sa.UniqueConstraint("dossier_id", name="uq_register_entries_dossier_id"),
        sa.UniqueConstraint("certificate_id", name="uq_register_entries_certificate_id"),
    )
    # NĐ 123/2015 Đ12, TT 04/2020: entries never change; later changes are notes.
    op.execute(
        "CREATE FUNCTION keep_appended() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME; END $$"
    )
    for table in ("register_entries", "history"):
        op.execute(
            f"CREATE TRIGGER keep_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_appended()"
        )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.Uuid, sa.ForeignKey("register_entries.id"), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text),
        sa.Column("path", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("made_at", MOMENT),
        sa.UniqueConstraint("entry_id", name="uq_certificates_entry_id"),
    )
    missing = sa.text("sha256 IS NULL")
    op.create_index("ix_certificates_missing", "certificates", ["entry_id"], postgresql_where=missing)
