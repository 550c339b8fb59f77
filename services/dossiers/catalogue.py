"""The procedures that the wards offer and the prices of their items, read from files and validated at the start."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from services.chassis.refusal import not_found
from services.dossiers.domain.checks import CHECKS, READS
from services.dossiers.domain.fees import EXEMPTION_AT, FeeTable
from services.dossiers.domain.filers import WHO_FILES, name_fields
from services.dossiers.domain.pointers import Condition
from services.dossiers.domain.procedures import Procedure, amended
from services.dossiers.forms import KEYWORDS, SCHEMA_CHECKS, leaves

_GROUP = frozenset({"$schema", "type", "title", "additionalProperties", "properties"})
_ANNOTATIONS: dict[str, type] = {"title": str, "description": str, "examples": list}
EXTENSIONS = frozenset(
    {
        *("x-widget", "x-labels", "x-optional", "x-optional-when", "x-autocomplete", "x-prefill", "x-when", "x-errors"),
        *("x-formerly", "x-optional-unless", "x-optional-with", "x-instead", "x-prefill-when", "x-with-account"),
    }
)
WIDGETS = {
    "string": {"text", "name", "textarea", "date", "radios", "select"},
    "integer": {"number"},
    "boolean": {"radios", "declaration"},
}
#: The values of the applicant's account that a form may be prefilled with (`x-prefill` in the schema).
PREFILLS = frozenset({"full_name", "address", "email", "date_of_birth", "identity_paper", "identity_number", "phone"})
PROCEDURES = Path(__file__).parent / "procedures"
_READER = TypeAdapter(with_config(ConfigDict(extra="forbid", strict=True, str_min_length=1))(Procedure))


class Catalogue:
    """All versions of all procedures."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._versions: dict[str, list[Procedure]] = {}
        for procedure in sorted(procedures, key=lambda each: (each.code, each.valid_from)):
            versions = self._versions.setdefault(procedure.code, [])
            if versions and versions[-1].version == procedure.version:
                raise ValueError(f"{procedure.code}: version {procedure.version} stands there twice")
            versions.append(procedure)

    @classmethod
    def load(cls, directory: Path = PROCEDURES) -> Catalogue:
        """Reads and validates `<code>/<version>.json`; ValueError names the file and what is wrong in it.

        A file that `amends` an earlier version holds the changes since. `definitions.json` holds the shared definitions
        of the forms.
        """
        files = sorted(directory.glob("*/*.json"))
        if not files:
            raise ValueError(f"{directory}: no procedures")
        definitions = json.loads((directory / "definitions.json").read_text("utf-8"))
        return cls(_read(file, definitions) for file in files)

    def asking_exemptions(self, fees: FeeTable) -> Catalogue:
        """The catalogue in which only the procedures with a fee from which an exemption frees ask for an exemption.

        The field stays in every form, so that forms with an answer stay valid.
        """
        return Catalogue(
            each if fees.may_exempt(each.fee.charges, each.valid_from) else _without_exemption(each) for each in self
        )

    def __iter__(self) -> Iterator[Procedure]:
        """Every version of every procedure."""
        return (procedure for versions in self._versions.values() for procedure in versions)

    def in_force(self, on: date) -> list[Procedure]:
        """The version of each procedure that is in force on the day, by code."""
        found = (_in_force(versions, on) for versions in self._versions.values())
        return [procedure for procedure in found if procedure is not None]

    def knows(self, code: str) -> bool:
        """Whether the procedure has a version, in force or not: dossiers outlive their procedure."""
        return code in self._versions

    def get(self, code: str, on: date) -> Procedure:
        """The version in force on the day; Refusal NOT_FOUND `unknown-procedure`."""
        procedure = _in_force(self._versions.get(code, []), on)
        if procedure is None:
            raise not_found("unknown-procedure", "Phường chưa có thủ tục này. Xin chọn một thủ tục trong danh sách.")
        return procedure

    def version(self, code: str, version: str) -> Procedure:
        """The version that a dossier is under; Refusal NOT_FOUND `unknown-procedure`."""
        for procedure in self._versions.get(code, []):
            if procedure.version == version:
                return procedure
        raise not_found("unknown-procedure", "Không có thủ tục này, hoặc không có bản áp dụng từ ngày đó.")


