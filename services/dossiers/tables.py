"""The service's tables in one ward's database; those of the registers are in `register_tables`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database.tables import NAMING

#: The value of `urgent_at` without a running clock: sorts after every due time.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[dict[str, str]]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


#: Name of a queue → condition of its partial index. PostgreSQL uses an index if a query contains its whole condition.
WAITING = {
    "supplemented": "status = 1 AND answered_at IS NOT NULL",
    "answered": "status IN (2, 4) AND answered_at IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    "returned": "status = 4 AND proposal IS NOT NULL AND proposed_at IS NULL AND paused_at IS NULL",
    "to_decide": "status IN (2, 4) AND proposed_at IS NULL AND paused_at IS NULL",
    "to_sign": "status = 4 AND proposed_at IS NOT NULL",
    "to_stop": "status IN (2, 4, 5, 6, 9) AND stop_proposed_at IS NOT NULL",
    "annulled": "status = 9 AND annulled_at IS NOT NULL",
}


#: The order of the work list: most urgent first; dossiers due at the same time in order of reception.
URGENCY = ("urgent_at", "submitted_at", "id")


class DossierRow(Base):
    """A dossier, from the draft on. The form is encrypted; names are kept beside it for lists."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("ix_dossiers_open", "urgent_at", "id", postgresql_where=text("status IN (1, 2, 4, 5, 6, 9)")),
        Index("ix_dossiers_status", "status", *URGENCY, postgresql_where=text("status > 0")),
        Index("ix_dossiers_assigned", "assigned_to_id", "status", *URGENCY, postgresql_where=text("status > 0")),
        Index("ix_dossiers_procedure", "procedure", "status", *URGENCY, postgresql_where=text("status > 0")),
        # For dossiers that wait for a role (domain/queues.py); each index holds only open dossiers.
        *(
            Index(f"ix_dossiers_{queue}", "status", *URGENCY, postgresql_where=text(waits))
            for queue, waits in WAITING.items()
        ),
        Index("ix_dossiers_applicant", "applicant_id", "created_at", "id"),
        Index("ix_dossiers_search", "search", postgresql_using="gin", postgresql_where=text("status > 0")),
        Index("ix_dossiers_likeness", "likeness", postgresql_where=text("likeness IS NOT NULL")),
        Index("ix_dossiers_accepted", "accepted_at", "id", postgresql_where=text("accepted_at IS NOT NULL")),
        Index("ix_dossiers_drafts", "updated_at", "id", postgresql_where=text("status = 0")),
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
    station_ward: Mapped[str] = mapped_column(server_default="")  # where it was filed at a station's computer
    station_id: Mapped[str] = mapped_column(server_default="")
    subject_name: Mapped[str]  # of the person that the dossier is about
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)  # folded words of the names
    found_by: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # fingerprints of the account's phone
    form: Mapped[bytes]  # JSON, sealed
    prefilled: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))  # pointers; see `save_form`
    proposal: Mapped[bytes | None]  # the officer's additions for the register, JSON, sealed
    proposed_at: Mapped[datetime | None]  # since when the entry waits for the signer; null if none does
    proposed_by_id: Mapped[str | None]
    proposed_by: Mapped[str | None]
    stop_proposed_at: Mapped[datetime | None]  # since when a rejection waits for the signer
    stop_proposed_by_id: Mapped[str | None]
    recipient: Mapped[bytes | None]  # who signed the register and fetched the result, sealed
    tracking_key: Mapped[bytes | None]  # sealed
    tracking_fingerprint: Mapped[bytes | None]  # of code and key
    likeness: Mapped[bytes | None]  # fingerprint that two dossiers about the same event share
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # of the running clock; null while it is stopped or the work is done
    urgent_at: Mapped[datetime]  # due_at, or NEVER; with the next column the order of the work list (`URGENCY`)
    promised_at: Mapped[datetime | None]  # the last promised time of the result; stays when the clock has ended
    answered_at: Mapped[datetime | None]  # when the awaited answer came; null once the office has dealt with it
    finished_at: Mapped[datetime | None]  # signed, refused, withdrawn or stopped
    annulled_at: Mapped[datetime | None]  # what was registered, or copied, was annulled before the hand-over
    reminded_at: Mapped[datetime | None]  # when the office was warned that the running time is near its end
    overdue_at: Mapped[datetime | None]  # the time that ran out without a result
    received_by_id: Mapped[str | None]  # the colleague who received it at the counter or by post
    assigned_to_id: Mapped[str | None]  # the colleague who works on it
    assigned_to: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(Integer)  # of the last history row

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)


class DocumentRow(Base):
    """A document of a dossier; its content is in the file store under its digest."""

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
    filed_at: Mapped[datetime | None]  # then it cannot be removed
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment


class CaptureRow(Base):
    """Pictures of a paper that come from a scanner or a phone, until they are kept as a document or thrown away."""

    __tablename__ = "captures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[str]  # of the document
    source: Mapped[str]  # `scanner`, `phone`
    ticket_digest: Mapped[bytes] = mapped_column(unique=True)  # SHA-256: 256 random bits need no slow hash
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(server_default="")
    kept_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    pages_before: Mapped[int] = mapped_column(Integer, server_default=text("0"))  # last position under earlier tickets


