"""The effects of a new entry on older entries and papers of its people (the people chain).

Only certain matches, by the number of a paper that nothing contradicts, are changed automatically; likely ones were
shown to the officer, who notes them by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.chassis.refusal import FieldFault, conflict, invalid
from services.dossiers import registers
from services.dossiers.adapters.records import basis_of_death
from services.dossiers.domain.notes import NEITHER, NOTE_KINDS, marriage_stands
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import DEATH, MARITAL_STATUS, MARRIAGE, CertificateStatus
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.use_cases.opened import content_of, content_of_note
from services.dossiers.use_cases.registers import notes
from services.dossiers.use_cases.unit import Unit


def follow(unit: Unit, entry: RegisterEntryRow, people: Mapping[str, Person]) -> None:
    """A death ends a marriage.

    Death and marriage end the validity of confirmations; a new confirmation ends the validity of those that it
    replaces.

    NĐ 123/2015 Đ22–23.
    """
    if entry.register == DEATH:
        for person in people.values():
            _end_marriages(unit, entry, person)
    if entry.register in {MARRIAGE, DEATH}:
        withdraw_confirmations(unit, people.values())
    if entry.register == MARITAL_STATUS:  # an earlier paper is given back, and no longer in force (NĐ 123/2015 Đ22.6)
        _replace_confirmations(unit, entry, people.values())


def propose_note(unit: Unit, command: notes.NoteEntry) -> RegisterEntryRow:
    """Writes a note (see `notes.propose`); a note that takes a death back says what other offices know about the
    spouse.

    Luật HNGĐ 2014 Đ67.1. Refusal INVALID `missing-field`.
    """
    entry = notes.propose(unit, command)
    if NOTE_KINDS[command.kind].annuls and not command.spouse_elsewhere and _to_restore(unit, entry, locked=False):
        text = (
            "Việc khai tử này đã chấm dứt một hôn nhân trong sổ. Xin hỏi nơi cư trú của vợ hoặc chồng người đó rồi "
            "ghi: đã kết hôn với người khác, hoặc ly hôn, ở nơi khác chưa (Luật HNGĐ 2014 Đ67)."
        )
        raise invalid("missing-field", text, FieldFault("spouse_elsewhere", text))
    return entry


def decide_note(unit: Unit, command: notes.DecideNote) -> RegisterEntryRow:
    """Decides on a note (see `notes.decide`), and follows what it changes about the people of the entry."""
    entry, note = notes.decide(unit, command)
    changed = None if note is None else _changed_by(unit, entry, note)
    if note is not None and changed is not None and NOTE_KINDS[changed.kind].changes_status:
        _withdraw_confirmations_of(unit, entry)
        basis = content_of_note(unit.cell, note)["basis"]
        if entry.register == DEATH and registers.is_annulled(unit.session, [entry.id]):
            said = content_of_note(unit.cell, note).get("spouse_elsewhere")
            said = said or content_of_note(unit.cell, changed).get("spouse_elsewhere", "")
            _restore_marriages(unit, entry, basis, said)
        elif entry.register == DEATH:
            _end_marriages_again(unit, entry, content_of_note(unit.cell, changed)["basis"], basis)
    return entry


def _changed_by(unit: Unit, entry: RegisterEntryRow, note: RegisterNoteRow) -> RegisterNoteRow:
    """The note that begins or ceases to count: this one, the note that it withdraws, or the note which that one had
    withdrawn.
    """
    written = registers.notes(unit.session, entry.id)
    while note.withdraws is not None:
        note = written[note.withdraws - 1]
    return note


def withdraw_confirmations(unit: Unit, people: Iterable[Person]) -> None:
    """Ends the validity of confirmations, which are valid until the status changes (NĐ 123/2015 Đ23)."""
    for person in people:
        for found in unit.records.entries(MARITAL_STATUS, person):
            if found.certain:
                registers.withdraw_papers_of_entry(unit.session, UUID(found.id), CertificateStatus.SUPERSEDED, unit.now)


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
                registers.withdraw_papers_of_entry(unit.session, earlier.id, CertificateStatus.SUPERSEDED, unit.now)


def _time(confirmed: Mapping[str, Any]) -> tuple[str, str]:
    return confirmed["period"]["from"], confirmed["period"]["to"]


def _end_marriages(unit: Unit, death: RegisterEntryRow, person: Person) -> None:
    for found in unit.records.standing_marriages(person):
        if not found.certain:
            continue
        marriage = registers.entry(unit.session, UUID(found.id), locked=True)
        assert marriage is not None
        _note_death(unit, marriage, death)


def _note_death(unit: Unit, marriage: RegisterEntryRow, death: RegisterEntryRow) -> None:
    notes.write(unit, marriage, "death", "Hôn nhân chấm dứt do một bên chết.", basis_of_death(death))
    _withdraw_confirmations_of(unit, marriage)


def _restore_marriages(unit: Unit, death: RegisterEntryRow, basis: str, elsewhere: str) -> None:
    """Reverses notes which say that this death ended a marriage, by a second note (Luật HNGĐ 2014 Đ67.1).

    A marriage is not restored if it also ended in another way, or if the spouse has married again, by these books or,
    as the officer found, `elsewhere`. Refusal CONFLICT `note-decided` if nobody has recorded what was found.
    """
    marriages = _to_restore(unit, death, locked=True)
    if marriages and not elsewhere:
        text = (
            "Ghi chú chưa nói vợ hoặc chồng của người này đã kết hôn với người khác, hoặc ly hôn, ở nơi khác chưa "
            "(Luật HNGĐ 2014 Đ67). Xin trả lại ghi chú để công chức hỏi rồi viết lại."
        )
        raise conflict("note-decided", text)
    if elsewhere != NEITHER:
        return
    for entry in marriages:
        text = "Hôn nhân được khôi phục kể từ thời điểm kết hôn, do việc khai tử một bên đã bị hủy."
        notes.write(unit, entry, "marriage-restored", text, basis)
        _withdraw_confirmations_of(unit, entry)


def _to_restore(unit: Unit, death: RegisterEntryRow, *, locked: bool) -> list[RegisterEntryRow]:
    """The marriages that only this death ended, and whose spouse has no later marriage in these books."""
    found = []
    for person in registers.people_of(unit.session, death.id):
        for marriage in registers.entries_like(unit.session, MARRIAGE, person):
            entry = registers.entry(unit.session, marriage.entry.id, locked=locked)
            assert entry is not None
            written = registers.counting_notes(unit.session, entry.id)
            by_this_death = any(
                NOTE_KINDS[each.kind].reversible and content_of_note(unit.cell, each)["basis"] == basis_of_death(death)
                for each in written
            )
            kinds = [each.kind for each in written]
            ended = by_this_death and not marriage_stands(kinds)
            if ended and marriage_stands([*kinds, "marriage-restored"]) and not _remarried(unit, entry, marriage.part):
                found.append(entry)
    return found


def _end_marriages_again(unit: Unit, death: RegisterEntryRow, annulment: str, basis: str) -> None:
    """Withdraws the notes by which this death's annulment had restored a marriage: the annulment was quashed.

    A marriage that the death had ended, and that stands again for another reason, ends again by a note of its own.
    """
    for person in registers.people_of(unit.session, death.id):
        for marriage in registers.entries_like(unit.session, MARRIAGE, person):
            entry = registers.entry(unit.session, marriage.entry.id, locked=True)
            assert entry is not None
            for each in registers.counting_notes(unit.session, entry.id):
                if NOTE_KINDS[each.kind].restores_marriage and content_of_note(unit.cell, each)["basis"] == annulment:
                    text = "Hủy bỏ ghi chú khôi phục hôn nhân, do việc hủy khai tử một bên không còn giá trị."
                    notes.write(unit, entry, "note-withdrawn", text, basis, more={"withdraws": each.sequence})
                    _withdraw_confirmations_of(unit, entry)
            left = registers.counting_notes(unit.session, entry.id)
            if marriage_stands(each.kind for each in left) and _was_ended_by(unit, entry, death):
                _note_death(unit, entry, death)


def _was_ended_by(unit: Unit, marriage: RegisterEntryRow, death: RegisterEntryRow) -> bool:
    """Whether this death has ever ended the marriage, whether or not that note still counts."""
    return any(
        NOTE_KINDS[each.kind].reversible and content_of_note(unit.cell, each)["basis"] == basis_of_death(death)
        for each in registers.notes(unit.session, marriage.id)
    )


def _remarried(unit: Unit, marriage: RegisterEntryRow, returned: str) -> bool:
    """Whether the spouse of somebody who came back has a later marriage in the books that was not annulled."""
    spouses = [each for each in registers.people_of(unit.session, marriage.id) if each.part != returned]
    later = [
        each.entry.id
        for spouse in spouses
        for each in registers.entries_like(unit.session, MARRIAGE, spouse)
        if not each.number_alone
        if (each.entry.year, each.entry.number) > (marriage.year, marriage.number)
    ]
    return any(not registers.is_annulled(unit.session, [id]) for id in later)


def _withdraw_confirmations_of(unit: Unit, entry: RegisterEntryRow) -> None:
    for person in registers.people_of(unit.session, entry.id):
        for found in registers.entries_like(unit.session, MARITAL_STATUS, person):
            if found.certain:
                registers.withdraw_papers_of_entry(unit.session, found.entry.id, CertificateStatus.SUPERSEDED, unit.now)
