"""The notice of a new message names its lane, so that only that lane's courier wakes."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TRIGGER message_wakes_delivery ON message")
    op.execute(
        "CREATE OR REPLACE FUNCTION message_wakes_delivery() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('messages', lane) FROM (SELECT DISTINCT lane FROM written) AS lanes; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER message_wakes_delivery AFTER INSERT ON message REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION message_wakes_delivery()"
    )
