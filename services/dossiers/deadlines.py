"""Queries of time limits: which dossiers are nearly due or overdue, and which verifications have run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from services.dossiers.domain.states import OPEN
from services.dossiers.tables import DossierRow, VerificationRow


def clocks_near(
    session: Session, now: datetime, until: datetime, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[datetime, UUID]]:
    """Due time and id of the open dossiers that the sweep has to warn of (due by `until`) or mark as overdue; by due
    time.
    """
    query = select(DossierRow.urgent_at, DossierRow.id).where(_open_by(until), _unnoticed(now))
    if after is not None:
        query = query.where(tuple_(DossierRow.urgent_at, DossierRow.id) > tuple_(*map(literal, after)))
    found = session.execute(query.order_by(DossierRow.urgent_at, DossierRow.id).limit(limit))
    return [(due, id) for due, id in found]


def claimed_clock(session: Session, id: UUID, now: datetime, until: datetime) -> DossierRow | None:
    """The dossier, locked, if it still has to be warned of or marked and nobody else has it locked."""
    query = select(DossierRow).where(DossierRow.id == id, _open_by(until), _unnoticed(now))
    return session.scalar(query.with_for_update(skip_locked=True))


def overdue_count(session: Session, now: datetime, *, most: int | None = None) -> int:
    """The number of overdue open dossiers; at most `most` are counted."""
    found = select(DossierRow.id).where(_open_by(now)).limit(most).subquery()
    return session.scalars(select(func.count()).select_from(found)).one()


def _open_by(until: datetime) -> ColumnElement[bool]:
    """Open dossiers due by the moment; statuses are literals, so that the partial index of open ones is used."""
    statuses = [literal(int(status), literal_execute=True) for status in sorted(OPEN)]
    return and_(DossierRow.status.in_(statuses), DossierRow.urgent_at <= until)


def _unnoticed(now: datetime) -> ColumnElement[bool]:
    """It was not warned of since the clock was set or, if the time has run out, not marked for this due time."""
    unmarked = or_(DossierRow.overdue_at.is_(None), DossierRow.overdue_at < DossierRow.due_at)
    return or_(
        and_(DossierRow.due_at >= now, DossierRow.reminded_at.is_(None)), and_(DossierRow.due_at < now, unmarked)
    )


def waits_over(
    session: Session, now: datetime, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[datetime, UUID]]:
    """End and id of expired verifications of open dossiers, by their end."""
    query = select(VerificationRow.times_out_at, VerificationRow.id).join(DossierRow)
    query = query.where(_wait_over(now))
    if after is not None:
        query = query.where(tuple_(VerificationRow.times_out_at, VerificationRow.id) > tuple_(*map(literal, after)))
    found = session.execute(query.order_by(VerificationRow.times_out_at, VerificationRow.id).limit(limit))
    return [(end, id) for end, id in found if end is not None]


def claimed_wait(session: Session, id: UUID, now: datetime) -> tuple[DossierRow, VerificationRow] | None:
    """The verification with its dossier, both locked, if it is still open and nobody else has it locked."""
    query = select(DossierRow, VerificationRow).join(VerificationRow, VerificationRow.dossier_id == DossierRow.id)
    query = query.where(VerificationRow.id == id, _wait_over(now))
    found = session.execute(query.with_for_update(skip_locked=True)).first()
    return None if found is None else (found[0], found[1])


def _wait_over(now: datetime) -> ColumnElement[bool]:
    return and_(
        VerificationRow.ended_at.is_(None), VerificationRow.times_out_at <= now, DossierRow.status.in_(sorted(OPEN))
    )
