"""Queries over messages and attempts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.database.connection import Connection
from services.chassis.database.pagination import Page, list_mark, page_of, read_number_cursor
from services.chassis.database.tables import table_of
from services.chassis.practice import require_practice_database
from services.notifications.domain.delivery import Channel, Lane, Status
from services.notifications.tables import AttemptRow, MessageRow, PracticeMessageRow, SmsDayRow

_QUEUE = text("""
    INSERT INTO message (
        id, lane, channel, template, template_version, event_id, account_id, account_ward, dossier_id, data,
        status, tries, try_at, created_at, request_id
    )
    SELECT way.*, :template, :template_version, :event_id, :account_id, :account_ward, :dossier_id,
        CAST(:data AS jsonb), 'queued', 0, :now, :now, :request_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:lanes AS text[]), CAST(:channels AS text[])) AS way
    ON CONFLICT DO NOTHING
""")
_QUEUE_SEALED = insert(table_of(MessageRow)).on_conflict_do_nothing().returning(table_of(MessageRow).c.id)
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
        ORDER BY try_at, seq LIMIT :most FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE message SET tries = tries + 1, try_at = :lease_ends FROM due WHERE message.id = due.id
        RETURNING message.*
    ), begun AS (
        INSERT INTO attempt (message_id, number, at, answer) SELECT id, tries, :now, '' FROM claimed
    )
    SELECT * FROM claimed ORDER BY seq
""")
_RENEW = """
    UPDATE message SET try_at = %s
    FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[]) AS held (id, tries, lease_ends)
    WHERE message.id = held.id AND message.tries = held.tries AND try_at = held.lease_ends AND status = 'queued'
    RETURNING message.id
"""
_GIVE_BACK = text("""
    WITH given AS (
        UPDATE message SET tries = message.tries - 1, try_at = created_at
        FROM unnest(CAST(:id AS uuid[]), CAST(:tries AS int[]), CAST(:lease_ends AS timestamptz[]))
            AS held (id, tries, lease_ends)
        WHERE message.id = held.id AND message.tries = held.tries AND try_at = held.lease_ends AND status = 'queued'
        RETURNING message.id, held.tries
    ), never_begun AS (
        DELETE FROM attempt USING given WHERE message_id = given.id AND number = given.tries
    )
    SELECT pg_notify('messages', :lane) FROM given LIMIT 1
""")
_SETTLE = text("""
    WITH tried AS (
        SELECT * FROM unnest(
            CAST(:id AS uuid[]), CAST(:tries AS int[]), CAST(:succeeded AS bool[]), CAST(:answer AS text[]),
            CAST(:status AS text[]), CAST(:again AS timestamptz[])
        ) AS tried (id, tries, succeeded, answer, status, again)
    ), ended AS (
        UPDATE attempt SET succeeded = tried.succeeded, answer = tried.answer
        FROM tried WHERE message_id = tried.id AND number = tried.tries
    )
    UPDATE message SET
        status = tried.status,
        try_at = coalesce(tried.again, try_at),
        settled_at = CASE WHEN tried.again IS NULL THEN CAST(:now AS timestamptz) END,
        sealed = CASE WHEN tried.status = 'queued' THEN sealed END
    FROM tried
    WHERE message.id = tried.id AND message.status = 'queued' AND (message.tries = tried.tries OR tried.succeeded)
    RETURNING message.id
""")
_IN_TURN = text("""
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(dossier_id, 0) AS key FROM unnest(CAST(:dossiers AS text[])) AS dossier_id
        ORDER BY key
    ) AS keys
""")
_NEXT = text("""
    SELECT min(try_at) FILTER (WHERE try_at > :now) AS due_at, coalesce(bool_or(try_at <= :now), false) AS is_held
    FROM message WHERE lane = :lane AND status = 'queued'
""")

_COUNT_SMS = text("""
    INSERT INTO sms_days (day, sent) VALUES (:day, :count)
    ON CONFLICT (day) DO UPDATE SET sent = sms_days.sent + excluded.sent
        WHERE CAST(:most AS int) IS NULL OR sms_days.sent + excluded.sent <= CAST(:most AS int)
    RETURNING sent
""")


def count_sms(session: Session, day: date, count: int, most: int | None = None) -> int | None:
    """Counts SMS of a day; returns the new number. If it would be over `most`, counts nothing and returns None.

    Parallel calls run one after the other, so together they do not exceed it.
    """
    if most is not None and count > most:
        return None
    values = {"day": day, "count": count, "most": most}
    return session.connection().execute(_COUNT_SMS, values).scalar_one_or_none()


def sms_sent(session: Session, day: date) -> int:
    return session.scalar(select(SmsDayRow.sent).where(SmsDayRow.day == day)) or 0


def practice_messages(session: Session, account_id: str, most: int) -> Sequence[PracticeMessageRow]:
    own = select(PracticeMessageRow).where(PracticeMessageRow.account_id == account_id)
    return session.scalars(own.order_by(PracticeMessageRow.at.desc(), PracticeMessageRow.id).limit(most)).all()


def delete_messages(cell: Cell, session: Session, before: datetime) -> int:
    """In the practice ward: deletes all messages that were written before a moment; returns how many.

    Raises ValueError for a real ward's cell or database.
    """
    require_practice_database(cell, session)
    old = select(MessageRow.id).where(MessageRow.created_at < before)
    session.execute(delete(AttemptRow).where(AttemptRow.message_id.in_(old)))
    session.execute(delete(SmsDayRow).where(SmsDayRow.day < before.date()))
    session.execute(delete(PracticeMessageRow).where(PracticeMessageRow.at < before))
    return len(session.execute(delete(MessageRow).where(MessageRow.created_at < before).returning(MessageRow.id)).all())


