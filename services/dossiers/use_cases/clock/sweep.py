"""The ward's sweep: marks dossiers that are due soon or overdue, for the desk to see, ends expired waits, deletes
abandoned drafts and captures, and corrects rows that an earlier version wrote incompletely.

Each dossier is a transaction of its own. A failure is logged and counted, and does not stop the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session

from services.chassis import metrics
from services.chassis.cells import Cell
from services.chassis.database.connection import UNREACHABLE
from services.chassis.service import acting_as_service
from services.dossiers import captures, deadlines, register_papers, storage
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act
from services.dossiers.domain.captures import KEPT
from services.dossiers.domain.deadlines import near_until
from services.dossiers.use_cases.clock.timekeeping import abandoned_before
from services.dossiers.use_cases.office.verification import time_out
from services.dossiers.use_cases.perform import perform
from services.dossiers.use_cases.registers import annulments
from services.dossiers.use_cases.unit import Unit, Workplace

log = structlog.get_logger()
BATCH = 100

Page = Callable[[Session, tuple[datetime, UUID] | None], Sequence[tuple[datetime, UUID]]]


def sweep(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop."""

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                sweep_once(place, place.cells[ward])
            except UNREACHABLE as fault:
                log.warning("sweep-waits-for-database", ward=ward, error=type(fault).__name__)
            stopped.wait(place.settings.sweep_seconds)

    return run


def sweep_once(place: Workplace, cell: Cell) -> None:
    """One round over the ward.

    Two concurrent rounds handle each dossier once: the second round finds it locked, or done.
    """
    now = place.clock.now()
    ahead = timedelta(minutes=place.settings.remind_working_minutes)
    until = near_until(now, ahead, place.hours[cell.ward.code], place.calendar)
    with acting_as_service("sweep", cell, f"sweep-{uuid4()}"):
        for id in _each(cell, lambda session, after: deadlines.waits_over(session, now, BATCH, after)):
            _one(place, cell, id, partial(_end_wait, id=id, now=now))
        for id in _each(cell, lambda session, after: deadlines.clocks_near(session, now, until, BATCH, after)):
            _one(place, cell, id, partial(_notice, id=id, now=now, until=until))
        for id in _each(cell, lambda session, after: register_papers.annulled_results(session, BATCH, after)):
            _one(place, cell, id, partial(_mark_annulled, id=id))
        before = abandoned_before(place, now)
        for id in _each(cell, lambda session, after: storage.abandoned_drafts(session, before, now, BATCH, after)):
            _one(place, cell, id, partial(_abandon, id=id, before=before, now=now))
    with cell.database.transaction() as session:
        captures.delete_old_captures(session, now - KEPT)
        if caught_up := storage.catch_up_answered(session):
            log.info("answers-caught-up", ward=cell.ward.code, count=caught_up)
        metrics.DOSSIERS_OVERDUE.labels(cell.ward.code).set(deadlines.overdue_count(session, now))


def _each(cell: Cell, page: Page) -> Iterator[UUID]:
    """All ids, page by page, so that a dossier that fails does not block the rest."""
    after: tuple[datetime, UUID] | None = None
    while True:
        with cell.database.transaction() as session:
            found = page(session, after)
        yield from (id for _, id in found)
        if len(found) < BATCH:
            return
        after = found[-1]


def _one(place: Workplace, cell: Cell, id: UUID, act: Callable[[Unit], Act | None]) -> None:
    try:
        with place.unit() as unit:
            done = act(unit)
    except UNREACHABLE:
        raise
    except Exception as fault:  # a dossier that cannot be read or written: a person has to look at it
        metrics.SWEEP_SKIPPED.labels(cell.ward.code).inc()
        log.error("sweep-skips", ward=cell.ward.code, id=str(id), error=type(fault).__name__)
        return
    if done is not None:
        metrics.SWEEP_ACTS.labels(cell.ward.code, done.name).inc()


def _end_wait(unit: Unit, id: UUID, now: datetime) -> Act | None:
    found = deadlines.claimed_wait(unit.session, id, now)
    if found is None:
        return None
    row, verification = found
    time_out(unit, row, verification)
    return acts.VERIFICATION_REPLY


def _mark_annulled(unit: Unit, id: UUID) -> Act | None:
    row = register_papers.claimed_result(unit.session, id)
    return None if row is None else annulments.catch_up(unit, row)


def _abandon(unit: Unit, id: UUID, before: datetime, now: datetime) -> None:
    """Deletes a draft; its files have no row then, and `stray_files` deletes them."""
    if storage.claim_abandoned(unit.session, id, before, now):
        storage.delete_draft(unit.session, id)
        log.info("draft-deleted", ward=unit.ward, id=str(id))


def _notice(unit: Unit, id: UUID, now: datetime, until: datetime) -> Act | None:
    row = deadlines.claimed_clock(unit.session, id, now, until)
    if row is None:
        return None
    assert row.due_at is not None
    if row.due_at < now:
        row.overdue_at = row.due_at
        act = acts.OVERDUE
    else:
        row.reminded_at = now
        act = acts.REMINDER
    perform(unit, row, act)
    return act