def load_fees(file: Path, catalogue: Catalogue) -> FeeTable:
    """Reads and validates the prices as an operator keeps them; ValueError names the file and what is wrong in it.

    Every item that a procedure charges has a price from the procedure's first day on.
    """
    try:
        table = FeeTable.parse(tomllib.loads(file.read_text("utf-8")))
        for procedure in catalogue:
            for charge in procedure.fee.charges:
                table.price(charge.item, procedure.valid_from)
    except ValueError as wrong:
        raise ValueError(f"{file}: {wrong}") from wrong
    return table


def read_not_online(codes: str, catalogue: Catalogue, ward: str) -> frozenset[str]:
    """Reads the codes, separated by commas, of the procedures that nobody may begin online in a ward (NĐ 87/2020
    Đ24.3). ValueError names a code that no procedure has.
    """
    named = {code.strip() for code in codes.split(",") if code.strip()}
    unknown = sorted(code for code in named if not catalogue.knows(code))
    if unknown:
        raise ValueError(f"PROCEDURES_NOT_ONLINE of ward {ward} names no procedure: {', '.join(unknown)}")
    return frozenset(named)


def _without_exemption(procedure: Procedure) -> Procedure:
    pages = (replace(page, fields=fields) for page in procedure.pages if (fields := _but(page.fields, EXEMPTION_AT)))
    return replace(procedure, pages=tuple(pages))


def _but(pointers: Iterable[str], one: str) -> tuple[str, ...]:
    return tuple(each for each in pointers if each != one)


def _in_force(versions: list[Procedure], on: date) -> Procedure | None:
    return next((each for each in reversed(versions) if each.valid_from <= on), None)


