"""A change that was made on a version that has passed: its refusal says which one is in force, in every operation."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.api.document import document, path_of
from gateway.api.examples import example_of
from gateway.api.operations import Operation, api
from services.chassis.refusal import stale
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards

DOCUMENT = document(api.operations, "")
ID = "3d0a9b7c-41e2-4c68-b5f7-90e1c8a2d634"
EDITS = [pytest.param(each, id=each.id) for each in api.operations if each.edits]


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path_of(operation.rule)][operation.method.lower()]
    return found


def sent(operation: Operation, client: FlaskClient) -> Any:
    """The answer to the operation as its own example has it."""
    path = path_of(operation.rule)
    for each in described(operation)["parameters"]:
        if each.get("in") == "path":
            value = NAM_DUONG if each["name"] == "ward" else each["schema"].get("examples", [ID])[0]
            path = path.replace(f"{{{each['name']}}}", str(value))
    body: dict[str, Any] = {}
    if operation.upload:
        body = {"data": {"kind": "birth-certificate-of-hospital", "file": (io.BytesIO(b"abc"), "a.jpg")}}
    elif operation.body is not None:
        schema = {"$ref": f"#/components/schemas/{operation.body.__name__}"}
        body = {"json": example_of(schema, DOCUMENT["components"]["schemas"], body=True)}
    return client.open(path, method=operation.method, headers=bearer() | {"If-Match": '"7"'}, **body)


def test_every_operation_of_the_document_that_takes_a_version_is_tried_here() -> None:
    takes = {f"#/components/parameters/{name}" for name in ("IfMatch", "IfMatchOrNot")}
    names = {
        operation["operationId"]
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if takes & {each.get("$ref") for each in operation["parameters"]}
    }
    assert names == {each.id for each in EDITS}
    assert len(names) > 30


@pytest.mark.parametrize("operation", EDITS)
def test_a_passed_version_is_refused_with_the_one_in_force_and_words_for_a_client(
    client: FlaskClient, wards: FakeWards, operation: Operation
) -> None:
    for rpc in operation.rpcs:
        wards.answers(rpc.name, stale(8))
    no = sent(operation, client)
    found = no.get_json()
    assert (no.status_code, found["type"]) == (412, "https://caunoi.vn/problems/stale-version"), found
    assert wards.asked[-1].request.expected_version == 7
    assert no.headers["ETag"] == '"8"'
    assert '"8"' in found["detail"]
    assert "If-Match" in found["detail"]
    assert "mở lại" not in found["detail"], "a client opens no page"
    answer = described(operation)["responses"]["412"]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    assert "ETag" in answer["headers"]


def test_a_version_that_is_not_known_any_more_is_not_made_up(client: FlaskClient, wards: FakeWards) -> None:
    """Two changes at the same moment: only the database has seen the other one."""
    (save,) = (each for each in api.operations if each.id == "saveForm")
    wards.answers("SaveForm", stale())
    no = sent(save, client)
    assert (no.status_code, "ETag" in no.headers) == (412, False)
    assert "Xin đọc lại bản đang có, so sánh" in no.get_json()["detail"]


def test_every_put_and_delete_takes_a_version_or_says_why_not() -> None:
    for operation in api.operations:
        if operation.method in ("PUT", "DELETE"):
            assert operation.edits != bool(operation.unversioned), operation.id
            said = "No `If-Match`: " in described(operation).get("description", "")
            assert said == (not operation.edits), operation.id
