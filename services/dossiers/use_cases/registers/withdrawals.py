"""Which earlier note a note withdraws, and whether that can still be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.chassis.refusal import Faults, faulty
from services.dossiers import registers
from services.dossiers.adapters.records import label_of
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.noted_changes import stands_at
from services.dossiers.domain.notes import NOTE_KINDS, out_of_joint
from services.dossiers.domain.register import BIRTH, DEATH, REGISTERS
from services.dossiers.domain.search import folded
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.use_cases.opened import content_of, content_of_note, current_content_of, notes_of
from services.dossiers.use_cases.registers import asked_deaths, deaths, known_as, revivals
from services.dossiers.use_cases.unit import Unit

_WITHDRAWN = "note-withdrawn"
#: Whose birth or death an entry is about, and what tells that event from one of somebody of the same name and birth.
_EVENTS = {BIRTH: ("child", "mother/full_name"), DEATH: ("deceased", "death/date")}
_NOT_A_DEATH = "Chỉ ghi khi hủy bỏ ghi chú một bên chết vì người chết là người khác. Xin bỏ chọn."


def withdrawal_of(
    unit: Unit,
    kind: str,
    entry: RegisterEntryRow,
    withdraws: int,
    not_this_person: bool,
    remarriages: Sequence[revivals.Remarriage],
) -> tuple[str, dict[str, Any]]:
    """What a note withdraws and why, as a sentence of its text and as members; empty if it withdraws no note.

    `withdraws`: the number of a note of the entry that counts. Refusals: INVALID `invalid-field`.
    """
    if not NOTE_KINDS[kind].withdraws:
        _refuse_withdrawing(withdraws, not_this_person)
        return "", {}
    withdrawn = _withdrawn(unit, entry, withdraws, not_this_person, remarriages)
    noted = content_of_note(unit.cell, withdrawn)
    on = date.fromisoformat(noted["on"])
    members: dict[str, Any] = {"withdraws": withdrawn.sequence}
    why = "không còn giá trị"
    if not_this_person:
        members["not_this_person"] = True
        why = "là về người khác, không phải người trong mục này"
    return f"Ghi chú ngày {on:%d/%m/%Y}, theo {noted['basis']}, {why}.", members


def _withdrawn(
    unit: Unit,
    entry: RegisterEntryRow,
    withdraws: int,
    not_this_person: bool,
    remarriages: Sequence[revivals.Remarriage],
) -> RegisterNoteRow:
    for each in registers.counting_notes(unit.session, entry.id):
        if each.sequence == withdraws:
            if not_this_person and not NOTE_KINDS[each.kind].reversible:
                raise faulty("not_this_person", _NOT_A_DEATH)
            said = {one.entry_id: one.of_spouse for one in remarriages}
            kept = _out_of_joint(unit, entry, each.sequence) or _kept(unit, entry, each, not_this_person, said)
            if kept:
                raise faulty("withdraws", kept)
            return each
    raise faulty("withdraws", "Xin chọn ghi chú trước nay không còn giá trị; ghi chú đó chưa bị hủy bỏ.")


def _refuse_withdrawing(withdraws: int, not_this_person: bool) -> None:
    faults = Faults()
    with faults:
        if withdraws:
            raise faulty("withdraws", "Chỉ chọn ghi chú trước khi loại ghi chú là hủy bỏ ghi chú trước.")
    with faults:
        if not_this_person:
            raise faulty("not_this_person", _NOT_A_DEATH)
    faults.refuse()


def overtaken(unit: Unit, entry: RegisterEntryRow, more: Mapping[str, Any]) -> str:
    """Why a note that could be withdrawn or supplemented at the time of the request no longer can; empty if it can, or
    if the note does neither.
    """
    if "supplements" in more:
        noted = deaths.completes(unit, entry)
        same = noted is not None and noted.note["sequence"] == more["supplements"]
        overtaken = noted is None or not same or asked_deaths.contradicted_by(noted, more)
        return "Ghi chú một bên chết đã được bổ sung hoặc hủy bỏ rồi." if overtaken else ""
    withdraws = more.get("withdraws")
    if withdraws is None:
        return ""
    counts = {each.sequence: each for each in registers.counting_notes(unit.session, entry.id)}
    if withdraws not in counts:
        return "Ghi chú trước đã được hủy bỏ rồi."
    said, denied = revivals.remarried_in(more), bool(more.get("not_this_person"))
    wrong = _out_of_joint(unit, entry, withdraws) or _kept(unit, entry, counts[withdraws], denied, said)
    if wrong or denied or not revivals.stands_again(unit, entry, _WITHDRAWN, withdraws):
        return wrong
    return revivals.unanswered(unit, entry, said)


def _out_of_joint(unit: Unit, entry: RegisterEntryRow, withdraws: int) -> str:
    """Why others that are based on a note have to be withdrawn before it; empty if there are none."""
    content, noted = content_of(unit.cell, entry), notes_of(unit.session, unit.cell, entry)
    before = out_of_joint(content, noted)
    left = [each for each in out_of_joint(content, [*noted, {"withdraws": withdraws}]) if each not in before]
    if not left:
        return ""
    return (
        f"Ghi chú số {left[-1]} của mục đổi chính nội dung này, nên không hủy bỏ trước được. Xin hủy bỏ hoặc khôi phục "
        "các ghi chú theo thứ tự, ghi chú mới nhất trước."
    )


def _kept(
    unit: Unit, entry: RegisterEntryRow, note: RegisterNoteRow, not_this_person: bool, said: Mapping[str, bool]
) -> str:
    """Why a note cannot be withdrawn on its own; empty if it can.

    An annulment stays while another entry of the same birth or death stands. If the note of a death came from a death
    entry of this ward, the marriage would stand although the death counts, or although the spouse has married again
    elsewhere: the death itself has to be taken back, and the officer is asked about the spouse there (Luật HNGĐ 2014
    Đ65, Đ67.1). A note that an officer wrote about somebody else goes by itself; otherwise the marriage must be one
    that may stand again (see `revivals.obstacle`).
    """
    again = _registered_again(unit, entry, note.sequence)
    if again:
        return again
    kind, content = NOTE_KINDS[note.kind], content_of_note(unit.cell, note)
    by_hand = bool(content.get("prepared_by"))
    if not (kind.reversible or kind.withdraws) or not revivals.stands_again(unit, entry, _WITHDRAWN, note.sequence):
        return ""
    if by_hand and (not_this_person or not kind.reversible):
        return ""
    if by_hand and unit.records.death_of(entry, content).entry is None:
        return revivals.obstacle(unit, entry, said)
    return (
        "Ghi chú này có theo việc khai tử đã đăng ký tại phường, nên không hủy bỏ riêng. Khai tử sai thì ghi chú hủy "
        "vào mục khai tử: hệ thống hỏi về vợ hoặc chồng rồi khôi phục hôn nhân (Luật HNGĐ 2014 Đ67). Khai tử đúng "
        "nhưng không phải của người trong hôn nhân này thì ghi như vậy khi hủy bỏ ghi chú do công chức viết, hoặc ghi "
        "chú khôi phục hôn nhân, với văn bản làm căn cứ."
    )


def _registered_again(unit: Unit, entry: RegisterEntryRow, withdraws: int) -> str:
    """Why the note that annuls an entry cannot be withdrawn, which another entry of the same birth or death prevents;
    empty if none does, or if the entry stays annulled (docs/law.md §5; docs/decisions/0053).
    """
    if not registers.is_annulled(unit.session, [entry.id]):
        return ""
    if registers.is_annulled_after(unit.session, entry.id, _WITHDRAWN, withdraws):
        return ""
    again = next((other for other, same in _alike(unit, entry) if same), None)
    if again is None:
        return ""
    return (
        f"Việc này đã được đăng ký lại và còn giá trị: mục {REGISTERS[entry.register].title} {label_of(again)}. Một "
        "việc chỉ đăng ký một lần: mục đó phải có ghi chú hủy trước, rồi mới hủy bỏ được ghi chú hủy ở mục này."
    )


def maybe_registered_again(unit: Unit, entry: RegisterEntryRow) -> list[RegisterEntryRow]:
    """The other entries that count and may be of the same birth or death; officer and signer compare them."""
    return [other for other, same in _alike(unit, entry) if not same]


def _alike(unit: Unit, entry: RegisterEntryRow) -> Iterator[tuple[RegisterEntryRow, bool]]:
    """The other entries that count of a birth or death of somebody alike, each with whether it certainly is the same
    birth or death; none for other registers.
    """
    if entry.register not in _EVENTS:
        return
    part, _ = _EVENTS[entry.register]
    content = current_content_of(unit.session, unit.cell, entry)
    for found in unit.records.entries(entry.register, known_as.person_of(content, part)):
        other = registers.entry(unit.session, UUID(found.id))
        if other is None or other.id == entry.id or found.part != part or found.number_alone:
            continue
        if not registers.is_annulled(unit.session, [other.id]):
            yield other, found.certain or _is_same_event(unit, entry.register, content, other)


def _is_same_event(unit: Unit, register: str, content: Mapping[str, Any], other: RegisterEntryRow) -> bool:
    """Whether both tell of the same whole day of death, or the same mother: a year, or a mother whom nobody knows,
    proves nothing.
    """
    _, at = _EVENTS[register]
    one, two = (stands_at(each, at) for each in (content, current_content_of(unit.session, unit.cell, other)))
    known = read_day(one) is not None if register == DEATH else bool(one)
    return known and folded(one) == folded(two)
