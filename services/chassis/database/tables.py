"""The chassis's tables in every service's database: outbox, inbox, idempotency, audit, owner."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class ChassisBase(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, object]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        bytes: LargeBinary,
    }


def table_of(row: type[DeclarativeBase]) -> Table:
    """The table of a mapped class: for statements that are built once and run often, without the cost of the ORM."""
    return cast("Table", row.__table__)


class OutboxRow(ChassisBase):
    """An event, committed with the change that it reports; columns are named for Debezium's event router."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unpublished", "seq", postgresql_where=text("published_at IS NULL")),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    aggregatetype: Mapped[str]  # stream: `accounts`, `dossiers`, `civil-status`, `notifications`
    aggregateid: Mapped[str]  # key of the record
    type: Mapped[str]  # vn.caunoi.<stream>.<subject>.<past participle>.v1
    payload: Mapped[bytes]
    traceparent: Mapped[str] = mapped_column(server_default="")
    request_id: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    published_at: Mapped[datetime | None]


class InboxRow(ChassisBase):
    """An event that a subscriber has handled, written in the handler's own transaction."""

    __tablename__ = "inbox"

    subscriber: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class ParkedRow(ChassisBase):
    """An event that could not be handled, or a later event of the same key; an operator's command replays it."""

    __tablename__ = "inbox_parked"
    __table_args__ = (Index("ix_inbox_parked_key", "subscriber", "topic", "key"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subscriber: Mapped[str]
    topic: Mapped[str]
    key: Mapped[str]
    event_id: Mapped[str]
    headers_json: Mapped[str]
    value: Mapped[bytes]
    error: Mapped[str]
    parked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OwnerRow(ChassisBase):
    """The owner of the database (database/owner.py): one row, or none in a database that nobody has served yet."""

    __tablename__ = "database_owner"
    __table_args__ = (CheckConstraint("only_one", name="only_one"),)

    only_one: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=text("true"))
    service: Mapped[str]
    ward: Mapped[str]  # GSO code
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class IdempotencyRow(ChassisBase):
    """The first answer to a request, which its repetitions get."""

    __tablename__ = "idempotency"

    caller: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes]
    response: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class AuditRow(ChassisBase):
    """Who read or changed what, and whose data it was; append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_person", "person_id", text("seq DESC")),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[str]
    actor: Mapped[str]  # name and title of staff, or the service; empty if the person acted
    role: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]  # `dossier:<id>`, `account:<id>`
    person_id: Mapped[str]  # account whose data it is; empty for nobody's data
    request_id: Mapped[str]
