"""The OpenAPI 3.1 document, made from the operations and their models (docs/decisions/0009)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.api.examples import example_of
from gateway.api.operations import PREFIX, VERSIONS, Operation
from gateway.models import Nothing
from gateway.problems import MEDIA_TYPE
from gateway.rpc import problems
from gateway.settings import Settings
from gateway.texts import REGISTERS

_SCHEMAS = "#/components/schemas/"
_LOCATION = {"$ref": "#/components/headers/Location"}
_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_TAGS = {
    "wards": "The wards",
    "stations": "Stations where volunteers guide: timetable, volunteers, duties, phrases",
    "devices": "Computers and scanners of stations",
    "procedures": "The procedures that people can apply for",
    "accounts": "E-citizen accounts",
    "sessions": "Signing in and out",
    "me": "The caller's own account, dossiers and messages",
    "household": "The caller's household, which only its members see",
    "dossiers": "Dossiers, from the draft to the paper",
    "captures": "Pages of a paper from a scanner or a phone",
    "guidance": "Guided sessions at stations: the citizen, and the volunteer who sees no answer",
    "desk": "The ward office's work",
    "registers": "The ward's registers and their books",
    "public": "Without an account",
    "administration": "The people who work for a ward, for its administrator",
    "practice": "Practising, as an invented person, without an account",
}
_DESCRIPTION = """\
The e-government system of the wards of quận Hải Châu: residents file civil-status dossiers, the ward office decides.

- `{ward}` is the GSO code of a ward, five digits. A dossier is handled by the ward in which it was filed.
- Every refusal is a problem document (RFC 9457): `type` is stable, `detail` is Vietnamese and says what to do, `fields`
  names each fault: a JSON pointer into the body or the form, `documents/<kind>`,
  `verifications/<id>`, or the name of a parameter, a header or a part of a form with a file.
- A POST that declares the header `Idempotency-Key` can be repeated: with the same key, it returns the first answer.
- A dossier, a station, an opening session, a phrase, a member of staff and a printed form have a version in `ETag`,
  because several people may change them. A change names the version in `If-Match`. Without the header it is refused
  with 428. If there is another version by now, also from the same change sent before, it is refused with 412
  `stale-version`; `ETag` of the refusal, if known, is the version in force: read again, compare, then repeat with it.
  `If-Match: *` changes any version. A PUT or DELETE without `If-Match` says why.
- `x-roles` lists the roles that may call an operation in their own ward; `x-roles-of-any-ward`, those that may call it
  from any ward. Personal data are still only for the person. `x-wards` is `real` or `practice` if only such wards have
  the operation.
- `x-problems` of an answer lists its possible types of problems, without `https://caunoi.vn/problems/`.
- `x-limit`, if there is one, says how often an address may call an operation, in each process of the gateway.
- A later version may add words to an `enum` of an answer: ignore words that you do not know.
- A repeated DELETE and a repeated change get the same answer and change nothing. Something that never existed, and a
  document that was removed, is not found.
- Moments are ISO 8601 with the offset of Đà Nẵng (+07:00), dates are `YYYY-MM-DD`. Text is kept in Unicode NFC.
- Lists are read page by page: send `next_cursor` as `cursor`, with the same other parameters (`limit` may differ), else
  400 `invalid-cursor`. A list over several wards names the wards that did not answer.
