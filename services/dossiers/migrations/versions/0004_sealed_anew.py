"""Register entries may be encrypted with another key; their content and digest stay

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION keep_resealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF current_setting('caunoi.resealing', true) = 'on' "
        "AND to_jsonb(NEW) - 'content' = to_jsonb(OLD) - 'content' THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME; END $$"
    )
    for table in ("register_entries", "register_notes"):
        op.execute(f"DROP TRIGGER keep_appended ON {table}")
        op.execute(
            f"CREATE TRIGGER keep_appended BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_appended()"
        )
        op.execute(
            f"CREATE TRIGGER keep_resealed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_resealed()"
        )
