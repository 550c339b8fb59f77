"""Compares what the practice ward's wipe of one service deletes with what the service has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, event, func, select

from services.chassis.cells import Cell
from services.chassis.database.tables import ChassisBase

#: It says whose the database is, and of nobody anything.
STAYS = "database_owner"


def rows(cell: Cell, *metadata: MetaData) -> dict[str, int]:
    """How many rows each table has, of the service's and the chassis's."""
    tables = [table for each in (*metadata, ChassisBase.metadata) for table in each.sorted_tables]
    with cell.database.transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
            if table.name != STAYS
        }


def all_tables(*metadata: MetaData) -> set[str]:
    return {table.name for each in (*metadata, ChassisBase.metadata) for table in each.sorted_tables} - {STAYS}


def wiped_tables(cell: Cell, wipe: Callable[[], object], *metadata: MetaData) -> set[str]:
    """The tables that a wipe deletes from, and those whose rows go with theirs."""
    with _statements(cell) as statements:
        wipe()
    gone = {name for each in statements for name in re.findall(r"^DELETE FROM (\w+)", each)}
    tables = [table for each in metadata for table in each.sorted_tables]  # those that are referred to come first
    for table in tables:
        if any(key.ondelete == "CASCADE" and key.column.table.name in gone for key in table.foreign_keys):
            gone.add(table.name)
    return gone


@contextmanager
def _statements(cell: Cell) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = cell.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
