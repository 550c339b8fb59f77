"""A procedure's form as pages: what is asked where, how it is read from a posted page, and what is wrong with it.

Everything comes from the procedure's data (`form_schema_json`, `form_pages_json`); no rule of law stands here. The
dossiers service judges values; this module only turns posted text into JSON values and back, and keeps what it
cannot turn, so that nothing typed is lost.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from caunoi.dossiers.v1.dossiers_pb2 import FINDING_KIND_STOPS, Finding

DATE_PARTS = ("day", "month", "year")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `pointer` is its JSON pointer into the form, `name` its name in a posted page."""

    pointer: str
    title: str
    hint: str
    widget: str
    type: str
    choices: tuple[tuple[str, str], ...]
    optional: bool
    when: Mapping[str, Any]
    autocomplete: str
    examples: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.pointer.strip("/").replace("/", ".")

    @property
    def id(self) -> str:
        return "f-" + self.pointer.strip("/").replace("/", "-").replace("_", "-")

    @property
    def anchor(self) -> str:
        """The element that a link of the error summary leads to."""
        return f"{self.id}-day" if self.widget == "date" else self.id


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    hint: str
    fields: tuple[Field, ...]
    when: Mapping[str, Any]

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

    def asked(self, values: Values) -> list[Page]:
        """The pages to be answered as the values stand."""
        seen = self._seen(values)
        return [page for page in self.pages if holds(page.when, seen) and self._fields(page, seen)]

    def asked_of(self, page: Page, values: Values) -> list[Field]:
        """The fields of a page that are asked as the values stand."""
        return self._fields(page, self._seen(values))

    @staticmethod
    def _fields(page: Page, seen: Values) -> list[Field]:
        return [one for one in page.fields if holds(one.when, seen)]

    def _seen(self, values: Values) -> Values:
        """The values of fields that are asked: an answer left behind on a page no longer shown decides nothing."""
        while True:
            asked = {
                one.pointer for page in self.pages if holds(page.when, values) for one in self._fields(page, values)
            }
            left = _only(values, asked)
            if left == values:
                return values
            values = left

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)

    def page_of(self, pointer: str) -> Page | None:
        """The page that asks for a field, or for any field within an object."""
        inside = pointer.rstrip("/") + "/"
        for page in self.pages:
            if any(one.pointer == pointer or one.pointer.startswith(inside) for one in page.fields):
                return page
        return None

    def next_after(self, name: str, values: Values) -> Page | None:
        """The page that follows `name`; None behind the last."""
        return self._neighbour(name, values, 1)

    def before(self, name: str, values: Values) -> Page | None:
        return self._neighbour(name, values, -1)

    def _neighbour(self, name: str, values: Values, step: int) -> Page | None:
        names = [page.name for page in self.pages]
        at = names.index(name) + step
        asked = {page.name for page in self.asked(values)}
        while 0 <= at < len(names):
            if names[at] in asked:
                return self.pages[at]
            at += step
        return None


@lru_cache(maxsize=64)
def read_form(schema_json: str, pages_json: str) -> Form:
    """The form of a procedure version."""
    schema = json.loads(schema_json)
    pages, known = [], {}
    for entry in json.loads(pages_json):
        fields = tuple(_field(schema, pointer) for pointer in entry["fields"])
        known.update({one.pointer: one for one in fields})
        pages.append(
            Page(entry["name"], entry["title"], entry.get("hint", ""), fields, entry.get("when", {})),
        )
    sections = {name: node.get("title", "") for name, node in schema.get("properties", {}).items()}
    return Form(tuple(pages), sections, known)


def _field(schema: Mapping[str, Any], pointer: str) -> Field:
    node: Mapping[str, Any] = schema
    for step in pointer.strip("/").split("/"):
        node = node["properties"][step]
    type = node.get("type", "string")
    type = next((one for one in type if one != "null"), "string") if isinstance(type, list) else type
    return Field(
        pointer=pointer,
        title=node.get("title", pointer),
        hint=node.get("description", ""),
        widget=node.get("x-widget") or ("radios" if type == "boolean" else "text"),
        type=type,
        choices=_choices(node, type),
        optional=bool(node.get("x-optional", False)),
        when=node.get("x-when", {}),
        autocomplete=node.get("x-autocomplete", ""),
        examples=tuple(str(example) for example in node.get("examples", ())),
    )


