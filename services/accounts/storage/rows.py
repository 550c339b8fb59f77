"""What every part of the storage needs: a row by its id as text, and a lock."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.accounts.tables import Base
from services.chassis.ids import read_uuid

Row = TypeVar("Row", bound=Base)


def by_id(session: Session, kind: type[Row], id: str, *, locked: bool = False) -> Row | None:
    """The row of a UUID as text; None if the text is no UUID."""
    key = read_uuid(id)
    if key is None:
        return None
    return session.get(kind, key, with_for_update=locked, populate_existing=locked)


def lock(session: Session, fingerprint: bytes) -> None:
    """Locks the fingerprint until the transaction ends."""
    number = int.from_bytes(fingerprint[:8], signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
