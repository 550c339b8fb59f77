"""Guided sessions at the ward's stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.accounts.tables import GuidedSessionRow


def end_sessions_of_duties(session: Session, duty_ids: Sequence[UUID], now: datetime) -> None:
    """Ends the sessions that rest on duties which are over: `duty-ended`."""
    session.execute(
        update(GuidedSessionRow)
        .where(GuidedSessionRow.duty_id.in_(duty_ids), GuidedSessionRow.ended_at.is_(None))
        .values(ended_at=now, ended_because="duty-ended", version=GuidedSessionRow.version + 1)
    )
