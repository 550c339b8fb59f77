"""The tables of one ward's accounts database."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database.tables import NAMING, ChassisBase


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, object]] = ChassisBase.type_annotation_map


class AccountRow(Base):
    """A citizen's account. Numbers and contacts are encrypted, found by fingerprint (docs/architecture.md, rule 7)."""

    __tablename__ = "accounts"
    __table_args__ = (Index("ix_accounts_pending", "created_at", postgresql_where=text("status = 'pending'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]  # `pending`, `active`, `moved`
    full_name: Mapped[str]
    date_of_birth: Mapped[date]
    identity_kind: Mapped[str]  # `cccd`, `cmnd`, `passport`
    identity_number: Mapped[bytes]
    identity_fingerprint: Mapped[bytes] = mapped_column(unique=True)
    phone: Mapped[bytes]
    phone_fingerprint: Mapped[bytes] = mapped_column(index=True)  # a household may share one phone
    email: Mapped[bytes | None]
    address: Mapped[str]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    moved_to: Mapped[str | None]  # GSO code of the ward whose account stays, where status is `moved`


class StaffRow(Base):
    """A member of the ward's staff, or a volunteer: created by the ward, signs in by user name."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    title: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]


class CredentialRow(Base):
    """The password of an account or of a member of staff, apart from the tables that are read every day."""

    __tablename__ = "credentials"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class AttemptRow(Base):
    """A sign-in that has not succeeded (yet); `subject` is the fingerprint of the person, or of an unknown login."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_subject_at", "subject", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)


class SessionRow(Base):
    """A signed-in person on one device: the family of refresh tokens that follow one another."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("credentials.person_id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(server_default="")  # `signed-out`, `token-reused`, `moved`


class RefreshTokenRow(Base):
    """A refresh token by its SHA-256: 256 random bits need no slow hash."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeCodeRow(Base):
    """A code that was sent to a phone. It outlives a replaced pending account, so that the phone's limit holds."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        Index("ix_one_time_codes_phone", "phone_fingerprint", "purpose", "issued_at"),
        Index("ix_one_time_codes_account", "account_id", "purpose", "issued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    purpose: Mapped[str]  # `activate-account`, `file-dossier`
    binding: Mapped[bytes]
    code_digest: Mapped[bytes]  # HMAC of challenge id and code
    phone_fingerprint: Mapped[bytes]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    redeemed_at: Mapped[datetime | None]
    redemption: Mapped[str | None]
    voided_at: Mapped[datetime | None]  # it could not be sent: it is invalid and counts for no limit


class ResidentRow(Base):
    """The resident directory: the home ward of the person with an identity number."""

    __tablename__ = "residents"

    identity_fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    ward: Mapped[str]
    account_id: Mapped[str]
    activated_at: Mapped[datetime]


class StationRow(Base):
    """A neighbourhood station where volunteers guide."""

    __tablename__ = "stations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    opening_hours: Mapped[str]
