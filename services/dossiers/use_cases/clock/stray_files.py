"""Deletes files without a row: files removed from a draft, of a deleted draft or capture, or of an unfinished upload.

Personal data is deleted when its purpose is fulfilled (docs/law.md §18).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

import structlog

from services.chassis.cells import Cell
from services.chassis.database.connection import UNREACHABLE
from services.chassis.housekeeping import EVERY_SECONDS
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal
from services.dossiers import register_papers, storage
from services.dossiers.use_cases.unit import Workplace

log = structlog.get_logger()
#: A file is stored before its row is committed; a day is far longer than any call.
KEPT = timedelta(days=1)
#: As many dossiers without a row, such as those of deleted drafts, are nothing special.
FEW = 1000


def delete_stray_files(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop."""

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                sweep_files(place, place.cells[ward])
            except (
                *UNREACHABLE,
                Refusal,
            ) as fault:  # database or file store is away: retried next round
                log.warning("stray-files-wait", ward=ward, error=type(fault).__name__)
            stopped.wait(EVERY_SECONDS)

    return run


def sweep_files(place: Workplace, cell: Cell) -> int:
    """One round over the ward's files; returns how many it deleted. Concurrent rounds are safe.

    If most dossiers with files have no row, the database is wrong, such as newly created or restored: then nothing is
    deleted, and a log line says so. Files do not count for this: of one dossier anybody can make any number of strays.
    """
    seen, unknown, strays = set[UUID](), set[UUID](), list[tuple[str, UUID]]()
    for some in place.files[cell.ward.code].listed(cell.ward.code):
        old = (key for key, modified in some.items() if modified < place.clock.now() - KEPT)
        owners = {key: owner for key in old if (owner := _owner(key)) is not None}
        seen.update(owners.values())
        used, known = _in_database(cell, set(owners.values()))
        unknown.update(set(owners.values()) - known)
        strays += [(key, owner) for key, owner in owners.items() if key not in used]
    if len(unknown) > FEW and len(unknown) * 2 > len(seen):
        log.error("stray-files-too-many", ward=cell.ward.code, dossiers=len(seen), unknown=len(unknown))
        return 0
    deleted = sum(_delete(place, cell, key, owner) for key, owner in strays)
    if deleted:
        log.info("stray-files-deleted", ward=cell.ward.code, files=deleted)
    return deleted


def _in_database(cell: Cell, owners: Collection[UUID]) -> tuple[set[str], set[UUID]]:
    """Of some dossiers: the paths of files in use, and which of the dossiers have a row."""
    if not owners:
        return set(), set()
    with cell.database.transaction() as session:
        return storage.paths_in_use(session, owners), storage.existing(session, owners)


def _delete(place: Workplace, cell: Cell, key: str, owner: UUID) -> bool:
    """Checks again with the dossier locked: adding a document holds that lock while it checks that its file still
    exists (`documents.attach`).
    """
    files = place.files[cell.ward.code]
    with cell.database.transaction() as session:
        storage.dossier(session, owner, locked=True)
        modified = files.modified(key)
        fresh = modified is None or modified >= place.clock.now() - KEPT
        if fresh or key in storage.paths_in_use(session, {owner}) or register_papers.makes_certificate(session, owner):
            return False
        files.delete(key)
    return True


def _owner(key: str) -> UUID | None:
    """The dossier of a key as `content_key` makes it; None for any other file, which is not ours to delete."""
    parts = key.split("/")
    return read_uuid(parts[1]) if len(parts) == 3 else None
