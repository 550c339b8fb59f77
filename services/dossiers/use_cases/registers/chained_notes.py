"""Writes notes that count: each is chained to the one before, and ends the validity of older papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.events import outbox
from services.dossiers import events, register_papers, registers
from services.dossiers.domain.notes import (
    NOTE_KINDS,
    changes_of,
)
from services.dossiers.domain.register import entry_digest
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.registers import annulments, entries, known_as
from services.dossiers.use_cases.unit import Unit


def write(
    unit: Unit,
    entry: RegisterEntryRow,
    kind: str,
    text: str,
    basis: str,
    *,
    prepared_by: str = "",
    more: Mapping[str, Any] | None = None,
) -> RegisterNoteRow:
    """Chains a note to an entry that the caller has locked, records that, and ends the validity of its older papers.

    The caller signs it. Without `prepared_by` it follows from something else that the caller signs. `more` has what it
    `changes` in the entry, the note that it `withdraws`, or this ward's entry of a death that it is about.
    """
    notes = registers.notes(unit.session, entry.id)
    was_annulled = registers.is_annulled(unit.session, [entry.id])
    content: dict[str, Any] = {
        "kind": kind,
        "text": text,
        "basis": basis,
        "on": unit.today.isoformat(),
        "prepared_by": prepared_by,
        "signer_name": unit.caller.name,
        "sequence": len(notes) + 1,
        **(more or {}),
    }
    previous = notes[-1].digest if notes else entry.digest
    note = RegisterNoteRow(
        entry_id=entry.id,
        sequence=len(notes) + 1,
        kind=kind,
        at=unit.now,
        previous_digest=previous,
        digest=entry_digest(previous, content),
        by_id=unit.caller.id,
        withdraws=content.get("withdraws"),
        death_entry_id=UUID(content["death_entry"]) if "death_entry" in content else None,
    )
    seal_json(unit.cell, note, "content", content)
    unit.session.add(note)
    unit.session.flush()
    if note.withdraws is not None or changes_of(content):
        known_as.follow(unit, entry)
    _follow_on_papers(unit, entry, note, was_annulled)
    outbox.tell(unit.session, events.noted(unit.ward, entry, note), key=str(entry.id))
    entries.record(unit, f"note-entry-{kind}", entry)
    return note


def changed_by(unit: Unit, entry: RegisterEntryRow, note: RegisterNoteRow) -> RegisterNoteRow:
    """The note that begins or ceases to count: this one, the note that it withdraws, or the note which that one had
    withdrawn.
    """
    written = registers.notes(unit.session, entry.id)
    while note.withdraws is not None:
        note = written[note.withdraws - 1]
    return note


def _follow_on_papers(unit: Unit, entry: RegisterEntryRow, note: RegisterNoteRow, was_annulled: bool) -> None:
    """Ends the validity of the entry's older papers; an annulment revokes them until it is withdrawn.

    What was signed while the entry was annulled tells of the annulment, and is superseded when that is withdrawn.
    """
    annulled = registers.is_annulled(unit.session, [entry.id])
    of_annulment = NOTE_KINDS[changed_by(unit, entry, note).kind].annuls
    if was_annulled or not of_annulment:
        register_papers.supersede_papers(unit.session, entry.id, unit.now, revoked=not of_annulment)
    if annulled is was_annulled:
        return
    if annulled:
        register_papers.revoke_papers(unit.session, entry.id, unit.now)
    else:
        register_papers.papers_count_again(unit.session, entry.id)
    annulments.follow(unit, entry)
