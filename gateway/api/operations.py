"""An operation of the API. One declaration gives both the route and its place in the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from caunoi.dossiers.v1.dossiers_pb2 import Paper
from flask import Blueprint, Response, request
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from pydantic import BaseModel, RootModel

from gateway.act import OfferedAct
from gateway.api import dossier_answers as answers
from gateway.api.caller import expected_version, home_ward, idempotency_key, kiosk_token, ticket, token
from gateway.api.encode import Json, encode
from gateway.api.reading import read_body, read_query, wrong_media_type
from gateway.files import saved_file
from gateway.limits import count, count_phone
from gateway.models import Nothing
from gateway.rpc import Rpc
from gateway.wards import WardClient, wards
from services.chassis.grpc.rules import Rule
from services.chassis.refusal import FieldFault, Refusal

PREFIX = "/api/v1"
#: Members of an answer that become its ETag, where they are numbers: the version of the answer, or of its dossier.
VERSIONS = ("version", "dossier_version")
_IN_PATH = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `rule` is Flask's, under /api/v1."""

    method: str
    rule: str
    id: str
    tag: str
    summary: str
    description: str = ""
    rpc: Rpc[..., Message] | None = None  # for an operation that is one RPC
    calls: tuple[Rpc[..., Any], ...] = ()  # else: what its view may call
    by: Rule | None = None  # who may call it, if fewer than its RPCs admit
    refuses: str = ""  # problems beside those of its RPCs and of all operations, written as in an RPC
    body: type[BaseModel] | None = None  # `Nothing` and its subclasses: a body may be left out
    upload: bool = False  # multipart instead of JSON; the view reads it
    takes: tuple[str, ...] = ()  # media types of a body that is a file; the view reads it
    query: type[BaseModel] = Nothing
    answer: type[BaseModel] | None = None
    media_types: tuple[str, ...] = ()  # for an answer that is a file
    status: int = 200
    elsewhere: str = ""  # why some callers are redirected to a page
    location: str = ""  # address of the new resource, from the path's parameters and the answer's `id`
    signed_in: bool = True
    ticket: bool = False  # a capture's, instead of a token; the view gets it
    at_kiosk: bool = False  # only at a station's computer, whose token goes beside the caller's
    creates: bool = False  # takes an Idempotency-Key
    edits: bool = False  # needs If-Match (docs/decisions/0016)
    unversioned: str = ""  # why a PUT or a DELETE takes none
    blind: bool = False  # may omit If-Match; each use says why
    limit: str = ""  # name of a rate limit
    sends_code: bool = False  # to the phone in the body; such codes are limited, too

    @property
    def rpcs(self) -> tuple[Rpc[..., Any], ...]:
        return (self.rpc,) if self.rpc else self.calls

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Who may call it: its own rule, else the rules of its RPCs."""
        return (self.by,) if self.by else tuple(rpc.by for rpc in self.rpcs)

    @property
    def has_body(self) -> bool:
        return self.body is not None or self.upload or bool(self.takes)

    @property
    def by_person(self) -> bool:
        """Whether the caller needs a token of their own."""
        return self.signed_in and not self.ticket

    @property
    def at_home(self) -> bool:
        """Whether it is one RPC of the caller's own ward, which the token names."""
        return self.rpc is not None and self.rule.startswith("/me/")

    @property
    def tells_where(self) -> bool:
        """Whether the token of a station's computer may go beside the caller's own."""
        return self.by_person and "<ward>" in self.rule


View: TypeAlias = Callable[..., "Json | Response | None"]


class Api:
    """The operations, in the order in which they are declared."""

    def __init__(self) -> None:
        self.blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
        self.operations: list[Operation] = []

    def operation(self, method: str, rule: str, **about: Any) -> Callable[[View], View]:
        """Decorates a view. The view gets the path's parameters as text, but `ward` as that ward's client, which calls
        with the headers' token and keys. Where the operation has them it also gets `body` and `query`, validated, and
        `version`, which the caller expects. It returns the answer's members, a Response, or None for 204.
        """

        def decorate(view: View) -> View:
            self._add(Operation(method, rule, **about), view)
            return view

        return decorate

    def relay(self, method: str, rule: str, rpc: Rpc[..., Message], **about: Any) -> None:
        """Declares an operation that is one RPC of a ward: path, query, body and version go into the request's fields
        of the same names, and the RPC's response becomes the answer. The path names the ward; below /me/ the token
        names it.
        """
        operation = Operation(method, rule, rpc=rpc, **about)

        def view(ward: WardClient, **given: Any) -> Json | Response | None:
            found = ward.send(rpc, request_of(rpc, given))
            if isinstance(found, Paper):
                return saved_file(found.content, "application/pdf", found.filename)
            return encode(operation.answer, found, ward=ward.code) if operation.answer else None

        self._add(operation, view)

    def act(self, act: OfferedAct) -> None:
        """Declares the operation of an act on a dossier, unless the act has one of its own."""
        if act.summary:
            self.relay(
                "POST",
                f"/wards/<ward>/dossiers/<uuid:dossier>/{act.name}",
                act.rpc,
                id=act.rpc.name[0].lower() + act.rpc.name[1:],
                tag=act.tag,
                summary=act.summary,
                description=act.description,
                body=act.body,
                answer=answers.Dossier,
                creates=True,
                edits=True,
            )

    def _add(self, operation: Operation, view: View) -> None:
        self.operations.append(operation)

        def serve(**path: object) -> Response:
            if operation.by_person:
                token()  # a caller without a token must not use up the tries of others at the same address
            if operation.limit:
                count(operation.limit)
            given = _given(operation, path)
            if operation.sends_code:
                count_phone(given["body"].phone)
            try:
                return _response(operation, path, view(**given))
            except Refusal as no:
                raise _told(operation, no) from no

        self.blueprint.add_url_rule(
            operation.rule,
            operation.id,
            serve,
            methods=[operation.method],
            provide_automatic_options=False,  # Flask's own would be an empty page that is in no document
        )


