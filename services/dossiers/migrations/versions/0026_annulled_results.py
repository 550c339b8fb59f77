"""A result is known to be annulled; a draft's answers from the account are known until they are sent

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from services.dossiers.domain.notes import ANNULLING, counting

revision = "0026"
down_revision = "0025"

_DONE = 9
_NOTES = sa.text(
    "SELECT entry_id, kind, at, withdraws FROM register_notes WHERE entry_id IN"
    " (SELECT entry_id FROM register_notes WHERE kind = ANY(:annulling)) ORDER BY entry_id, sequence"
)
#: A copy that was signed after the annulment has the annulment in it, and is handed over.
_ANNUL = sa.text(
    "UPDATE dossiers SET annulled_at = :at WHERE status = :done AND annulled_at IS NULL AND id IN"
    " (SELECT dossier_id FROM register_entries WHERE id = :entry UNION"
    "  SELECT e.dossier_id FROM certificates c JOIN register_entries e ON e.id = c.entry_id"
    "  WHERE c.source_entry_id = :entry AND e.registered_at <= :at)"
    " AND (SELECT e.id FROM register_entries e WHERE e.dossier_id = dossiers.id"
    "  ORDER BY e.register = 'copies' LIMIT 1) IN"
    " (SELECT CAST(:entry AS uuid) UNION SELECT entry_id FROM certificates WHERE source_entry_id = :entry)"
)


def upgrade() -> None:
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS annulled_at timestamptz")
    op.execute("ALTER TABLE dossiers ADD COLUMN IF NOT EXISTS prefilled text[] NOT NULL DEFAULT '{}'")
    _mark(op.get_bind())
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossiers_annulled")  # incomplete after an interruption
        op.create_index(
            "ix_dossiers_annulled",
            "dossiers",
            ["status", "urgent_at", "submitted_at", "id"],
            postgresql_where=sa.text("status = 9 AND annulled_at IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '1s'")


def _mark(connection: sa.Connection) -> None:
    """Marks the results that wait although their entry was annulled. Their applicants are not told so late."""
    notes: dict[UUID, list[tuple[str, datetime, int | None]]] = {}
    for entry, kind, at, withdraws in connection.execute(_NOTES, {"annulling": list(ANNULLING)}):
        notes.setdefault(entry, []).append((kind, at, withdraws))
    for entry, written in notes.items():
        left = [written[number - 1] for number in counting([withdraws for _, _, withdraws in written])]
        annulled = [at for kind, at, _ in left if kind in ANNULLING]
        if annulled:
            connection.execute(_ANNUL, {"entry": entry, "at": annulled[0], "done": _DONE})
