"""Fields of a procedure's form: their titles, and the values that the account can fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.dossiers.domain.pointers import parts, value_at
from services.dossiers.domain.procedures import Procedure

DOCUMENTS = "documents/"
VERIFICATIONS = "verifications/"  # with the id of one


def title_of(procedure: Procedure, field: str) -> str | None:
    """The label of a field or document (`documents/<kind>`); None if the procedure does not have it."""
    if field.startswith(DOCUMENTS):
        requirement = procedure.document(field.removeprefix(DOCUMENTS))
        return None if requirement is None else requirement.title
    try:
        names = parts(field)
    except ValueError:
        return None
    node: Mapping[str, Any] = procedure.form
    for name in names:
        node = node.get("properties", {}).get(name, {})
    return str(node.get("title", field)) if node and names else None


def stand_ins(procedure: Procedure, field: str) -> list[str]:
    """The other fields that may be filled in instead of this one, such as the year of birth instead of the date; in the
    order of the form.
    """
    beside: dict[str, set[str]] = {}
    for pointer, leaf in _schema_leaves(procedure.form, ""):
        for other in (*leaf.get("x-optional-with", ()), *leaf.get("x-instead", ())):
            beside.setdefault(pointer, set()).add(other)
            beside.setdefault(other, set()).add(pointer)
    found, left = {field}, [field]
    while left:
        new = beside.get(left.pop(), set()) - found
        found |= new
        left += new
    return [pointer for pointer, _ in _schema_leaves(procedure.form, "") if pointer in found - {field}]


def _schema_leaves(schema: Mapping[str, Any], above: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, node in schema.get("properties", {}).items():
        pointer = f"{above}/{name}"
        if "properties" in node:
            yield from _schema_leaves(node, pointer)
        else:
            yield pointer, node


def is_restricted(procedure: Procedure, field: str) -> bool:
    """Whether its name must not be shown outside the office; see `DocumentRequirement.restricted`."""
    requirement = procedure.document(field.removeprefix(DOCUMENTS)) if field.startswith(DOCUMENTS) else None
    return requirement is not None and requirement.restricted


def leaves(form: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a form with its JSON pointer."""
    for name, value in form.items():
        pointer = f"{above}/{name.replace('~', '~0').replace('/', '~1')}"
        if isinstance(value, Mapping):
            yield from leaves(value, pointer)
        else:
            yield pointer, value


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Pointers of the values that differ."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return sorted(pointer for pointer in old.keys() | new.keys() if old.get(pointer) != new.get(pointer))


def filer_name(form: Mapping[str, Any]) -> str:
    """The filer's name in the form: a requester, or one of the people that it is about; empty if there is none."""
    relation = value_at(form, "/requester/relation")
    for pointer in ("/requester/full_name", f"/{relation}/full_name"):
        name = value_at(form, pointer)
        if isinstance(name, str) and name:
            return name
    return ""


def prefilled(procedure: Procedure, account: Mapping[str, str]) -> dict[str, Any]:
    """The values that an account can fill in: each field marked `x-prefill` gets that member of the account.

    With `x-prefill-when` the question is about the applicant only after another answer, which a new draft does not
    have.
    """
    return _prefilled(procedure.form, account)


def _prefilled(schema: Mapping[str, Any], account: Mapping[str, str]) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for name, node in schema.get("properties", {}).items():
        if "properties" in node:
            inner = _prefilled(node, account)
            if inner:
                form[name] = inner
        elif "x-prefill-when" not in node and account.get(node.get("x-prefill", "")):
            form[name] = account[node["x-prefill"]]
    return form
