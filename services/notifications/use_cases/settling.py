"""The outcomes of tries to deliver messages, and their consequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.chassis.events import outbox
from services.notifications import events, storage
from services.notifications.domain.delivery import Outcome, Result, Schedule, Status, after
from services.notifications.storage import Settlement
from services.notifications.tables import MessageRow


@dataclass(frozen=True, slots=True)
class Try:
    """A try of a claimed message; `jitter` as in `Schedule`."""

    message: MessageRow
    outcome: Outcome
    jitter: float = 1.0


def settle(session: Session, ward: str, tries: Sequence[Try], schedule: Schedule, now: datetime) -> list[Status]:
    """Records the outcomes of tries; a message that is delivered or given up causes an event.

    If the lease had run out and another process has taken over a message, a failure of this try is only recorded. A
    success counts, and the other try is recorded after it.
    """
    settlements = [_settlement(each, schedule, now) for each in tries]
    changed = storage.settle(session, settlements, now)
    told = [
        (event, each.message.dossier_id or str(each.message.id), each.message.request_id or str(each.message.id))
        for each in settlements
        if each.message.id in changed and (event := events.settled(ward, each.message, each.status, now)) is not None
    ]
    storage.wait_for_turn(session, (each.message.dossier_id for each in settlements if each.message.id in changed))
    outbox.tell_all(session, told)
    return [
        each.status if each.message.id in changed else storage.status_of(session, each.message.id)
        for each in settlements
    ]


def _settlement(each: Try, schedule: Schedule, now: datetime) -> Settlement:
    row, outcome = each.message, each.outcome
    status, again = after(outcome, schedule, row.tries, now, row.expires_at, each.jitter)
    return Settlement(row, status, outcome.result is Result.DELIVERED, outcome.answer, again)
