"""Re-encrypts values after a change of the encryption key (docs/runbook.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, bindparam, func, insert, literal, select, text, tuple_, update
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database.connection import Database
from services.chassis.database.encryption import Cipher
from services.chassis.database.tables import AuditRow, table_of

_BATCH = 200  # rows in one transaction; a person who saves at that moment waits for it


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted column; `context` turns a row's primary key into the context that binds the value to its row."""

    row: type[DeclarativeBase]
    column: str
    context: Callable[[Any], str]


def reseal(database: Database, cipher: Cipher, sealed: Sealed, batch: int = _BATCH) -> int:
    """Encrypts each value of the column that has an older key with the current key; returns how many.

    A batch is a transaction, with an audit row that says how many: after an interruption, the next call continues. Rows
    keep their version, because their content has not changed.

    Raises cryptography.exceptions.InvalidTag if a value does not belong to its row, KeyError if its key is gone.
    """
    table = table_of(sealed.row)
    request_id = uuid4().hex
    done = 0
    after: tuple[Any, ...] = ()
    while True:
        with database.transaction() as session:
            # A register's rows allow only this change (keep_resealed in the migrations of dossiers).
            session.execute(text("SET LOCAL caunoi.resealing = 'on'"))
            rows = session.execute(_older(table, sealed.column, cipher.mark, after, batch)).all()
            if not rows:
                return done
            after = tuple(getattr(rows[-1], key.name) for key in table.primary_key)
            resealed = [_resealed(row, table, sealed, cipher) for row in rows]
            session.connection().execute(_change(table, sealed.column), resealed)
            audit = {"actor_id": "operator", "actor": "", "role": "operator", "person_id": "", "request_id": request_id}
            about = {"action": "reseal", "subject": f"{table.name}.{sealed.column}:{len(rows)}"}
            session.connection().execute(insert(table_of(AuditRow)), {**audit, **about})
        done += len(rows)


def _older(table: Table, column: str, mark: bytes, after: tuple[Any, ...], batch: int) -> Any:
    """The next rows whose value has an older key; locked."""
    value = table.c[column]
    keys = list(table.primary_key)
    query = select(*keys, value).where(value.is_not(None), func.substring(value, 1, len(mark)) != mark)
    if after:
        last = [literal(part, key.type) for part, key in zip(after, keys, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*last))
    return query.order_by(*keys).limit(batch).with_for_update()


def _change(table: Table, column: str) -> Any:
    same_row = [key == bindparam(f"key_{key.name}") for key in table.primary_key]
    return update(table).where(*same_row).values({column: bindparam("sealed_anew")})


def _resealed(row: Any, table: Table, sealed: Sealed, cipher: Cipher) -> dict[str, Any]:
    context = sealed.context(row)
    value = cipher.encrypt(cipher.decrypt(getattr(row, sealed.column), context), context)
    return {"sealed_anew": value, **{f"key_{key.name}": getattr(row, key.name) for key in table.primary_key}}
