"""An operation of the API: declared once, from which both the route and its place in the OpenAPI document come."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import Blueprint, Response
from pydantic import BaseModel, ConfigDict

from gateway.api.caller import token
from gateway.api.reading import read_body, read_query
from gateway.limits import limited
from services.chassis.refusal import FieldFault, Refusal

PREFIX = "/api/v1"


class Nothing(BaseModel):
    """An empty object."""

    model_config = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `rule` is Flask's, under /api/v1."""

    method: str
    rule: str
    id: str
    tag: str
    summary: str
    description: str = ""
    body: type[BaseModel] | None = None  # `Nothing` and its subclasses: a body may be left out
    upload: bool = False  # multipart instead of JSON; the view reads it
    query: type[BaseModel] = Nothing
    answer: type[BaseModel] | None = None
    media_types: tuple[str, ...] = ()  # of an answer that is a file
    status: int = 200
    signed_in: bool = True
    creates: bool = False  # takes an Idempotency-Key
    edits: bool = False  # needs If-Match (docs/decisions/0016)
    blind: bool = False  # may do without: what it does is bound to what the caller has seen otherwise
    limit: str = ""  # name of a rate limit


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a header that the operation alone knows."""

    content: BaseModel
    location: str = ""


View: TypeAlias = Callable[..., BaseModel | Reply | Response | None]


class Api:
    """The operations, in the order in which they are declared."""

    def __init__(self) -> None:
        self.blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
        self.operations: list[Operation] = []

    def operation(self, method: str, rule: str, **about: Any) -> Callable[[View], View]:
        """Decorates a view. It gets the path's parameters as text and, where the operation has them, `body` and
        `query`, validated; it answers a model, a Reply, a Response, or None for 204."""
        operation = Operation(method, rule, **about)

        def decorate(view: View) -> View:
            self.operations.append(operation)

            @functools.wraps(view)
            def serve(**path: object) -> Response:
                if operation.signed_in:
                    token()  # a stranger is told so before anything that was sent is looked at
                arguments: dict[str, object] = {name: str(value) for name, value in path.items()}
                query = read_query(operation.query)
                if operation.query is not Nothing:
                    arguments["query"] = query
                if operation.body is not None:
                    body = read_body(operation.body, optional=issubclass(operation.body, Nothing))
                    arguments |= {} if operation.body is Nothing else {"body": body}
                try:
                    return _response(operation, view(**arguments))
                except Refusal as no:
                    raise _pointing(operation, no) from no

            served = limited(operation.limit)(serve) if operation.limit else serve
            self.blueprint.add_url_rule(rule, operation.id, served, methods=[method])
            return view

        return decorate


def _pointing(operation: Operation, no: Refusal) -> Refusal:
    """A service names the fields of its message; of those that came from the body, a client is told the pointer."""
    if operation.body is None or not no.fields:
        return no
    own = operation.body.model_fields
    fields = tuple(
        FieldFault(f"/{fault.field}", fault.text) if fault.field.partition("/")[0] in own else fault
        for fault in no.fields
    )
    return Refusal(no.kind, no.type, no.text, fields=fields, retry_after=no.retry_after)


def _response(operation: Operation, result: BaseModel | Reply | Response | None) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=204)
    content, location = (result.content, result.location) if isinstance(result, Reply) else (result, "")
    response = Response(
        content.model_dump_json(by_alias=True), status=operation.status, content_type="application/json"
    )
    version = getattr(content, "version", None)
    if isinstance(version, int):
        response.headers["ETag"] = f'"{version}"'
    if location:
        response.headers["Location"] = location
    return response


api = Api()
