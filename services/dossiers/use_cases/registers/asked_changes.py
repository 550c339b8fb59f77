"""What a note is asked to change in its entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import Faults, faulty
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.noted_changes import (
    CHANGEABLE,
    MOST_LETTERS,
    RENAMED,
    Changes,
    needs_whole_day,
    stands_at,
)
from services.dossiers.domain.noted_changes import written as written_so
from services.dossiers.domain.notes import (
    may_change,
)
from services.dossiers.domain.register import MARRIAGE
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.unit import Unit, written


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The new value at a pointer of an entry, such as `child/birth_date`; empty if it is blank from now on."""

    at: str
    value: str


@dataclass(frozen=True, slots=True)
class _AskedChange:
    """A requested change: the place in the entry and the new value, each with the name of the request's member that has
    it.
    """

    at: str
    value: str
    names: str
    says: str


def changes_of(
    unit: Unit,
    kind: str,
    entry: RegisterEntryRow,
    content: Mapping[str, Any],
    renamed: str,
    new_name: str,
    changes: Sequence[EntryChange],
) -> Changes:
    """The changes of a note to its entry, with the present values; values that the entry already has are left out.

    A new name may be given by `renamed` and `new_name` as well. Refusals: INVALID `invalid-field`, `text-too-long`.
    """
    faults, with_name = Faults(), list[_AskedChange]()
    with faults:
        with_name = _renamed(entry, renamed, new_name)
    said: dict[str, str] = {}
    for asked in [*with_name, *_by_place(changes)]:
        with faults:
            now = _new_value(unit, kind, entry, content, asked)
            if said.setdefault(asked.at, now) != now:
                title = CHANGEABLE[entry.register][asked.at].title
                raise faulty(asked.says, f"{title}: đã ghi khác ở trên. Xin chỉ ghi một lần.")
    faults.refuse()
    was = {at: stands_at(content, at) for at in said}
    return {at: {"was": was[at], "now": now} for at, now in said.items() if now != was[at]}


def asked(entry: RegisterEntryRow, renamed: str, new_name: str, changes: Sequence[EntryChange]) -> list[dict[str, str]]:
    """The changes as they were asked for, a new name among them."""
    return [{"at": each.at, "value": each.value} for each in (*_renamed(entry, renamed, new_name), *_by_place(changes))]


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


def _by_place(changes: Sequence[EntryChange]) -> list[_AskedChange]:
    return [
        _AskedChange(each.at, each.value, names=f"changes/{place}/at", says=f"changes/{place}/value")
        for place, each in enumerate(changes)
    ]


def _renamed(entry: RegisterEntryRow, part: str, new_name: str) -> list[_AskedChange]:
    """A new name; empty if there is none."""
    name = written("new_name", new_name)
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
