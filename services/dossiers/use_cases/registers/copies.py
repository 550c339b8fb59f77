"""The entry that a copy is made of, with its later notes (TT 04/2020 Đ23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal, faulty
from services.dossiers import registers
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.checking import CheckContext
from services.dossiers.domain.entries.copy import subject
from services.dossiers.domain.entries.death import deceased, died_on
from services.dossiers.domain.notes import former, updated
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import BIRTH, COPIES, DEATH, MARRIAGE
from services.dossiers.domain.search import folded
from services.dossiers.forms import asked
from services.dossiers.register_tables import RegisterEntryRow, RegisterPersonRow
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import content_of, notes_of, proposal_of
from services.dossiers.use_cases.registers import deaths, known_as
from services.dossiers.use_cases.registers.entries import entry_to_read
from services.dossiers.use_cases.registers.notes import named_by
from services.dossiers.use_cases.unit import Unit


def source_of(unit: Unit, entry_id: str, *, kept: bool) -> dict[str, Any] | None:
    """The content of an entry with `entry_id` and `later_notes`; None if nothing is copied.

    `kept`: the entry is locked against new notes until the copy is committed: a note in between would neither be on the
    copy nor end its validity. Refusal NOT_FOUND `unknown-entry`.
    """
    if not entry_id:
        return None
    entry = entry_to_read(unit, entry_id, kept=kept)
    later = _later(unit, entry)
    return {**updated(content_of(unit.cell, entry), later), "entry_id": str(entry.id), "later_notes": later}


def named_in(unit: Unit, row: DossierRow) -> dict[str, Any]:
    """The names in a dossier that waits for the signer: in its form and in the entries of which the signature makes a
    copy, or on which it makes a note (Luật Hộ tịch 2014 Đ12.1h, Đ12.2).
    """
    proposal, procedure = proposal_of(unit.cell, row), unit.place.procedure_of(row)
    ids = [proposal.get("source_entry_id", "")]
    if procedure.register.name == DEATH:
        form = asked(procedure, unit.form(row))
        person = deceased(form, unit.today, proposal["personal_identification_number"])
        written_on = (deaths.ended_with, deaths.completed_with)
        ids += [each.id for marriages in written_on for each in marriages(unit, person, died_on(form))]
    entries = [registers.entry(unit.session, id) for id in map(read_uuid, ids) if id]
    return {"form": unit.form(row), "entries": [named_by(unit, each) for each in entries if each is not None]}


def copied_register(procedure: Procedure, form: Mapping[str, Any]) -> str:
    """The register from which the form asks for a copy; empty if the result is no copy."""
    return str(value_at(form, procedure.register.kind_at) or "") if procedure.register.name == COPIES else ""


def refuse_wrong_source(unit: Unit, procedure: Procedure, form: Mapping[str, Any], entry_id: str) -> None:
    """Checks that a copy has an entry of the requested register and person, and that other results have none.

    An officer's slip must not hand somebody another person's entry (Luật Hộ tịch 2014 Đ61). Refusals: INVALID
    `invalid-field`, NOT_FOUND `unknown-entry`.
    """
    wanted = copied_register(procedure, form)
    if not wanted and not entry_id:
        return
    entry = entry_to_read(unit, entry_id) if wanted and entry_id else None
    if entry is None or entry.register != wanted:
        raise _wrong("Xin tìm trong sổ và chọn đúng mục cần cấp bản sao; chỉ thủ tục cấp bản sao mới chọn mục.")
    named = subject(CheckContext(form, unit.today))
    people = registers.people_of(unit.session, entry.id)
    if people and not any(known_as.is_about(unit, each, named) for each in _each_person(people)):
        raise _wrong(
            "Mục này không phải của người ghi trong tờ khai: họ tên hoặc ngày sinh khác. Xin chọn đúng mục; "
            "nếu tờ khai ghi sai, xin yêu cầu người nộp bổ sung."
        )
    relation = CheckContext(form, unit.today).text("/requester/relation")
    if relation == "spouse" and wanted == MARRIAGE and not _is_spouse(unit, people, form):
        raise _wrong(
            "Người nộp khai là vợ hoặc chồng, nhưng mục này ghi vợ chồng là người khác. Xin chọn đúng mục; không có "
            "mục nào ghi người nộp thì không cấp."
        )
    if relation == "parent" and wanted == BIRTH and not _is_parent(unit, entry, form):
        raise _wrong(
            "Người nộp khai là cha hoặc mẹ, nhưng mục này không ghi người đó là cha hoặc mẹ. Xin chọn đúng mục; không "
            "có mục nào ghi người nộp thì không cấp."
        )


def _each_person(rows: Sequence[RegisterPersonRow]) -> list[list[RegisterPersonRow]]:
    """The people of an entry, each with all that they are or were known as."""
    return [[row for row in rows if row.part == part] for part in sorted({row.part for row in rows})]


def _is_spouse(unit: Unit, people: Sequence[RegisterPersonRow], form: Mapping[str, Any]) -> bool:
    """Whether the requester may be one of the spouses, by number or by name: they may have another number now."""
    asking = CheckContext(form, unit.today).person("/requester")
    numbers = set(number_fingerprints(unit.cell.cipher, asking.identity_numbers))
    return any(numbers & set(row.numbers) or folded(asking.full_name) == row.name for row in people)


def _is_parent(unit: Unit, entry: RegisterEntryRow, form: Mapping[str, Any]) -> bool:
    """Whether the requester may be a parent by the entry, now or earlier, since it has the parents' names (Đ61,
    Đ63).
    """
    later = _later(unit, entry)
    now = updated(content_of(unit.cell, entry), later)
    names = {
        folded(name)
        for parent in ("mother", "father")
        for name in (now[parent]["full_name"], *former(later, f"{parent}/full_name"))
        if name
    }
    return folded(CheckContext(form, unit.today).text("/requester/full_name")) in names


def _later(unit: Unit, entry: RegisterEntryRow) -> list[dict[str, Any]]:
    return notes_of(unit.session, unit.cell, entry)


def _wrong(text: str) -> Refusal:
    return faulty("source_entry_id", text)
