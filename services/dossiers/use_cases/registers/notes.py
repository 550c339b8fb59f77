"""Dated notes on an entry, which itself never changes: an officer writes them, a signer confirms them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from services.chassis.ids import read_uuid
from services.chassis.refusal import Kind, Refusal, conflict, not_found
from services.dossiers import registers
from services.dossiers.domain.conflict_of_interest import refusal_of
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.noted_changes import (
    stands_at,
)
from services.dossiers.domain.notes import (
    TOLD,
    updated,
    wrong_order,
)
from services.dossiers.register_tables import ProposedNoteRow, RegisterEntryRow
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.opened import (
    content_of,
    content_of_proposed_note,
    current_content_of,
    notes_of,
)
from services.dossiers.use_cases.registers import (
    asked_deaths,
    asked_notes,
    chained_notes,
    deaths,
    entries,
    people_chain,
    revivals,
    withdrawals,
)
from services.dossiers.use_cases.unit import Unit, written

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class DecideNote:
    entry_id: str
    proposed_note_id: str
    confirmed: bool
    reason: str
    no_conflict_of_interest: bool
    namesake: bool


@dataclass(frozen=True, slots=True)
class DropNote:
    entry_id: str
    proposed_note_id: str


@dataclass(frozen=True, slots=True)
class ListProposedNotes:
    returned: bool


def propose(unit: Unit, command: asked_notes.NoteEntry) -> RegisterEntryRow:
    """Writes a note from a paper of another office, the same day (NĐ 123/2015 Đ13; NĐ 87/2020 Đ7).

    It counts once a signer has confirmed it, and may replace one that nobody has confirmed. Refusals: NOT_FOUND
    `unknown-entry`, `unknown-note`; with every field at fault INVALID `missing-field`, `invalid-field`,
    `text-too-long`, also for a kind that this register does not have (TT 04/2020 Đ29.6).
    """
    entry = entries.entry_to_read(unit, command.entry_id, locked=bool(command.instead_of))
    content = asked_notes.checked(unit, command, entry)
    if command.instead_of:
        unit.session.delete(_proposed(unit, entry, command.instead_of))
    content |= {"prepared_by": unit.caller.name, "asked": asked_notes.asked(command, entry)}
    proposed = ProposedNoteRow(id=uuid4(), entry_id=entry.id, kind=command.kind, at=unit.now, by_id=unit.caller.id)
    seal_json(unit.cell, proposed, "content", content)
    unit.session.add(proposed)
    unit.session.flush()
    entries.record(unit, f"propose-note-{command.kind}", entry)
    return entry


def decide(unit: Unit, command: DecideNote) -> RegisterEntryRow:
    """Confirms a note, which counts from now on, or sends it back with the reason.

    What it changes about the people of the entry follows with it. The officer who wrote it cannot confirm it. Refusals:
    NOT_FOUND `unknown-entry`, `unknown-note`, FORBIDDEN `signer-prepared-it`, CONFLICT `note-decided`, INVALID
    `missing-field`, `conflict-of-interest`.
    """
    registers.hold_people(unit.session)  # locked before the entry, as in a signature: a note may change people's status
    entry = entries.entry_to_read(unit, command.entry_id, locked=True)
    note = _proposed(unit, entry, command.proposed_note_id)
    if note.returned_at is not None:
        raise conflict("note-decided", "Ghi chú này đã được trả lại cho công chức.")
    content = content_of_proposed_note(unit.cell, note)
    if not command.confirmed:
        content["returned_because"] = written("reason", command.reason, needed="Xin ghi vì sao trả lại ghi chú.")
        seal_json(unit.cell, note, "content", content)
        note.returned_at = unit.now
        entries.record(unit, f"return-note-{note.kind}", entry)
        return entry
    _refuse_signer(unit, command, entry, note, content)
    more = {name: content[name] for name in TOLD if name in content} | revivals.follows(unit, note.kind, entry)
    asked_deaths.refuse_to_confirm(unit, note.kind, content, entry)
    overtaken = withdrawals.overtaken(unit, entry, more) or _out_of_order(unit, note.kind, entry, content)
    if overtaken:
        raise conflict("note-decided", f"{overtaken} Xin trả lại ghi chú này.")
    unit.session.delete(note)
    counts = chained_notes.write(
        unit, entry, note.kind, content["text"], content["basis"], prepared_by=content["prepared_by"], more=more
    )
    people_chain.follow_note(unit, entry, counts)
    return entry


def _refuse_signer(
    unit: Unit, command: DecideNote, entry: RegisterEntryRow, note: ProposedNoteRow, content: Mapping[str, Any]
) -> None:
    """Refuses who wrote the note, and who is named in an entry that it is about and has not said that it is somebody
    else (Luật Hộ tịch 2014 Đ12.1h).
    """
    if note.by_id == unit.caller.id:
        text = "Người đã viết ghi chú không được tự ký xác nhận. Xin chuyển người ký khác."
        raise Refusal(Kind.FORBIDDEN, "signer-prepared-it", text)
    others = deaths.concerned(unit, note.kind, entry, content)
    conflicting = refusal_of(
        {"entry": named_by(unit, entry, content), "others": [named_by(unit, each) for each in others]},
        unit.caller.name,
        declared=command.no_conflict_of_interest,
        namesake=command.namesake,
    )
    if conflicting is not None:
        raise conflicting


def _out_of_order(unit: Unit, kind: str, entry: RegisterEntryRow, content: Mapping[str, Any]) -> str:
    """Why a note can no longer follow the notes that were confirmed since it was written; empty if it can."""
    now = current_content_of(unit.session, unit.cell, entry)
    if any(stands_at(now, at) != change["was"] for at, change in content.get("changes", {}).items()):
        return "Một ghi chú ký sau đó đã đổi chính mục này, nên phải viết lại theo nội dung mới."
    wrong = wrong_order(kind, registers.kinds_of(unit.session, entry.id))
    wrong = wrong or revivals.barred(unit, kind, entry, revivals.remarried_in(content), answered=True)
    dated = read_day(content.get("asked", {}).get("basis_date", ""))
    return wrong or ("" if dated is None else asked_notes.after_death(unit, kind, entry, dated))


def named_by(unit: Unit, entry: RegisterEntryRow, *waiting: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The content of an entry as it was written, as its notes have changed it, and as notes that wait would change it.

    Without who signed the entry, which is no tie.
    """
    as_written, later = content_of(unit.cell, entry), notes_of(unit.session, unit.cell, entry)
    versions = [as_written, updated(as_written, later), updated(as_written, [*later, *waiting])]
    return [{name: part for name, part in each.items() if name != "signer"} for each in versions]


