"""What every part of the storage needs: a row by its id as text, and a lock."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from sqlalchemy import Select, bindparam, inspect, select, text
from sqlalchemy.orm import Session

from services.accounts.tables import Base
from services.chassis.ids import read_uuid

Row = TypeVar("Row", bound=Base)


def by_id(session: Session, kind: type[Row], id: str, *, locked: bool = False) -> Row | None:
    """The row of a UUID as text; None if the text is no UUID."""
    key = read_uuid(id)
    if key is None:
        return None
    found: Row | None = session.scalar(
        _by_key(kind, locked), {"key": key}, execution_options={"populate_existing": locked}
    )
    return found


@cache
def _by_key(kind: type[Row], locked: bool) -> Select[tuple[Row]]:
    """Built once: building such a query takes as long as running it."""
    (key,) = inspect(kind).primary_key
    query = select(kind).where(key == bindparam("key"))
    return query.with_for_update() if locked else query


def lock(session: Session, fingerprint: bytes) -> None:
    """Locks the fingerprint until the transaction ends."""
    number = int.from_bytes(fingerprint[:8], signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
