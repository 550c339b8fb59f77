"""Pages of lists of dossiers, and their cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.database.pagination import Page, page_of, read_cursor
from services.chassis.refusal import FieldFault, invalid
from services.dossiers.tables import DossierRow


def after(cursor: str) -> tuple[datetime, UUID] | None:
    """Reads a cursor: time and id of the last dossier of the previous page. Refusal INVALID `invalid-cursor`."""
    if not cursor:
        return None
    moment, id = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(moment), UUID(id)
    except ValueError:
        text = "Con trỏ trang không đọc được. Xin mở lại danh sách từ đầu."
        raise invalid("invalid-cursor", text, FieldFault("cursor", text)) from None


def page(rows: Sequence[DossierRow], limit: int, position: Callable[[DossierRow], datetime]) -> Page[DossierRow]:
    """The first `limit` of the rows; `position` returns the time that they are ordered by, before their ids."""
    return page_of(rows, limit, lambda row: (position(row).isoformat(), str(row.id)))
