"""The tables of one ward's accounts database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database.tables import NAMING, ChassisBase
from services.chassis.tokens import Role


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, object]] = ChassisBase.type_annotation_map


class AccountRow(Base):
    """A citizen's account. Numbers and contacts are encrypted, found by fingerprint (docs/architecture.md, rule 7)."""

    __tablename__ = "accounts"
    __table_args__ = (Index("ix_accounts_pending", "created_at", postgresql_where=text("status = 'pending'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]  # `pending`, `active`, `moved`, `closed`
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
    moved_to: Mapped[str | None]  # GSO code of the ward whose account stays, if status is `moved`
    identity_level: Mapped[int] = mapped_column(Integer, server_default=text("1"))  # domain/changes.py
    identity_seen_at: Mapped[datetime | None]  # when the original was seen, at level 2
    phone_changed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class StaffRow(Base):
    """A member of the ward's staff, or a volunteer: created by the ward, signs in by user name."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("capacity IN ('head', 'acting', 'deputy')", name="capacity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    title: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    capacity: Mapped[str | None]  # of a signer `head`, `acting`, `deputy`; null if the version before added the signer
    created_at: Mapped[datetime]
    #: When an administrator became one; null of anybody else, and where the version before made one.
    administrator_since: Mapped[datetime | None]
    # The addresses for news about their account, sealed; both are empty for somebody who was added without them.
    phone: Mapped[bytes | None]
    email: Mapped[bytes | None]
    #: When their work for the ward ended; code asks `has_left` (tests/guards/test_staff_who_left.py).
    work_ended_at: Mapped[datetime | None] = mapped_column("ended_at")
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)

    @hybrid_property
    def has_left(self) -> bool:
        """Does not work for the ward any more: signs in nowhere, and does nothing."""
        return self.work_ended_at is not None

    @has_left.inplace.expression
    @classmethod
    def _has_left(cls) -> ColumnElement[bool]:
        return cls.work_ended_at.is_not(None)

    @property
    def is_volunteer_alone(self) -> bool:
        """A volunteer who has no office role; this is true of every volunteer."""
        return self.roles == [str(Role.VOLUNTEER)]


class CredentialRow(Base):
    """The password of an account or of a member of staff, apart from the tables that are read every day."""

    __tablename__ = "credentials"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]
    to_change: Mapped[bool] = mapped_column(server_default=text("false"))  # given out by the ward, to set another with


class AttemptRow(Base):
    """A sign-in that has not succeeded (yet); `subject` is the fingerprint of the login, even if nobody has it."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_subject_at", "subject", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[bytes] = mapped_column(server_default=text("''"))  # fingerprint of the network, or of a known device
    way: Mapped[str] = mapped_column(server_default="paced")  # domain/pacing.py


class SessionRow(Base):
    """A signed-in person on one device: a family of refresh tokens, each the successor of the one before."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("credentials.person_id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    # `signed-out`, `token-reused`, `moved`, `password-changed`, `closed`, `second-factor-reset`,
    # `second-factor-set-up`, `roles-changed`, `ended`
    ended_because: Mapped[str] = mapped_column(server_default="")


class AuthenticatorRow(Base):
    """A second factor of a member of staff: an authenticator app (`totp`) or a security key (`webauthn`)."""

    __tablename__ = "authenticators"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]  # domain/second_factor.py
    name: Mapped[str]
    secret: Mapped[bytes | None]  # of `totp`: the shared secret, sealed
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))  # `totp`: steps up to it do not count
    credential_id: Mapped[bytes | None]  # of `webauthn`, as the two that follow
    public_key: Mapped[bytes | None]
    sign_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    challenge: Mapped[bytes | None]  # of `webauthn`, until it is confirmed
    ticket: Mapped[bytes]  # digest of the ticket that started it and may confirm it
    started_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]  # it counts only from then on
    last_used_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """A code, good once, for somebody who has no authenticator at hand; stored as its HMAC."""

    __tablename__ = "recovery_codes"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FactorResetRow(Base):
    """The administrator has removed somebody's second factors: who, when and why."""

    __tablename__ = "factor_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]  # id
    by_name: Mapped[str]  # name and title, as they sign
    reason: Mapped[str]


class FactorTicketRow(Base):
    """Stands for somebody who has typed the right password, or is signed in, until they prove their second factor.

    Stored as its SHA-256: 256 random bits need no slow hash.
    """

    __tablename__ = "factor_tickets"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]  # domain/second_factor.py
    challenge: Mapped[bytes]  # of WebAuthn
    new_hash: Mapped[str | None]  # hash of the password that replaces the present one after the factor
    device: Mapped[bytes | None]  # fingerprint of the known device from which the password came
    session_id: Mapped[UUID | None]  # the session of a person who was signed in when they asked for it
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))  # wrong ones
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RefreshTokenRow(Base):
    """A refresh token, stored as its SHA-256: 256 random bits need no slow hash."""

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
    purpose: Mapped[str]  # domain/codes.py
    binding: Mapped[bytes]
    code_digest: Mapped[bytes]  # HMAC of challenge id and code
    phone_fingerprint: Mapped[bytes]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    redeemed_at: Mapped[datetime | None]
    redemption: Mapped[str | None]
    voided_at: Mapped[datetime | None]  # it could not be sent: it is invalid and counts towards no limit
    accepted_at: Mapped[datetime | None]  # notifications has it; unknown if the process died meanwhile


