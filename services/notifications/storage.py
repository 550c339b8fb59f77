"""Queries over messages and attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis.database.connection import Connection
from services.chassis.database.pagination import Page, read_cursor, write_cursor
from services.chassis.database.tables import table_of
from services.notifications.domain.delivery import Lane, Status
from services.notifications.tables import AttemptRow, MessageRow

_FRESH = {
    "status": Status.QUEUED,
    "tries": 0,
    "settled_at": None,
    **dict.fromkeys(("event_id", "challenge_id", "sealed", "expires_at")),
}
_QUEUE = insert(table_of(MessageRow)).on_conflict_do_nothing()
_QUEUE_CODE = _QUEUE.returning(table_of(MessageRow).c.id)
_CLAIM = text("""
    WITH due AS (
        SELECT id FROM message
        WHERE lane = :lane AND status = 'queued' AND try_at <= :now AND (
            dossier_id = '' OR NOT EXISTS (
                SELECT FROM message AS earlier
                WHERE earlier.dossier_id = message.dossier_id AND earlier.lane = message.lane
                AND earlier.status = 'queued' AND earlier.seq < message.seq
                AND (earlier.try_at <= :now OR message.created_at > :patient_until)
            )
        )
        ORDER BY try_at, seq LIMIT 1 FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE message SET tries = tries + 1, try_at = :lease_ends FROM due WHERE message.id = due.id
        RETURNING message.*
    ), begun AS (
        INSERT INTO attempt (message_id, number, at, answer) SELECT id, tries, :now, '' FROM claimed
    )
    SELECT * FROM claimed
""")
_RENEW = "UPDATE message SET try_at = %s WHERE id = %s AND tries = %s AND try_at = %s AND status = 'queued'"
_SETTLE = text("""
    WITH ended AS (
        UPDATE attempt SET succeeded = :succeeded, answer = :answer WHERE message_id = :id AND number = :tries
    )
    UPDATE message SET
        status = :status,
        try_at = coalesce(:again, try_at),
        settled_at = :settled_at,
        sealed = CASE WHEN :status = 'queued' THEN sealed END
    WHERE id = :id AND status = 'queued' AND (tries = :tries OR :succeeded)
    RETURNING id
""")
_NEXT = text("""
    SELECT min(try_at) FILTER (WHERE try_at > :now) AS due_at, coalesce(bool_or(try_at <= :now), false) AS is_held
    FROM message WHERE lane = :lane AND status = 'queued'
""")


def queue(session: Session, *messages: Mapping[str, Any]) -> None:
    """Queues messages, in this order; those that the same event has queued before are left as they are."""
    session.connection().execute(_QUEUE, [{**_FRESH, **message} for message in messages])


def queue_code(session: Session, **values: Any) -> UUID | None:
    """Queues a one-time code; None where the same challenge has queued it before."""
    return session.connection().execute(_QUEUE_CODE, _FRESH | values).scalar_one_or_none()


def id_of_challenge(session: Session, challenge_id: str) -> UUID:
    return session.execute(select(MessageRow.id).where(MessageRow.challenge_id == challenge_id)).scalar_one()


def claim(session: Session, lane: Lane, now: datetime, lease: timedelta, patience: timedelta) -> MessageRow | None:
    """Takes the message of a lane that has been due longest, for as long as `lease`, and begins a try of it.

    Messages of one dossier go out in the order of its events: a message waits while an earlier one is due too, and
    until `patience` after it was written also while an earlier one is between two tries. Then it goes ahead: one
    failing message does not silence a dossier. Of two processes that look at once, each takes another message.
    """
    values = {"lane": lane, "now": now, "lease_ends": now + lease, "patient_until": now - patience}
    found = session.connection().execute(_CLAIM, values).mappings().one_or_none()
    return None if found is None else MessageRow(**found)


def renew(connection: Connection, claimed: MessageRow, lease_ended: datetime, lease_ends: datetime) -> bool:
    """Lengthens the lease of a claimed message; False where it is claimed no more or its lease was not as told."""
    values = (lease_ends, claimed.id, claimed.tries, lease_ended)
    return connection.execute(_RENEW, values).rowcount == 1


def settle(
    session: Session,
    claimed: MessageRow,
    status: Status,
    *,
    succeeded: bool,
    answer: str,
    again: datetime | None,
    settled_at: datetime | None,
) -> bool:
    """Ends a try, and gives the message its next status: where it was settled or claimed again meanwhile, a success
    counts and a failure does not. Answers whether the message has changed.
    """
    values = {
        "id": claimed.id,
        "tries": claimed.tries,
        "succeeded": succeeded,
        "answer": answer,
        "status": status,
        "again": again,
        "settled_at": settled_at,
    }
    return session.connection().execute(_SETTLE, values).first() is not None


def status_of(session: Session, message_id: UUID) -> Status:
    return Status(session.execute(select(MessageRow.status).where(MessageRow.id == message_id)).scalar_one())


def seconds_to_next(session: Session, lane: Lane, now: datetime) -> tuple[float | None, bool]:
    """Seconds until a message of the lane falls due (None: none waits), and whether one is due but held back now."""
    due_at, is_held = session.connection().execute(_NEXT, {"lane": lane, "now": now}).one()
    return (due_at - now).total_seconds() if due_at else None, is_held


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