def request_of(rpc: Rpc[..., Message], given: Mapping[str, Any]) -> Message:
    """The request of an RPC, from a view's arguments: `dossier` fills its `dossier_id`, or its `id`."""
    fields = rpc.descriptor.fields_by_name
    values: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, BaseModel):
            values |= value.model_dump(by_alias=True)
        elif name == "version":
            values["expected_version"] = value
        else:
            field = next(fields[known] for known in (name, f"{name}_id", "id") if known in fields)
            values[field.name] = int(value) if field.type == FieldDescriptor.TYPE_INT32 else value
    return rpc.request(**values)


def _given(operation: Operation, path: Mapping[str, object]) -> dict[str, Any]:
    """The view's arguments. The token is checked first, so that a stranger's body is not read."""
    caller = token() if operation.by_person else ""
    given: dict[str, Any] = {name: str(value) for name, value in path.items()}
    if operation.ticket:
        given["ticket"] = ticket()
    query = read_query(operation.query)
    if operation.query is not Nothing:
        given["query"] = query
    if operation.body is not None:
        body = read_body(operation.body, optional=issubclass(operation.body, Nothing))
        given |= {} if operation.body is Nothing else {"body": body}
    if operation.takes and request.mimetype not in operation.takes:
        raise wrong_media_type(", ".join(operation.takes))
    if operation.edits:
        given["version"] = expected_version(blind=operation.blind)
    if operation.at_home:
        given["ward"] = home_ward()
    if "ward" in given:
        key = idempotency_key() if operation.creates else ""
        kiosk = kiosk_token() if operation.tells_where else ""
        given["ward"] = wards().client(given["ward"], caller, key, kiosk)
    return given


def pointing(operation: Operation, no: Refusal) -> Refusal:
    """A service names the fields of its message. The client gets a pointer for a field from the body, and the
    parameter's name for a field from the path or the query.
    """
    if not no.fields:
        return no
    members = {
        **_names_in_path(operation),
        **_names_in_message(operation.query, ""),
        **_names_in_message(operation.body or Nothing, "/"),
    }

    def told(field: str) -> str:
        first, slash, rest = field.partition("/")
        return members.get(first, first) + slash + rest

    fields = tuple(FieldFault(told(fault.field), fault.text) for fault in no.fields)
    return no.with_fields(fields)


def _told(operation: Operation, no: Refusal) -> Refusal:
    """A refusal in words for a client, which does not reload a page, but reads again and names the version that it
    read.
    """
    no = pointing(operation, no)
    if not operation.edits or no.type != "stale-version":
        return no
    current = "bản đang có" if no.version is None else f'bản đang có, "{no.version}"'
    text = (
        f"Nội dung này vừa được thay đổi ở nơi khác. Xin đọc lại {current}, so sánh với điều muốn thay đổi, rồi gửi "
        "lại với If-Match là ETag của bản đó."
    )
    return Refusal(no.kind, no.type, text, fields=no.fields, version=no.version)


def _names_in_path(operation: Operation) -> dict[str, str]:
    """`dossier_id` of an RPC's request → `dossier`, as the path has it."""
    return {f"{name}_id": name for name in _IN_PATH.findall(operation.rule)}


def _names_in_message(model: type[BaseModel], prefix: str) -> dict[str, str]:
    """Name of the field in an RPC's request → the client's name for it; a form that is the whole body has the empty
    pointer.
    """
    if issubclass(model, RootModel):
        return {"form_json": ""}
    return {
        field.serialization_alias or name: prefix + (field.alias or name) for name, field in model.model_fields.items()
    }


def _response(operation: Operation, path: Mapping[str, object], result: Json | Response | None) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        nothing = Response(status=204)
        del nothing.headers["Content-Type"]
        return nothing
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, status=operation.status, content_type="application/json")
    version = next((result[name] for name in VERSIONS if name in result), None)
    if isinstance(version, int) and version:  # a ward that runs the release before may have none: 0 is no version
        response.headers["ETag"] = f'"{version}"'
    if operation.location:
        response.headers["Location"] = PREFIX + operation.location.format(**path, id=result.get("id"))
    return response


api = Api()
