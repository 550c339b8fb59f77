"""Changes of phones, identity papers that the office has seen, and what waits for notifications."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.accounts.domain.changes import REPLACE_PAPER
from services.accounts.storage.rows import by_id
from services.accounts.tables import OutgoingRow, PhoneChangeRow, SeenPaperRow
from services.chassis.database.encryption import Cipher
from services.chassis.database.resealing import Sealed

MOST_PAPERS = 50


def _context(kind: str, id: object) -> str:
    return f"{kind}:{id}"


#: The encrypted columns (`reseal` in docs/runbook.md).
SEALED = [
    Sealed(PhoneChangeRow, "phone", lambda row: _context("phone_changes.phone", row.id)),
    Sealed(SeenPaperRow, "number", lambda row: _context("seen_papers.number", row.id)),
    Sealed(SeenPaperRow, "replaced_number", lambda row: _context("seen_papers.replaced_number", row.id)),
    Sealed(OutgoingRow, "sealed", lambda row: _context("outgoing.sealed", row.id)),
]


# --- changes of phones


def seal_phone(cipher: Cipher, id: UUID, phone: str) -> bytes:
    return cipher.encrypt(phone, _context("phone_changes.phone", id))


def new_phone(cipher: Cipher, row: PhoneChangeRow) -> str:
    return cipher.decrypt(row.phone, _context("phone_changes.phone", row.id))


def phone_change(session: Session, change_id: str, *, locked: bool = False) -> PhoneChangeRow | None:
    return by_id(session, PhoneChangeRow, change_id, locked=locked)


def phone_changes(session: Session, account_id: UUID, since: datetime, *, at_desk: bool) -> Sequence[datetime]:
    """When other phones were asked for, either by the owner or at the desk. Each way has its own limit."""
    query = select(PhoneChangeRow.requested_at).where(
        PhoneChangeRow.account_id == account_id, PhoneChangeRow.requested_at > since
    )
    by_whom = PhoneChangeRow.old_code.is_(None) if at_desk else PhoneChangeRow.old_code.is_not(None)
    return session.scalars(query.where(by_whom)).all()


# --- papers that were seen


def seal_number(cipher: Cipher, id: UUID, number: str) -> bytes:
    return cipher.encrypt(number, _context("seen_papers.number", id))


def seal_replaced_number(cipher: Cipher, id: UUID, number: str) -> bytes:
    return cipher.encrypt(number, _context("seen_papers.replaced_number", id))


def replaced_number(cipher: Cipher, row: SeenPaperRow) -> str:
    """The number of the old paper; empty if no paper was replaced."""
    sealed = row.replaced_number
    return cipher.decrypt(sealed, _context("seen_papers.replaced_number", row.id)) if sealed else ""


def newest_replacement(session: Session, account_id: UUID) -> SeenPaperRow | None:
    query = select(SeenPaperRow).where(SeenPaperRow.account_id == account_id, SeenPaperRow.purpose == REPLACE_PAPER)
    return session.scalar(query.order_by(SeenPaperRow.at.desc(), SeenPaperRow.id).limit(1))


def seen_papers(session: Session, account_id: UUID) -> Sequence[SeenPaperRow]:
    """Newest first."""
    query = select(SeenPaperRow).where(SeenPaperRow.account_id == account_id)
    return session.scalars(query.order_by(SeenPaperRow.at.desc(), SeenPaperRow.id).limit(MOST_PAPERS)).all()


# --- what waits for notifications


def seal_outgoing(cipher: Cipher, id: UUID, values: Mapping[str, str]) -> bytes:
    return cipher.encrypt(json.dumps(dict(values)), _context("outgoing.sealed", id))


def open_outgoing(cipher: Cipher, row: OutgoingRow) -> dict[str, str]:
    found: dict[str, str] = json.loads(cipher.decrypt(row.sealed, _context("outgoing.sealed", row.id)))
    return found


def due_outgoing(session: Session, now: datetime, most: int = 50) -> Sequence[OutgoingRow]:
    query = select(OutgoingRow).where(OutgoingRow.try_at <= now).order_by(OutgoingRow.try_at).limit(most)
    return session.scalars(query).all()


def drop_outgoing(session: Session, id: UUID) -> None:
    session.execute(delete(OutgoingRow).where(OutgoingRow.id == id))


def put_off(session: Session, id: UUID, until: datetime) -> None:
    later = update(OutgoingRow).where(OutgoingRow.id == id)
    session.execute(later.values(try_at=until, tries=OutgoingRow.tries + 1))


def purge(session: Session, now: datetime) -> None:
    """Deletes requested phone changes after a day; the papers that the office has seen stay with the account."""
    session.execute(delete(PhoneChangeRow).where(PhoneChangeRow.requested_at < now - timedelta(days=1)))
