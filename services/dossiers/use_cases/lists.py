"""Pages of lists of dossiers, and their cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.database.pagination import Page, page_of, read_cursor, unreadable_cursor
from services.dossiers.tables import DossierRow


def after(cursor: str, mark: str) -> tuple[datetime, UUID] | None:
    """Reads a cursor of the list of this mark: time and id of the last dossier of the previous page.

    Refusal INVALID `invalid-cursor`.
    """
    if not cursor:
        return None
    moment, id = read_cursor(cursor, mark, 2)
    try:
        return datetime.fromisoformat(moment), UUID(id)
    except ValueError:
        raise unreadable_cursor() from None


def after_received(cursor: str, mark: str) -> tuple[datetime, datetime, UUID] | None:
    """Reads a cursor of the work list: `URGENCY` of the last dossier before. Refusal as for `after`."""
    if not cursor:
        return None
    urgent, received, id = read_cursor(cursor, mark, 3)
    try:
        return datetime.fromisoformat(urgent), datetime.fromisoformat(received), UUID(id)
    except ValueError:
        raise unreadable_cursor() from None


def by_urgency(rows: Sequence[DossierRow], limit: int, mark: str) -> Page[DossierRow]:
    """The first `limit` of the rows of the work list."""
    return page_of(rows, limit, mark, _place)


def _place(row: DossierRow) -> tuple[str, ...]:
    assert row.submitted_at is not None
    return row.urgent_at.isoformat(), row.submitted_at.isoformat(), str(row.id)


def page(
    rows: Sequence[DossierRow], limit: int, mark: str, position: Callable[[DossierRow], datetime]
) -> Page[DossierRow]:
    """The first `limit` of the rows; `position` returns the time by which they are ordered; equal times are ordered by
    id.
    """
    return page_of(rows, limit, mark, lambda row: (position(row).isoformat(), str(row.id)))