class PhoneChangeRow(Base):
    """A phone that will replace the present one after the sent codes are typed."""

    __tablename__ = "phone_changes"
    __table_args__ = (Index("ix_phone_changes_account_id", "account_id", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    phone: Mapped[bytes]  # the new one, sealed
    phone_fingerprint: Mapped[bytes]
    old_code: Mapped[UUID | None]  # the challenge sent to the present phone; null if that is lost
    new_code: Mapped[UUID]
    requested_by: Mapped[str]  # the account itself, or the officer at the desk
    requested_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime | None]


class SeenPaperRow(Base):
    """An identity paper whose original an officer compared with an account: who did it, when, which paper and why."""

    __tablename__ = "seen_papers"
    __table_args__ = (Index("ix_seen_papers_account_id", "account_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    at: Mapped[datetime]
    officer_id: Mapped[str]
    officer: Mapped[str]  # name and title, as they sign
    purpose: Mapped[str]  # domain/changes.py
    kind: Mapped[str]
    number: Mapped[bytes]  # as it was typed from the original, sealed
    # For a new paper: what links it to the old one (domain/papers.py), and the old one. For a closing: the reason
    # (domain/changes.py). Else empty.
    ground: Mapped[str] = mapped_column(server_default="")
    replaced_kind: Mapped[str] = mapped_column(server_default="")
    replaced_number: Mapped[bytes | None]  # sealed


class OutgoingRow(Base):
    """A code or notice that notifications has not accepted yet: it must not be lost, and no caller waits for it."""

    __tablename__ = "outgoing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[str]  # empty for a code to nobody (use_cases/recovery.py)
    template: Mapped[str]  # a notice's template, or `code-` and the purpose of a code
    sealed: Mapped[bytes]  # the addresses, the name, the code
    written_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # of a code
    try_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class LaterClaimRow(Base):
    """An activated account that lost to an earlier one with the same identity number; it counts if that one is
    closed.
    """

    __tablename__ = "later_claims"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)  # a ward speaks for its own accounts only
    identity_fingerprint: Mapped[bytes] = mapped_column(index=True)
    activated_at: Mapped[datetime]


class ClosedClaimRow(Base):
    """An account that was closed, in any ward: its activation does not count any more, even if it arrives again."""

    __tablename__ = "closed_claims"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]


class GivenUpClaimRow(Base):
    """A number that an account had until it got another one: earlier claims to it do not count any more, even if they
    arrive again.
    """

    __tablename__ = "given_up_claims"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)
    identity_fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    given_up_at: Mapped[datetime]


class CodeElsewhereRow(Base):
    """A code that another ward has sent to a phone; kept for a day."""

    __tablename__ = "codes_elsewhere"
    __table_args__ = (Index("ix_codes_elsewhere_phone_fingerprint_at", "phone_fingerprint", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    phone_fingerprint: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)


class OtherWardRow(Base):
    """Another ward that may hold data of an account: the account called or filed there."""

    __tablename__ = "other_wards"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)


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
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    name: Mapped[str] = mapped_column(unique=True)
    venue: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str]
    residential_group: Mapped[str] = mapped_column(server_default="")
    directions: Mapped[str] = mapped_column(server_default="")
    step_free: Mapped[bool] = mapped_column(server_default=text("false"))
    contact_name: Mapped[str] = mapped_column(server_default="")
    contact_phone: Mapped[str] = mapped_column(server_default="")
    opening_hours: Mapped[str]  # the usual ones, in words
    closed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)


class OpeningRow(Base):
    """An opening session of a station, within one day in Đà Nẵng."""

    __tablename__ = "openings"
    __table_args__ = (Index("ix_openings_station_id_starts_at", "station_id", "starts_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    note: Mapped[str]
    cancelled_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)


class DutyRow(Base):
    """A volunteer on duty for an opening session."""

    __tablename__ = "duties"
    __table_args__ = (UniqueConstraint("opening_id", "volunteer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("openings.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    put_on_at: Mapped[datetime]
    taken_off_at: Mapped[datetime | None]


class DeviceRow(Base):
    """A computer or scanner of a station. Its credential is stored as SHA-256: 256 random bits need no slow hash."""

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # `kiosk`, `scanner`
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), index=True)
    kiosk_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"), index=True)  # the computer beside a scanner
    name: Mapped[str]
    added_at: Mapped[datetime]
    credential_digest: Mapped[bytes | None] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]  # when somebody last signed out at, or left, a computer


