"""The service's tables in one ward's database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.tables import NAMING

#: Stands in `urgent_at` where no clock runs: behind everything that has a due time.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Statuses that the desk still has to do something about, or waits for somebody in.
OPEN = (1, 2, 4, 5, 6, 9)


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[dict[str, str]]: JSONB,
    }


class DossierRow(Base):
    """A dossier, from the draft on. What people wrote in the form is sealed; names stand beside it for lists."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("ix_dossiers_open", "urgent_at", "id", postgresql_where=text("status IN (1, 2, 4, 5, 6, 9)")),
        Index("ix_dossiers_status", "status", "urgent_at", "id", postgresql_where=text("status > 0")),
        Index("ix_dossiers_applicant", "applicant_id", "created_at", "id"),
        Index("ix_dossiers_search", "search", postgresql_using="gin", postgresql_where=text("status > 0")),
        Index("ix_dossiers_likeness", "likeness", postgresql_where=text("likeness IS NOT NULL")),
        UniqueConstraint("code"),
        UniqueConstraint("tracking_fingerprint"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    procedure: Mapped[str]
    procedure_version: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    status_before_pause: Mapped[int | None] = mapped_column(SmallInteger)
    code: Mapped[str | None]
    applicant_id: Mapped[str]
    applicant_ward: Mapped[str]
    applicant_name: Mapped[str]
    channel: Mapped[str]  # `online`, `counter`, `post`
    assistance: Mapped[str]  # `alone`, `station`, `helped`, `counter`
    subject_name: Mapped[str]  # of whom the dossier is about
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)  # folded words of the names
    form: Mapped[bytes]  # JSON, sealed
    proposal: Mapped[bytes | None]  # what the officer adds for the register, JSON, sealed
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[str | None]
    proposed_by: Mapped[str | None]
    recipient: Mapped[bytes | None]  # who signed the register and fetched the result, sealed
    tracking_key: Mapped[bytes | None]  # sealed
    tracking_fingerprint: Mapped[bytes | None]  # of code and key
    likeness: Mapped[bytes | None]  # fingerprint that two dossiers about the same event share
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # of the running clock; null while it stands still or the work is done
    urgent_at: Mapped[datetime]  # due_at, or NEVER: what the work list is ordered by
    promised_at: Mapped[datetime | None]  # the last time told for the result; stays when the clock has ended
    finished_at: Mapped[datetime | None]  # signed, refused, withdrawn or stopped
    sequence: Mapped[int] = mapped_column(Integer)  # of the last history row

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)


class DocumentRow(Base):
    """A document of a dossier; its content lies in the file store under its digest."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("dossier_id", "kind", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    kind: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str]  # hex, of what is stored
    path: Mapped[str]  # in the file store
    added_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]  # from then on it stays


class HistoryRow(Base):
    """What happened to a dossier; appended only."""

    __tablename__ = "history"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    act: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    actor: Mapped[str]  # office, shown to the citizen
    actor_id: Mapped[str]
    officer: Mapped[str]  # name and title on slips; empty for the applicant's own acts
    reason: Mapped[str]
    article: Mapped[str]
    due_at: Mapped[datetime | None]  # as it stood after the act


class SupplementRow(Base):
    """What was asked of the applicant, field by field, and when they answered: the pauses of the clock."""

    __tablename__ = "supplement_requests"
    __table_args__ = (Index("ix_supplement_requests_dossier_id", "dossier_id", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    items: Mapped[list[dict[str, str]]]  # [{"field", "text"}]
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class ConfirmationRow(Base):
    """A one-time code was sent for exactly this digest of a draft."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_dossier_id", "dossier_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    challenge_id: Mapped[str]
    digest: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class DayNumberRow(Base):
    """The last dossier number given on a day."""

    __tablename__ = "day_numbers"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class RegisterBookRow(Base):
    """A register of one kind and year: its last number, and the digest its next entry is chained to."""

    __tablename__ = "register_books"

    register: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(Integer)
    last_digest: Mapped[bytes]


class RegisterEntryRow(Base):
    """An entry of a register: never changed, never deleted (a trigger sees to it)."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("register", "year", "number"),
        UniqueConstraint("dossier_id"),
        UniqueConstraint("certificate_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register: Mapped[str]  # `birth`
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    book: Mapped[str]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    content: Mapped[bytes]  # JSON, sealed
    previous_digest: Mapped[bytes]
    digest: Mapped[bytes]  # over the plain content and the digest before
    registered_at: Mapped[datetime]
    signer_id: Mapped[str]
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    certificate_id: Mapped[str]


class CertificateRow(Base):
    """A certificate of an entry; made after the signature is committed, once."""

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_missing", "entry_id", postgresql_where=text("sha256 IS NULL")),)

    id: Mapped[str] = mapped_column(primary_key=True)  # <ward>-<random>
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), unique=True)
    status: Mapped[str]  # `valid`, `superseded`, `revoked`
    sha256: Mapped[str | None]  # hex, of the signed PDF
    path: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None]


class ToldRow(Base):
    """A message about a dossier that notifications delivered or gave up."""

    __tablename__ = "told"
    __table_args__ = (Index("ix_told_dossier_id", "dossier_id"),)

    message_id: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID]
    channel: Mapped[str]
    template: Mapped[str]
    delivered: Mapped[bool]
    at: Mapped[datetime]
