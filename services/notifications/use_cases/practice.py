"""The practice ward's messages are deleted after seven days."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.chassis.cells import Cell
from services.chassis.practice import Wipe, wipe_chassis
from services.notifications import storage


def wipe(cell: Cell) -> Wipe:
    """For `services.chassis.practice.wiping`."""
    return partial(_wipe, cell)


def _wipe(cell: Cell, before: datetime) -> int:
    with cell.database.transaction() as session:
        wipe_chassis(cell, session, before)
        return storage.delete_messages(cell, session, before)