class EnrolmentCodeRow(Base):
    """A code that enrols a device, once."""

    __tablename__ = "enrolment_codes"

    digest: Mapped[bytes] = mapped_column(primary_key=True)  # HMAC of the code
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class TryRow(Base):
    """A wrong enrolment or guidance code; `subject` names the group whose guesses are counted together, such as a
    station.
    """

    __tablename__ = "code_tries"
    __table_args__ = (Index("ix_code_tries_subject_at", "subject", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class ScanRow(Base):
    """A scan that a citizen asked for; it is given to the scanner's agent until the agent has started it."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_scanner_id_requested_at", "scanner_id", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scanner_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    ward: Mapped[str]  # of the dossier
    ticket: Mapped[bytes]  # of the capture, sealed
    source: Mapped[str]  # `flatbed`, `feeder`
    requested_at: Mapped[datetime] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]  # when the agent said that it has started


class PhraseRow(Base):
    """A set phrase that volunteers send."""

    __tablename__ = "phrases"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    text: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    retired_at: Mapped[datetime | None]  # since then it is not in the list

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (as SQLAlchemy declares it)


class ConsentRow(Base):
    """A person's consent: free, specific, recorded, and open to withdrawal (Luật Bảo vệ dữ liệu cá nhân 91/2025)."""

    __tablename__ = "consents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(index=True)
    account_ward: Mapped[str]
    purpose: Mapped[str]  # `guided-session`, `household`
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"))


class GuidedSessionRow(Base):
    """A guided session at a station's computer. It has no column for a value that somebody typed."""

    __tablename__ = "guided_sessions"
    __table_args__ = (
        Index("ix_guided_sessions_account_id_requested_at", "account_id", "requested_at"),
        Index("ix_guided_sessions_volunteer_id_ended_at", "volunteer_id", "ended_at"),
        Index(
            "uq_guided_sessions_code",
            "station_id",
            "code_digest",
            unique=True,
            postgresql_where=text("joined_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)  # grows with every change
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    kiosk_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    account_id: Mapped[str]
    account_ward: Mapped[str]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    code_digest: Mapped[bytes]  # HMAC of station and code
    code_expires_at: Mapped[datetime]
    requested_at: Mapped[datetime] = mapped_column(index=True)
    volunteer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    duty_id: Mapped[UUID | None] = mapped_column(ForeignKey("duties.id"))
    joined_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]  # by itself, 30 minutes after it was joined
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(server_default="")
    place: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the contract's Place, as JSON
    place_at: Mapped[datetime]
    citizen_seen_at: Mapped[datetime]
    guidance_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class GuidanceRow(Base):
    """One thing that a volunteer did in a session."""

    __tablename__ = "guidance"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("guided_sessions.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]  # `point`, `phrase`, `term`, `explained`
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")  # of a phrase, as it was sent
    procedure: Mapped[str] = mapped_column(server_default="")  # TTHC code of the citizen's page; empty outside dossiers


class GuidedPageRow(Base):
    """A page of a dossier that was open during a session; their number is part of the record of how the dossier was
    filed.
    """

    __tablename__ = "guided_pages"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("guided_sessions.id"), primary_key=True)
    dossier_ward: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    page: Mapped[str] = mapped_column(primary_key=True)  # hex SHA-256; `form/child-name` from clients that send no hash


class LearningStepRow(Base):
    """A dossier that an account holder of this ward filed or practised to the end, and who did it."""

    __tablename__ = "learning_steps"
    __table_args__ = (UniqueConstraint("dossier_ward", "dossier_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]  # `filed`, `practised`
    assistance: Mapped[str]  # `alone`, `station`, `helped`
    procedure: Mapped[str]  # TTHC code
    dossier_ward: Mapped[str]
    dossier_id: Mapped[str]


class HouseholdRow(Base):
    """A household of account holders of this ward; without present members it is dissolved."""

    __tablename__ = "households"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    residential_group: Mapped[int | None] = mapped_column(Integer)  # tổ dân phố, as the head has typed it


class HouseholdMemberRow(Base):
    """A member of a household, by consent; a membership is kept for a month after `left_at`."""

    __tablename__ = "household_members"
    __table_args__ = (
        Index("uq_household_members_account", "account_id", unique=True, postgresql_where=text("left_at IS NULL")),
        Index(
            "uq_household_members_head",
            "household_id",
            unique=True,
            postgresql_where=text("is_head AND left_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    is_head: Mapped[bool]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(index=True)


class HouseholdCodeRow(Base):
    """The code that a household's head reads out; only the newest is good, and only once."""

    __tablename__ = "household_codes"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(unique=True)  # HMAC with the ward's key
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]  # the account that joined with it
