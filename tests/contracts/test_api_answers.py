"""Whatever is sent to the HTTP API in a form that its document describes, the answer is one that it describes.

The services are away here: what is held is the gateway's own reading of requests, and its document.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from google.protobuf.message import Message
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.chassis.grpc.client import unavailable
from tests.unit.gateway.conftest import application, bearer
from tests.unit.gateway.fakes import FakeWards, Script

Operation = schemathesis.schemas.APIOperation[Any, Any, Any, Any]
EXAMPLES = 3  # of each operation; the same ones in every run
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


class Away(dict[str, Script]):
    """Every RPC there is, of a service that is away."""

    def __missing__(self, rpc: str) -> Script:
        def script(*_: object) -> Message:
            raise unavailable()

        return script


def is_foreseen(operation: Operation, response: schemathesis.Response) -> bool:
    """Whether an answer is no problem, or one of a type that the document has there for the operation."""
    if response.status_code < 400:
        return True
    described = operation.definition.raw["responses"][str(response.status_code)]
    if "$ref" in described:
        described = operation.schema.raw_schema["components"]["responses"][described["$ref"].rpartition("/")[2]]
    return response.json()["type"].rpartition("/")[2] in described["x-problems"]


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> schemathesis.BaseSchema:
    app = application()
    wards = FakeWards(app.extensions["settings"])
    wards.scripts = Away()
    monkeypatch.setitem(app.extensions, "wards", wards)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_every_answer_is_one_that_the_document_describes(document: schemathesis.BaseSchema) -> None:
    statuses: set[int] = set()
    for found in document.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case[Any]) -> None:
            response = case.call(headers=bearer())
            case.validate_response(response, checks=CHECKS)
            assert is_foreseen(case.operation, response), case.as_curl_command()
            assert response.status_code != 500, case.as_curl_command()
            statuses.add(response.status_code)

        holds()
    assert {200, 400, 404, 503} <= statuses
