"""What a note is asked to say of a death that ended a marriage, or that is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.refusal import Faults, FieldFault, conflict, faulty, invalid
from services.dossiers import registers
from services.dossiers.adapters.records import NotedDeath, day_of_entry
from services.dossiers.domain.dates import days_of, in_digits
from services.dossiers.domain.noted_changes import (
    written_day,
)
from services.dossiers.domain.notes import (
    NEITHER,
    NOTE_KINDS,
    OF_DEATH,
    SPOUSE_ELSEWHERE,
    denied,
    died_before,
)
from services.dossiers.domain.people import SPOUSES
from services.dossiers.domain.register import DEATH
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.opened import (
    current_content_of,
    notes_of,
)
from services.dossiers.use_cases.registers import deaths
from services.dossiers.use_cases.unit import Unit, written


@dataclass(frozen=True, slots=True)
class EndedBy:
    """Whether the note of a death on this entry of a marriage is about the death that is taken back."""

    entry_id: str
    by_this_death: bool


def chosen_death(
    unit: Unit, kind: str, death_entry: str, who_died: str, died_on: str, marriage: RegisterEntryRow
) -> deaths.LikelyDeath | None:
    """The entry of a death that a note is about, and which says when it was; None if the note names none.

    Refusals: INVALID `invalid-field`, or `missing-field` if it may be the death of either spouse.
    """
    if not death_entry:
        return None
    if not NOTE_KINDS[kind].tells_of_death:
        raise faulty("death_entry", "Chỉ chọn mục khai tử khi hôn nhân chấm dứt do một bên chết. Xin bỏ chọn.")
    faults = Faults()
    with faults:
        death = _chosen(unit, death_entry, who_died, marriage)
    with faults:
        if died_on.strip():
            raise faulty("died_on", "Đã chọn mục khai tử thì ngày chết lấy theo mục đó. Xin bỏ trống.")
    faults.refuse()
    return death


def _chosen(unit: Unit, death_entry: str, who_died: str, marriage: RegisterEntryRow) -> deaths.LikelyDeath:
    found = [each for each in deaths.likely(unit, marriage) if str(each.entry.id) == death_entry]
    if not found:
        raise faulty("death_entry", _why_not_chosen(unit, death_entry, marriage))
    fitting = [each for each in found if who_died in {"", each.who}]
    if not fitting:
        raise faulty("who_died", "Mục khai tử đã chọn không phải của người này. Xin xem lại ai chết.")
    if len(fitting) > 1:
        text = "Mục khai tử này có thể là của cả hai bên. Xin chọn ai chết."
        raise invalid("missing-field", text, FieldFault("who_died", text))
    return fitting[0]


def _why_not_chosen(unit: Unit, death_entry: str, marriage: RegisterEntryRow) -> str:
    alike = (
        each.entry
        for person in registers.people_of(unit.session, marriage.id)
        for each in registers.entries_like(unit.session, DEATH, person)
    )
    died = next((unit.records.day_of(each) for each in alike if str(each.id) == death_entry), "")
    if died_before(died, day_of_entry(marriage)):
        return (
            f"Theo mục khai tử này, người đó chết {in_digits(died)}, trước ngày đăng ký kết hôn. Xin xem lại hai mục."
        )
    return "Mục khai tử này không phải của người trong hôn nhân này, hoặc đã bị hủy."


def of_death(
    unit: Unit,
    kind: str,
    died_on: str,
    who_died: str,
    death: deaths.LikelyDeath | None,
    content: Mapping[str, Any],
    dated: date | None,
) -> dict[str, Any]:
    """Who died and when, or of which entry it is the death: until then the marriage stood (Luật HNGĐ 2014 Đ65).

    `content` is the marriage as it stands, `dated` the day of the paper, None if that is not known. With this ward's
    entry, the deceased as the officer has compared them is kept until the decision. The gateway of the release before
    does not ask who died (gateway/notes.py): a note without it is taken, and cannot be confirmed. Refusals: INVALID
    `invalid-field`.
    """
    faults = Faults()
    if not NOTE_KINDS[kind].tells_of_death:
        for field, typed in (("died_on", died_on), ("who_died", who_died)):
            with faults:
                if typed.strip():
                    text = "Chỉ ghi ai chết, ngày chết khi hôn nhân chấm dứt do một bên chết. Xin bỏ trống."
                    raise faulty(field, text)
        faults.refuse()
        return {}
    if death is not None:
        return {"who_died": death.who, "death_entry": str(death.entry.id), "deceased": death.deceased}
    with faults:
        if who_died not in {"", *SPOUSES}:
            raise faulty("who_died", "Xin chọn vợ hoặc chồng.")
    with faults:
        day = _elsewhere(died_on, unit.today, content, dated)
    faults.refuse()
    members = {"who_died": who_died, "died_on": day}
    return {name: value for name, value in members.items() if value}


def _elsewhere(typed: str, today: date, content: Mapping[str, Any], dated: date | None) -> str:
    """The day of a death by a paper from elsewhere, or month and year, or the year; empty if nothing was typed."""
    if not typed.strip():
        return ""
    died = written_day(typed, today)
    days = None if died is None else days_of(died)
    if died is None or days is None:
        raise faulty("died_on", "Xin xem lại ngày chết: phải là ngày có thật, không sau hôm nay.")
    if dated is not None and days[0] > dated:
        raise faulty("died_on", "Ngày chết sau ngày của văn bản làm căn cứ. Xin xem lại cả hai ngày.")
    if died_before(died, date.fromisoformat(content["registered_on"])):
        raise faulty("died_on", "Ngày chết trước ngày đăng ký kết hôn. Xin xem lại có đúng người không.")
    return died


def supplement(noted: NotedDeath, members: Mapping[str, str]) -> dict[str, int]:
    """The number of the note of a death that these members complete, to be kept with them.

    They have to add something, and not to say otherwise than that note. Refusals: INVALID `missing-field`,
    `invalid-field`.
    """
    other = contradicted_by(noted, members)
    if other:
        text = "Ghi chú một bên chết đã ghi khác. Ghi nhầm thì xin hủy bỏ ghi chú đó rồi viết lại."
        field = "death_entry" if "death_entry" in members else other
        raise faulty(field, text)
    if all(members[name] == noted.note.get(name) for name in members):
        text = "Xin ghi điều còn thiếu: ai chết, ngày chết, hoặc mục khai tử của phường."
        raise invalid("missing-field", text, FieldFault("who_died", text))
    return {"supplements": noted.note["sequence"]}


def contradicted_by(noted: NotedDeath, members: Mapping[str, Any]) -> str:
    """The first of these members that the note of a death has otherwise; empty if there is none."""
    before = [(name, noted.note.get(name)) for name in OF_DEATH if name in members]
    return next((name for name, value in before if value not in {None, members[name]}), "")


def refuse_paper_of_another(unit: Unit, marriage: RegisterEntryRow, basis: str) -> None:
    """Refuses to note a death on the paper of a note that was withdrawn as that of somebody else.

    Refusal INVALID `invalid-field`.
    """
    written = notes_of(unit.session, unit.cell, marriage)
    if basis in {written[number - 1]["basis"] for number in denied(written)}:
        text = (
            "Đã có ghi chú rằng giấy tờ này là về người khác, không phải người trong hôn nhân này. Nếu ghi nhầm, xin "
            "hủy bỏ ghi chú đó."
        )
        raise faulty("basis", text)


def refuse_to_confirm(unit: Unit, kind: str, content: Mapping[str, Any], marriage: RegisterEntryRow) -> None:
    """Refuses to confirm the note of a death that does not say who died and when, or says what is no longer so.

    Since the note was written, the entry to which it refers may have been annulled, or corrected to another day or
    another person, who is still found by the former name. A correction after the confirmation does not change the note:
    its text says what was known then, and checks read the day that the entry has now. A supplement adds what it can.
    Refusal CONFLICT `note-decided`: once the note is in the chain, nobody can add to it.
    """
    if not NOTE_KINDS[kind].tells_of_death:
        return
    who, death = content.get("who_died", ""), None
    if content.get("death_entry"):
        named = (content["death_entry"], who)
        death = next((each for each in deaths.likely(unit, marriage) if (str(each.entry.id), each.who) == named), None)
        if death is None:
            text = "Mục khai tử mà ghi chú dựa vào đã bị hủy, hoặc không còn là của người trong hôn nhân này."
            raise conflict("note-decided", f"{text} Xin trả lại ghi chú này.")
    elif NOTE_KINDS[kind].reversible:
        lacks = [text for text, known in (("ai chết", who), ("ngày chết", content.get("died_on"))) if not known]
        if lacks:
            text = f"Ghi chú này viết khi chưa hỏi {' và '.join(lacks)}."
            raise conflict("note-decided", f"{text} Xin trả lại để công chức ghi (Luật HNGĐ 2014 Đ65).")
    says_now = deaths.text_of_death(content, current_content_of(unit.session, unit.cell, marriage), death)
    if (death is not None and death.deceased != content.get("deceased")) or not content["text"].endswith(says_now):
        text = "Một ghi chú ký sau đó đã cải chính người chết hoặc ngày chết. Xin trả lại ghi chú này để viết lại."
        raise conflict("note-decided", text)


def of_spouse(
    unit: Unit, kind: str, entry: RegisterEntryRow, withdraws: int | None, elsewhere: str, typed: str
) -> dict[str, str]:
    """What other offices know about the spouse if a death is taken back; empty if nobody was asked.

    Refusals: INVALID `invalid-field`.
    """
    faults = Faults()
    with faults:
        text = written("spouse_elsewhere_text", typed)
    with faults:
        if elsewhere not in {"", *SPOUSE_ELSEWHERE}:
            raise faulty("spouse_elsewhere", "Xin chọn một trong các câu trả lời về vợ hoặc chồng.")
    faults.refuse()
    if not elsewhere:
        return {}
    if not deaths.takes_back(unit, kind, entry, withdraws):
        raise faulty("spouse_elsewhere", "Chỉ ghi khi hủy việc khai tử. Loại ghi chú khác thì không chọn mục này.")
    if not text and elsewhere != NEITHER:
        raise faulty("spouse_elsewhere_text", "Xin ghi nơi đăng ký, số, ngày; hoặc Tòa án, số, ngày của bản án.")
    return {"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": text}


def ended_marriages_of(
    unit: Unit, kind: str, death: RegisterEntryRow, withdraws: int | None, answers: Sequence[EndedBy]
) -> dict[str, Any]:
    """What a note that takes a death back says of the marriages `deaths.to_ask`, to be kept with it.

    Refusals: INVALID `invalid-field`.
    """
    if not answers:
        return {}
    if not deaths.takes_back(unit, kind, death, withdraws):
        raise faulty("ended_marriages", "Chỉ ghi khi hủy việc khai tử. Loại ghi chú khác thì không chọn mục này.")
    asked = {str(each.entry.id): each for each in deaths.to_ask(unit, death)}
    faults, kept = Faults(), list[dict[str, Any]]()
    for place, each in enumerate(answers):
        with faults:
            about = asked.get(each.entry_id)
            if about is None:
                raise faulty(f"ended_marriages/{place}/entry_id", "Mục kết hôn này không có ghi chú chết cần hỏi.")
            if any(each.entry_id == one["entry_id"] for one in kept):
                text = "Mục kết hôn này đã trả lời ở trên. Xin trả lời một lần."
                raise faulty(f"ended_marriages/{place}/entry_id", text)
            sequence = about.noted.note["sequence"]
            kept.append({"entry_id": each.entry_id, "sequence": sequence, "by_this_death": each.by_this_death})
    faults.refuse()
    return {"ended_marriages": kept}
