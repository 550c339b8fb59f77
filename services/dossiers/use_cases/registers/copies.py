"""The entry that a copy is made of, with its later notes (TT 04/2020 Đ23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.refusal import FieldFault, Refusal, invalid
from services.dossiers import registers
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.checking import CheckContext
from services.dossiers.domain.entries.copy import subject
from services.dossiers.domain.notes import new_names, updated
from services.dossiers.domain.people import Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import COPIES, MARRIAGE
from services.dossiers.domain.search import folded
from services.dossiers.register_tables import RegisterPersonRow
from services.dossiers.use_cases.opened import content_of, content_of_note
from services.dossiers.use_cases.registers.notes import entry_to_read
from services.dossiers.use_cases.unit import Unit


def source_of(unit: Unit, entry_id: str, *, kept: bool) -> dict[str, Any] | None:
    """The content of an entry with `entry_id` and `later_notes`; None if nothing is copied.

    `kept`: the entry is locked against new notes until the copy is committed: such a note would neither be on the copy
    nor end its validity. Refusal NOT_FOUND `unknown-entry`.
    """
    if not entry_id:
        return None
    entry = entry_to_read(unit, entry_id, kept=kept)
    later = [content_of_note(unit.cell, note) for note in registers.notes(unit.session, entry.id)]
    return {**updated(content_of(unit.cell, entry), later), "entry_id": str(entry.id), "later_notes": later}


def copied_register(procedure: Procedure, form: Mapping[str, Any]) -> str:
    """The register that the form asks a copy from; empty if the result is no copy."""
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
    later = [content_of_note(unit.cell, note) for note in registers.notes(unit.session, entry.id)]
    if people and not any(_is_about(unit, each, named, later) for each in people):
        raise _wrong(
            "Mục này không phải của người ghi trong tờ khai: họ tên hoặc ngày sinh khác. Xin chọn đúng mục; "
            "nếu tờ khai ghi sai, xin yêu cầu người nộp bổ sung."
        )
    as_spouse = CheckContext(form, unit.today).text("/requester/relation") == "spouse"
    if as_spouse and wanted == MARRIAGE and not any(_is_requester(unit, each, form, later) for each in people):
        raise _wrong(
            "Người nộp khai là vợ hoặc chồng, nhưng mục này ghi vợ chồng là người khác. Xin chọn đúng mục; không có "
            "mục nào ghi người nộp thì không cấp."
        )


def _is_about(unit: Unit, row: RegisterPersonRow, named: Person, later: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an entry's person is the one named in the form: by number, else by name and what is known of the birth.

    Their name is that of the entry, or one that its notes have given them since.
    Names in the form may lack a date of birth, where number and day of the entry are given instead.
    """
    if set(number_fingerprints(unit.cell.cipher, named.identity_numbers)) & set(row.numbers):
        return True
    if folded(named.full_name) not in _names(row, later):
        return False
    if row.birth_date is not None and named.birth_date is not None:
        return row.birth_date == named.birth_date
    return row.birth_year is None or named.born_in in {None, row.birth_year}


def _names(row: RegisterPersonRow, later: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of an entry's person, folded: the former and the new ones."""
    return {row.name, *(folded(name) for name in new_names(later, row.part))}


def _is_requester(
    unit: Unit, row: RegisterPersonRow, form: Mapping[str, Any], later: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether an entry's person may be the requester, by number or by name: a spouse may have another number now."""
    asking = CheckContext(form, unit.today).person("/requester")
    numbers = number_fingerprints(unit.cell.cipher, asking.identity_numbers)
    return bool(set(numbers) & set(row.numbers)) or folded(asking.full_name) in _names(row, later)


def _wrong(text: str) -> Refusal:
    return invalid("invalid-field", text, FieldFault("source_entry_id", text))
