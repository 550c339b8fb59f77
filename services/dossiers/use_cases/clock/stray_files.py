"""Files that belong to nothing: taken out of a draft, of a deleted draft, of an upload that did not come to its end.

What was sent in for a purpose goes when the purpose is done (docs/law.md §18).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import structlog

from services.chassis.cells import Cell
from services.chassis.database.connection import UNREACHABLE
from services.chassis.housekeeping import EVERY_SECONDS
from services.chassis.refusal import Refusal
from services.dossiers import storage
from services.dossiers.use_cases.unit import Workplace

log = structlog.get_logger()
#: A file is stored before its row is committed; a day is far more than any call takes.
KEPT = timedelta(days=1)
FEW = 1000


def delete_stray_files(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop."""

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                sweep_files(place, place.cells[ward])
            except (*UNREACHABLE, Refusal) as fault:  # the database or the file store is away: the next round
                log.warning("stray-files-wait", ward=ward, error=type(fault).__name__)
            stopped.wait(EVERY_SECONDS)

    return run


def sweep_files(place: Workplace, cell: Cell) -> int:
    """One round over the ward's files; answers how many it deleted. Several rounds at once do no harm.

    Where most files belong to nothing it is the database that is wrong, as one that was just made or restored: then
    nothing is deleted, and the log says so.
    """
    seen, strays = 0, list[tuple[str, UUID]]()
    for some in place.files[cell.ward.code].listed(cell.ward.code):
        old = [key for key, modified in some.items() if modified < place.clock.now() - KEPT]
        seen += len(old)
        strays += _without_row(cell, old)
    if len(strays) > FEW and len(strays) * 2 > seen:
        log.error("stray-files-too-many", ward=cell.ward.code, files=seen, strays=len(strays))
        return 0
    deleted = sum(_delete(place, cell, key, owner) for key, owner in strays)
    if deleted:
        log.info("stray-files-deleted", ward=cell.ward.code, files=deleted)
    return deleted


def _without_row(cell: Cell, keys: Iterable[str]) -> list[tuple[str, UUID]]:
    """Of the keys, those that no row names, each with the dossier that it was stored for."""
    owners = {key: owner for key in keys if (owner := _owner(key)) is not None}
    if not owners:
        return []
    with cell.database.transaction() as session:
        used = storage.paths_in_use(session, set(owners.values()))
    return [(key, owner) for key, owner in owners.items() if key not in used]


def _delete(place: Workplace, cell: Cell, key: str, owner: UUID) -> bool:
    """Looks again with the dossier locked: whoever adds a document holds that lock while they see whether the file that
    they stored is still there (`drafts.add_document`)."""
    files = place.files[cell.ward.code]
    with cell.database.transaction() as session:
        storage.dossier(session, owner, locked=True)
        modified = files.modified(key)
        fresh = modified is None or modified >= place.clock.now() - KEPT
        if fresh or key in storage.paths_in_use(session, {owner}) or storage.makes_certificate(session, owner):
            return False
        files.delete(key)
    return True


def _owner(key: str) -> UUID | None:
    """The dossier of a key as `content_key` makes it; None of anything else, which is not ours to delete."""
    parts = key.split("/")
    try:
        return UUID(parts[1]) if len(parts) == 3 else None
    except ValueError:
        return None
