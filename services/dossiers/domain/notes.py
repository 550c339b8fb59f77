"""Later notes on entries of the registers: which register may have which note, and what follows from it.

Which register may have which note: TT 04/2020 Đ29.6; for changes and corrections Luật Hộ tịch 2014 Đ28–29. The effect
on papers is our own choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from services.dossiers.domain.dates import days_of
from services.dossiers.domain.noted_changes import CHANGEABLE, Changes, applied, stands_at
from services.dossiers.domain.register import BIRTH, COPIES, DEATH, MARITAL_STATUS, MARRIAGE

_EVENTS = frozenset({BIRTH, MARRIAGE, DEATH})
_ALL = _EVENTS | {MARITAL_STATUS, COPIES}


@dataclass(frozen=True, slots=True)
class NoteKind:
    """A kind of note: the registers that may have it, and its effects.

    A note that `annuls` makes the entry count as if it did not exist, and revokes its papers; any other supersedes
    them. A note that `ends_marriage` or `restores_marriage` changes whether the marriage of the entry stands; it can be
    restored if its end is `reversible`. A note that `returns` somebody says that a spouse who counted as dead is alive,
    whatever becomes of the marriage. A note that `withdraws` undoes an earlier note; one that `supplements` adds who
    died, when, or this ward's entry to an earlier note of a death, on the same paper. If it comes `after_registration`
    or `after_birth`, its paper cannot be older than that day. `changes` has the beginnings of the pointers whose values
    it may change.
    """

    registers: frozenset[str]
    annuls: bool = False
    ends_marriage: bool = False
    reversible: bool = False
    restores_marriage: bool = False
    returns: bool = False
    withdraws: bool = False
    supplements: bool = False
    after_registration: bool = False
    after_birth: bool = False
    changes: tuple[str, ...] = ()

    @property
    def changes_status(self) -> bool:
        """Whether it changes what later checks find about a person."""
        return self.annuls or self.ends_marriage or self.restores_marriage or self.returns or self.supplements

    @property
    def tells_of_death(self) -> bool:
        """Whether it says which of the spouses died, when, or by which entry of this ward."""
        return self.reversible or self.supplements


_of_birth, _of_marriage, _of_death = (frozenset({register}) for register in (BIRTH, MARRIAGE, DEATH))

_PARENTS = ("mother/", "father/")
_NAMES = tuple(f"{part}/full_name" for part in ("child", "wife", "husband", "deceased"))
_CHILD = ("child/full_name", "child/ethnicity", "child/home_town")
_ANYTHING = ("",)
#: Kinds of notes that may put another parent into the entry.
_REPLACING = frozenset({"recognition", "parentage", "adoption", "adoption-ended"})
_ADOPTING = frozenset({"adoption", "adoption-ended"})

NOTE_KINDS: Mapping[str, NoteKind] = {
    "nationality": NoteKind(
        _EVENTS,
        changes=(
            *_NAMES,
            *(f"{part}/nationality" for part in ("child", "mother", "father", "wife", "husband", "deceased")),
        ),
    ),
    "recognition": NoteKind(_of_birth, after_birth=True, changes=(*_CHILD, *_PARENTS)),
    "parentage": NoteKind(_of_birth, after_birth=True, changes=(*_CHILD, *_PARENTS)),
    "sex": NoteKind(_of_birth, after_birth=True, changes=("child/full_name", "child/sex")),
    "adoption": NoteKind(_of_birth, after_birth=True, changes=(*_CHILD, *_PARENTS)),
    "adoption-ended": NoteKind(_of_birth, after_birth=True, changes=(*_CHILD, *_PARENTS)),
    "missing": NoteKind(_of_birth, after_birth=True),
    "missing-annulled": NoteKind(_of_birth, after_birth=True),
    "capacity": NoteKind(_of_birth, after_birth=True),
    "capacity-restored": NoteKind(_of_birth, after_birth=True),
    "divorce": NoteKind(_of_marriage, ends_marriage=True, after_registration=True),
    "marriage-recognised": NoteKind(_of_marriage),
    "death": NoteKind(_of_marriage, ends_marriage=True, reversible=True, after_registration=True),
    "death-supplemented": NoteKind(_of_marriage, supplements=True, after_registration=True),
    "marriage-restored": NoteKind(_of_marriage, restores_marriage=True, after_registration=True),
    "death-annulled": NoteKind(_of_marriage, returns=True, after_registration=True),
    "declared-dead": NoteKind(_of_death),
    "declaration-annulled": NoteKind(_of_death, annuls=True, after_registration=True),
    "correction": NoteKind(_EVENTS, changes=_ANYTHING),
    "annulment": NoteKind(_ALL, annuls=True, ends_marriage=True, after_registration=True),
    "note-withdrawn": NoteKind(_ALL, withdraws=True),
    "other": NoteKind(_ALL, changes=_ANYTHING),
}
#: What other offices know about the spouse if a death is taken back (Luật HNGĐ 2014 Đ67.1).
NEITHER = "none"
SPOUSE_ELSEWHERE = (NEITHER, "remarried", "divorced")
#: What a note tells of a death, besides its words.
OF_DEATH = ("who_died", "died_on", "death_entry")
#: What a note tells in members of its own, which it has already while it waits.
TOLD = (
    *("renamed", "new_name", "changes", "withdraws", "supplements", *OF_DEATH, "not_this_person"),
    *("spouse_elsewhere", "spouse_elsewhere_text", "ended_marriages", "remarriages"),
)
ANNULLING = tuple(name for name, kind in NOTE_KINDS.items() if kind.annuls)


def kinds_in(register: str) -> list[str]:
    """The kinds of notes that an entry of a register may have."""
    return [name for name, kind in NOTE_KINDS.items() if register in kind.registers]


def counting(withdraws: Sequence[int | None]) -> list[int]:
    """The numbers of an entry's notes that count.

    The parameter has, for each of its notes, oldest first, the note that it withdraws.

    A note counts unless a later note that counts withdraws it: a judgment that was quashed may be restored.
    """
    gone: set[int] = set()
    for number in range(len(withdraws), 0, -1):
        withdrawn = withdraws[number - 1]
        if withdrawn and number not in gone:
            gone.add(withdrawn)
    return [number for number in range(1, len(withdraws) + 1) if number not in gone]


class Annulment(NamedTuple):
    """Whether something is annulled, and since when that is so; None if it never was."""

    annulled: bool
    since: datetime | None


def annulment_of(noted: Sequence[tuple[str, int | None, datetime]]) -> Annulment:
    """Whether an entry is annulled by its notes.

    The parameter has the kind of each of its notes, oldest first, the note that it withdraws, and its time. An
    annulment that was withdrawn and is restored begins with the note that restores it.
    """
    found = Annulment(False, None)
    for last in range(1, len(noted) + 1):
        left = counting([withdraws for _, withdraws, _ in noted[:last]])
        annulled = any(noted[number - 1][0] in ANNULLING for number in left)
        if annulled is not found.annulled:
            found = Annulment(annulled, noted[last - 1][2])
    return found


def may_change(kind: str, register: str, at: str) -> bool:
    """Whether a note of this kind may change the value at a pointer of an entry, such as `child/birth_date`."""
    return at in CHANGEABLE.get(register, {}) and at.startswith(NOTE_KINDS[kind].changes)


def changes_of(note: Mapping[str, Any]) -> Changes:
    """What a note changes: pointer → the value before, and the value now."""
    changes: dict[str, Mapping[str, str]] = dict(note.get("changes", {}))
    if "renamed" in note:  # the form of early notes, which could only change a name; they do not have the value before
        changes[f"{note['renamed']}/full_name"] = {"now": note["new_name"]}
    return changes


def updated(content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """An entry as its notes that count have changed it (TT 04/2020 Đ23)."""
    now = dict(content)
    for number in counting([note.get("withdraws") for note in notes]):
        now = applied(now, changes_of(notes[number - 1]))
    return now


def out_of_joint(content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> list[int]:
    """The numbers of the notes that count but whose recorded earlier value is not the value before them any more.

    Such as a note that corrects a name which came from another note, if that other note was withdrawn since.
    """
    now, found = dict(content), []
    for number in counting([note.get("withdraws") for note in notes]):
        changes = changes_of(notes[number - 1])
        if any(change.get("was", there) != there for at, change in changes.items() for there in [stands_at(now, at)]):
            found.append(number)
        now = applied(now, changes)
    return found


def former(notes: Sequence[Mapping[str, Any]], at: str) -> list[str]:
    """The values at a pointer of an entry before notes that count changed it, for the same person; newest first.

    Values from before a note put another parent there are left out: that earlier person is no longer a parent by the
    entry.
    """
    found = []
    for number in reversed(counting([note.get("withdraws") for note in notes])):
        note = notes[number - 1]
        change = changes_of(note).get(at)
        if change is None:
            continue
        if at.startswith(_PARENTS) and note.get("kind") in _REPLACING:
            break
        found.append(change.get("was", ""))
    return [each for each in found if each]


def parents_named(content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Name and year of birth of every parent whom a birth entry or a note that counts has named, for kinship.

    An adoption does not end kinship by blood, and after its end the parent still may not marry the child (Luật HNGĐ
    2014 Đ5.2d). A parent whom a judgment replaced was never one, and is left out; but an adoptive parent whom a
    judgment replaced was one.
    """
    counted = [notes[number - 1] for number in counting([note.get("withdraws") for note in notes])]
    return list(dict.fromkeys(parent for at in _PARENTS for parent in _named_at(at, content, counted) if parent[0]))