def drop(unit: Unit, command: DropNote) -> RegisterEntryRow:
    """Drops a note that nobody has confirmed: one that was sent back, or was written by mistake.

    Refusals: NOT_FOUND `unknown-entry`, `unknown-note`.
    """
    entry = entries.entry_to_read(unit, command.entry_id, locked=True)  # as a decision on the same note does
    note = _proposed(unit, entry, command.proposed_note_id)
    unit.session.delete(note)
    unit.session.flush()
    entries.record(unit, f"drop-note-{note.kind}", entry)
    return entry


def _proposed(unit: Unit, entry: RegisterEntryRow, proposed_note_id: str) -> ProposedNoteRow:
    id = read_uuid(proposed_note_id)
    note = unit.session.get(ProposedNoteRow, id) if id else None
    if note is None or note.entry_id != entry.id:
        raise not_found("unknown-note", "Không tìm thấy ghi chú chờ ký này; có thể đã có người ký xác nhận.")
    return note


def waiting(unit: Unit, query: ListProposedNotes) -> tuple[Sequence[RegisterEntryRow], bool]:
    """Entries with notes that wait for the signer, or that were sent back (then True), the longest wait first.

    The look is recorded.
    """
    found = registers.entries_with_proposed_notes(unit.session, MOST_WAITING, returned=query.returned)
    for each in found:
        entries.record(unit, "view-entry", each)
    return found, query.returned
