"""The practice ward's dossiers are deleted after seven days, with their files, register entries and papers."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.chassis.cells import Cell
from services.chassis.ids import read_uuid
from services.chassis.practice import Wipe, require_practice, wipe_chassis
from services.dossiers import forgotten
from services.dossiers.adapters.files import Files
from services.dossiers.use_cases.unit import Workplace


def wipe(place: Workplace, ward: str) -> Wipe:
    """For `services.chassis.practice.wiping`."""
    return partial(_wipe, place.cells[ward], place.files[ward])


def _wipe(cell: Cell, files: Files, before: datetime) -> int:
    require_practice(cell)
    with cell.database.transaction() as session:
        wipe_chassis(cell, session, before)
        count = forgotten.delete_dossiers(cell, session, before)
        kept = forgotten.dossier_ids(session)
    # After the commit: a file of a deleted dossier has no row that would need it.
    for some in files.listed(cell.ward.code):
        for key, modified in some.items():
            if modified < before and read_uuid(key.split("/")[1]) not in kept:
                files.delete(key)
    return count
