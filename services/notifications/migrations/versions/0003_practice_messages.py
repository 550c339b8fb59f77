"""The messages that the practice ward shows instead of sending them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_messages",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("dossier_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_practice_messages"),
    )
    op.create_index("ix_practice_messages_account_id_at", "practice_messages", ["account_id", "at"])
    op.create_index("ix_practice_messages_at", "practice_messages", ["at"])
