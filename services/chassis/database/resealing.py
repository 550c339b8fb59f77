"""After a new encryption key became current: values that an older one sealed are sealed anew (docs/runbook.md)."""

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

_BATCH = 200  # rows in one transaction: a person who saves at that moment waits for no more


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values; `context` makes of a row's primary key what binds the value to the row."""

    row: type[DeclarativeBase]
    column: str
    context: Callable[[Any], str]


def reseal(database: Database, cipher: Cipher, sealed: Sealed, batch: int = _BATCH) -> int:
    """Seals each value of the column with the current key that is not yet; answers how many.

    A batch is a transaction, with a row in the audit that says how many: stopped in the middle, it goes on from there
    when it is called again. Versions of rows stay, for nothing has changed in what they say.

    Raises cryptography.exceptions.InvalidTag where a value does not belong to its row, KeyError where its key is gone.
    """
    table = table_of(sealed.row)
    request_id = uuid4().hex
    done = 0
    after: tuple[Any, ...] = ()
    while True:
        with database.transaction() as session:
            # A register's rows take no other change than this one (keep_resealed in the migrations of dossiers).
            session.execute(text("SET LOCAL caunoi.resealing = 'on'"))
            rows = session.execute(_older(table, sealed.column, cipher.mark, after, batch)).all()
            if not rows:
                return done
            after = tuple(getattr(rows[-1], key.name) for key in table.primary_key)
            anew = [_anew(row, table, sealed, cipher) for row in rows]
            session.connection().execute(_change(table, sealed.column), anew)
            audit = {"actor_id": "operator", "actor": "", "role": "operator", "person_id": "", "request_id": request_id}
            about = {"action": "reseal", "subject": f"{table.name}.{sealed.column}:{len(rows)}"}
            session.connection().execute(insert(table_of(AuditRow)), {**audit, **about})
        done += len(rows)


def _older(table: Table, column: str, mark: bytes, after: tuple[Any, ...], batch: int) -> Any:
    """The next rows whose value another key than the current one sealed, locked."""
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


def _anew(row: Any, table: Table, sealed: Sealed, cipher: Cipher) -> dict[str, Any]:
    context = sealed.context(row)
    value = cipher.encrypt(cipher.decrypt(getattr(row, sealed.column), context), context)
    return {"sealed_anew": value, **{f"key_{key.name}": getattr(row, key.name) for key in table.primary_key}}