"""
_PATH_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "ward": {"description": "GSO code of the ward.", "schema": {"type": "string", "examples": ["20248"]}},
    "code": {"description": "TTHC code.", "schema": {"type": "string", "examples": ["1.001193"]}},
    "kind": {
        "description": "Kind of paper, one of the dossier's `papers`.",
        "schema": {"type": "string", "examples": ["receipt", "supplement-request", "certificate"]},
    },
    "register": {
        "description": "A kind of register.",
        "schema": {"type": "string", "enum": list(REGISTERS)},
    },
    "number": {"description": "Number of the page, from 1.", "schema": {"type": "integer", "examples": [1]}},
    "year": {"description": "Year of the book.", "schema": {"type": "integer", "examples": [2020]}},
    "volume": {"description": "Volume of the book, from 1.", "schema": {"type": "integer", "examples": [1]}},
    "certificate": {
        "description": "Certificate id, `<ward>-<random>`.",
        "schema": {"type": "string", "examples": ["20248-k7pm-3xdn-w9h2"]},
    },
}
_PROBLEMS: Mapping[int, str] = {
    400: "The request cannot be used; `fields` names each fault.",
    401: "The token, ticket, credential or signature is missing or not valid.",
    403: "The caller is known, but not allowed to do this.",
    404: "It does not exist, or this caller may not see it.",
    409: "The present state does not allow it, or the idempotency key was used for another request.",
    408: "The body advanced by less than 240 KiB in 30 s. The connection is closed.",
    414: "The request line is longer than 4,094 bytes. The connection is closed.",
    431: "Too many header fields, or too large ones. The connection is closed.",
    412: "Somebody else was first. With `stale-version` for `If-Match`, `ETag` is the version in force, if known.",
    428: "`If-Match` is missing.",
    413: "The file or the body is too large.",
    415: "The body has another content type than the operation takes.",
    429: "Too many tries, or too many requests at once from this address; `Retry-After` says how long to wait.",
    500: "An internal error; `request_id` finds it in the logs.",
    503: "The ward's services do not answer now, or the gateway is busy. Everything saved is safe.",
}


#: The problems of any request, from the server or from a fault of ours.
_ALWAYS = problems(
    "400 invalid-request malformed-request 414 uri-too-long 429 too-many-requests 431 headers-too-large "
    "500 internal-error 503 gateway-busy"
)
#: What operations of one kind have in common.
_IN_COMMON: Sequence[tuple[str, Callable[[Operation], bool]]] = (
    ("404 not-found", lambda one: "<" in one.rule),
    ("404 unknown-ward", lambda one: "<ward>" in one.rule),
    ("401 not-signed-in", lambda one: one.by_person),
    ("403 not-allowed", lambda one: one.by_person or _of_some_wards(one)),
    ("401 kiosk-token-expired", lambda one: one.tells_where),
    ("401 no-ticket", lambda one: one.ticket),
    ("400 malformed-json", lambda one: one.body is not None),
    ("408 request-timeout 413 file-too-large 415 unsupported-media-type", lambda one: one.has_body),
    ("400 malformed-idempotency-key", lambda one: one.creates),
    ("409 idempotency-key-reused", lambda one: one.creates and one.by_person),  # else part of the key
    ("400 malformed-if-match 412 stale-version 428 precondition-required", lambda one: one.edits),
    ("503 temporarily-unavailable ward-busy", lambda one: bool(one.rpcs)),
)


def _of_some_wards(operation: Operation) -> bool:
    """Whether it is missing in the practice ward, or in the real wards."""
    rules = [rpc.by for rpc in operation.rpcs]
    return "<ward>" in operation.rule and not all(rule.real and rule.practice for rule in rules)


class ProblemField(BaseModel):
    field: str = Field(
        description="A JSON pointer into the body or the form (empty: the whole), `documents/<kind>`, "
        "`verifications/<id>`, or the name of a parameter, a header or a part of a form with a file. A position in a "
        "list counts what was sent; what is missing from a list is at the list, and named in the text."
    )
    text: str


class ProblemDocument(BaseModel):
    """RFC 9457."""

    type: str = Field(json_schema_extra={"format": "uri"}, examples=["https://caunoi.vn/problems/stale-version"])
    title: str
    status: int
    detail: str = Field(description="In Vietnamese: what is wrong and what to do.")
    request_id: str
    fields: list[ProblemField] = []
    retry_after: int | None = Field(default=None, description="Seconds.")


def document(operations: Sequence[Operation], base_url: str, limits: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The OpenAPI document of the operations. `limits` are those in force, by name; without them, our defaults."""
    limits = limits or {name: str(field.default) for name, field in Settings.model_fields.items()}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(path_of(operation.rule), {})[operation.method.lower()] = _operation(operation, limits)
    described = [each for item in paths.values() for each in item.values()]
    schemas = _schemas(operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cầu Nối", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "examples": _take_examples(described, schemas),
            "responses": _share_problems(described),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "ticket": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Capture <ticket>`: the secret ticket of a capture.",
                },
            },
            "parameters": _shared_parameters(),
            "headers": _shared_headers(),
        },
    }


def _take_examples(operations: Sequence[dict[str, Any]], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Gives each body and answer in JSON an example, by the name of its schema, and returns the examples. Problems all
    have one form and need none.
    """
    examples: dict[str, Any] = {}
    for operation in operations:
        answers = [answer for status, answer in operation["responses"].items() if int(status) < 400]
        for part in (operation.get("requestBody", {}), *answers):
            content = part.get("content", {}).get("application/json")
            if content is None:
                continue
            name = content["schema"]["$ref"].removeprefix(_SCHEMAS)
            is_body = part is operation.get("requestBody")
            examples[name] = {"value": example_of(content["schema"], schemas, body=is_body)}
            content["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
    return examples


def _share_problems(operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Moves the most common problem answer of each status out of the operations; returns these answers, by name."""
    found: dict[str, list[Any]] = {}
    for operation in operations:
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                found.setdefault(status, []).append(answer)
    common = {status: max(answers, key=answers.count) for status, answers in sorted(found.items())}
    for operation in operations:
        for status, answer in operation["responses"].items():
            if answer == common.get(status):
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    return {f"Problem{status}": answer for status, answer in common.items()}


def path_of(rule: str) -> str:
    """`/wards/<ward>/dossiers/<uuid:dossier>` → `/api/v1/wards/{ward}/dossiers/{dossier}`."""
    return PREFIX + _PARAMETER.sub(r"{\2}", rule)


def _operation(operation: Operation, limits: Mapping[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation),
        **_callers(operation),
        "security": [{"ticket": []}] if operation.ticket else [{"bearer": []}] if operation.signed_in else [],
    }
    unversioned = f"No `If-Match`: {operation.unversioned}" if operation.unversioned else ""
    description = " ".join(filter(None, (operation.description, unversioned)))
    if description:
        described["description"] = description
    if operation.limit:
        described["x-limit"] = limits[f"limit_{operation.limit}"]
    if operation.upload:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": _upload()}}
    elif operation.takes:
        content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in operation.takes}
        described["requestBody"] = {"required": True, "content": content}
    elif operation.body is not None:
        content = {"application/json": {"schema": {"$ref": _SCHEMAS + operation.body.__name__}}}
        described["requestBody"] = {"required": not issubclass(operation.body, Nothing), "content": content}
    return described


def _callers(operation: Operation) -> dict[str, Any]:
    """The roles that may call it, from the called ward or from any; and which wards have it, unless all do."""
    described: dict[str, Any] = {}
    if operation.by_person:
        described["x-roles"] = sorted({role for rule in operation.rules for role in rule.roles})
        described["x-roles-of-any-ward"] = sorted({role for rule in operation.rules for role in rule.elsewhere})
    rules = [rpc.by for rpc in operation.rpcs]
    if not all(rule.real for rule in rules):
        described["x-wards"] = "practice"
    elif not all(rule.practice for rule in rules):
        described["x-wards"] = "real"
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    described = []
    for converter, name in _PARAMETER.findall(operation.rule):
        known = _PATH_PARAMETERS.get(name, {"schema": {"type": "string"}})
        if converter == "uuid":
            known = {"schema": {"type": "string", "format": "uuid"}}
        described.append({"name": name, "in": "path", "required": True, **known})
    return described


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema()
    described = []
    for name, property in schema.get("properties", {}).items():
        own = {key: value for key, value in property.items() if key not in ("title", "description")}
        # The model has null for a parameter that was left out; a query cannot say null.
        choices = [choice for choice in own.get("anyOf", []) if choice != {"type": "null"}]
        if choices:
            own = choices[0]
        if own.get("default", "") is None:
            del own["default"]
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": own}
        if "description" in property:
            parameter["description"] = property["description"]
        described.append(parameter)
    return described


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    described = [{"$ref": "#/components/parameters/RequestId"}]
    if operation.tells_where:
        name = "Kiosk" if operation.at_kiosk else "KioskOrNot"
        described.append({"$ref": f"#/components/parameters/{name}"})
    if operation.creates:
        described.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if operation.edits:
        name = "IfMatchOrNot" if operation.blind else "IfMatch"
        described.append({"$ref": f"#/components/parameters/{name}"})
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    headers = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
    answer: dict[str, Any] = {"description": "Done." if operation.status != 201 else "Made.", "headers": headers}
    if operation.answer is not None:
        answer["content"] = {"application/json": {"schema": {"$ref": _SCHEMAS + operation.answer.__name__}}}
        members = operation.answer.model_fields
        if any(name in members and members[name].annotation is int for name in VERSIONS):
            headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if operation.location:
        headers["Location"] = _LOCATION
    if operation.media_types:
        answer["content"] = {media_type: {} for media_type in operation.media_types}
    answers = {str(operation.status): answer}
    if operation.elsewhere:
        answers["303"] = {"description": operation.elsewhere, "headers": headers | {"Location": _LOCATION}}
    problems = {str(status): _problem(operation, status, types) for status, types in _problems_of(operation).items()}
    return answers | problems


def _problems_of(operation: Operation) -> dict[int, list[str]]:
    """Status → the types of problems with which an operation is refused. Its record implies those that it shares with
    other operations; its RPCs and its own `refuses` name the rest.
    """
    said = [_ALWAYS, problems(operation.refuses), *(rpc.refuses for rpc in operation.rpcs)]
    said += [problems(types) for types, holds in _IN_COMMON if holds(operation)]
    found: dict[int, set[str]] = {}
    for type, status in (each for types in said for each in types.items()):
        found.setdefault(status, set()).add(type)
    return {status: sorted(types) for status, types in sorted(found.items())}


def _upload() -> dict[str, Any]:
    return {
        "schema": {
            "type": "object",
            "required": ["kind", "file"],
            "additionalProperties": False,
            "properties": {
                "kind": {
                    "type": "string",
                    "description": "Kind of the document, one of the procedure's.",
                    "examples": ["birth-certificate-of-hospital"],
                },
                # OpenAPI 3.1 needs no type here, but generators of clients recognise a file only by this format.
                "file": {"type": "string", "format": "binary", "description": "JPEG, PNG or PDF, at most 10 MB."},
            },
        },
    }


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemDocument, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            models[operation.body, "validation"] = None
        if operation.answer is not None:
            models[operation.answer, "serialization"] = None
    _, schema = models_json_schema(list(models), ref_template=_SCHEMAS + "{model}")
    return dict(schema["$defs"])


def _shared_parameters() -> dict[str, Any]:
    return {
        "RequestId": {
            "name": "X-Request-ID",
            "in": "header",
            "required": False,
            "description": "Identifies the request in logs and in the answer; if it is left out or malformed, the "
            "gateway makes one.",
            "schema": {"type": "string"},
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Printable ASCII without spaces. The client chooses it: a new one for each act, the same "
            "one when it repeats the act.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        },
        "Kiosk": _kiosk(required=True),
        "KioskOrNot": _kiosk(required=False),
        "IfMatch": _if_match(required=True, description="The ETag that the client read; `*` for any version."),
        "IfMatchOrNot": _if_match(
            required=False,
            description="The ETag that the client read; `*`, or nothing where the header may be left out, for any "
            "version.",
        ),
    }


def _kiosk(*, required: bool) -> dict[str, Any]:
    text = "The token of the station's computer at which the caller sits (`openDeviceSession`)"
    description = f"{text}." if required else f"{text}; left out anywhere else."
    schema = {"type": "string"}
    return {
        "name": "X-Caunoi-Kiosk",
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
    }


def _if_match(*, required: bool, description: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": '^("[1-9][0-9]{0,8}"|\\*)$', "examples": ['"7"']}
    return {"name": "If-Match", "in": "header", "required": required, "description": description, "schema": schema}


def _shared_headers() -> dict[str, Any]:
    return {
        "RequestId": {"description": "Identifies the request in the logs.", "schema": {"type": "string"}},
        "Location": {
            "description": "The address of the resource.",
            "schema": {"type": "string", "format": "uri-reference"},
        },
        "ETag": {"description": "The version of what was read.", "schema": {"type": "string", "examples": ['"7"']}},
        "ETagInForce": {
            "description": "The version in force, if known: for `If-Match`, after reading and comparing it.",
            "schema": {"type": "string", "examples": ['"8"']},
        },
        "Authenticate": {
            "description": "What `Authorization` has to begin with.",
            "schema": {"type": "string", "enum": ["Bearer", "Capture"]},
        },
        "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    }


def _problem(operation: Operation, status: int, types: Sequence[str]) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/Authenticate"}
    if "stale-version" in types and operation.edits:
        headers["ETag"] = {"$ref": "#/components/headers/ETagInForce"}
    if status in (429, 503):
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    content = {MEDIA_TYPE: {"schema": {"$ref": _SCHEMAS + ProblemDocument.__name__}}}
    return {"description": _PROBLEMS[status], "headers": headers, "content": content, "x-problems": list(types)}
