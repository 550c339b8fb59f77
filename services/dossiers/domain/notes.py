"""Later notes on entries of the registers: which is written where, and what follows from it.

Which register: TT 04/2020 Đ29.6; for changes and corrections Luật Hộ tịch 2014 Đ28–29. What becomes of papers is our
own choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.dossiers.domain.register import BIRTH, COPIES, DEATH, MARITAL_STATUS, MARRIAGE

_EVENTS = frozenset({BIRTH, MARRIAGE, DEATH})
_ALL = _EVENTS | {MARITAL_STATUS, COPIES}


@dataclass(frozen=True, slots=True)
class NoteKind:
    """A kind of note: the registers that may have it, what becomes of earlier papers, and its other effects.

    What `annuls` makes the entry count as if it were not there; what `ends_marriage` or `restores_marriage` changes
    whether the marriage of the entry stands, where its end is `reversible`. What `withdraws` undoes an earlier note.
    """

    registers: frozenset[str]
    papers: str = "superseded"
    annuls: bool = False
    ends_marriage: bool = False
    reversible: bool = False
    restores_marriage: bool = False
    withdraws: bool = False

    @property
    def changes_status(self) -> bool:
        """Whether it changes what later checks find about a person."""
        return self.annuls or self.ends_marriage or self.restores_marriage


_of_birth, _of_marriage, _of_death = (frozenset({register}) for register in (BIRTH, MARRIAGE, DEATH))

NOTE_KINDS: Mapping[str, NoteKind] = {
    "nationality": NoteKind(_EVENTS),
    "recognition": NoteKind(_of_birth),
    "parentage": NoteKind(_of_birth),
    "sex": NoteKind(_of_birth),
    "adoption": NoteKind(_of_birth),
    "adoption-ended": NoteKind(_of_birth),
    "missing": NoteKind(_of_birth),
    "missing-annulled": NoteKind(_of_birth),
    "capacity": NoteKind(_of_birth),
    "capacity-restored": NoteKind(_of_birth),
    "divorce": NoteKind(_of_marriage, ends_marriage=True),
    "marriage-recognised": NoteKind(_of_marriage),
    "death": NoteKind(_of_marriage, ends_marriage=True, reversible=True),
    "marriage-restored": NoteKind(_of_marriage, restores_marriage=True),
    "declared-dead": NoteKind(_of_death),
    "declaration-annulled": NoteKind(_of_death, "revoked", annuls=True),
    "correction": NoteKind(_EVENTS),
    "annulment": NoteKind(_ALL, "revoked", annuls=True, ends_marriage=True),
    "note-withdrawn": NoteKind(_ALL, withdraws=True),
    "other": NoteKind(_ALL),
}
#: What may give somebody a new name.
RENAMING = frozenset(
    {"nationality", "recognition", "parentage", "sex", "adoption", "adoption-ended", "correction", "other"}
)
#: Who of an entry may have one, and what the note calls them.
RENAMED: Mapping[str, Mapping[str, str]] = {
    BIRTH: {"child": "người được khai sinh"},
    MARRIAGE: {"wife": "vợ", "husband": "chồng"},
    DEATH: {"deceased": "người đã mất"},
}
ANNULLING = tuple(name for name, kind in NOTE_KINDS.items() if kind.annuls)


def kinds_in(register: str) -> list[str]:
    """The kinds of notes that an entry of a register may have."""
    return [name for name, kind in NOTE_KINDS.items() if register in kind.registers]


def counting(withdraws: Sequence[int | None]) -> list[int]:
    """The numbers of an entry's notes that count; given, of all its notes, which one each withdraws, oldest first.

    A note counts until a later one withdraws it that counts itself: a judgment that was quashed may be restored.
    """
    gone: set[int] = set()
    for number in range(len(withdraws), 0, -1):
        withdrawn = withdraws[number - 1]
        if withdrawn and number not in gone:
            gone.add(withdrawn)
    return [number for number in range(1, len(withdraws) + 1) if number not in gone]


def new_names(notes: Sequence[Mapping[str, Any]], part: str) -> list[str]:
    """The names that the notes of an entry have given to one of its people and that count, oldest first."""
    named = (notes[number - 1] for number in counting([note.get("withdraws") for note in notes]))
    return [note["new_name"] for note in named if note.get("renamed") == part]


def updated(content: Mapping[str, Any], notes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """An entry with the names that its notes have given to its people (TT 04/2020 Đ23)."""
    renamed = {part: new_names(notes, part) for part in RENAMED.get(str(content.get("register")), ())}
    people = {part: {**content[part], "full_name": names[-1]} for part, names in renamed.items() if names}
    return {**content, **people}


def marriage_stands(kinds: Iterable[str]) -> bool:
    """Whether a marriage with these notes that count, oldest first, still stands.

    One that a death ended stands again when the declaration of that death was annulled; a divorce and an annulment
    stay (Luật HNGĐ 2014 Đ67.1).
    """
    ended = False
    for name in kinds:
        kind = NOTE_KINDS[name]
        if kind.ends_marriage and not kind.reversible:
            return False
        ended = (ended or kind.ends_marriage) and not kind.restores_marriage
    return not ended