class CapturePageRow(Base):
    """A page of a capture; its picture is in the file store.

    A removed page keeps its position, so that it does not come back if it is sent again.
    """

    __tablename__ = "capture_pages"
    __table_args__ = (UniqueConstraint("capture_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    capture_id: Mapped[UUID] = mapped_column(ForeignKey("captures.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    path: Mapped[str]  # in the file store; empty: removed
    sent_digest: Mapped[bytes | None]  # SHA-256 of what was sent; none: sent before it was kept
    turned: Mapped[int] = mapped_column(Integer, server_default=text("0"))  # degrees clockwise
    added_at: Mapped[datetime]


class GuidedByRow(Base):
    """A guided session in which a dossier was filled in; minutes and pages come when it is filed."""

    __tablename__ = "guided_by"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)  # of the station
    session_id: Mapped[str] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    pages: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class HistoryRow(Base):
    """The history of a dossier; append-only."""

    __tablename__ = "history"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    act: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    actor: Mapped[str]  # office, shown to the citizen
    actor_id: Mapped[str]
    officer: Mapped[str]  # name and title on slips; empty for the applicant's own acts
    officer_capacity: Mapped[str] = mapped_column(server_default="")  # of a signer; empty of a version before
    reason: Mapped[str]
    article: Mapped[str]
    due_at: Mapped[datetime | None]  # as it stood after the act


class SupplementRow(Base):
    """A request to the applicant, field by field, and the time of the answer: a pause of the clock."""

    __tablename__ = "supplement_requests"
    __table_args__ = (Index("ix_supplement_requests_dossier_id", "dossier_id", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    items: Mapped[list[dict[str, str]]]  # [{"field", "text"}]
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    changes: Mapped[bytes | None]  # pointer → what the form said before the answer, JSON, sealed
    right_as_it_is: Mapped[bytes | None]  # what the applicant wrote: why it is right, or a remark; sealed
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment


class FeeRow(Base):
    """The assessed fee of a dossier, and its settlement; the wait for it is a pause of the clock."""

    __tablename__ = "fees"
    __table_args__ = (
        Index("ix_fees_dossier_id", "dossier_id", "asked_at"),
        Index("ix_fees_open", "asked_at", postgresql_where=text("settled_at IS NULL")),
        UniqueConstraint("reference"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    lines: Mapped[list[dict[str, Any]]]  # `domain.fees.Line`, amounts in đồng
    exemption: Mapped[str]  # `merit`, `poor`, `disabled`; empty if there is none
    total: Mapped[int] = mapped_column(Integer)  # đồng
    reference: Mapped[str]  # named in the transfer: letters and digits without personal data
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    method: Mapped[str | None]  # `counter`, `provider`, `exempt`
    receipt: Mapped[str | None]  # number of the counter's receipt, or the provider's transaction
    settled_by: Mapped[str | None]  # the cashier at the counter
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment


class PaymentRow(Base):
    """A payment that the provider reported, each transaction once, including late and mismatched ones."""

    __tablename__ = "payments"
    __table_args__ = (Index("ix_payments_reference", "reference"),)

    transaction: Mapped[str] = mapped_column(primary_key=True)  # the provider's number
    reference: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)  # đồng
    paid_at: Mapped[datetime]  # by the provider's clock
    noted_at: Mapped[datetime]
    told_by: Mapped[str]  # `callback`, `report`, `order` (asked when the applicant was about to pay)
    outcome: Mapped[str]  # `settled`, `late`, `mismatch`, `unknown`


class VerificationRow(Base):
    """A verification before the result: an inquiry to another office, the ward's own, or a public notice."""

    __tablename__ = "verifications"
    __table_args__ = (
        Index("ix_verifications_dossier_id", "dossier_id", "sent_at"),
        Index("ix_verifications_open", "times_out_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    kind: Mapped[str]  # `inquiry`, `own`, `notice`
    question: Mapped[bytes]  # JSON, sealed: recipient, person, period and question
    sent_at: Mapped[datetime]
    reply_due_at: Mapped[datetime | None]  # 3 working days for the commune that is asked (NĐ 123/2015 Đ22)
    times_out_at: Mapped[datetime | None]  # 20 days (TT 04/2020 Đ4); 7 days of a notice (NĐ 123/2015 Đ14)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # `replied`, `timed-out`, `commitment`, `done`
    answer: Mapped[bytes | None]  # JSON, sealed
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment


class ExtensionRow(Base):
    """The one apology and new appointment that a dossier can have."""

    __tablename__ = "extensions"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    at: Mapped[datetime]
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]
    reason: Mapped[str]
    officer: Mapped[str]


class ComparisonRow(Base):
    """An original was shown, compared and handed back (NĐ 123/2015 Đ3; TT 04/2020 Đ3)."""

    __tablename__ = "comparisons"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # of document
    at: Mapped[datetime]
    officer_id: Mapped[str]
    officer: Mapped[str]
    agrees: Mapped[bool]
    note: Mapped[str]


class ResidenceLookupRow(Base):
    """A declared residence was looked up, or could not be (NĐ 104/2022 Đ14). Each record stays; the last one counts."""

    __tablename__ = "residence_lookups"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    field: Mapped[str]  # JSON pointer
    at: Mapped[datetime]
    officer_id: Mapped[str]
    officer: Mapped[str]
    source: Mapped[str]
    result: Mapped[str]
    note: Mapped[bytes]  # sealed
    void_at: Mapped[datetime | None]  # when another residence was declared


class ConfirmationRow(Base):
    """A one-time code that was sent for exactly this digest of a draft."""

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


class ToldRow(Base):
    """A message about a dossier that notifications has delivered or given up."""

    __tablename__ = "told"
    __table_args__ = (Index("ix_told_dossier_id", "dossier_id"),)

    message_id: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID]
    channel: Mapped[str]
    template: Mapped[str]
    delivered: Mapped[bool]
    at: Mapped[datetime]
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment
