"""A procedure's form as pages: which page asks what, how a posted page is read, and what is wrong with it.

Everything comes from the procedure's data (`form_schema_json`, `form_pages_json`); there are no rules here. The
dossiers service says what is asked and checks values. This module only converts posted text into JSON values and back,
and keeps text that it cannot convert, so that nothing typed is lost.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from caunoi.dossiers.v1.dossiers_pb2 import FINDING_KIND_STOPS, Finding

from gateway.questions import Field
from services.chassis.letters import normalised

DATE_PARTS = ("day", "month", "year")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    hint: str
    fields: tuple[Field, ...]

    @property
    def section(self) -> str:
        """The member of the form that the page is about, such as `child`."""
        return self.fields[0].pointer.split("/")[1] if self.fields else ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a procedure version: its pages in order, its sections' titles, its fields by pointer."""

    pages: tuple[Page, ...]
    sections: Mapping[str, str]
    fields: Mapping[str, Field] = field(default_factory=dict)
    conditions: tuple[
        tuple[Mapping[str, Any], tuple[str, ...]], ...
    ] = ()  # each with the fields asked only if it holds

    def asked(self, values: Values) -> set[str]:
        """The fields that are asked with these answers, which are not saved; for saved answers the service itself says
        it. An old answer to a question that is no longer asked does not count.
        """
        found = set(self.fields)
        while True:
            hidden = {
                pointer
                for when, pointers in self.conditions
                if not holds(when, values, found)
                for pointer in pointers
                if pointer in found
            }
            if not hidden:
                return found
            found -= hidden

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)

    def page_of(self, pointer: str) -> Page | None:
        """The page that asks for a field, or for any field within an object."""
        inside = pointer.rstrip("/") + "/"
        for page in self.pages:
            if any(one.pointer == pointer or one.pointer.startswith(inside) for one in page.fields):
                return page
        return None


def read_form(schema_json: str, pages_json: str) -> Form:
    """The form of a procedure version."""
    schema = json.loads(schema_json)
    pages, known = [], {}
    conditions: list[tuple[Mapping[str, Any], tuple[str, ...]]] = []
    for entry in json.loads(pages_json):
        fields = tuple(_field(schema, pointer) for pointer in entry["fields"])
        known.update({one.pointer: one for one in fields})
        conditions.append((entry.get("when", {}), tuple(entry["fields"])))
        conditions += [(_node(schema, pointer).get("x-when", {}), (pointer,)) for pointer in entry["fields"]]
        pages.append(
            Page(entry["name"], entry["title"], entry.get("hint", ""), fields),
        )
    sections = {name: node.get("title", "") for name, node in schema.get("properties", {}).items()}
    return Form(tuple(pages), sections, known, tuple(each for each in conditions if each[0]))


def holds(when: Mapping[str, Any], values: Values, asked: Container[str]) -> bool:
    """Whether a condition of a procedure's data (`x-when`, `when`, `when_json`) holds among the questions `asked`."""
    return all(pointer in asked and _is_wanted(value_at(values, pointer), wanted) for pointer, wanted in when.items())


def _is_wanted(found: object, wanted: object) -> bool:
    if isinstance(wanted, list):
        return any(_is_wanted(found, each) for each in wanted)
    return type(found) is type(wanted) and found == wanted


def _node(schema: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    node: Mapping[str, Any] = schema
    for step in pointer.strip("/").split("/"):
        node = node["properties"][step]
    return node


def _field(schema: Mapping[str, Any], pointer: str) -> Field:
    node = _node(schema, pointer)
    type = node.get("type", "string")
    type = next((one for one in type if one != "null"), "string") if isinstance(type, list) else type
    return Field(
        pointer=pointer,
        title=node.get("title", pointer),
        hint=node.get("description", ""),
        widget=node.get("x-widget") or ("radios" if type == "boolean" else "text"),
        type=type,
        choices=_choices(node, type),
        optional=not {"x-optional", "x-optional-with", "x-optional-unless"}.isdisjoint(node),
        autocomplete=node.get("x-autocomplete", ""),
        examples=tuple(str(example) for example in node.get("examples", ())),
        prefilled="x-prefill" in node and "x-prefill-when" not in node,
        account=node.get("x-prefill", ""),
        may_be_own="x-prefill-when" in node,
        with_account=tuple(node.get("x-with-account", ())),
        conditional="x-optional" not in node and not {"x-optional-with", "x-optional-unless"}.isdisjoint(node),
    )


def _choices(node: Mapping[str, Any], type: str) -> tuple[tuple[str, str], ...]:
    labels = node.get("x-labels", {})
    if type == "boolean":
        return (("true", labels.get("true", "Có")), ("false", labels.get("false", "Không")))
    values = [value for value in node.get("enum", ()) if value is not None]
    return tuple((str(value), str(labels.get(str(value), value))) for value in values)


def value_at(values: Values, pointer: str) -> Any:
    """The value at a JSON pointer; None if there is none."""
    node: Any = values
    for step in pointer.strip("/").split("/"):
        if not isinstance(node, dict) or step not in node:
            return None
        node = node[step]
    return node


def filled(values: Values, answers: Mapping[str, Any]) -> Values:
    """A copy of the values with these answers (JSON pointer → value) added."""
    whole: dict[str, Any] = deepcopy(dict(values))
    for pointer, answer in answers.items():
        *groups, name = pointer.strip("/").split("/")
        group = whole
        for step in groups:
            group = group.setdefault(step, {})
        group[name] = answer
    return whole


def read_posted(fields: Iterable[Field], posted: Mapping[str, str]) -> Values:
    """A JSON merge patch of what a page posted: emptied fields become null, unfinished values stay as typed."""
    patch: Values = {}
    for one in fields:
        node = patch
        *parents, last = one.pointer.strip("/").split("/")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = _read(one, posted)
    return patch


def _read(one: Field, posted: Mapping[str, str]) -> Any:
    if one.widget == "date":
        return _read_date([_clean(posted.get(f"{one.name}-{part}", "")) for part in DATE_PARTS])
    text = _clean(posted.get(one.name, ""), lines=one.widget == "textarea")
    if not text:
        return None
    if one.type == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if one.type == "integer" and text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    return text


def _read_date(parts: list[str]) -> str | None:
    """`2020-09-03` from day, month and year; from an unfinished date, its parts in the same order."""
    if not any(parts):
        return None
    day, month, year = (part.replace("-", "") for part in parts)
    if all(part.isascii() and part.isdigit() for part in (day, month, year)):
        return f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if len(year) == 4 else f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}"


def _clean(text: str, *, lines: bool = False) -> str:
    """The text in NFC, without control characters; one line unless `lines`."""
    composed = normalised(text)
    if lines:
        return composed.replace("\r\n", "\n").strip()
    return " ".join(composed.split())


def date_parts(value: Any) -> dict[str, str]:
    """Day, month and year of a saved date, finished or not, for the three fields."""
    year, month, day = [*str(value or "").split("-"), "", "", ""][:3]
    return {"day": _short(day), "month": _short(month), "year": year}


def _short(part: str) -> str:
    """A day or month without the zero that ISO dates put in front."""
    return part[1:] if len(part) == 2 and part[0] == "0" and part[1] in "123456789" else part


def errors_of(fields: Iterable[Field], findings: Iterable[Finding]) -> dict[str, str]:
    """Pointer → what to do, for the fields that would stop the filing."""
    pointers = {one.pointer for one in fields}
    errors: dict[str, str] = {}
    for finding in findings:
        if finding.kind == FINDING_KIND_STOPS and finding.field in pointers:
            errors.setdefault(finding.field, finding.text)
    return errors


def shown(one: Field, value: Any) -> str:
    """A value as a person reads it; empty if there is none."""
    if value is None or value == "":
        return ""
    if one.widget == "date":
        parts = date_parts(value)
        return "/".join(parts[part].zfill(2) if parts[part].isdigit() else parts[part] for part in DATE_PARTS)
    text = "true" if value is True else "false" if value is False else str(value)
    return dict(one.choices).get(text, text)


def progress(
    fields: Iterable[Field], values: Values, findings: Iterable[Finding], prefilled: Container[str] = ()
) -> str:
    """The state of a page, by its fields: the worst problem that would stop the filing (`wrong`, `half`, `open`), else
    `done`; or `prefilled` or `optional`, for pages that nobody needs to have opened. `prefilled` are the pointers of
    answers from the account that nobody has sent yet.
    """
    fields = list(fields)
    filled = [one for one in fields if value_at(values, one.pointer) is not None]
    typed = [one for one in filled if one.pointer not in prefilled]
    errors = errors_of(fields, findings)
    if any(one.pointer in errors for one in filled):
        return "wrong"
    if errors:
        return "half" if typed else "open"
    if not filled:
        return "optional" if all(one.optional for one in fields) else "open"
    return "done" if typed else "prefilled"


def read_values(form_json: str) -> Values:
    """The answers in a dossier's `form_json`."""
    values = json.loads(form_json or "{}")
    return values if isinstance(values, dict) else {}
