"""Every refusal that the code can give, found in its source: type → HTTP statuses."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

from gateway import problems
from services.accounts.domain.codes import Outcome, refusal_of
from services.chassis.refusal import Kind, Refusal
from tests.guards.parts import nodes

SHORTHANDS = {"invalid": Kind.INVALID, "conflict": Kind.CONFLICT, "not_found": Kind.NOT_FOUND}
FAULTY = "faulty"  # the shorthand for one field, which says no type
#: Where a refusal's type is no literal: these pass on what came over the wire, or are asked below.
COMPUTED = {
    "gateway/api/operations.py",
    "services/accounts/domain/codes.py",
    "services/chassis/grpc/client.py",
    "services/chassis/refusal.py",
}
#: Pages refuse with words; only what the API and the services answer is documented.
PAGES = "gateway/pages/"


@cache
def problem_types() -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for path, node in nodes("services", "gateway"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not path.startswith(PAGES):
            _note(found, path, node, node.func.id)
    for outcome in Outcome:
        refusal = refusal_of(outcome, 1)
        if refusal is not None:
            found[refusal.type].add(problems.problem_of(refusal).status)
    for status, (type, _) in problems._OF_HTTP.items():
        found[type].add(status)
    found[problems.broken().type].add(500)
    return dict(found)


def refused_by(node: ast.AST) -> set[str]:
    """The types of problems that a call makes, where it says them."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return set()
    if node.func.id == FAULTY:
        return {"invalid-field"}
    place = 1 if node.func.id == "Refusal" else 0 if node.func.id in SHORTHANDS else None
    type = node.args[place] if place is not None and len(node.args) > place else None
    return {str(type.value)} if isinstance(type, ast.Constant) else set()


def _note(found: dict[str, set[int]], path: str, node: ast.Call, name: str) -> None:
    if name == "Refusal":
        kind, type = node.args[0], node.args[1]
        if isinstance(kind, ast.Attribute) and isinstance(type, ast.Constant):
            _add(found, Kind[kind.attr], type.value)
            return
    elif name == FAULTY:
        _add(found, Kind.INVALID, "invalid-field")
        return
    elif name in SHORTHANDS:
        type = node.args[0]
        if isinstance(type, ast.Constant):
            _add(found, SHORTHANDS[name], type.value)
            return
    else:
        return
    assert path in COMPUTED, f"{path}:{node.lineno} refuses with a type that is no literal"


def _add(found: dict[str, set[int]], kind: Kind, type: object) -> None:
    assert isinstance(type, str)
    found[type].add(problems.problem_of(Refusal(kind, type, "")).status)
