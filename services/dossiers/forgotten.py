"""Statements that delete the practice ward's dossiers for good; a real ward cannot reach them.

Entries of registers, notes and histories are append-only by triggers (docs/architecture.md, rule 5). The practice ward
switches these off for its one transaction, and only where something is to be deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import VIETNAM, day_in_vietnam
from services.chassis.practice import require_practice_database
from services.dossiers.register_tables import (
    BlankPrintRow,
    CertificateRow,
    MinistryNumberRow,
    ProposedNoteRow,
    RegisterBookRow,
    RegisterEntryRow,
    RegisterNoteRow,
    RegisterPersonRow,
    RegisterVolumeRow,
)
from services.dossiers.tables import (
    CaptureRow,
    ComparisonRow,
    ConfirmationRow,
    DayNumberRow,
    DocumentRow,
    DossierRow,
    ExtensionRow,
    FeeRow,
    GuidedByRow,
    HistoryRow,
    PaymentRow,
    ResidenceLookupRow,
    SupplementRow,
    ToldRow,
    VerificationRow,
)

_APPEND_ONLY = (HistoryRow, RegisterEntryRow, RegisterNoteRow)
_OF_ENTRY = (BlankPrintRow, MinistryNumberRow, CertificateRow, RegisterPersonRow, RegisterNoteRow, ProposedNoteRow)
_OF_DOSSIER = (
    *(RegisterEntryRow, CaptureRow, ComparisonRow, ConfirmationRow, DocumentRow, ExtensionRow, FeeRow, GuidedByRow),
    *(HistoryRow, ResidenceLookupRow, SupplementRow, ToldRow, VerificationRow),
)


def dossier_ids(session: Session) -> set[UUID]:
    return set(session.scalars(select(DossierRow.id)).all())


def delete_dossiers(cell: Cell, session: Session, before: datetime) -> int:
    """Deletes the dossiers that were begun before a moment and all that belongs to them; returns how many dossiers.

    Raises ValueError for a real ward's cell or database.
    """
    require_practice_database(cell, session)
    dossiers = session.scalars(select(DossierRow.id).where(DossierRow.created_at < before)).all()
    if dossiers:
        entries = select(RegisterEntryRow.id).where(RegisterEntryRow.dossier_id.in_(dossiers))
        with _deletable(session):
            copies = update(CertificateRow).where(CertificateRow.source_entry_id.in_(entries))
            session.execute(copies.values(source_entry_id=None).execution_options(synchronize_session=False))
            referring = update(RegisterNoteRow).where(RegisterNoteRow.death_entry_id.in_(entries))
            session.execute(referring.values(death_entry_id=None).execution_options(synchronize_session=False))
            for row in _OF_ENTRY:
                session.execute(delete(row).where(row.entry_id.in_(entries)))
            for own in _OF_DOSSIER:
                session.execute(delete(own).where(own.dossier_id.in_(dossiers)))
            session.execute(delete(DossierRow).where(DossierRow.id.in_(dossiers)))
    _delete_what_is_left(session, before)
    return len(dossiers)


def _delete_what_is_left(session: Session, before: datetime) -> None:
    """Deletes payments, and the counters of days and registers that have nothing left: they begin with 1 again."""
    session.execute(delete(PaymentRow).where(PaymentRow.noted_at < before))
    numbered = func.date(func.timezone(str(VIETNAM), DossierRow.submitted_at)) == DayNumberRow.day
    past = DayNumberRow.day <= day_in_vietnam(before), ~exists().where(numbered)
    session.execute(delete(DayNumberRow).where(*past).execution_options(synchronize_session=False))
    session.execute(delete(RegisterVolumeRow).where(RegisterVolumeRow.closed_at < before))
    book, entry = RegisterBookRow, RegisterEntryRow
    used = exists().where(entry.register == book.register, entry.year == book.year)
    session.execute(delete(book).where(book.opened_at < before, ~used).execution_options(synchronize_session=False))


@contextmanager
def _deletable(session: Session) -> Iterator[None]:
    """Until the transaction ends at the latest, rows of append-only tables can be deleted in it."""
    for row in _APPEND_ONLY:
        session.execute(text(f"ALTER TABLE {row.__tablename__} DISABLE TRIGGER USER"))
    yield
    for row in _APPEND_ONLY:
        session.execute(text(f"ALTER TABLE {row.__tablename__} ENABLE TRIGGER USER"))
