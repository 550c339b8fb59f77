"""Dated notes on an entry, which itself never changes: an officer writes them, a signer confirms them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.ids import read_uuid
from services.chassis.refusal import Faults, Kind, Refusal, conflict, faulty, not_found
from services.dossiers import events, register_papers, registers
from services.dossiers.adapters.records import NotedDeath, basis_of_death, day_of_entry, day_of_paper
from services.dossiers.domain.conflict_of_interest import refusal_of
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.noted_changes import (
    CHANGEABLE,
    MOST_LETTERS,
    RENAMED,
    Changes,
    needs_whole_day,
    stands_at,
    text_of_changes,
)
from services.dossiers.domain.noted_changes import written as written_so
from services.dossiers.domain.notes import (
    NOTE_KINDS,
    TOLD,
    changes_of,
    marriage_stands,
    may_change,
    out_of_joint,
    updated,
    wrong_order,
)
from services.dossiers.domain.register import MARRIAGE, REGISTERS, entry_digest
from services.dossiers.register_tables import ProposedNoteRow, RegisterEntryRow, RegisterNoteRow
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.opened import (
    content_of,
    content_of_note,
    content_of_proposed_note,
    current_content_of,
    notes_of,
)
from services.dossiers.use_cases.registers import annulments, deaths, known_as, revivals
from services.dossiers.use_cases.unit import Unit, written

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The new value at a pointer of an entry, such as `child/birth_date`; empty if it is blank from now on."""

    at: str
    value: str


@dataclass(frozen=True, slots=True)
class NoteEntry:
    entry_id: str
    kind: str
    text: str
    basis: str
    basis_date: str
    basis_number: str
    basis_agency: str
    renamed: str = ""
    new_name: str = ""
    withdraws: int = 0
    instead_of: str = ""
    changes: Sequence[EntryChange] = ()
    spouse_elsewhere: str = ""
    spouse_elsewhere_text: str = ""
    died_on: str = ""
    who_died: str = ""
    death_entry: str = ""
    ended_marriages: Sequence[deaths.EndedBy] = ()
    remarriages: Sequence[revivals.Remarriage] = ()
    not_this_person: bool = False


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
class _AskedChange:
    """A requested change: the place in the entry and the new value, each with the name of the request's member that has
    it.
    """

    at: str
    value: str
    names: str
    says: str


class _Ground(NamedTuple):
    """What a note rests on in one line, and its day; the death of this ward, and the note of a death that it completes,
    if it rests on these.
    """

    basis: str
    dated: date
    death: deaths.LikelyDeath | None = None
    completed: NotedDeath | None = None


@dataclass(frozen=True, slots=True)
class ListProposedNotes:
    returned: bool


def propose(unit: Unit, command: NoteEntry) -> RegisterEntryRow:
    """Writes a note from a paper of another office, the same day (NĐ 123/2015 Đ13; NĐ 87/2020 Đ7).

    It counts once a signer has confirmed it, and may replace one that nobody has confirmed. Refusals: NOT_FOUND
    `unknown-entry`, `unknown-note`; with every field at fault INVALID `missing-field`, `invalid-field`,
    `text-too-long`, also for a kind that this register does not have (TT 04/2020 Đ29.6).
    """
    entry = entry_to_read(unit, command.entry_id, locked=bool(command.instead_of))
    content = _checked(unit, command, entry)
    if command.instead_of:
        unit.session.delete(_proposed(unit, entry, command.instead_of))
    content |= {"prepared_by": unit.caller.name, "asked": _asked(command, entry)}
    proposed = ProposedNoteRow(id=uuid4(), entry_id=entry.id, kind=command.kind, at=unit.now, by_id=unit.caller.id)
    seal_json(unit.cell, proposed, "content", content)
    unit.session.add(proposed)
    unit.session.flush()
    _record(unit, f"propose-note-{command.kind}", entry)
    return entry


