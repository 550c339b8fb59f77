"""Queries over messages and attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from services.chassis.pages import Page, read_cursor, write_cursor
from services.notifications.domain.delivery import Lane, Status
from services.notifications.tables import AttemptRow, MessageRow


def add(session: Session, **values: Any) -> UUID | None:
    """Queues a message; None where the same event or challenge has queued it before."""
    fresh = {"status": Status.QUEUED, "tries": 0, "sealed": None, "expires_at": None, "settled_at": None}
    written = session.execute(
        upsert(MessageRow).values(**(fresh | values)).on_conflict_do_nothing().returning(MessageRow.id)
    )
    return written.scalar_one_or_none()


def id_of_challenge(session: Session, challenge_id: str) -> UUID:
    return session.execute(select(MessageRow.id).where(MessageRow.challenge_id == challenge_id)).scalar_one()


def claim(session: Session, lane: Lane, now: datetime, lease: timedelta, patience: timedelta) -> MessageRow | None:
    """Takes the message of a lane that has been due longest, for as long as `lease`, and begins a try of it.

    Messages of one dossier go out in the order of its events: a message waits while an earlier one is due too, and
    until `patience` after it was written also while an earlier one is between two tries. Then it goes ahead: one
    failing message does not silence a dossier. Of two processes that look at once, each takes another message.
    """
    earlier = aliased(MessageRow)
    one_before = (
        select(earlier.seq)
        .where(
            earlier.dossier_id == MessageRow.dossier_id,
            earlier.lane == MessageRow.lane,
            earlier.status == Status.QUEUED,
            earlier.seq < MessageRow.seq,
            or_(earlier.try_at <= now, MessageRow.created_at > now - patience),
        )
        .exists()
    )
    row = session.scalar(
        select(MessageRow)
        .where(
            MessageRow.lane == lane,
            MessageRow.status == Status.QUEUED,
            MessageRow.try_at <= now,
            or_(MessageRow.dossier_id == "", ~one_before),
        )
        .order_by(MessageRow.try_at, MessageRow.seq)
        .limit(1)
        .with_for_update(of=MessageRow, skip_locked=True)
    )
    if row is None:
        return None
    row.tries += 1
    row.try_at = now + lease
    session.execute(insert(AttemptRow).values(message_id=row.id, number=row.tries, at=now, succeeded=None, answer=""))
    return row


def lock(session: Session, message_id: UUID) -> MessageRow:
    return session.execute(select(MessageRow).where(MessageRow.id == message_id).with_for_update()).scalar_one()


def end_attempt(session: Session, message_id: UUID, number: int, *, succeeded: bool, answer: str) -> None:
    session.execute(
        update(AttemptRow)
        .where(AttemptRow.message_id == message_id, AttemptRow.number == number)
        .values(succeeded=succeeded, answer=answer)
    )


def seconds_to_next(session: Session, lane: Lane, now: datetime) -> tuple[float | None, bool]:
    """Seconds until a message of the lane falls due (None: none waits), and whether one is due but held back now."""
    queued = (MessageRow.lane == lane, MessageRow.status == Status.QUEUED)
    next_at = session.scalar(select(func.min(MessageRow.try_at)).where(*queued, MessageRow.try_at > now))
    held = session.scalar(select(MessageRow.seq).where(*queued, MessageRow.try_at <= now).limit(1)) is not None
    return (next_at - now).total_seconds() if next_at else None, held


def of_account(session: Session, account_id: str, page_size: int, cursor: str) -> Page[MessageRow]:
    """What was written for an account, newest first; e-mails that had nowhere to go are left out."""
    query = (
        select(MessageRow)
        .where(MessageRow.account_id == account_id, MessageRow.status != Status.SKIPPED)
        .order_by(MessageRow.seq.desc())
        .limit(page_size + 1)
    )
    if cursor:
        query = query.where(MessageRow.seq < _position(cursor))
    rows = session.scalars(query).all()
    page = list(rows[:page_size])
    return Page(page, write_cursor(str(page[-1].seq)) if len(rows) > page_size else "")


def of_dossier(session: Session, dossier_id: str) -> Sequence[MessageRow]:
    """All messages about a dossier, oldest first."""
    return session.scalars(select(MessageRow).where(MessageRow.dossier_id == dossier_id).order_by(MessageRow.seq)).all()


def attempts(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, list[AttemptRow]]:
    rows = session.scalars(
        select(AttemptRow).where(AttemptRow.message_id.in_(message_ids)).order_by(AttemptRow.number)
    ).all()
    found: dict[UUID, list[AttemptRow]] = {message_id: [] for message_id in message_ids}
    for row in rows:
        found[row.message_id].append(row)
    return found


def _position(cursor: str) -> int:
    (position,) = read_cursor(cursor, 1)
    if not position.isdecimal():
        read_cursor("", 1)  # refuses, as for any cursor that is not ours
    return int(position)
