"""Queries of the papers of entries: certificates and their validity, results that were annulled, prints on forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from services.dossiers.domain.notes import ANNULLING, Annulment, annulment_of
from services.dossiers.domain.register import CertificateStatus
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import (
    BlankOffsetRow,
    BlankPrintRow,
    CertificateRow,
    RegisterEntryRow,
    RegisterNoteRow,
)
from services.dossiers.registers import entry_of, is_annulled
from services.dossiers.tables import DossierRow

#: The version of a printed form whose offset nobody has set, and which therefore has no row.
UNCORRECTED = 1
#: The statuses of a registered dossier whose result nobody has.
_NOT_HANDED_OVER = (Status.DONE, Status.STOPPED)


def is_void(session: Session, entry: RegisterEntryRow) -> bool:
    """Whether an entry, or the entry that it is a copy of, was annulled."""
    source = select(CertificateRow.source_entry_id).where(CertificateRow.entry_id == entry.id)
    return is_annulled(session, [entry.id, *filter(None, [session.scalar(source)])])


def annulment_of_result(session: Session, dossier_id: UUID, until: datetime | None = None) -> Annulment:
    """Whether the paper that a dossier led to was annulled after it was signed, by the notes up to `until`."""
    entry = entry_of(session, dossier_id)
    return Annulment(False, None) if entry is None else annulment_of_paper(session, entry, until)


def annulment_of_paper(session: Session, entry: RegisterEntryRow, until: datetime | None = None) -> Annulment:
    """Whether the paper of an entry was annulled after it was signed, by the notes (up to `until`) of the entry and of
    the entry that it is a copy of (Luật Hộ tịch 2014 Đ12.2, Đ70.1h).

    A copy of an entry that was annulled before has the annulment in it (docs/law.md §7).
    """
    note = RegisterNoteRow
    source = session.scalar(select(CertificateRow.source_entry_id).where(CertificateRow.entry_id == entry.id))
    query = select(note.kind, note.withdraws, note.at).order_by(note.sequence)
    if until is not None:
        query = query.where(note.at <= until)
    noted = (session.execute(query.where(note.entry_id == id)).tuples().all() for id in (entry.id, source) if id)
    found = [(annulled, since) for annulled, since in map(annulment_of, noted) if since is not None]
    began = [since for annulled, since in found if annulled and since >= entry.registered_at]
    if began:
        return Annulment(True, min(began))
    return Annulment(False, max((since for annulled, since in found if not annulled), default=None))


def annulled_results(
    session: Session, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[datetime, UUID]]:
    """Time and id of dossiers whose mark may be wrong, by their time.

    Those to hand over that are marked as annulled, or have a note that annuls among those of their entry and of the
    entry that it is a copy of; and stopped ones with a note there that withdraws another.
    """
    own, copy, note = RegisterEntryRow, CertificateRow, RegisterNoteRow
    of_either = or_(note.entry_id == own.id, note.entry_id == copy.source_entry_id)
    annulling = select(note.entry_id).where(of_either, note.kind.in_(ANNULLING)).exists()
    query = select(DossierRow.created_at, DossierRow.id).join(own, own.dossier_id == DossierRow.id)
    if after is not None:
        query = query.where(tuple_(DossierRow.created_at, DossierRow.id) > tuple_(*map(literal, after)))
    done = query.outerjoin(copy, copy.entry_id == own.id).where(_in_status(Status.DONE))
    done = done.where(or_(DossierRow.annulled_at.is_not(None), annulling))
    withdrawing = select(note.entry_id).where(note.withdraws.is_not(None))
    copied = select(copy.entry_id).where(copy.source_entry_id.in_(withdrawing))
    stopped = query.where(_in_status(Status.STOPPED), own.id.in_(withdrawing.union(copied)))
    found = session.execute(done.union(stopped).order_by("created_at", "id").limit(limit))
    return found.tuples().all()


def _in_status(status: Status) -> ColumnElement[bool]:
    return DossierRow.status == literal(int(status), literal_execute=True)  # so that a partial index may be used


def claimed_result(session: Session, dossier_id: UUID) -> DossierRow | None:
    """The dossier, locked, if its result still has to be handed over, or it was stopped, and nobody else has it
    locked.
    """
    query = select(DossierRow).where(DossierRow.id == dossier_id, DossierRow.status.in_(_NOT_HANDED_OVER))
    return session.scalar(query.with_for_update(skip_locked=True))


def results_to_hand_over(session: Session, entry: RegisterEntryRow) -> Sequence[DossierRow]:
    """The dossiers whose result is this entry's paper or a copy of it and has not been handed over yet, locked; also
    those that were stopped.
    """
    own, copy = RegisterEntryRow, CertificateRow
    copies = select(own.dossier_id).join(copy, copy.entry_id == own.id).where(copy.source_entry_id == entry.id)
    dossiers = or_(DossierRow.id == entry.dossier_id, DossierRow.id.in_(copies))
    query = select(DossierRow).where(dossiers, DossierRow.status.in_(_NOT_HANDED_OVER))
    return session.scalars(query.order_by(DossierRow.id).with_for_update()).all()


def stopped_results(session: Session, papers: Sequence[CertificateRow]) -> Sequence[DossierRow]:
    """The stopped dossiers whose results are these papers."""
    entries = select(RegisterEntryRow.dossier_id).where(RegisterEntryRow.id.in_([each.entry_id for each in papers]))
    query = select(DossierRow).where(DossierRow.id.in_(entries), DossierRow.status == Status.STOPPED)
    return session.scalars(query.order_by(DossierRow.code)).all()


def certificate(session: Session, id: str) -> tuple[CertificateRow, RegisterEntryRow, DossierRow] | None:
    """A certificate with its entry and dossier."""
    query = select(CertificateRow, RegisterEntryRow, DossierRow).where(CertificateRow.id == id)
    query = query.join(RegisterEntryRow, RegisterEntryRow.id == CertificateRow.entry_id)
    found = session.execute(query.join(DossierRow, DossierRow.id == RegisterEntryRow.dossier_id)).first()
    return None if found is None else (found[0], found[1], found[2])


def set_blank_offset(session: Session, blank: str, values: Mapping[str, Any], expected_version: int) -> bool:
    """Stores the ward's offset of a form if the stored one has this version (0: any); returns whether it had.

    It is one statement, so that of two concurrent calls the second sees what the first has stored.
    """
    offset = BlankOffsetRow
    if expected_version > UNCORRECTED:
        read = update(offset).where(offset.blank == blank, offset.version == expected_version)
        kept = session.execute(read.values(version=offset.version + 1, **values).returning(offset.blank))
        return kept.first() is not None
    row = insert(offset).values(blank=blank, version=UNCORRECTED + 1, **values)
    if expected_version == UNCORRECTED:
        row = row.on_conflict_do_nothing()
    else:
        row = row.on_conflict_do_update(index_elements=["blank"], set_={**values, "version": offset.version + 1})
    return session.execute(row.returning(offset.blank)).first() is not None


def blank_prints(session: Session, entry_id: UUID) -> tuple[int, datetime | None]:
    """The number of times that the paper of an entry was printed on its form, and the last time."""
    print_ = BlankPrintRow
    query = select(func.count(), func.max(print_.at)).where(print_.entry_id == entry_id)
    count, last = session.execute(query).one()
    return count, last


def missing_certificates(session: Session, limit: int, after: str = "") -> Sequence[str]:
    """Ids of certificates that were signed but not made yet, in their order."""
    query = select(CertificateRow.id).where(CertificateRow.sha256.is_(None), CertificateRow.id > after)
    return session.scalars(query.order_by(CertificateRow.id).limit(limit)).all()


def missing_certificates_since(session: Session) -> datetime | None:
    """When the first of those was signed; None if none is missing."""
    query = select(func.min(RegisterEntryRow.registered_at))
    return session.scalar(
        query.join(CertificateRow, CertificateRow.entry_id == RegisterEntryRow.id).where(
            CertificateRow.sha256.is_(None)
        )
    )


def makes_certificate(session: Session, dossier_id: UUID) -> bool:
    """Whether a certificate of the dossier is signed but not made yet: its file may be stored at any moment."""
    query = select(CertificateRow.id).join(RegisterEntryRow, RegisterEntryRow.id == CertificateRow.entry_id)
    query = query.where(RegisterEntryRow.dossier_id == dossier_id, CertificateRow.sha256.is_(None))
    return session.scalar(query) is not None


def supersede_papers(session: Session, entry_id: UUID, now: datetime, *, revoked: bool = True) -> None:
    """Ends the validity of the entry's certificate and of its copies so far.

    `revoked`: revoked ones are superseded, too, if their annulment is withdrawn later.
    """
    of_entry = _papers_of(entry_id)
    change = update(CertificateRow).where(of_entry, CertificateRow.status == CertificateStatus.VALID)
    session.execute(change.values(status=CertificateStatus.SUPERSEDED, changed_at=now))
    if revoked:
        change = update(CertificateRow).where(of_entry, CertificateRow.status == CertificateStatus.REVOKED)
        session.execute(change.where(CertificateRow.superseded_at.is_(None)).values(superseded_at=now))


def revoke_papers(session: Session, entry_id: UUID, now: datetime) -> None:
    """For an entry that has just been annulled: its certificate and its copies so far no longer count."""
    change = update(CertificateRow).where(_papers_of(entry_id), CertificateRow.status != CertificateStatus.REVOKED)
    revoked = {"status": CertificateStatus.REVOKED, "changed_at": now, "revoked_at": now}
    session.execute(change.values(**revoked, superseded_at=CertificateRow.changed_at))  # null if it was valid


def papers_count_again(session: Session, entry_id: UUID) -> None:
    """For an entry that is no longer annulled: its revoked papers are valid again, or superseded if anything else has
    ended their validity, or if nobody knows whether it has.

    A copy that was annulled itself stays revoked.
    """
    for row in papers_revoked_with(session, entry_id):
        superseded_at = superseded_besides(row)
        row.status = CertificateStatus.VALID if superseded_at is None else CertificateStatus.SUPERSEDED
        row.changed_at, row.revoked_at, row.superseded_at = superseded_at, None, None


def superseded_besides(revoked: CertificateRow) -> datetime | None:
    """When a revoked paper was superseded besides, and so is not valid if its annulment is withdrawn; None if it was
    not. Of one that the release before revoked nobody knows it, and the time of the revocation stands for it.
    """
    unknown = revoked.revoked_at != revoked.changed_at
    return revoked.superseded_at or (revoked.changed_at if unknown else None)


def papers_revoked_with(session: Session, entry_id: UUID) -> list[CertificateRow]:
    """The papers of an entry that are revoked for its annulment alone: neither the copy itself was annulled, nor what
    the entry is a copy of.
    """
    query = select(CertificateRow).where(_papers_of(entry_id), CertificateRow.status == CertificateStatus.REVOKED)
    revoked = session.scalars(query.order_by(CertificateRow.id)).all()
    others = [[id for id in (row.entry_id, row.source_entry_id) if id and id != entry_id] for row in revoked]
    return [row for row, ids in zip(revoked, others, strict=True) if not is_annulled(session, ids)]


def _papers_of(entry_id: UUID) -> ColumnElement[bool]:
    return or_(CertificateRow.entry_id == entry_id, CertificateRow.source_entry_id == entry_id)
