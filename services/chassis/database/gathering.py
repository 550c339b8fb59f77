"""Reads rows in the statement of another query: a statement costs more processor time than its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, DateTime, Integer, Select, Text, Uuid, func, select
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database.tables import table_of

Row = TypeVar("Row", bound=DeclarativeBase)


def gathered(rows: Select[Any]) -> ColumnElement[Any]:
    """All rows of a query as one value for `rows_of`, in their order."""
    each = rows.subquery()
    return select(func.json_agg(func.row_to_json(each.table_valued()))).scalar_subquery()


def rows_of(kind: type[Row], value: Sequence[Mapping[str, Any]] | None) -> list[Row]:
    """The rows of a gathered value, for reading only: they belong to no session, so changes of them are not stored.

    Raises TypeError for a kind of row that JSON cannot hold.
    """
    hashable: Any = kind  # every class is hashable; mypy does not know that
    texts: Sequence[tuple[str, Callable[[str], Any]]] = _texts(hashable)
    return [
        kind(**{**each, **{name: read(each[name]) for name, read in texts if each[name] is not None}})
        for each in value or ()
    ]


@cache
def _texts(kind: type[DeclarativeBase]) -> list[tuple[str, Callable[[str], Any]]]:
    """The columns that are texts in JSON, and how to read them."""
    texts: list[tuple[str, Callable[[str], Any]]] = []
    for column in table_of(kind).columns:
        if isinstance(column.type, Uuid):
            texts.append((column.key, UUID))
        elif isinstance(column.type, DateTime):
            texts.append((column.key, datetime.fromisoformat))
        elif not isinstance(column.type, (Text, Integer, Boolean)):
            raise TypeError(f"JSON does not hold {kind.__name__}.{column.key}")
    return texts
