"""Queries of dossiers and what belongs to them.

Queries of the registers are in `registers`, those of lists in `listing`, of captures in `captures`, of time limits in
`deadlines`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from services.chassis.database.gathering import gathered, rows_of
from services.chassis.database.tables import table_of
from services.chassis.database.writing import Writing
from services.dossiers.domain.acts import ACTS, Act
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.tables import (
    CapturePageRow,
    CaptureRow,
    ComparisonRow,
    ConfirmationRow,
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

#: Statuses of dossiers that will not be registered: refused, withdrawn, stopped.
_GIVEN_UP = (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED)


# Built once, because these queries run at every look at a dossier: building a query costs as much as running it.
_DOSSIER = select(DossierRow).where(DossierRow.id == bindparam("id"))
_LOCKED_DOSSIER = _DOSSIER.with_for_update()
_DOCUMENTS = (
    select(DocumentRow)
    .where(DocumentRow.dossier_id == bindparam("dossier_id"))
    .order_by(DocumentRow.added_at, DocumentRow.number)
)
_confirmations = table_of(ConfirmationRow)
_USE_CONFIRMATION = (
    update(_confirmations)
    .where(_confirmations.c.id == bindparam("this"), _confirmations.c.dossier_id == bindparam("of_dossier"))
    .values(used_at=bindparam("filed_on"))
    .cte("used")
)
_FILE_DOCUMENTS = (
    update(DocumentRow)
    .where(DocumentRow.dossier_id == bindparam("of_dossier"))
    .values(filed_at=bindparam("filed_on"))
    .returning(DocumentRow)
    .add_cte(_USE_CONFIRMATION)
    .execution_options(synchronize_session=False)
)
_FILES = (
    select(func.array_agg(DocumentRow.kind + "/" + DocumentRow.sha256))
    .where(DocumentRow.dossier_id == DossierRow.id)
    .scalar_subquery()
)
_NOTED = (  # wards of the guided sessions that were noted
    select(func.array_agg(GuidedByRow.ward)).where(GuidedByRow.dossier_id == DossierRow.id).scalar_subquery()
)
_CONFIRMED_DRAFT = (
    select(
        DossierRow,
        _confirmations.c.challenge_id,
        _confirmations.c.digest,
        _FILES.label("files"),
        _NOTED.label("guided_in"),
    )
    .outerjoin(
        _confirmations, and_(_confirmations.c.dossier_id == DossierRow.id, _confirmations.c.id == bindparam("this"))
    )
    .where(DossierRow.id == bindparam("of_dossier"))
)
_TOLD = select(ToldRow).where(ToldRow.dossier_id == bindparam("dossier_id")).order_by(ToldRow.at, ToldRow.number)
_SEEN = select(
    DossierRow,
    gathered(_DOCUMENTS).label("documents"),
    gathered(_TOLD).label("told"),
).where(DossierRow.id == bindparam("dossier_id"))
_NEXT_NUMBER = text(  # as text: SQLAlchemy would compile its insert each time
    "INSERT INTO day_numbers (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = day_numbers.last + 1 RETURNING last"
)


_ADD_LINE = (
    "INSERT INTO history"
    " (dossier_id, sequence, at, act, status, actor, actor_id, officer, officer_capacity, reason, article, due_at)"
    " VALUES (:line_dossier_id, :line_sequence, :line_at, :line_act, :line_status, :line_actor, :line_actor_id,"
    " :line_officer, :line_officer_capacity, :line_reason, :line_article, :line_due_at)"
)


def adding_line(**columns: Any) -> Writing:
    """The statement that appends a line to a dossier's history, with the columns of `HistoryRow`."""
    return _ADD_LINE, {f"line_{name}": value for name, value in columns.items()}


def dossier(session: Session, id: UUID, *, locked: bool = False) -> DossierRow | None:
    """A dossier; `locked` keeps others from changing it until the transaction ends."""
    return session.scalar(_LOCKED_DOSSIER if locked else _DOSSIER, {"id": id})


