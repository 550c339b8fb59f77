"""Staff, their second factors, and the tickets between a password and a second factor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, cast, delete, func, select, update
from sqlalchemy.orm import Session

from services.accounts.tables import (
    AuthenticatorRow,
    CredentialRow,
    DutyRow,
    FactorTicketRow,
    OpeningRow,
    RecoveryCodeRow,
    StaffRow,
)
from services.chassis.database.encryption import Cipher
from services.chassis.database.resealing import Sealed
from services.chassis.tokens import OFFICE, Role


class Contacts(NamedTuple):
    """Phone and e-mail address; empty if none is known."""

    phone: str
    email: str


def _context(column: str, id: UUID) -> str:
    return f"{column}:{id}"


#: The encrypted columns (`reseal` in docs/runbook.md).
SEALED = [
    Sealed(AuthenticatorRow, "secret", lambda row: _context("authenticators.secret", row.id)),
    Sealed(StaffRow, "phone", lambda row: _context("staff.phone", row.id)),
    Sealed(StaffRow, "email", lambda row: _context("staff.email", row.id)),
]


# --- people


def seal_contact(cipher: Cipher, id: UUID, column: str, plain: str) -> bytes | None:
    """A phone or an e-mail address; None for none."""
    return cipher.encrypt(plain, _context(f"staff.{column}", id)) if plain else None


def contact(cipher: Cipher, row: StaffRow, column: str) -> str:
    """`phone` or `email`; empty if none is known."""
    sealed: bytes | None = getattr(row, column)
    return cipher.decrypt(sealed, _context(f"staff.{column}", row.id)) if sealed else ""


def contacts(cipher: Cipher, row: StaffRow) -> Contacts:
    return Contacts(contact(cipher, row, "phone"), contact(cipher, row, "email"))


def everybody(session: Session) -> Sequence[StaffRow]:
    """By name; those who have left come last."""
    return session.scalars(select(StaffRow).order_by(StaffRow.has_left, StaffRow.full_name, StaffRow.id)).all()


def named(session: Session, username: str) -> StaffRow | None:
    """Also somebody who has left: a user name is given only once."""
    return session.scalar(select(StaffRow).where(StaffRow.username == username))


def office(session: Session) -> Sequence[StaffRow]:
    """Those who work in the ward's office, by name; without volunteers."""
    roles = cast([str(role) for role in sorted(OFFICE)], ARRAY(Text))
    query = select(StaffRow).where(StaffRow.roles.op("&&")(roles), ~StaffRow.has_left)
    return session.scalars(query.order_by(StaffRow.full_name, StaffRow.id)).all()


def volunteers(session: Session) -> Sequence[StaffRow]:
    """By name."""
    query = select(StaffRow).where(_has(Role.VOLUNTEER), ~StaffRow.has_left)
    return session.scalars(query.order_by(StaffRow.full_name, StaffRow.id)).all()


def administrators(session: Session) -> Sequence[StaffRow]:
    """By user name."""
    query = select(StaffRow).where(_has(Role.WARD_ADMIN), ~StaffRow.has_left)
    return session.scalars(query.order_by(StaffRow.username)).all()


def opened(session: Session, people: Sequence[UUID]) -> set[UUID]:
    """Those of these people who have a password."""
    return set(session.scalars(select(CredentialRow.person_id).where(CredentialRow.person_id.in_(people))).all())


def working_administrators(session: Session) -> Sequence[UUID]:
    """Those who can administer the ward: they have a password and have not left."""
    query = select(StaffRow.id).join(CredentialRow, CredentialRow.person_id == StaffRow.id)
    return session.scalars(query.where(_has(Role.WARD_ADMIN), ~StaffRow.has_left)).all()


def _has(role: Role) -> ColumnElement[bool]:
    return any_(StaffRow.roles) == str(role)


def take_off_duty(session: Session, person_id: UUID, now: datetime) -> None:
    """Takes a person off duty for all opening sessions that are not over."""
    ahead = select(OpeningRow.id).where(OpeningRow.ends_at > now)
    theirs = update(DutyRow).where(DutyRow.volunteer_id == person_id, DutyRow.taken_off_at.is_(None))
    session.execute(theirs.where(DutyRow.opening_id.in_(ahead)).values(taken_off_at=now))


