"""Questions and papers that follow from another answer: a divorce asks for the judgment, the post for an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.dossiers.domain.pointers import Condition
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.forms import answers, leaves


def is_within(pointer: str, groups: Iterable[str]) -> bool:
    """Whether a field is one of these, or inside one of these groups."""
    return any(f"{pointer}/".startswith(f"{group}/") for group in groups)


def newly_asked(procedure: Procedure, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The questions that the answers `after` lead to, and those `before` did not."""
    return answers(procedure, after).by_pointer.keys() - answers(procedure, before).by_pointer.keys()


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
