"""Acts that are limited in number, with their times: wrong codes, changes, searches that found nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.accounts.tables import TryRow


def tries(session: Session, subject: str, since: datetime) -> Sequence[datetime]:
    return session.scalars(select(TryRow.at).where(TryRow.subject == subject, TryRow.at > since)).all()


def purge(session: Session, now: datetime) -> None:
    """Deletes tries after a day."""
    session.execute(delete(TryRow).where(TryRow.at < now - timedelta(days=1)))
