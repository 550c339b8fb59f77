"""Changes of guided sessions are told to those who wait for them

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION guided_sessions_tell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('guided_sessions', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER guided_sessions_tell AFTER UPDATE OF version ON guided_sessions "
        "FOR EACH STATEMENT EXECUTE FUNCTION guided_sessions_tell()"
    )
