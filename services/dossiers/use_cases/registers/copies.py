"""The entry that a copy is made of, with its later notes (TT 04/2020 Đ23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.refusal import FieldFault, invalid
from services.dossiers import registers
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import COPIES
from services.dossiers.use_cases.opened import content_of, content_of_note
from services.dossiers.use_cases.registers.notes import entry_to_read
from services.dossiers.use_cases.unit import Unit


def source_of(unit: Unit, entry_id: str) -> dict[str, Any] | None:
    """The content of an entry with `entry_id` and `later_notes`; None if nothing is copied.

    The entry is locked against new notes until the copy is committed: such a note would neither be on the copy nor end
    its validity. Refusal NOT_FOUND `unknown-entry`.
    """
    if not entry_id:
        return None
    entry = entry_to_read(unit, entry_id, kept=True)
    later = [content_of_note(unit.cell, note) for note in registers.notes(unit.session, entry.id)]
    return {**content_of(unit.cell, entry), "entry_id": str(entry.id), "later_notes": later}


def copied_register(procedure: Procedure, form: Mapping[str, Any]) -> str:
    """The register that the form asks a copy from; empty if the result is no copy."""
    return str(value_at(form, procedure.register.kind_at) or "") if procedure.register.name == COPIES else ""


def refuse_wrong_source(unit: Unit, procedure: Procedure, form: Mapping[str, Any], entry_id: str) -> None:
    """Checks that a copy has an entry of the requested register, and that other results have none.

    Refusals: INVALID `invalid-field`, NOT_FOUND `unknown-entry`.
    """
    wanted = copied_register(procedure, form)
    if not wanted and not entry_id:
        return
    if wanted and entry_id and entry_to_read(unit, entry_id).register == wanted:
        return
    text = "Xin tìm trong sổ và chọn đúng mục cần cấp bản sao; chỉ thủ tục cấp bản sao mới chọn mục."
    raise invalid("invalid-field", text, FieldFault("source_entry_id", text))