def queue(session: Session, ways: Sequence[tuple[UUID, Lane, Channel]], **message: Any) -> None:
    """Queues a message once for each way (id, lane and channel); skips ways that the event has already queued."""
    ids, lanes, channels = zip(*ways, strict=True)
    data = json.dumps(message.pop("data"))
    values = {"ids": list(ids), "lanes": list(lanes), "channels": list(channels), "data": data, **message}
    session.connection().execute(_QUEUE, values)


def queue_sealed(session: Session, **values: Any) -> UUID | None:
    """Queues a message with its address: a one-time code, or a notice. Returns None if the same challenge or notice was
    queued before.
    """
    fresh = {"status": Status.QUEUED, "tries": 0, "settled_at": None}
    return session.connection().execute(_QUEUE_SEALED, fresh | values).scalar_one_or_none()


def id_of_challenge(session: Session, challenge_id: str) -> UUID:
    return session.execute(select(MessageRow.id).where(MessageRow.challenge_id == challenge_id)).scalar_one()


def claim(
    session: Session, lane: Lane, now: datetime, lease: timedelta, patience: timedelta, most: int = 1
) -> list[MessageRow]:
    """Claims up to `most` due messages of a lane for the time of `lease`, and starts a try of each.

    Messages of one dossier are sent in the order of its events: a message waits while an earlier one is due and, for up
    to `patience` after it was written, while an earlier one is between two tries. Then it overtakes, so that one
    failing message does not block a dossier. Two processes claim different messages.
    """
    values = {
        "lane": lane,
        "now": now,
        "lease_ends": now + lease,
        "patient_until": now - patience,
        "most": most,
    }
    return [MessageRow(**found) for found in session.connection().execute(_CLAIM, values).mappings()]


def renew(connection: Connection, claimed: Sequence[MessageRow], lease_ends: datetime) -> set[UUID]:
    """Extends the leases of claimed messages; returns the ids of the messages that these tries still claim."""
    held = ([row.id for row in claimed], [row.tries for row in claimed], [row.try_at for row in claimed])
    return {id for (id,) in connection.execute(_RENEW, (lease_ends, *held))}


def give_back(session: Session, lane: Lane, claimed: Sequence[MessageRow]) -> None:
    """Undoes the claim of untried messages, and wakes the couriers of the lane in other processes.

    They are due since they were written, so they keep their place before newer ones.
    """
    values = {
        "id": [row.id for row in claimed],
        "tries": [row.tries for row in claimed],
        "lease_ends": [row.try_at for row in claimed],
        "lane": lane,
    }
    session.connection().execute(_GIVE_BACK, values)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a try of a claimed message ended; it is retried at `again`, or never."""

    message: MessageRow
    status: Status
    succeeded: bool
    answer: str
    again: datetime | None


def settle(session: Session, settlements: Sequence[Settlement], now: datetime) -> set[UUID]:
    """Ends tries, and sets each message's next status. If a message was settled or claimed again meanwhile, a success
    counts and a failure does not. Returns the ids of the changed messages.
    """
    values = {
        "id": [each.message.id for each in settlements],
        "tries": [each.message.tries for each in settlements],
        "succeeded": [each.succeeded for each in settlements],
        "answer": [each.answer for each in settlements],
        "status": [each.status for each in settlements],
        "again": [each.again for each in settlements],
        "now": now,
    }
    return set(session.connection().execute(_SETTLE, values).scalars())


def wait_for_turn(session: Session, dossiers: Iterable[str]) -> None:
    """Waits for other transactions that write events about these dossiers, and makes others wait for this one.

    Messages of one dossier are settled in several lanes and processes at once. Their events have one key, and the
    events of a key must be numbered in the order of their commits (`outbox.tell`). All transactions take these locks in
    one order, after the locks of the messages.
    """
    keys = sorted({dossier for dossier in dossiers if dossier})
    if keys:
        session.connection().execute(_IN_TURN, {"dossiers": keys})


def status_of(session: Session, message_id: UUID) -> Status:
    return Status(session.execute(select(MessageRow.status).where(MessageRow.id == message_id)).scalar_one())


def seconds_to_next(session: Session, lane: Lane, now: datetime) -> tuple[float | None, bool]:
    """Seconds until a message of the lane is due (None: no message waits), and whether a due message is held
    back now.
    """
    due_at, is_held = session.connection().execute(_NEXT, {"lane": lane, "now": now}).one()
    return (due_at - now).total_seconds() if due_at else None, is_held


def of_account(session: Session, account_id: str, page_size: int, cursor: str) -> Page[MessageRow]:
    """The messages for an account, newest first; without e-mails that had no address. Raises a Refusal (INVALID) for a
    foreign cursor.
    """
    mark = list_mark(account_id)
    query = (
        select(MessageRow)
        .where(MessageRow.account_id == account_id, MessageRow.status != Status.SKIPPED)
        .order_by(MessageRow.seq.desc())
        .limit(page_size + 1)
    )
    if cursor:
        query = query.where(MessageRow.seq < read_number_cursor(cursor, mark))
    rows = session.scalars(query).all()
    return page_of(rows, page_size, mark, lambda row: (str(row.seq),))


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
