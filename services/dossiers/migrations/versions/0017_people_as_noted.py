"""People of the registers are found by the names, births and numbers that notes have given them

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE register_people ADD COLUMN IF NOT EXISTS version smallint NOT NULL DEFAULT 0")
    # The words by which an entry is found are no part of its content: names that a note gave may be added.
    op.execute(
        "CREATE OR REPLACE FUNCTION keep_resealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF current_setting('caunoi.resealing', true) = 'on' "
        "AND to_jsonb(NEW) - 'content' = to_jsonb(OLD) - 'content' THEN RETURN NEW; END IF; "
        "IF current_setting('caunoi.finding', true) = 'on' "
        "AND to_jsonb(NEW) - 'search' = to_jsonb(OLD) - 'search' THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME; END $$"
    )
    # Concurrently: the office continues to work. The key changes its index in a moment.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS register_people_versions")  # incomplete after an interruption
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY register_people_versions ON register_people (entry_id, part, version)"
        )
        op.execute("SET lock_timeout = '1s'")
    op.execute(
        "ALTER TABLE register_people DROP CONSTRAINT register_people_pkey, "
        "ADD CONSTRAINT register_people_pkey PRIMARY KEY USING INDEX register_people_versions"
    )