def _named_at(at: str, content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    now = dict(content)
    people = [
        ("", [_parent(now, at)])
    ]  # in order: the kind of note that put each parent there, and the parent as written
    for note in notes:
        kind, before = note.get("kind", ""), _parent(now, at)
        now = applied(now, changes_of(note))
        if kind in _REPLACING and _parent(now, at)[0] != before[0]:
            if kind == "parentage" and people[-1][0] not in _ADOPTING:
                people.pop()
            people.append((kind, []))
        people[-1][1].append(_parent(now, at))
    return [each for _, written in people for each in written]


def _parent(content: Mapping[str, Any], at: str) -> tuple[str, str]:
    return stands_at(content, f"{at}full_name"), stands_at(content, f"{at}birth_year")


def wrong_order(kind: str, kinds: Sequence[str]) -> str:
    """Why a note cannot follow the notes that count, given by their kinds; in Vietnamese, empty if it can.

    A marriage ends once. A divorce may still be noted after a death ended the marriage: the missing spouse, whom a
    court declared dead later, may have been divorced before (Luật HNGĐ 2014 Đ56.2, Đ67.1).
    """
    one = NOTE_KINDS[kind]
    ended = [each for each in kinds if NOTE_KINDS[each].ends_marriage and not NOTE_KINDS[each].reversible]
    if one.annuls and kind in kinds:
        return "Mục này đã có ghi chú hủy việc đăng ký. Xin xem lại các ghi chú của mục."
    if one.ends_marriage and not one.annuls and ended:
        return "Hôn nhân này đã chấm dứt theo ghi chú trước (ly hôn hoặc hủy kết hôn). Xin xem lại các ghi chú của mục."
    if one.reversible and not marriage_stands(kinds):
        return "Hôn nhân này đã có ghi chú chấm dứt do một bên chết. Xin xem lại các ghi chú của mục."
    if (one.returns or one.supplements) and not is_dead([{"kind": each} for each in kinds]):
        return "Mục này không còn ghi chú nào nói một bên đã chết. Xin xem lại các ghi chú của mục."
    if one.restores_marriage and marriage_stands(kinds):
        return "Hôn nhân này chưa chấm dứt nên không có gì để khôi phục. Xin xem lại các ghi chú của mục."
    return ""


def marriage_stands(kinds: Iterable[str]) -> bool:
    """Whether a marriage with these notes that count, oldest first, still stands.

    A marriage that a death ended stands again when the declaration of that death is annulled; a divorce or annulment
    remains (Luật HNGĐ 2014 Đ67.1).
    """
    ended = False
    for name in kinds:
        kind = NOTE_KINDS[name]
        if kind.ends_marriage and not kind.reversible:
            return False
        ended = (ended or kind.ends_marriage) and not kind.restores_marriage
    return not ended


def died_before(died: str, registered_on: date) -> bool:
    """Whether a death was certainly before the registration of a marriage, at which both sign (TT 04/2020 Đ32).

    It ended no such marriage, and one of the two papers is wrong. `died`: a day, month and year, or a year; empty if it
    is not known.
    """
    days = days_of(died)
    return days is not None and days[1] < registered_on


def ending_death(notes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The note of the death of a spouse after which the marriage was not restored; None if there is none.

    Of the notes that count, oldest first. A divorce or annulment beside it does not undo that somebody died.
    """
    found = None
    for note in notes:
        kind = NOTE_KINDS[note["kind"]]
        if kind.reversible:
            found = note
        elif kind.restores_marriage:
            found = None
    return found


def is_dead(notes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether by these notes that count, oldest first, one of the spouses is dead: nobody has come back since."""
    dead = False
    for note in notes:
        kind = NOTE_KINDS[note["kind"]]
        dead = kind.reversible or (dead and not (kind.restores_marriage or kind.returns))
    return dead


def completed(note: Mapping[str, Any], counted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A note of a death with who died, when, and this ward's entry, as the supplementing notes that count add them."""
    added = [each for each in counted if each.get("supplements") == note["sequence"]]
    return {**note, **{name: each[name] for each in added for name in OF_DEATH if name in each}}


def denied(notes: Sequence[Mapping[str, Any]]) -> set[int]:
    """The numbers of the notes of a death that were withdrawn because it was the death of somebody else."""
    counted = counting([note.get("withdraws") for note in notes])
    return {notes[number - 1]["withdraws"] for number in counted if notes[number - 1].get("not_this_person")}


def set_aside(notes: Sequence[Mapping[str, Any]]) -> set[int]:
    """The numbers of the notes of a death that an officer found not to be of a spouse.

    Withdrawn with that statement, or followed by an officer's note that restores the marriage and refers to no annulled
    death. All notes of a marriage, oldest first.
    """
    aside, ended = denied(notes), None
    for number in counting([note.get("withdraws") for note in notes]):
        note = notes[number - 1]
        kind = NOTE_KINDS[note["kind"]]
        if kind.reversible:
            ended = number
        elif kind.restores_marriage:
            if ended is not None and note["prepared_by"] and "death_entry" not in note:
                aside.add(ended)
            ended = None
    return aside