def duties_ahead(session: Session, now: datetime) -> dict[UUID, int]:
    """For how many opening sessions that are not over each volunteer is on duty; without those on none."""
    ahead = select(DutyRow.volunteer_id, func.count()).join(OpeningRow, OpeningRow.id == DutyRow.opening_id)
    ahead = ahead.where(DutyRow.taken_off_at.is_(None), OpeningRow.ends_at > now, OpeningRow.cancelled_at.is_(None))
    return dict(session.execute(ahead.group_by(DutyRow.volunteer_id)).tuples().all())


# --- second factors


def seal_secret(cipher: Cipher, id: UUID, secret: str) -> bytes:
    return cipher.encrypt(secret, _context("authenticators.secret", id))


def secret(cipher: Cipher, row: AuthenticatorRow) -> str:
    return cipher.decrypt(row.secret, _context("authenticators.secret", row.id)) if row.secret else ""


def authenticators(session: Session, person_id: UUID, *, locked: bool = False) -> Sequence[AuthenticatorRow]:
    """The confirmed ones, the oldest first; with `locked`, no code counts twice."""
    query = select(AuthenticatorRow).where(
        AuthenticatorRow.person_id == person_id, AuthenticatorRow.confirmed_at.is_not(None)
    )
    query = query.order_by(AuthenticatorRow.confirmed_at, AuthenticatorRow.id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def authenticator_counts(session: Session) -> dict[UUID, int]:
    query = select(AuthenticatorRow.person_id, func.count()).where(AuthenticatorRow.confirmed_at.is_not(None))
    return dict(session.execute(query.group_by(AuthenticatorRow.person_id)).tuples().all())


def recovery_codes_left(session: Session, person_id: UUID) -> int:
    query = select(func.count()).where(RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.used_at.is_(None))
    return session.scalar(query) or 0


def recovery_code(session: Session, person_id: UUID, digest: bytes) -> RecoveryCodeRow | None:
    """An unused code, locked, so that it counts once."""
    query = select(RecoveryCodeRow).where(
        RecoveryCodeRow.digest == digest, RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.used_at.is_(None)
    )
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def replace_recovery_codes(session: Session, person_id: UUID, digests: Sequence[bytes], now: datetime) -> None:
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    session.add_all(RecoveryCodeRow(digest=digest, person_id=person_id, made_at=now) for digest in digests)


def forget_factors(session: Session, person_id: UUID) -> None:
    """Removes the authenticators of a person, their recovery codes and their tickets."""
    for kind in (AuthenticatorRow, RecoveryCodeRow, FactorTicketRow):
        session.execute(delete(kind).where(kind.person_id == person_id))


def forget_begun(session: Session, person_id: UUID, ticket: bytes) -> None:
    """Deletes all tickets of a person but one, and the authenticators whose setting up was started with the deleted
    tickets.
    """
    begun = delete(AuthenticatorRow).where(AuthenticatorRow.person_id == person_id)
    session.execute(begun.where(AuthenticatorRow.confirmed_at.is_(None), AuthenticatorRow.ticket != ticket))
    tickets = delete(FactorTicketRow).where(FactorTicketRow.person_id == person_id)
    session.execute(tickets.where(FactorTicketRow.digest != ticket))


# --- tickets


def ticket_holder(session: Session, digest: bytes) -> UUID | None:
    """The person of a ticket."""
    return session.scalar(select(FactorTicketRow.person_id).where(FactorTicketRow.digest == digest))


def ticket(session: Session, digest: bytes) -> FactorTicketRow | None:
    """A ticket, locked, so that it counts once."""
    query = select(FactorTicketRow).where(FactorTicketRow.digest == digest)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def drop_tickets(session: Session, person_id: UUID) -> None:
    session.execute(delete(FactorTicketRow).where(FactorTicketRow.person_id == person_id))


def purge(session: Session, now: datetime) -> None:
    """Deletes expired tickets, and authenticators that nobody has confirmed within an hour."""
    session.execute(delete(FactorTicketRow).where(FactorTicketRow.expires_at < now))
    unconfirmed = delete(AuthenticatorRow).where(AuthenticatorRow.confirmed_at.is_(None))
    session.execute(unconfirmed.where(AuthenticatorRow.started_at < now - timedelta(hours=1)))
