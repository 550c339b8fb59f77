"""Queries of captures and their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.orm import Session

from services.dossiers.tables import CapturePageRow, CaptureRow


def capture(session: Session, dossier_id: UUID, id: UUID) -> CaptureRow | None:
    return session.scalar(select(CaptureRow).where(CaptureRow.id == id, CaptureRow.dossier_id == dossier_id))


def open_capture(session: Session, dossier_id: UUID, kind: str) -> CaptureRow | None:
    """The capture of a paper that is neither kept nor discarded; a paper has at most one."""
    return session.scalar(
        select(CaptureRow).where(
            CaptureRow.dossier_id == dossier_id,
            CaptureRow.kind == kind,
            CaptureRow.kept_at.is_(None),
            CaptureRow.discarded_at.is_(None),
        )
    )


def open_captures(session: Session, dossier_id: UUID) -> Sequence[Row[tuple[UUID, str, int]]]:
    """Id, kind of paper and number of pages of each capture with pages that are neither kept nor discarded."""
    query = select(CaptureRow.id, CaptureRow.kind, func.count()).join(
        CapturePageRow, CapturePageRow.capture_id == CaptureRow.id
    )
    query = query.where(
        CaptureRow.dossier_id == dossier_id,
        CaptureRow.kept_at.is_(None),
        CaptureRow.discarded_at.is_(None),
        CapturePageRow.path != "",
    )
    return session.execute(query.group_by(CaptureRow.id, CaptureRow.kind).order_by(CaptureRow.kind)).all()


def capture_of_ticket(session: Session, digest: bytes, *, locked: bool = False) -> CaptureRow | None:
    query = select(CaptureRow).where(CaptureRow.ticket_digest == digest)
    return session.scalar(query.with_for_update() if locked else query)


def pages(session: Session, capture_id: UUID) -> Sequence[CapturePageRow]:
    """In the order in which they came, without those that were removed."""
    query = select(CapturePageRow).where(CapturePageRow.capture_id == capture_id, CapturePageRow.path != "")
    return session.scalars(query.order_by(CapturePageRow.position)).all()


def page_at(session: Session, capture_id: UUID, position: int) -> CapturePageRow | None:
    """The page of a position, also a removed one."""
    return session.scalar(
        select(CapturePageRow).where(CapturePageRow.capture_id == capture_id, CapturePageRow.position == position)
    )


def is_removed(session: Session, capture_id: UUID, id: UUID) -> bool:
    query = select(CapturePageRow.id).where(CapturePageRow.id == id, CapturePageRow.capture_id == capture_id)
    return session.scalar(query.where(CapturePageRow.path == "")) is not None


def last_position(session: Session, capture_id: UUID) -> int:
    """The highest position of a page, also of a removed one; 0 if none has come."""
    query = select(func.max(CapturePageRow.position)).where(CapturePageRow.capture_id == capture_id)
    return session.scalar(query) or 0


def discard_pages(session: Session, capture_id: UUID) -> None:
    session.execute(delete(CapturePageRow).where(CapturePageRow.capture_id == capture_id))


def delete_old_captures(session: Session, before: datetime) -> None:
    """Deletes captures whose ticket ended before a moment. Their files then have no row."""
    session.execute(delete(CaptureRow).where(CaptureRow.expires_at < before))