def held(session: Session, staff_id: str, statuses: Collection[int]) -> Sequence[DossierRow]:
    """What somebody of the office works on, in these statuses, locked."""
    query = select(DossierRow).where(*_held(staff_id, statuses)).order_by(DossierRow.id)
    return session.scalars(query.with_for_update()).all()


def count_held(session: Session, staff_id: str, statuses: Collection[int]) -> int:
    return session.scalars(select(func.count()).select_from(DossierRow).where(*_held(staff_id, statuses))).one()


def _held(staff_id: str, statuses: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """That they are no drafts lets the index of assignees serve, which is without drafts."""
    return (
        DossierRow.assigned_to_id == staff_id,
        DossierRow.status > Status.DRAFT,
        DossierRow.status.in_(sorted(statuses)),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A dossier with the parts that everybody sees: its documents and messages, as rows outside any session."""

    row: DossierRow
    documents: Sequence[DocumentRow]
    told: Sequence[ToldRow]


def seen(session: Session, id: UUID) -> Seen | None:
    """A dossier to be looked at, in one query."""
    found = session.execute(_SEEN, {"dossier_id": id}).first()
    if found is None:
        return None
    return Seen(found[0], rows_of(DocumentRow, found.documents), rows_of(ToldRow, found.told))


def untouched_since(session: Session, before: datetime, limit: int, but: Collection[UUID] = ()) -> Sequence[UUID]:
    """Filed dossiers that wait for the office, untouched since a moment, oldest first, without `but`."""
    waits = (Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE)
    query = select(DossierRow.id).where(DossierRow.status.in_(waits), DossierRow.updated_at <= before)
    query = query.where(DossierRow.id.not_in(but))
    return session.scalars(query.order_by(DossierRow.updated_at, DossierRow.id).limit(limit)).all()


def documents(session: Session, dossier_id: UUID) -> Sequence[DocumentRow]:
    return session.scalars(_DOCUMENTS, {"dossier_id": dossier_id}).all()


def file_documents(
    session: Session, dossier_id: UUID, at: datetime, confirmation: UUID | None = None
) -> Sequence[DocumentRow]:
    """Marks the documents of a draft as filed and its confirmation, if any, as used; returns the documents."""
    values = {"of_dossier": dossier_id, "filed_on": at, "this": confirmation}
    filed = session.scalars(_FILE_DOCUMENTS, values).all()
    return sorted(filed, key=lambda row: (row.added_at, row.number))


def document(session: Session, dossier_id: UUID, id: UUID) -> DocumentRow | None:
    return session.scalar(select(DocumentRow).where(DocumentRow.id == id, DocumentRow.dossier_id == dossier_id))


def history(session: Session, dossier_id: UUID) -> Sequence[HistoryRow]:
    query = select(HistoryRow).where(HistoryRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(HistoryRow.sequence)).all()


def last_line(session: Session, dossier_id: UUID, act: Act) -> HistoryRow:
    """The last line of the history with this act, which the dossier has."""
    query = select(HistoryRow).where(HistoryRow.dossier_id == dossier_id, HistoryRow.act == act.name)
    return session.scalars(query.order_by(HistoryRow.sequence.desc()).limit(1)).one()


def supplements(session: Session, dossier_id: UUID) -> Sequence[SupplementRow]:
    """Oldest first."""
    query = select(SupplementRow).where(SupplementRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(SupplementRow.requested_at, SupplementRow.number)).all()


def codes_of(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """The codes of these dossiers, as far as they were filed."""
    if not ids:
        return {}
    query = select(DossierRow.id, DossierRow.code).where(DossierRow.id.in_(ids), DossierRow.code.is_not(None))
    return {id: code or "" for id, code in session.execute(query)}


def fees(session: Session, dossier_id: UUID) -> Sequence[FeeRow]:
    """The fees of a dossier, oldest first; the last counts."""
    query = select(FeeRow).where(FeeRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(FeeRow.asked_at, FeeRow.number)).all()


def dossier_owing(session: Session, reference: str) -> UUID | None:
    """The dossier of a fee, by the fee's reference in a transfer."""
    return session.scalar(select(FeeRow.dossier_id).where(FeeRow.reference == reference))


def fee(session: Session, reference: str) -> FeeRow:
    """A fee that is there."""
    return session.scalars(select(FeeRow).where(FeeRow.reference == reference)).one()


def note_payment(session: Session, payment: PaymentRow) -> bool:
    """Stores a payment; False if its transaction is known already. A concurrent second call waits for the first."""
    values = {column.key: getattr(payment, column.key) for column in PaymentRow.__table__.columns}
    noted = insert(PaymentRow).values(**values).on_conflict_do_nothing().returning(PaymentRow.transaction)
    return session.execute(noted).first() is not None


def payment(session: Session, transaction: str) -> PaymentRow | None:
    return session.get(PaymentRow, transaction)


def payments(session: Session, references: Sequence[str]) -> Sequence[PaymentRow]:
    """The provider's payments for these fees, oldest first."""
    query = select(PaymentRow).where(PaymentRow.reference.in_(references))
    return session.scalars(query.order_by(PaymentRow.paid_at, PaymentRow.transaction)).all()


def verifications(session: Session, dossier_id: UUID) -> Sequence[VerificationRow]:
    """Oldest first."""
    query = select(VerificationRow).where(VerificationRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(VerificationRow.sent_at, VerificationRow.number)).all()


def comparisons(session: Session, dossier_id: UUID) -> dict[str, ComparisonRow]:
    """By kind of document."""
    rows = session.scalars(select(ComparisonRow).where(ComparisonRow.dossier_id == dossier_id))
    return {row.kind: row for row in rows}


def forget_comparisons(session: Session, dossier_id: UUID, kinds: Collection[str]) -> None:
    """Deletes comparisons whose document or declaration has changed."""
    if kinds:
        chosen = ComparisonRow.dossier_id == dossier_id, ComparisonRow.kind.in_(kinds)
        session.execute(delete(ComparisonRow).where(*chosen))


def residence_lookups(session: Session, dossier_id: UUID) -> Sequence[ResidenceLookupRow]:
    """Oldest first, including those of earlier declarations."""
    query = select(ResidenceLookupRow).where(ResidenceLookupRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(ResidenceLookupRow.sequence)).all()


def extension(session: Session, dossier_id: UUID) -> ExtensionRow | None:
    return session.get(ExtensionRow, dossier_id)


@dataclass(frozen=True, slots=True)
class ConfirmedDraft:
    """A draft, the challenge and digest of its confirmation, if any, its files as (kind, sha256), and the wards in
    which it was filled in with guidance.
    """

    row: DossierRow
    confirmation: tuple[str, bytes] | None  # challenge, digest
    files: Sequence[tuple[str, str]]
    guided_in: frozenset[str]


def confirmed_draft(session: Session, id: UUID, confirmation: UUID | None) -> ConfirmedDraft | None:
    """A dossier with a confirmation, in one query."""
    found = session.execute(_CONFIRMED_DRAFT, {"of_dossier": id, "this": confirmation}).first()
    if found is None:
        return None
    row, challenge, digest, files, guided_in = found
    noted = None if challenge is None else (challenge, digest)
    return ConfirmedDraft(row, noted, [tuple(each.split("/", 1)) for each in files or ()], frozenset(guided_in or ()))


def note_phone(session: Session, dossier_id: UUID, found_by: Sequence[str]) -> None:
    """Stores the search words for the applicant's phone on a dossier; its version stays."""
    table = table_of(DossierRow)
    session.connection().execute(update(table).where(table.c.id == dossier_id).values(found_by=list(found_by)))


def guided_by(session: Session, dossier_id: UUID) -> Sequence[GuidedByRow]:
    """The guided sessions in which a dossier was filled in, in the order of their notes."""
    query = select(GuidedByRow).where(GuidedByRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(GuidedByRow.noted_at, GuidedByRow.session_id)).all()


def note_guidance(session: Session, dossier_id: UUID, ward: str, session_id: str, at: datetime) -> None:
    """Notes a guided session of a draft, once."""
    noted = insert(GuidedByRow).values(dossier_id=dossier_id, ward=ward, session_id=session_id, noted_at=at)
    session.execute(noted.on_conflict_do_nothing())


def told(session: Session, dossier_id: UUID) -> Sequence[ToldRow]:
    return session.scalars(_TOLD, {"dossier_id": dossier_id}).all()


def tracked(session: Session, fingerprint: bytes) -> DossierRow | None:
    """The dossier whose code and tracking key have this keyed fingerprint: secrets are never compared byte by byte."""
    return session.scalar(select(DossierRow).where(DossierRow.tracking_fingerprint == fingerprint))


def alike(session: Session, row: DossierRow, *, open_only: bool = False) -> Sequence[str]:
    """Codes of at most five other filed dossiers of the ward about the same event; `open_only`: only dossiers that are
    not over.
    """
    if row.likeness is None:
        return []
    over = (*_GIVEN_UP, Status.HANDED_OVER) if open_only else _GIVEN_UP
    query = select(DossierRow.code).where(
        DossierRow.likeness == row.likeness, DossierRow.id != row.id, DossierRow.status.not_in(over)
    )
    return [code for code in session.scalars(query.order_by(DossierRow.code).limit(5)) if code]


def open_ones_like(session: Session, row: DossierRow) -> Sequence[str]:
    """Codes of at most five open dossiers of the same applicant for the same paper about the same person."""
    if not row.subject_name or not row.applicant_id:
        return []
    query = select(DossierRow.code).where(
        DossierRow.applicant_id == row.applicant_id,
        DossierRow.procedure == row.procedure,
        DossierRow.subject_name == row.subject_name,
        DossierRow.id != row.id,
        DossierRow.status.in_(OPEN),
    )
    return [code for code in session.scalars(query.order_by(DossierRow.code).limit(5)) if code]


def next_dossier_number(session: Session, day: date) -> int:
    """The day's next number, from 1; a concurrent filing waits for this transaction, so no number is lost."""
    return int(session.scalars(_NEXT_NUMBER, {"day": day}).one())


def word_vector(words: Sequence[str]) -> ColumnElement[str]:
    """Folded words as a tsvector, without PostgreSQL's own parser, which does not know Vietnamese."""
    return word_vector_of(sorted(set(words)))


def word_vector_of(words: Any) -> ColumnElement[str]:
    """The same for an array that is a parameter: each word once."""
    return func.array_to_tsvector(cast(words, ARRAY(Text)))


def own_dossiers(
    session: Session, applicant_id: str, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[DossierRow]:
    """Newest first."""
    query = select(DossierRow).where(DossierRow.applicant_id == applicant_id)
    if after is not None:
        query = query.where(tuple_(DossierRow.created_at, DossierRow.id) < tuple_(*map(literal, after)))
    return session.scalars(query.order_by(DossierRow.created_at.desc(), DossierRow.id.desc()).limit(limit)).all()


def count_drafts(session: Session, applicant_id: str) -> int:
    """How many drafts an applicant has; locks the count for them until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(applicant_id, 0))))
    query = select(func.count()).where(DossierRow.applicant_id == applicant_id, DossierRow.status == Status.DRAFT)
    return session.scalars(query).one()


def abandoned_drafts(
    session: Session, before: datetime, now: datetime, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[datetime, UUID]]:
    """Last change and id of the drafts untouched since `before`, by their last change."""
    query = select(DossierRow.updated_at, DossierRow.id).where(_abandoned(before, now))
    if after is not None:
        query = query.where(tuple_(DossierRow.updated_at, DossierRow.id) > tuple_(*map(literal, after)))
    found = session.execute(query.order_by(DossierRow.updated_at, DossierRow.id).limit(limit))
    return [(touched, id) for touched, id in found]


def claim_abandoned(session: Session, id: UUID, before: datetime, now: datetime) -> bool:
    """Locks a draft to delete it; False if it is no draft any more, was touched, or is in use."""
    query = select(DossierRow.id).where(DossierRow.id == id, _abandoned(before, now))
    return session.scalar(query.with_for_update(skip_locked=True)) is not None


def delete_draft(session: Session, id: UUID) -> None:
    """Deletes a draft, which is locked, with all that belongs to it."""
    for part in (DocumentRow, ConfirmationRow, CaptureRow, GuidedByRow):
        session.execute(delete(part).where(part.dossier_id == id))
    session.execute(delete(DossierRow).where(DossierRow.id == id))


_ANSWERS = {name for name, act in ACTS.items() if act.answers}
_ASIDE = {name for name, act in ACTS.items() if act.is_aside}
#: If somebody acts on a dossier meanwhile, its sequence rises, and their value stays.
_CATCH_UP = text("""
    UPDATE dossiers SET answered_at = should.answered_at FROM (
        SELECT id, sequence, (
            SELECT CASE WHEN act = ANY(:answers) THEN at END FROM history
            WHERE dossier_id = id AND NOT act = ANY(:aside) ORDER BY history.sequence DESC LIMIT 1
        ) AS answered_at
        FROM dossiers WHERE status IN (2, 4)
    ) AS should
    WHERE dossiers.id = should.id AND dossiers.sequence = should.sequence
        AND (dossiers.answered_at IS NULL) <> (should.answered_at IS NULL)
    RETURNING dossiers.id
""")


def catch_up_answered(session: Session) -> int:
    """Corrects `answered_at` from the history for dossiers that the office works on; returns how many it corrected.

    During a roll-out or after a rollback, pods of a version before this column act without it.
    """
    found = session.execute(_CATCH_UP, {"answers": sorted(_ANSWERS), "aside": sorted(_ASIDE)})
    return len(found.all())


def _abandoned(before: datetime, now: datetime) -> ColumnElement[bool]:
    """Drafts untouched since a moment, except those whose applicant was just sent a code to file them."""
    draft = DossierRow.status == literal(Status.DRAFT.value, literal_execute=True)
    filing = select(ConfirmationRow.id).where(
        ConfirmationRow.dossier_id == DossierRow.id, ConfirmationRow.expires_at > now
    )
    return and_(draft, DossierRow.updated_at < before, ~filing.exists())


def existing(session: Session, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that a dossier has."""
    return set(session.scalars(select(DossierRow.id).where(DossierRow.id.in_(dossier_ids))))


def paths_in_use(session: Session, dossier_ids: Collection[UUID]) -> set[str]:
    """Paths of all files of some dossiers: documents, pages of captures, certificates."""
    documents = select(DocumentRow.path).where(DocumentRow.dossier_id.in_(dossier_ids))
    certificates = select(CertificateRow.path).join(RegisterEntryRow, RegisterEntryRow.id == CertificateRow.entry_id)
    certificates = certificates.where(RegisterEntryRow.dossier_id.in_(dossier_ids), CertificateRow.path.is_not(None))
    captures = select(CapturePageRow.path).join(CaptureRow, CaptureRow.id == CapturePageRow.capture_id)
    captures = captures.where(CaptureRow.dossier_id.in_(dossier_ids))
    return {
        path for query in (documents, captures, certificates) for path in session.scalars(query) if path is not None
    }


def desk_drafts(
    session: Session, limit: int, after: tuple[datetime, UUID] | None, procedure: str = ""
) -> Sequence[DossierRow]:
    """The desk's drafts for others, newest first; `after` is the place of the last one before."""
    query = select(DossierRow).where(DossierRow.applicant_id == "", DossierRow.status == Status.DRAFT)
    if procedure:
        query = query.where(DossierRow.procedure == procedure)
    if after is not None:
        query = query.where(tuple_(DossierRow.created_at, DossierRow.id) < tuple_(*map(literal, after)))
    return session.scalars(query.order_by(DossierRow.created_at.desc(), DossierRow.id.desc()).limit(limit)).all()


def accepted_between(session: Session, start: datetime, end: datetime, limit: int) -> Sequence[DossierRow]:
    """Dossiers accepted from `start` until before `end`, in that order."""
    query = select(DossierRow).where(DossierRow.accepted_at >= start, DossierRow.accepted_at < end)
    return session.scalars(query.order_by(DossierRow.accepted_at, DossierRow.code).limit(limit)).all()
