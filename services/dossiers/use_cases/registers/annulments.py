"""What the annulment of an entry means for results that nobody has fetched yet, and what prevents its withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.timestamps import stamp
from services.dossiers import register_papers, registers, storage
from services.dossiers.adapters.records import label_of
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act
from services.dossiers.domain.noted_changes import stands_at
from services.dossiers.domain.notes import ANNULLING
from services.dossiers.domain.register import BIRTH, DEATH, REGISTERS
from services.dossiers.domain.search import folded
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import current_content_of
from services.dossiers.use_cases.perform import perform
from services.dossiers.use_cases.registers import known_as
from services.dossiers.use_cases.unit import Unit


def follow(unit: Unit, entry: RegisterEntryRow) -> None:
    """Records on the dossiers of an entry, and of its copies, that there is no paper to hand over any more, or that
    there is one again; their applicants are told.

    For an entry whose annulment has just begun or ceased to count (Luật Hộ tịch 2014 Đ12.2, Đ70.1h). A dossier that was
    stopped because of the annulment is done again. A copy that is signed later has the annulment in it, and is handed
    over.
    """
    for row in register_papers.results_to_hand_over(unit.session, entry):
        catch_up(unit, row)


def catch_up(unit: Unit, row: DossierRow) -> Act | None:
    """Marks a locked dossier by the notes, and tells its applicant; returns what it did, None if the mark was right.

    During a roll-out or after a rollback, pods of a version before this mark write notes, and stop dossiers, without
    it.
    """
    annulled, since = register_papers.annulment_of_result(unit.session, row.id)
    stopped = row.status == Status.STOPPED
    known = annulled or _was_stopped_for_it(unit, row) if stopped else row.annulled_at is not None
    if annulled is known:
        return None
    row.annulled_at = since if annulled else None
    act = acts.RESULT_ANNULMENT if annulled else acts.RESULT_RESTORATION
    perform(unit, row, act, told={"noted_at": stamp(since)})
    return act


def _was_stopped_for_it(unit: Unit, row: DossierRow) -> bool:
    """Whether the result was annulled when the dossier was stopped: by the mark, or else by the notes of that time."""
    if row.annulled_at is not None:
        return True
    stopped = storage.last_line(unit.session, row.id, acts.STOP)
    return register_papers.annulment_of_result(unit.session, row.id, until=stopped.at).annulled


#: Whose birth or death an entry is about, and what tells that event from one of somebody of the same name and birth.
_EVENTS = {BIRTH: ("child", "mother/full_name"), DEATH: ("deceased", "death/date")}


def registered_again(unit: Unit, entry: RegisterEntryRow, withdraws: int) -> str:
    """Why the note that annuls an entry cannot be withdrawn, which another entry of the same birth or death prevents;
    empty if none does, or if the entry stays annulled (docs/law.md §5; docs/decisions/0053).
    """
    left = registers.kinds_after(unit.session, entry.id, "note-withdrawn", withdraws)
    if entry.register not in _EVENTS or not registers.is_annulled(unit.session, [entry.id]) or {*left} & {*ANNULLING}:
        return ""
    part, _ = _EVENTS[entry.register]
    content = current_content_of(unit.session, unit.cell, entry)
    for found in unit.records.entries(entry.register, known_as.person_of(content, part)):
        other = registers.entry(unit.session, UUID(found.id))
        if other is None or other.id == entry.id or found.part != part:
            continue
        same = found.certain or (not found.number_alone and _is_same_event(unit, entry.register, content, other))
        if same and not registers.is_annulled(unit.session, [other.id]):
            title = REGISTERS[entry.register].title
            return (
                f"Việc này đã được đăng ký lại và còn giá trị: mục {title} {label_of(other)}. Một việc chỉ đăng ký một "
                "lần: mục đó phải có ghi chú hủy trước, rồi mới hủy bỏ được ghi chú hủy ở mục này."
            )
    return ""


def _is_same_event(unit: Unit, register: str, content: Mapping[str, Any], other: RegisterEntryRow) -> bool:
    _, at = _EVENTS[register]
    one, two = (folded(stands_at(each, at)) for each in (content, current_content_of(unit.session, unit.cell, other)))
    return one == two
