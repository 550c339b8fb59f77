"""Dated notes on an entry, which itself never changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Refusal, invalid, not_found
from services.dossiers import events, registers
from services.dossiers.domain.register import NOTE_KINDS, entry_digest
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.use_cases.opened import note_context
from services.dossiers.use_cases.unit import Unit, written


@dataclass(frozen=True, slots=True)
class NoteEntry:
    entry_id: str
    kind: str
    text: str
    basis: str
    basis_date: str


def add(unit: Unit, command: NoteEntry) -> RegisterEntryRow:
    """Writes a note from a paper of another office, the same day (NĐ 123/2015 Đ13; NĐ 87/2020 Đ7).

    Refusals: NOT_FOUND `unknown-entry`, INVALID `missing-field`, `invalid-field`.
    """
    if command.kind not in NOTE_KINDS:
        raise _wrong("kind", "Xin chọn loại ghi chú trong danh sách.")
    text = written("text", command.text, needed="Xin ghi nội dung thay đổi.")
    basis = written("basis", command.basis, needed="Xin ghi văn bản làm căn cứ: số, cơ quan ban hành, người ký.")
    try:
        dated = date.fromisoformat(command.basis_date)
    except ValueError:
        raise _wrong("basis_date", "Xin ghi ngày của văn bản làm căn cứ.") from None
    if dated > unit.today:
        raise _wrong("basis_date", "Ngày của văn bản chưa đến. Xin xem lại.")
    entry = entry_to_read(unit, command.entry_id, locked=True)
    write(unit, entry, command.kind, text, f"{basis}, ngày {dated.day}/{dated.month}/{dated.year}")
    person = registers.applicant_of(unit.session, entry)
    audit.record(unit.session, f"note-entry-{command.kind}", f"entry:{entry.id}", person)
    return entry


def entry_to_read(unit: Unit, entry_id: str, *, locked: bool = False, kept: bool = False) -> RegisterEntryRow:
    """An entry of the ward. Refusal NOT_FOUND `unknown-entry`."""
    id = read_uuid(entry_id)
    entry = registers.entry(unit.session, id, locked=locked, kept=kept) if id else None
    if entry is None:
        raise not_found("unknown-entry", "Không tìm thấy mục này trong sổ hộ tịch của phường.")
    return entry


def write(unit: Unit, entry: RegisterEntryRow, kind: str, text: str, basis: str) -> None:
    """Chains a note to an entry that the caller has locked, and ends the validity of its older papers."""
    notes = registers.notes(unit.session, entry.id)
    content = {
        "kind": kind,
        "text": text,
        "basis": basis,
        "on": unit.today.isoformat(),
        "signer_name": unit.caller.name,
        "sequence": len(notes) + 1,
    }
    previous = notes[-1].digest if notes else entry.digest
    note = RegisterNoteRow(
        entry_id=entry.id,
        sequence=len(notes) + 1,
        kind=kind,
        at=unit.now,
        content=unit.cell.cipher.encrypt(
            json.dumps(content, ensure_ascii=False), note_context(entry.id, len(notes) + 1)
        ),
        previous_digest=previous,
        digest=entry_digest(previous, content),
        by_id=unit.caller.id,
    )
    unit.session.add(note)
    unit.session.flush()
    registers.withdraw_papers_of_entry(unit.session, entry.id, NOTE_KINDS[kind].papers, unit.now)
    outbox.tell(unit.session, events.noted(unit.ward, entry, note), key=str(entry.id))


def _wrong(field: str, text: str) -> Refusal:
    return invalid("invalid-field", text, FieldFault(field, text))