def _whole(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    earlier = data.pop("amends", None)
    if earlier is None:
        return data
    before = file.with_name(f"{earlier}.json")
    if not before.is_file() or before.stem >= file.stem:
        raise ValueError(f"/amends: there is no earlier version {earlier!r}")
    return amended(_whole(before), data)


def _read(file: Path, definitions: Mapping[str, Any]) -> Procedure:
    try:
        procedure = _parsed(_whole(file), definitions)
        if (procedure.code, procedure.version) != (file.parent.name, file.stem):
            raise ValueError(f"says it is {procedure.code}/{procedure.version}")
        validate(procedure)
    except ValueError as wrong:
        raise ValueError(f"{file}: {wrong}") from wrong
    return procedure


def _parsed(data: dict[str, Any], definitions: Mapping[str, Any]) -> Procedure:
    """A procedure from its file's JSON; ValueError has the path of each wrong member and what is wrong with it."""
    if isinstance(data.get("form"), Mapping):
        data["form"] = _resolved(data["form"], {**definitions, **data["form"].get("$defs", {})})
    try:
        return _READER.validate_json(json.dumps(data))
    except ValidationError as wrong:
        faults = (f"{_path(error['loc'])}: {error['msg'].removeprefix('Value error, ')}" for error in wrong.errors())
        raise ValueError("; ".join(faults)) from wrong


def _path(members: Iterable[str | int]) -> str:
    return "/" + "/".join(str(each).replace("/", "~1") for each in members)


def _resolved(node: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with each `#/$defs/<name>` written out, so that no reader of the form needs a resolver.

    Members beside the reference override those of the definition.
    """
    if isinstance(node, list):
        return [_resolved(each, definitions) for each in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" not in node:
        return _labelled({key: _resolved(value, definitions) for key, value in node.items() if key != "$defs"})
    name = str(node["$ref"]).removeprefix("#/$defs/")
    if name not in definitions or "$ref" in definitions[name]:
        raise ValueError(f"/form: cannot resolve {node['$ref']!r}")
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return _resolved({**definitions[name], **beside}, definitions)


def _labelled(node: dict[str, Any]) -> dict[str, Any]:
    """Gives each choice a label: its own text if the file has none."""
    choices = node.get("enum")
    if isinstance(choices, list):
        node["x-labels"] = {choice: node.get("x-labels", {}).get(choice, choice) for choice in choices}
    return node


def validate(procedure: Procedure) -> None:
    """Checks that the parts of a procedure fit together; ValueError names what does not.

    The form is valid JSON Schema 2020-12 of groups and plain leaves; every field is asked on exactly one page;
    every condition, check parameter and check reads fields that exist, with values they can have.
    """
    for pointer, node in _objects(procedure.form, ""):
        _validate_group(pointer, node)
    fields = leaves(procedure.form)
    for pointer, leaf in fields.items():
        _validate_leaf(pointer, leaf)
    _validate_pages(procedure, set(fields))
    for where, condition in _conditions(procedure, fields).items():
        for pointer, value in condition.items():
            _known(where, pointer, set(fields))
            for one in value if isinstance(value, list) else [value]:
                if not jsonschema.Draft202012Validator(fields[pointer]).is_valid(one):
                    raise ValueError(f"{where}: {pointer} can never be {one!r}")
    for where, pointers in _pointers(procedure):
        for pointer in pointers:
            _known(where, pointer, set(fields))
    _validate_checks(procedure, set(fields))
    _validate_harmless(procedure, set(fields))


def _conditions(procedure: Procedure, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Condition]:
    """Every condition on the form, by where it stands."""
    conditions: dict[str, Condition] = {f"page {page.name}": page.when for page in procedure.pages}
    conditions |= {f"document {document.kind}": document.when for document in procedure.documents}
    conditions |= {f"residence {each.at}": each.when for each in procedure.residences}
    if procedure.notice is not None:
        conditions["notice"] = procedure.notice.when
    if procedure.late is not None:
        conditions["late"] = procedure.late.unless
        if procedure.late.instead is not None:
            conditions["late instead"] = procedure.late.instead.when
    if procedure.verification is not None:
        conditions |= {f"inquiry {at}": each.when for at, each in enumerate(procedure.verification.inquiries)}
    conditions |= {f"charge {at}": charge.when for at, charge in enumerate(procedure.fee.charges)}
    conditions |= {f"register kind {kind}": {procedure.register.kind_at: kind} for kind in procedure.register.kinds}
    conditions |= {f"field {pointer}": leaf.get("x-when", {}) for pointer, leaf in fields.items()}
    for keyword in ("x-optional-when", "x-optional-unless", "x-prefill-when"):
        conditions |= {f"{keyword} {pointer}": leaf.get(keyword, {}) for pointer, leaf in fields.items()}
    return conditions


def _pointers(procedure: Procedure) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every other place where a procedure points into its form."""
    for pointer, leaf in leaves(procedure.form).items():
        yield f"optional {pointer}", tuple(leaf.get("x-optional-with", ()))
        yield f"instead of {pointer}", tuple(leaf.get("x-instead", ()))
    yield "subject_name", (procedure.subject_name, *procedure.also_about)
    yield "likeness", procedure.likeness
    yield "filed_by", (*((WHO_FILES,) if procedure.filed_by else ()), *name_fields(procedure))
    yield "residences", tuple(each.at for each in procedure.residences)
    for each in procedure.documents:
        yield f"document {each.kind}", each.if_not_looked_up
    yield "handover", (*procedure.handover.present, *filter(None, [procedure.handover.asked]))
    yield "charges", tuple(charge.count for charge in procedure.fee.charges if charge.count)
    if procedure.late is not None:
        yield "late", (procedure.late.since, *filter(None, [procedure.late.since_year]))
        if procedure.late.instead is not None:
            yield "late instead", (procedure.late.instead.since,)
    if procedure.verification is not None:
        inquiries = procedure.verification.inquiries
        fields = leaves(procedure.form)
        groups = [each for each in procedure.verification.about if any(at.startswith(f"{each}/") for at in fields)]
        yield "verification about", tuple(each for each in procedure.verification.about if each not in groups)
        yield "inquiries", tuple(at for each in inquiries for at in (each.each_place, each.office) if at)


def _objects(schema: Mapping[str, Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield at, schema
    for name, node in schema.get("properties", {}).items():
        if node.get("type") == "object":
            yield from _objects(node, f"{at}/{name}")


def _validate_group(pointer: str, group: Mapping[str, Any]) -> None:
    where, members = f"/form{pointer}", group.get("properties")
    if group.get("type") != "object" or group.get("additionalProperties") is not False or not group.get("title"):
        raise ValueError(f"{where}: a group is an object with a title and no additional properties")
    if set(group) - _GROUP:
        raise ValueError(f"{where}: groups do not know {', '.join(sorted(set(group) - _GROUP))}")
    if not isinstance(members, Mapping) or not all(isinstance(each, Mapping) for each in members.values()):
        raise ValueError(f"{where}/properties: an object of groups and fields is needed")


def _validate_leaf(pointer: str, leaf: Mapping[str, Any]) -> None:
    where = f"/form{pointer}"
    unknown = set(leaf) - KEYWORDS - set(_ANNOTATIONS) - EXTENSIONS
    if unknown:
        raise ValueError(f"{where}: the forms do not know {', '.join(sorted(unknown))}")
    mistyped = [name for name, kind in _ANNOTATIONS.items() if not isinstance(leaf.get(name, kind()), kind)]
    if mistyped:
        raise ValueError(f"{where}: of another type than forms have: {', '.join(mistyped)}")
    wrong = _wrong_schema(json.dumps({name: leaf[name] for name in sorted(KEYWORDS & set(leaf))}))
    if wrong:
        raise ValueError(f"{where}: {wrong}")
    if leaf.get("x-widget") not in WIDGETS.get(str(leaf.get("type")), set()):
        raise ValueError(f"{where}: {leaf.get('x-widget')!r} does not show a {leaf.get('type')!r}")
    if not leaf.get("title"):
        raise ValueError(f"{where}: a field has a title")
    if leaf.get("x-prefill", "phone") not in PREFILLS:
        raise ValueError(f"{where}: nothing known prefills {leaf['x-prefill']!r}")
    if set(leaf.get("x-labels", {})) - set(leaf.get("enum", ())):
        raise ValueError(f"{where}: a label for what is no choice")
    formerly = leaf.get("x-formerly", {"true": None, "false": None})
    if set(formerly) != {"true", "false"} or not set(formerly.values()) <= {None, *leaf.get("enum", ())}:
        raise ValueError(f"{where}: x-formerly says which choices yes and no were")


@lru_cache(maxsize=1024)
def _wrong_schema(keywords: str) -> str:
    """What is invalid in these JSON Schema keywords (as JSON); empty if nothing.

    Cached: hundreds of fields share a few.
    """
    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(keywords))
    except jsonschema.SchemaError as wrong:
        return str(wrong.message)
    return ""


def _validate_pages(procedure: Procedure, fields: set[str]) -> None:
    seen: set[str] = set()
    for page in procedure.pages:
        for pointer in page.fields:
            _known(f"page {page.name}", pointer, fields)
            if pointer in seen:
                raise ValueError(f"page {page.name}: {pointer} is asked twice")
            seen.add(pointer)
    if fields - seen:
        raise ValueError(f"no page asks for {', '.join(sorted(fields - seen))}")


def _validate_checks(procedure: Procedure, fields: set[str]) -> None:
    groups = {at for at, _ in _objects(procedure.form, "")}
    for use in procedure.checks:
        if use.name not in CHECKS:
            raise ValueError(f"there is no check {use.name!r}")
        reads = READS[use.name]
        for pointer in reads.fields:
            _known(f"check {use.name}", pointer, fields)
        for pointer in filter(lambda text: text.startswith("/"), _texts(use.parameters)):
            _known(f"check {use.name}", pointer, fields | groups)
        if set(use.parameters) != reads.parameters:
            raise ValueError(f"check {use.name} takes the parameters {sorted(reads.parameters)}")


def _validate_harmless(procedure: Procedure, fields: set[str]) -> None:
    unknown = set(procedure.harmless.checks) - SCHEMA_CHECKS - {use.name for use in procedure.checks}
    if unknown:
        raise ValueError(f"/harmless/checks: the procedure has no check {', '.join(sorted(unknown))}")
    groups = {at for at, _ in _objects(procedure.form, "")}
    places = fields | groups | {f"documents/{document.kind}" for document in procedure.documents}
    for place in procedure.harmless.not_at:
        _known("/harmless/not_at", place, places)


def _texts(value: object) -> Iterator[str]:
    """Every text in a check's parameters, including the names of members. Texts that begin with / are pointers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from (str(name), *_texts(member))
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _known(where: str, pointer: str, fields: set[str]) -> None:
    if pointer not in fields:
        raise ValueError(f"{where}: the form has no field {pointer}")
