"""Questions and papers that follow from another answer: a divorce asks for the judgment, the post for an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from services.dossiers.domain.fields import DOCUMENTS, stand_ins
from services.dossiers.domain.pointers import Condition
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.forms import answers, leaves


def is_within(pointer: str, groups: Iterable[str]) -> bool:
    """Whether a field is one of these, or inside one of these groups."""
    return any(f"{pointer}/".startswith(f"{group}/") for group in groups)


def newly_asked(procedure: Procedure, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The questions that the answers `after` lead to, and those `before` did not."""
    return answers(procedure, after).by_pointer.keys() - answers(procedure, before).by_pointer.keys()


def left_as_they_are(
    procedure: Procedure, form: Mapping[str, Any], fields: Sequence[str], changed: Collection[str]
) -> list[str]:
    """Of the requested `fields`, those that a supplement did not change, although the form still asks them.

    `changed` are the pointers that it did change, and `form` is the form with it. A field for which another one may be
    filled in, such as the year for the date of birth, is changed by either.
    """
    asked_now = answers(procedure, form).by_pointer
    found, seen = [], set[str]()
    for field in fields:
        if field.startswith(DOCUMENTS) or field in seen:
            continue
        either = [field, *stand_ins(procedure, field)]
        seen.update(either)
        is_asked = any(is_within(pointer, [field]) for pointer in asked_now)
        if is_asked and not any(is_within(pointer, either) for pointer in changed):
            found.append(field)
    return found


def papers_about(procedure: Procedure, fields: Collection[str]) -> set[str]:
    """The kinds of papers that other answers to these fields may need, whatever the answers are.

    Papers are sent before the answers that need them, so it is not known yet which papers those answers will need.
    """
    reached = _reached(procedure, fields)
    return {
        each.kind for each in procedure.documents if each.mode is DocumentMode.FILE and _depends(each.when, reached)
    }


def _reached(procedure: Procedure, fields: Collection[str]) -> set[str]:
    """These fields, and all that are asked because of an answer to one of them, or to one of those."""
    leaf_of = leaves(procedure.form)
    conditions = [(page.when, page.fields) for page in procedure.pages]
    conditions += [(leaf.get("x-when", {}), (pointer,)) for pointer, leaf in leaf_of.items()]
    reached = {pointer for pointer in leaf_of if is_within(pointer, fields)}
    while True:
        found = {pointer for when, pointers in conditions if _depends(when, reached) for pointer in pointers}
        if found <= reached:
            return reached
        reached |= found


def _depends(when: Condition, fields: Collection[str]) -> bool:
    return not when.keys().isdisjoint(fields)