def _checked(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> dict[str, Any]:
    """The content of a note as it is asked for: its text and basis, and what it tells in members of its own."""
    faults = Faults()
    with faults:
        text = written("text", command.text, needed="Xin ghi nội dung thay đổi.")
    with faults:
        _refuse_wrong_kind(command.kind, entry)
        sentences, content = _told(unit, command, entry)
    faults.refuse()
    return content | {"text": " ".join([f"{text.rstrip('. ')}.", *sentences]) if sentences else text}


def _refuse_wrong_kind(kind: str, entry: RegisterEntryRow) -> None:
    if kind not in NOTE_KINDS:
        raise faulty("kind", "Xin chọn loại ghi chú trong danh sách.")
    if entry.register not in NOTE_KINDS[kind].registers:
        title = REGISTERS[entry.register].title
        raise faulty("kind", f"Ghi chú loại này không ghi vào sổ {title} (TT 04/2020 Đ29.6). Xin tìm mục ở đúng sổ.")


def _told(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> tuple[list[str], dict[str, Any]]:
    """What a note tells beside what the officer typed: sentences for its text; its basis, and members of its own."""
    faults, now = Faults(), current_content_of(unit.session, unit.cell, entry)
    ground: _Ground | None = None
    with faults:
        _refuse_wrong_order(unit, command.kind, entry)
    with faults:
        ground = _ground(unit, command, entry)
        _refuse_too_early(unit, command.kind, entry, now, ground.dated)
    with faults:
        withdrawn, withdrawal = _withdrawal(unit, command, entry)
        answers = _answers(unit, command, entry, withdrawal.get("withdraws"))
    with faults:
        changes = _changes(unit, command, entry, now)
    death, dated = (ground.death, ground.dated) if ground else (None, None)
    if ground or not (command.death_entry and NOTE_KINDS[command.kind].tells_of_death):
        with faults:
            died = deaths.of_death(unit, command.kind, command.died_on, command.who_died, death, now, dated)
            supplement = deaths.supplement(ground.completed, died) if ground and ground.completed else {}
    faults.refuse()
    assert ground is not None
    sentences = [withdrawn] if withdrawn else []
    if changes:
        sentences.append(text_of_changes(entry.register, changes))
    if died:
        sentences.append(deaths.text_of_death(died, now, death))
    content = {"basis": ground.basis, **answers, **died, **withdrawal, **supplement}
    return sentences, content | ({"changes": changes} if changes else {})


def _answers(unit: Unit, command: NoteEntry, entry: RegisterEntryRow, withdraws: int | None) -> dict[str, Any]:
    """What a note says of the marriages of a spouse, where it takes a death back or restores a marriage."""
    faults, kind = Faults(), command.kind
    with faults:
        of_spouse = deaths.of_spouse(
            unit, kind, entry, withdraws, command.spouse_elsewhere, command.spouse_elsewhere_text
        )
    with faults:
        ended = deaths.ended_marriages_of(unit, kind, entry, withdraws, command.ended_marriages)
    with faults:
        remarriages = revivals.remarriages_of(unit, kind, entry, withdraws, command.remarriages)
        barred = revivals.barred(unit, kind, entry, revivals.remarried_in(remarriages))
        if barred:
            raise faulty("kind", barred)
    faults.refuse()
    answers = of_spouse | ended | remarriages
    if NOTE_KINDS[kind].annuls:
        revivals.refuse_unasked(unit, entry, answers)
    return answers


def decide(unit: Unit, command: DecideNote) -> tuple[RegisterEntryRow, RegisterNoteRow | None]:
    """Confirms a note, which counts from now on, or sends it back with the reason (then it returns None).

    The officer who wrote it cannot confirm it. Refusals: NOT_FOUND `unknown-entry`, `unknown-note`, FORBIDDEN
    `signer-prepared-it`, CONFLICT `note-decided`, INVALID `missing-field`, `conflict-of-interest`.
    """
    registers.hold_people(unit.session)  # locked before the entry, as in a signature: a note may change people's status
    entry = entry_to_read(unit, command.entry_id, locked=True)
    note = _proposed(unit, entry, command.proposed_note_id)
    if note.returned_at is not None:
        raise conflict("note-decided", "Ghi chú này đã được trả lại cho công chức.")
    content = content_of_proposed_note(unit.cell, note)
    if not command.confirmed:
        content["returned_because"] = written("reason", command.reason, needed="Xin ghi vì sao trả lại ghi chú.")
        seal_json(unit.cell, note, "content", content)
        note.returned_at = unit.now
        _record(unit, f"return-note-{note.kind}", entry)
        return entry, None
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
    deaths.refuse_to_confirm(unit, note.kind, content, entry)
    more = {name: content[name] for name in TOLD if name in content} | revivals.follows(unit, note.kind, entry)
    overtaken = _overtaken(unit, entry, more)
    if overtaken:
        raise conflict("note-decided", f"{overtaken} Xin trả lại ghi chú này.")
    now = current_content_of(unit.session, unit.cell, entry)
    if any(stands_at(now, at) != change["was"] for at, change in content.get("changes", {}).items()):
        text = "Một ghi chú ký sau đó đã đổi chính mục này. Xin trả lại ghi chú này để viết lại theo nội dung mới."
        raise conflict("note-decided", text)
    remarried = revivals.remarried_in(content)
    wrong = wrong_order(note.kind, _kinds(unit, entry))
    wrong = wrong or revivals.barred(unit, note.kind, entry, remarried, answered=True)
    dated = read_day(content.get("asked", {}).get("basis_date", ""))
    if not wrong and dated is not None:
        wrong = _after_death(unit, note.kind, entry, dated)
    if wrong:
        raise conflict("note-decided", f"{wrong} Xin trả lại ghi chú này.")
    unit.session.delete(note)
    written_now = write(
        unit, entry, note.kind, content["text"], content["basis"], prepared_by=content["prepared_by"], more=more
    )
    return entry, written_now


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
    entry = entry_to_read(unit, command.entry_id, locked=True)  # as a decision on the same note does
    note = _proposed(unit, entry, command.proposed_note_id)
    unit.session.delete(note)
    unit.session.flush()
    _record(unit, f"drop-note-{note.kind}", entry)
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
        _record(unit, "view-entry", each)
    return found, query.returned


def _asked(command: NoteEntry, entry: RegisterEntryRow) -> dict[str, Any]:
    """What the officer sent, without entry, kind and the note that it replaces."""
    asked = {name: value for name, value in asdict(command).items() if name not in {"entry_id", "kind", "instead_of"}}
    return {**asked, "changes": [{"at": each.at, "value": each.value} for each in _asked_changes(command, entry)]}


def _changes(unit: Unit, command: NoteEntry, entry: RegisterEntryRow, content: Mapping[str, Any]) -> Changes:
    """The changes of the note to the entry, with the present values; values that the entry already has are left out.

    A new name may be given by `renamed` and `new_name` as well.
    """
    faults, renamed = Faults(), list[_AskedChange]()
    with faults:
        renamed = _renamed(command, entry)
    said: dict[str, str] = {}
    for asked in [*renamed, *_asked_by_place(command)]:
        with faults:
            now = _new_value(unit, command.kind, entry, content, asked)
            if said.setdefault(asked.at, now) != now:
                title = CHANGEABLE[entry.register][asked.at].title
                raise faulty(asked.says, f"{title}: đã ghi khác ở trên. Xin chỉ ghi một lần.")
    faults.refuse()
    was = {at: stands_at(content, at) for at in said}
    return {at: {"was": was[at], "now": now} for at, now in said.items() if now != was[at]}


def _new_value(unit: Unit, kind: str, entry: RegisterEntryRow, content: Mapping[str, Any], asked: _AskedChange) -> str:
    """A new value as the register has it."""
    at = asked.at
    if not may_change(kind, entry.register, at):
        raise faulty(asked.names, "Ghi chú loại này không đổi mục này của sổ. Xin để trống, hoặc chọn loại khác.")
    one = CHANGEABLE[entry.register][at]
    now = written_so(one, asked.value, unit.today) if len(asked.value) <= MOST_LETTERS else None
    if now is None:
        raise faulty(asked.says, f"{one.title}: xin xem lại cách ghi.")
    if now != stands_at(content, at) and needs_whole_day(content, at) and read_day(now) is None:
        text = "Chỉ việc chết đã lâu mới được ghi tháng, năm hoặc năm (TT 04/2020 Đ29.9). Xin ghi đủ ngày."
        raise faulty(asked.says, f"{one.title}: {text}")
    return now


def _asked_changes(command: NoteEntry, entry: RegisterEntryRow) -> list[_AskedChange]:
    return [*_renamed(command, entry), *_asked_by_place(command)]


def _asked_by_place(command: NoteEntry) -> list[_AskedChange]:
    return [
        _AskedChange(each.at, each.value, names=f"changes/{place}/at", says=f"changes/{place}/value")
        for place, each in enumerate(command.changes)
    ]


def _renamed(command: NoteEntry, entry: RegisterEntryRow) -> list[_AskedChange]:
    """A new name; empty if there is none."""
    name, part = written("new_name", command.new_name), command.renamed
    if not name and not part:
        return []
    faults, parts = Faults(), RENAMED.get(entry.register, ())
    with faults:
        if not name:
            raise faulty("new_name", "Xin ghi họ, chữ đệm, tên mới.")
    if not part and parts:
        part = parts[0] if entry.register != MARRIAGE else ""
    with faults:
        if part not in parts and parts:
            raise faulty("renamed", "Xin chọn người có tên mới.")
    faults.refuse()
    return [_AskedChange(f"{part}/full_name", name, names="new_name", says="new_name")]


def _refuse_wrong_order(unit: Unit, kind: str, entry: RegisterEntryRow) -> None:
    """Refuses a note of an event that is no longer possible after the notes that count: a marriage ends only once."""
    wrong = wrong_order(kind, _kinds(unit, entry))
    if wrong:
        raise faulty("kind", wrong)


def _refuse_too_early(unit: Unit, kind: str, entry: RegisterEntryRow, content: Mapping[str, Any], dated: date) -> None:
    """Refuses a note about an event that was not possible on the day of its paper.

    A marriage ends after it began, and not after a death; a sex is determined again only after the birth.
    """
    registered = date.fromisoformat(content["registered_on"])
    if NOTE_KINDS[kind].after_registration and dated < registered:
        text = f"Văn bản có trước ngày đăng ký {registered:%d/%m/%Y} nên không thể về việc này. Xin xem lại."
        raise faulty("basis_date", text)
    born = read_day(stands_at(content, "child/birth_date"))
    if NOTE_KINDS[kind].after_birth and born is not None and dated < born:
        text = f"Văn bản có trước ngày sinh {born:%d/%m/%Y} nên không thể về việc này. Xin xem lại."
        raise faulty("basis_date", text)
    late = _after_death(unit, kind, entry, dated)
    if late:
        raise faulty("basis_date", late)


def _after_death(unit: Unit, kind: str, entry: RegisterEntryRow, dated: date) -> str:
    """Why a divorce was not possible on the day of a paper because the spouse had died; empty if it was possible (Luật
    HNGĐ Đ65).
    """
    if kind != "divorce" or marriage_stands(_kinds(unit, entry)):
        return ""
    days = unit.records.days_of_death(entry)
    if days is None or dated <= days[1]:
        return ""
    return (
        f"Hôn nhân này đã chấm dứt do một bên chết (ngày {days[1]:%d/%m/%Y}), trước ngày của văn bản. Chỉ ghi được "
        "việc ly hôn trước đó."
    )


def _kinds(unit: Unit, entry: RegisterEntryRow) -> list[str]:
    return registers.kinds_noted(unit.session, [entry.id]).get(entry.id, [])


def _withdrawal(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> tuple[str, dict[str, Any]]:
    """What a note withdraws and why, as a sentence of its text and as members; empty if it withdraws no note."""
    withdrawn = _withdrawn(unit, command, entry)
    if withdrawn is None:
        return "", {}
    noted = content_of_note(unit.cell, withdrawn)
    on = date.fromisoformat(noted["on"])
    members: dict[str, Any] = {"withdraws": withdrawn.sequence}
    why = "không còn giá trị"
    if command.not_this_person:
        members["not_this_person"] = True
        why = "là về người khác, không phải người trong mục này"
    return f"Ghi chú ngày {on:%d/%m/%Y}, theo {noted['basis']}, {why}.", members


def _withdrawn(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> RegisterNoteRow | None:
    """The note that this one withdraws, which is a note of the entry that counts; None if it withdraws none."""
    if not NOTE_KINDS[command.kind].withdraws:
        _refuse_withdrawing(command)
        return None
    for each in registers.counting_notes(unit.session, entry.id):
        if each.sequence == command.withdraws:
            if command.not_this_person and not NOTE_KINDS[each.kind].reversible:
                raise faulty("not_this_person", _NOT_A_DEATH)
            said = {one.entry_id: one.of_spouse for one in command.remarriages}
            kept = _out_of_joint(unit, entry, each.sequence) or _kept(unit, entry, each, command.not_this_person, said)
            if kept:
                raise faulty("withdraws", kept)
            return each
    raise faulty("withdraws", "Xin chọn ghi chú trước nay không còn giá trị; ghi chú đó chưa bị hủy bỏ.")


def _refuse_withdrawing(command: NoteEntry) -> None:
    faults = Faults()
    with faults:
        if command.withdraws:
            raise faulty("withdraws", "Chỉ chọn ghi chú trước khi loại ghi chú là hủy bỏ ghi chú trước.")
    with faults:
        if command.not_this_person:
            raise faulty("not_this_person", _NOT_A_DEATH)
    faults.refuse()


_WITHDRAWN = "note-withdrawn"
_NOT_A_DEATH = "Chỉ ghi khi hủy bỏ ghi chú một bên chết vì người chết là người khác. Xin bỏ chọn."


def _out_of_joint(unit: Unit, entry: RegisterEntryRow, withdraws: int | None) -> str:
    """Why others that are based on a note have to be withdrawn before it; empty if there are none, or if no note is
    withdrawn.
    """
    if withdraws is None:
        return ""
    content, noted = content_of(unit.cell, entry), notes_of(unit.session, unit.cell, entry)
    before = out_of_joint(content, noted)
    left = [each for each in out_of_joint(content, [*noted, {"withdraws": withdraws}]) if each not in before]
    if not left:
        return ""
    return (
        f"Ghi chú số {left[-1]} của mục đổi chính nội dung này, nên không hủy bỏ trước được. Xin hủy bỏ hoặc khôi phục "
        "các ghi chú theo thứ tự, ghi chú mới nhất trước."
    )


def _overtaken(unit: Unit, entry: RegisterEntryRow, more: Mapping[str, Any]) -> str:
    """Why a note that could be withdrawn or supplemented at the time of the request no longer can; empty if it can, or
    if the note does neither.
    """
    if "supplements" in more:
        noted = deaths.completes(unit, entry)
        same = noted is not None and noted.note["sequence"] == more["supplements"]
        overtaken = noted is None or not same or deaths.contradicted_by(noted, more)
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
    again = annulments.registered_again(unit, entry, note.sequence)
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


def _ground(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> _Ground:
    """This ward's entry of a death, the paper of the note that it completes, or else a paper of its own."""
    faults, kind = Faults(), NOTE_KINDS[command.kind]
    completed, death = None, None
    with faults:
        completed = _completed(unit, command, entry)
    with faults:
        death = deaths.chosen_death(unit, command.kind, command.death_entry, command.who_died, command.died_on, entry)
    with faults:
        if kind.supplements:
            _refuse_own_basis(command, "Ghi chú bổ sung lấy căn cứ theo ghi chú trước. Xin bỏ trống.")
        elif kind.reversible and command.death_entry:
            _refuse_own_basis(command, "Đã chọn mục khai tử của phường thì căn cứ lấy theo mục đó. Xin bỏ trống.")
        else:
            basis, dated = _basis_typed(unit, command)
    faults.refuse()
    if completed is not None:
        return _Ground(completed.note["basis"], day_of_paper(completed.note), death, completed)
    if death is not None:
        return _Ground(basis_of_death(death.entry), day_of_entry(death.entry), death)
    if kind.reversible:
        deaths.refuse_paper_of_another(unit, entry, basis)
    return _Ground(basis, dated)


def _completed(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> NotedDeath | None:
    """The note of a death that this one completes; None if it is of another kind."""
    if not NOTE_KINDS[command.kind].supplements:
        return None
    completed = deaths.completes(unit, entry)
    if completed is None:
        raise faulty("kind", "Mục này không có ghi chú một bên chết còn thiếu mục khai tử của phường để bổ sung.")
    return completed


def _refuse_own_basis(command: NoteEntry, text: str) -> None:
    faults = Faults()
    for field in ("basis", "basis_number", "basis_agency", "basis_date"):
        with faults:
            if getattr(command, field).strip():
                raise faulty(field, text)
    faults.refuse()


def _basis_typed(unit: Unit, command: NoteEntry) -> tuple[str, date]:
    """The paper in one line: what it is, its number, who issued it, its day (NĐ 123/2015 Đ13.1); and that day."""
    faults = Faults()
    with faults:
        paper = written("basis", command.basis, needed="Xin ghi tên văn bản làm căn cứ, như Quyết định, Bản án.")
    with faults:
        number = written("basis_number", command.basis_number, needed="Xin ghi số của văn bản làm căn cứ.")
    with faults:
        agency = written("basis_agency", command.basis_agency, needed="Xin ghi cơ quan ban hành văn bản và người ký.")
    with faults:
        dated = _day_typed(unit, command.basis_date)
    faults.refuse()
    return f"{paper} số {number}, {agency}, ngày {dated:%d/%m/%Y}", dated


def _day_typed(unit: Unit, typed: str) -> date:
    try:
        dated = date.fromisoformat(typed)
    except ValueError:
        raise faulty("basis_date", "Xin ghi ngày của văn bản làm căn cứ.") from None
    if dated > unit.today:
        raise faulty("basis_date", "Ngày của văn bản chưa đến. Xin xem lại.")
    return dated


def _record(unit: Unit, what: str, entry: RegisterEntryRow) -> None:
    audit.record(unit.session, what, f"entry:{entry.id}", registers.applicant_of(unit.session, entry))


def entry_to_read(unit: Unit, entry_id: str, *, locked: bool = False, kept: bool = False) -> RegisterEntryRow:
    """An entry of the ward. Refusal NOT_FOUND `unknown-entry`."""
    id = read_uuid(entry_id)
    entry = registers.entry(unit.session, id, locked=locked, kept=kept) if id else None
    if entry is None:
        raise not_found("unknown-entry", "Không tìm thấy mục này trong sổ hộ tịch của phường.")
    return entry


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
    _record(unit, f"note-entry-{kind}", entry)
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