def _choices(node: Mapping[str, Any], type: str) -> tuple[tuple[str, str], ...]:
    labels = node.get("x-labels", {})
    if type == "boolean":
        return (("true", labels.get("true", "Có")), ("false", labels.get("false", "Không")))
    values = [value for value in node.get("enum", ()) if value is not None]
    return tuple((str(value), str(labels.get(str(value), value))) for value in values)


def value_at(values: Values, pointer: str) -> Any:
    """The value at a JSON pointer; None where there is none."""
    node: Any = values
    for step in pointer.strip("/").split("/"):
        if not isinstance(node, dict) or step not in node:
            return None
        node = node[step]
    return node


def holds(when: Mapping[str, Any], values: Values) -> bool:
    """Whether all pointers of a condition have the values it names."""
    return all(value_at(values, pointer) == wanted for pointer, wanted in when.items())


def _only(values: Values, pointers: set[str], above: str = "") -> Values:
    """The values at some pointers."""
    left: Values = {}
    for name, value in values.items():
        pointer = f"{above}/{name}"
        if isinstance(value, dict):
            left[name] = _only(value, pointers, pointer)
        elif pointer in pointers:
            left[name] = value
    return left


def read_posted(fields: Iterable[Field], posted: Mapping[str, str]) -> Values:
    """A JSON merge patch of what a page posted: emptied fields become null, unfinished ones stay as typed."""
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
    """`2020-09-03` of day, month and year; of an unfinished date, what there is in the same order."""
    if not any(parts):
        return None
    day, month, year = (part.replace("-", "") for part in parts)
    if all(part.isascii() and part.isdigit() for part in (day, month, year)):
        return f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if len(year) == 4 else f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}"


def _clean(text: str, *, lines: bool = False) -> str:
    """NFC, without what is no letter; one line unless `lines`."""
    composed = unicodedata.normalize("NFC", text)
    if lines:
        return composed.replace("\r\n", "\n").strip()
    return " ".join(composed.split())


def date_parts(value: Any) -> dict[str, str]:
    """Day, month and year of a saved date, finished or not, as the three fields show it."""
    year, month, day = [*str(value or "").split("-"), "", "", ""][:3]
    return {"day": _short(day), "month": _short(month), "year": year}


def _short(part: str) -> str:
    """A day or month without the zero that ISO dates put in front."""
    return part[1:] if len(part) == 2 and part[0] == "0" and part[1] in "123456789" else part


def merged(values: Values, patch: Values) -> Values:
    """RFC 7396: what is saved with a patch laid over it."""
    result = dict(values)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            inside = result.get(name)
            result[name] = merged(inside if isinstance(inside, dict) else {}, value)
        else:
            result[name] = value
    return result


def errors_of(fields: Iterable[Field], findings: Iterable[Finding]) -> dict[str, str]:
    """Pointer → what to do, for those of the fields at which filing would stop."""
    pointers = {one.pointer for one in fields}
    errors: dict[str, str] = {}
    for finding in findings:
        if finding.kind == FINDING_KIND_STOPS and finding.field in pointers:
            errors.setdefault(finding.field, finding.text)
    return errors


def shown(one: Field, value: Any) -> str:
    """A value as a person reads it; empty where there is none."""
    if value is None or value == "":
        return ""
    if one.widget == "date":
        parts = date_parts(value)
        return "/".join(parts[part].zfill(2) if parts[part].isdigit() else parts[part] for part in DATE_PARTS)
    text = "true" if value is True else "false" if value is False else str(value)
    return dict(one.choices).get(text, text)


def progress(fields: Iterable[Field], values: Values, findings: Iterable[Finding]) -> str:
    """Of a page's fields: `done`, `started` (begun, and something would stop the filing) or `open`."""
    fields = list(fields)
    filled = [one for one in fields if value_at(values, one.pointer) is not None]
    if errors_of(fields, findings):
        return "started" if filled else "open"
    return "done" if filled or all(one.optional for one in fields) else "open"


def read_values(form_json: str) -> Values:
    """What is filled in, of a dossier's `form_json`."""
    values = json.loads(form_json or "{}")
    return values if isinstance(values, dict) else {}


def whole(version: str) -> int:
    """A version as a page sent it back; 0, which asks for none, where it is no number."""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
