"""The number that the Ministry's software gives an entry (NĐ 87/2020 Đ2.2, Đ15.1, Đ24.1): an officer types it here
after the signature, and corrects it with a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.refusal import conflict, faulty
from services.dossiers import registers
from services.dossiers.adapters.records import label_of
from services.dossiers.register_tables import MinistryNumberRow, RegisterEntryRow
from services.dossiers.use_cases.registers.entries import entry_to_read
from services.dossiers.use_cases.unit import Unit, written

#: The form of the software's numbers is not known; allowed are letters, digits and separators.
_NUMBER = re.compile(r"[0-9A-ZĐ](?:[0-9A-ZĐ./ -]{0,38}[0-9A-ZĐ])?")


@dataclass(frozen=True, slots=True)
class SetMinistryNumber:
    entry_id: str
    number: str
    reason: str


def set_number(unit: Unit, command: SetMinistryNumber) -> RegisterEntryRow:
    """Records the number, or corrects it with a reason; the earlier number stays on record.

    Refusals: NOT_FOUND `unknown-entry`, INVALID `missing-field`, `invalid-field`, CONFLICT `ministry-number-taken` if
    another entry of the register and year has it.
    """
    typed = written("number", command.number, needed="Xin ghi số do phần mềm của Bộ Tư pháp cấp.")
    number = " ".join(typed.upper().split())
    if not _NUMBER.fullmatch(number):
        text = "Số gồm chữ, chữ số và các dấu . / - ở giữa, nhiều nhất 40 ký tự."
        raise faulty("number", text)
    entry = entry_to_read(unit, command.entry_id, locked=True)
    before = registers.ministry_numbers_of(unit.session, entry.id)
    if before and before[-1].number == number:
        return entry
    needed = "Mục này đã có số. Xin ghi vì sao sửa số." if before else ""
    reason = written("reason", command.reason, needed=needed)
    other = registers.entry_with_ministry_number(unit.session, entry, number)
    if other is not None:
        text = f"Số này đã ghi cho mục {label_of(other)}. Xin xem lại."
        raise conflict("ministry-number-taken", text)
    if before:
        before[-1].replaced_at = unit.now
        unit.session.flush()
    unit.session.add(
        MinistryNumberRow(
            entry_id=entry.id,
            sequence=len(before) + 1,
            register=entry.register,
            year=entry.year,
            number=number,
            reason=reason if before else "",
            at=unit.now,
            by_id=unit.caller.id,
            by_name=unit.caller.signs_as,
        )
    )
    unit.session.flush()
    what = "correct-ministry-number" if before else "set-ministry-number"
    audit.record(unit.session, what, f"entry:{entry.id}", registers.applicant_of(unit.session, entry))
    return entry
