"""The effects of a new entry on older entries and papers of its people (the people chain).

Only certain matches, by the number of a paper that nothing contradicts, are changed automatically; likely ones were
shown to the officer, who notes them by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.chassis.refusal import conflict
from services.dossiers import register_papers, registers
from services.dossiers.adapters.records import NotedDeath, basis_of_death, label_of
from services.dossiers.domain.notes import NEITHER, NOTE_KINDS, is_dead, set_aside
from services.dossiers.domain.people import FoundEntry, Person
from services.dossiers.domain.register import DEATH, MARITAL_STATUS, MARRIAGE
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.use_cases.opened import content_of, content_of_note, counted_of, current_content_of, notes_of
from services.dossiers.use_cases.registers import chained_notes, deaths, revivals
from services.dossiers.use_cases.unit import Unit


def follow(unit: Unit, entry: RegisterEntryRow, people: Mapping[str, Person]) -> None:
    """A death ends a marriage; a note on a marriage that told of it before refers to it from now on.

    Death and marriage end the validity of confirmations; a new confirmation ends the validity of those that it
    replaces.

    NĐ 123/2015 Đ22–23.
    """
    if entry.register == DEATH:
        for person in people.values():
            died_on = unit.records.day_of(entry)
            for found in deaths.ended_with(unit, person, died_on):
                _end_marriage(unit, entry, found)
            for found in deaths.completed_with(unit, person, died_on):
                _complete_note(unit, entry, found)
    if entry.register in {MARRIAGE, DEATH}:
        withdraw_confirmations(unit, people.values())
    if entry.register == MARITAL_STATUS:  # an earlier paper is given back, and no longer in force (NĐ 123/2015 Đ22.6)
        _replace_confirmations(unit, entry, people.values())


def follow_note(unit: Unit, entry: RegisterEntryRow, note: RegisterNoteRow) -> None:
    """What a note that has just been confirmed changes about the people of its entry.

    Refusal CONFLICT `note-decided` if it takes a death back and does not answer what has to be known before.
    """
    changed = chained_notes.changed_by(unit, entry, note)
    kind = NOTE_KINDS[changed.kind]
    if kind.changes_status:
        if entry.register in {MARRIAGE, DEATH}:
            _withdraw_confirmations_of(unit, entry)
        ended = entry.register == MARRIAGE and kind.ends_marriage and not kind.reversible
        if ended and deaths.stands(unit, entry):
            _end_by_known_death(unit, entry)
        annulment, now = content_of_note(unit.cell, changed), content_of_note(unit.cell, note)
        if entry.register == DEATH and registers.is_annulled(unit.session, [entry.id]):
            elsewhere = now.get("spouse_elsewhere") or annulment.get("spouse_elsewhere", "")
            _refuse_unanswered(unit, entry)
            _restore_marriages(unit, entry, now["basis"], elsewhere, revivals.remarried_in(annulment, now))
        elif entry.register == DEATH:
            _end_marriages_again(unit, entry, annulment["basis"], now["basis"])
    _follow_correction(unit, entry)


def _follow_correction(unit: Unit, entry: RegisterEntryRow) -> None:
    """Does for who died, and when, what a registration would have done, if by its newest note an entry of a death tells
    of somebody else, of another day, or again of a death after an annulment.

    Luật HNGĐ 2014 Đ65; NĐ 123/2015 Đ23.
    """
    *before, newest = notes_of(unit.session, unit.cell, entry)
    told = deaths.newly_told(unit, entry, before, newest)
    if told is not None:
        withdraw_confirmations(unit, [told.deceased])
        for found in deaths.ended_with_corrected(unit, entry, told):
            _end_marriage(unit, entry, found)
        for found in deaths.completed_with_corrected(unit, entry, told):
            _complete_note(unit, entry, found)


def withdraw_confirmations(unit: Unit, people: Iterable[Person]) -> None:
    """Ends the validity of confirmations, which are valid until the status changes (NĐ 123/2015 Đ23)."""
    for person in people:
        for found in unit.records.entries(MARITAL_STATUS, person):
            if found.certain:
                register_papers.supersede_papers(unit.session, UUID(found.id), unit.now)


def _replace_confirmations(unit: Unit, new: RegisterEntryRow, people: Iterable[Person]) -> None:
    """Ends the validity of what a new confirmation replaces: one for the same time, or another one for marrying, since
    there can be only one.

    NĐ 123/2015 Đ22.6; TT 04/2020 Đ12.3, Đ33: each time has a paper of its own.
    """
    confirmed = content_of(unit.cell, new)
    for person in people:
        for found in unit.records.entries(MARITAL_STATUS, person):
            earlier = registers.entry(unit.session, UUID(found.id))
            if not found.certain or earlier is None or earlier.id == new.id:
                continue
            content = content_of(unit.cell, earlier)
            if _time(content) == _time(confirmed) or (content["for_marriage"] and confirmed["for_marriage"]):
                register_papers.supersede_papers(unit.session, earlier.id, unit.now)


def _time(confirmed: Mapping[str, Any]) -> tuple[str, str]:
    return confirmed["period"]["from"], confirmed["period"]["to"]


def _end_by_known_death(unit: Unit, marriage: RegisterEntryRow) -> None:
    """Ends a marriage that stands again, since its annulment or divorce was quashed, by the first death in these books
    that would have ended it (Luật HNGĐ 2014 Đ65).
    """
    certain = [each for each in deaths.likely(unit, marriage) if each.certain]
    if certain:
        first = min(certain, key=lambda each: each.died_on)
        _note_death(unit, marriage, first.entry, first.who)


def _end_marriage(unit: Unit, death: RegisterEntryRow, found: FoundEntry) -> None:
    marriage = registers.entry(unit.session, UUID(found.id), locked=True)
    assert marriage is not None
    _note_death(unit, marriage, death, found.part)


def _complete_note(unit: Unit, death: RegisterEntryRow, found: FoundEntry) -> None:
    """Supplements the note on a marriage that told of this death without its entry, by the entry.

    So the annulment of the entry reaches the marriage (Luật HNGĐ 2014 Đ67.1).
    """
    marriage = registers.entry(unit.session, UUID(found.id), locked=True)
    assert marriage is not None
    noted = unit.records.noted_death(marriage)
    assert noted is not None
    refers = {"who_died": found.part, "death_entry": str(death.id), "supplements": noted.note["sequence"]}
    text = "Việc chết nói trong ghi chú trước đã được đăng ký khai tử tại phường."
    chained_notes.write(unit, marriage, "death-supplemented", text, basis_of_death(death), more=refers)


def _note_death(unit: Unit, marriage: RegisterEntryRow, death: RegisterEntryRow, who: str) -> None:
    content = current_content_of(unit.session, unit.cell, marriage)
    more = {"death_entry": str(death.id)} | ({"who_died": who} if who else {})
    of_death = deaths.text_of_death({**more, "died_on": unit.records.day_of(death)}, content)
    text = f"Hôn nhân chấm dứt do một bên chết. {of_death}"
    chained_notes.write(unit, marriage, "death", text, basis_of_death(death), more=more)
    _withdraw_confirmations_of(unit, marriage)


def _refuse_unanswered(unit: Unit, death: RegisterEntryRow) -> None:
    """Refuses to take back a death while a note on a marriage may be about it, and nobody has said whether it is.

    Refusal CONFLICT `note-decided`.
    """
    left = deaths.unanswered(unit, death)
    if left:
        text = (
            f"Mục kết hôn {label_of(left[0].entry)} có ghi chú một bên chết; chưa ai ghi có phải do việc khai tử này "
            "không (Luật HNGĐ 2014 Đ67). Xin trả lại ghi chú để công chức trả lời."
        )
        raise conflict("note-decided", text)


def _restore_marriages(
    unit: Unit, death: RegisterEntryRow, basis: str, elsewhere: str, remarried: Mapping[str, bool]
) -> None:
    """Reverses notes which say that this death ended a marriage, by a second note (Luật HNGĐ 2014 Đ67.1).

    A marriage is not restored if these books have an obstacle, or, as the officer found, another office has one: then a
    note says that the spouse is alive. Confirmations of both spouses end, because they tell of the death (NĐ 123/2015
    Đ23). Refusal CONFLICT `note-decided` if nobody has recorded what was found, or whether the spouse has `remarried`
    in these books.
    """
    ended = deaths.marriages_ended_by(unit, death, locked=True)
    may_stand = [each for each in ended if not revivals.obstacle(unit, each, remarried)]
    if may_stand and not elsewhere:
        text = (
            "Ghi chú chưa nói vợ hoặc chồng của người này đã kết hôn với người khác, hoặc ly hôn, ở nơi khác chưa "
            "(Luật HNGĐ 2014 Đ67). Xin trả lại ghi chú để công chức hỏi rồi viết lại."
        )
        raise conflict("note-decided", text)
    refers = {"death_entry": str(death.id)}
    for marriage in ended:
        if marriage in may_stand and elsewhere == NEITHER:
            left = revivals.unanswered(unit, marriage, remarried)
            if left:
                raise conflict("note-decided", f"{left} Xin trả lại ghi chú để công chức trả lời.")
            text = "Hôn nhân được khôi phục kể từ thời điểm kết hôn, do việc khai tử một bên đã bị hủy."
            chained_notes.write(unit, marriage, "marriage-restored", text, basis, more=refers)
        elif is_dead(counted_of(unit.session, unit.cell, marriage)):
            text = "Việc khai tử một bên đã bị hủy, người đó còn sống. Hôn nhân đã chấm dứt không khôi phục."
            chained_notes.write(unit, marriage, "death-annulled", text, basis, more=refers)
        _withdraw_confirmations_of(unit, marriage)


def _end_marriages_again(unit: Unit, death: RegisterEntryRow, annulment: str, basis: str) -> None:
    """Withdraws the notes by which this death's annulment had restored a marriage, or had said that a spouse is alive:
    the annulment was quashed.

    Notes from before they referred to the death have the annulment's basis. A marriage that the death had ended, and
    that stands again for another reason, ends again by a note of its own. One that the death has not ended by what its
    entry tells since a correction stays as it is.
    """
    refers = {"death_entry": str(death.id)}
    for marriage in deaths.marriages_of(unit, death, locked=True):
        ended = _ended_by(unit, marriage, death)
        if not deaths.ends_by(unit, death, marriage, ended):
            continue
        for each in registers.counting_notes(unit.session, marriage.id):
            note = content_of_note(unit.cell, each)
            by_it = (
                refers["death_entry"] == note["death_entry"] if "death_entry" in note else note["basis"] == annulment
            )
            kind = NOTE_KINDS[each.kind]
            if (kind.restores_marriage or kind.returns) and by_it:
                of = "khôi phục hôn nhân" if kind.restores_marriage else "một bên còn sống"
                text = f"Hủy bỏ ghi chú {of}, do việc hủy khai tử một bên không còn giá trị."
                chained_notes.write(
                    unit, marriage, "note-withdrawn", text, basis, more={"withdraws": each.sequence, **refers}
                )
                _withdraw_confirmations_of(unit, marriage)
        if ended is not None and deaths.stands(unit, marriage):
            _note_death(unit, marriage, death, ended.who)
        elif ended is not None:
            _withdraw_confirmations_of(unit, marriage)


def _ended_by(unit: Unit, marriage: RegisterEntryRow, death: RegisterEntryRow) -> NotedDeath | None:
    """The note by which this death ever ended the marriage, whether or not it still counts; None if it never did, or if
    an officer found that it was the death of somebody else.
    """
    written = notes_of(unit.session, unit.cell, marriage)
    aside = set_aside(written)
    for note in written:
        if NOTE_KINDS[note["kind"]].reversible and note["sequence"] not in aside:
            noted = unit.records.death_of(marriage, note)
            if noted.entry == death:
                return noted
    return None


def _withdraw_confirmations_of(unit: Unit, entry: RegisterEntryRow) -> None:
    for person in registers.people_of(unit.session, entry.id):
        for found in registers.entries_like(unit.session, MARITAL_STATUS, person):
            if found.certain:
                register_papers.supersede_papers(unit.session, found.entry.id, unit.now)
