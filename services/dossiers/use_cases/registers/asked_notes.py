"""What is asked of a note, and whether it can be written so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from services.chassis.refusal import Faults, faulty
from services.dossiers import registers
from services.dossiers.adapters.records import NotedDeath, basis_of_death, day_of_entry, day_of_paper
from services.dossiers.domain.dates import NO_SUCH_DAY, read_day
from services.dossiers.domain.noted_changes import (
    stands_at,
    text_of_changes,
)
from services.dossiers.domain.notes import (
    NOTE_KINDS,
    marriage_stands,
    wrong_order,
)
from services.dossiers.domain.register import REGISTERS
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.opened import (
    current_content_of,
)
from services.dossiers.use_cases.registers import asked_changes, asked_deaths, deaths, revivals, withdrawals
from services.dossiers.use_cases.unit import Unit, written


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
    changes: Sequence[asked_changes.EntryChange] = ()
    spouse_elsewhere: str = ""
    spouse_elsewhere_text: str = ""
    died_on: str = ""
    who_died: str = ""
    death_entry: str = ""
    ended_marriages: Sequence[asked_deaths.EndedBy] = ()
    remarriages: Sequence[revivals.Remarriage] = ()
    not_this_person: bool = False


class _Ground(NamedTuple):
    """What a note rests on in one line, and its day; the death of this ward, and the note of a death that it completes,
    if it rests on these.
    """

    basis: str
    dated: date
    death: deaths.LikelyDeath | None = None
    completed: NotedDeath | None = None


def checked(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> dict[str, Any]:
    """The content of a note as it is asked for: its text and basis, and what it tells in members of its own."""
    faults = Faults()
    with faults:
        text = written("text", command.text, needed="Xin ghi nội dung thay đổi.")
    with faults:
        _refuse_wrong_kind(command.kind, entry)
        sentences, content = _told(unit, command, entry)
    faults.refuse()
    return content | {"text": " ".join([f"{text.rstrip('. ')}.", *sentences]) if sentences else text}


def asked(command: NoteEntry, entry: RegisterEntryRow) -> dict[str, Any]:
    """What the officer sent, without entry, kind and the note that it replaces."""
    sent = {name: value for name, value in asdict(command).items() if name not in {"entry_id", "kind", "instead_of"}}
    return sent | {"changes": asked_changes.asked(entry, command.renamed, command.new_name, command.changes)}


def _refuse_wrong_kind(kind: str, entry: RegisterEntryRow) -> None:
    if kind not in NOTE_KINDS:
        raise faulty("kind", "Xin chọn loại ghi chú trong danh sách.")
    if entry.register not in NOTE_KINDS[kind].registers:
        title = REGISTERS[entry.register].title
        raise faulty("kind", f"Ghi chú loại này không ghi vào sổ {title} (TT 04/2020 Đ29.6). Xin tìm mục ở đúng sổ.")


def _told(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> tuple[list[str], dict[str, Any]]:
    """What a note tells beside what the officer typed: sentences for its text; its basis, and members of its own."""
    faults, kind = Faults(), command.kind
    now = current_content_of(unit.session, unit.cell, entry)
    ground: _Ground | None = None
    with faults:
        _refuse_wrong_order(unit, kind, entry)
    with faults:
        ground = _ground(unit, command, entry)
        _refuse_too_early(unit, kind, entry, now, ground.dated)
    with faults:
        withdrawn, withdrawal = withdrawals.withdrawal_of(
            unit, kind, entry, command.withdraws, command.not_this_person, command.remarriages
        )
        answers = _answers(unit, command, entry, withdrawal.get("withdraws"))
    with faults:
        changes = asked_changes.changes_of(unit, kind, entry, now, command.renamed, command.new_name, command.changes)
    death, dated = (ground.death, ground.dated) if ground else (None, None)
    if ground or not (command.death_entry and NOTE_KINDS[kind].tells_of_death):
        with faults:
            died = asked_deaths.of_death(unit, kind, command.died_on, command.who_died, death, now, dated)
            supplement = asked_deaths.supplement(ground.completed, died) if ground and ground.completed else {}
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
        of_spouse = asked_deaths.of_spouse(
            unit, kind, entry, withdraws, command.spouse_elsewhere, command.spouse_elsewhere_text
        )
    with faults:
        ended = asked_deaths.ended_marriages_of(unit, kind, entry, withdraws, command.ended_marriages)
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


def _refuse_wrong_order(unit: Unit, kind: str, entry: RegisterEntryRow) -> None:
    """Refuses a note of an event that is no longer possible after the notes that count: a marriage ends only once."""
    wrong = wrong_order(kind, registers.kinds_of(unit.session, entry.id))
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
    late = after_death(unit, kind, entry, dated)
    if late:
        raise faulty("basis_date", late)


def after_death(unit: Unit, kind: str, entry: RegisterEntryRow, dated: date) -> str:
    """Why a divorce was not possible on the day of a paper because the spouse had died; empty if it was possible (Luật
    HNGĐ Đ65).
    """
    if kind != "divorce" or marriage_stands(registers.kinds_of(unit.session, entry.id)):
        return ""
    days = unit.records.days_of_death(entry)
    if days is None or dated <= days[1]:
        return ""
    return (
        f"Hôn nhân này đã chấm dứt do một bên chết (ngày {days[1]:%d/%m/%Y}), trước ngày của văn bản. Chỉ ghi được "
        "việc ly hôn trước đó."
    )


def _ground(unit: Unit, command: NoteEntry, entry: RegisterEntryRow) -> _Ground:
    """This ward's entry of a death, the paper of the note that it completes, or else a paper of its own."""
    faults, kind = Faults(), NOTE_KINDS[command.kind]
    completed, death = None, None
    with faults:
        completed = _completed(unit, command, entry)
    with faults:
        death = asked_deaths.chosen_death(
            unit, command.kind, command.death_entry, command.who_died, command.died_on, entry
        )
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
        asked_deaths.refuse_paper_of_another(unit, entry, basis)
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
    if not typed.strip():
        raise faulty("basis_date", "Xin ghi ngày của văn bản làm căn cứ.")
    dated = read_day(typed)
    if dated is None:
        raise faulty("basis_date", NO_SUCH_DAY)
    if dated > unit.today:
        raise faulty("basis_date", "Ngày của văn bản chưa đến. Xin xem lại.")
    return dated
