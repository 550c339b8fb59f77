"""Messages and the tries to deliver them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, LargeBinary, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database.tables import NAMING


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, object]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
    }


class MessageRow(Base):
    """One SMS or e-mail. It holds no name, number or address of a person; these are read at delivery. The only
    exceptions are one-time codes and notices, which accounts sends with the address: `sealed` holds address and code,
    or address and name, encrypted, until the message is delivered or given up.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_event_id_channel", "event_id", "channel", unique=True),
        Index("ix_message_queued", "lane", "try_at", "seq", postgresql_where=text("status = 'queued'")),
        Index("ix_message_account_id_seq", "account_id", "seq"),
        Index("ix_message_dossier_id_seq", "dossier_id", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # order of the events that it reports
    lane: Mapped[str]  # see domain.delivery.Lane
    channel: Mapped[str]  # `sms` or `email`
    template: Mapped[str]
    template_version: Mapped[int]
    event_id: Mapped[str | None]
    challenge_id: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[str]  # the recipient; empty for one-time codes
    account_ward: Mapped[str]  # their home ward
    dossier_id: Mapped[str]  # empty for one-time codes
    data: Mapped[dict[str, Any]]  # what the template needs: code and moments (ISO, UTC)
    sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    status: Mapped[str]  # see domain.delivery.Status
    tries: Mapped[int]
    #: When it is due. During a try, this is the end of the lease: if the process dies, the message is due again.
    try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    request_id: Mapped[str]


class SmsDayRow(Base):
    """How many SMS the ward has sent in a day of Vietnamese time."""

    __tablename__ = "sms_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    sent: Mapped[int]


class PracticeMessageRow(Base):
    """A message or code that the practice ward shows instead of sending it; in real wards the table is empty."""

    __tablename__ = "practice_messages"
    __table_args__ = (Index("ix_practice_messages_account_id_at", "account_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # of the message
    account_id: Mapped[str]
    dossier_id: Mapped[str]  # empty for one-time codes
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AttemptRow(Base):
    """One try to hand a message over; stored when it starts, so that a try of a dead process is visible too."""

    __tablename__ = "attempt"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    at: Mapped[datetime]
    succeeded: Mapped[bool | None]  # unknown while it runs; stays unknown if the process died
    answer: Mapped[str]  # the provider's, without the recipient
