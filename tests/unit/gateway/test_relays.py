"""Operations that are one RPC: what they take has its field in the request, and they return what they promise."""

from __future__ import annotations

import re

import pytest

from gateway.api.encode import encode
from gateway.api.operations import Operation, api, request_of
from tests.unit.gateway.examples import bare, filled, validator

RELAYS = [pytest.param(each, id=each.id) for each in api.operations if each.rpc is not None]


@pytest.mark.parametrize("operation", RELAYS)
def test_all_that_an_operation_takes_has_its_field_in_the_request(operation: Operation) -> None:
    assert operation.rpc is not None
    path: dict[str, object] = dict.fromkeys(re.findall(r"<(?:[^:<>]+:)?(\w+)>", operation.rule), "1")
    assert ("ward" in path) != operation.at_home
    path.pop("ward", None)
    if operation.edits:
        path["version"] = 1
    request = request_of(operation.rpc, path)
    assert len(request.ListFields()) == len(path), "each stands in a field of its own"
    for model in filter(None, (operation.query, operation.body)):
        for name, field in model.model_fields.items():
            assert (field.serialization_alias or name) in request.DESCRIPTOR.fields_by_name, name


@pytest.mark.parametrize("operation", [each for each in RELAYS if each.values[0].answer])  # type: ignore[union-attr]
def test_what_comes_back_is_what_the_document_promises(operation: Operation) -> None:
    assert operation.rpc is not None
    assert operation.answer is not None
    for message in (filled(operation.rpc.answer), bare(operation.rpc.answer)):
        validator(operation.answer).validate(encode(operation.answer, message, ward="20248"))
