"""Deletes everything in the practice ward that is older than seven days (docs/decisions/0036)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.database.connection import UNREACHABLE
from services.chassis.database.tables import AuditRow, IdempotencyRow, InboxRow, OutboxRow, OwnerRow, ParkedRow
from services.chassis.refusal import Refusal

log = structlog.get_logger()

KEPT = timedelta(days=7)
EVERY_SECONDS = 600.0

#: Deletes a service's rows of the practice ward from before a moment; returns how many rows.
Wipe = Callable[[datetime], int]
_AGES = (
    (OutboxRow, OutboxRow.created_at),
    (InboxRow, InboxRow.handled_at),
    (ParkedRow, ParkedRow.parked_at),
    (IdempotencyRow, IdempotencyRow.created_at),
    (AuditRow, AuditRow.at),
)


def require_practice(cell: Cell) -> None:
    """Raises ValueError if the cell is a real ward's, because a real ward is never wiped."""
    if not cell.ward.is_practice:
        raise ValueError(f"ward {cell.ward.code} is no practice ward: nothing of it is wiped")


def require_practice_database(cell: Cell, session: Session) -> None:
    """Must run before each deletion, in its transaction: it asks the database itself, and does not only rely on the
    cell's name.

    Raises ValueError if either is not the practice ward's.
    """
    require_practice(cell)
    ward = session.scalar(select(OwnerRow.ward))
    if ward != cell.ward.code:
        raise ValueError(f"the database is that of {ward or 'nobody'}, no practice ward's: nothing of it is wiped")


def wipe_chassis(cell: Cell, session: Session, before: datetime) -> None:
    """Deletes events, answers and audit rows from before a moment. Raises ValueError for a real ward."""
    require_practice_database(cell, session)
    for row, at in _AGES:
        session.execute(delete(row).where(at < before))


def wiping(cell: Cell, clock: Clock, wipe: Wipe) -> Callable[[threading.Event], None]:
    """The wiping loop of a service in the practice ward. Raises ValueError for a real ward."""
    require_practice(cell)

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                count = wipe(clock.now() - KEPT)
                if count:
                    log.info("practice-wiped", ward=cell.ward.code, rows=count)
            except (*UNREACHABLE, Refusal) as fault:
                log.warning("practice-wipe-waits", ward=cell.ward.code, error=type(fault).__name__)
            stopped.wait(EVERY_SECONDS)

    return run
