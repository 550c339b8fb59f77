"""Counts the SMS of a ward and day against its budget.

A code counts when it is accepted, in the same transaction, so that two codes never take the same last place. A notice
counts when it has been delivered, so the notices of one batch, claimed together, may exceed the budget.
"""

from __future__ import annotations

import math
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import day_in_vietnam
from services.chassis.metrics import SMS_BUDGET_USED
from services.chassis.refusal import Kind, Refusal
from services.notifications import storage
from services.notifications.domain.budget import Use, most, next_day, use_of

log = structlog.get_logger()


def take_for_code(session: Session, cell: Cell, budget: int, purpose: str, now: datetime) -> None:
    """Raises a Refusal (THROTTLED, `sms-budget-used-up`)."""
    if cell.ward.is_practice:
        return  # nothing leaves the practice ward
    use = use_of(purpose)
    sent = storage.count_sms(session, day_in_vietnam(now), 1, most(budget, use))
    if sent is None:
        log.error("sms-budget-used-up", ward=cell.ward.code, use=use)
        text = "Phường đã gửi hết số tin nhắn của hôm nay."
        seconds = math.ceil((next_day(now) - now).total_seconds())
        raise Refusal(Kind.THROTTLED, "sms-budget-used-up", text, retry_after=seconds)
    _show(cell, sent, budget)


def left_for_notices(session: Session, cell: Cell, budget: int, now: datetime) -> int:
    """How many notices may go out today."""
    sent = storage.sms_sent(session, day_in_vietnam(now))
    _show(cell, sent, budget)
    return max(0, most(budget, Use.NOTICE) - sent)


def count_notices(session: Session, cell: Cell, count: int, now: datetime) -> None:
    if count and not cell.ward.is_practice:
        storage.count_sms(session, day_in_vietnam(now), count)


def _show(cell: Cell, sent: int, budget: int) -> None:
    SMS_BUDGET_USED.labels(cell.ward.code).set(sent / budget if budget else 1)
