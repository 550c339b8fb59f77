"""Every value that a service can answer has its word in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message
from pydantic import BaseModel

from gateway.api import account_answers, dossier_answers
from gateway.api.encode import encode

#: The answer's member and the message that each enum of the services' contracts reaches it by. A new one is put here.
ENCODED: Mapping[str, tuple[type[BaseModel], type[Message], str]] = {
    "AccountStatus": (account_answers.Account, accounts_pb2.Account, "status"),
    "FindingKind": (dossier_answers.Finding, dossiers_pb2.Finding, "kind"),
    "MessageStatus": (account_answers.Message, notifications_pb2.Message, "status"),
}
#: All values except zero, which means that a value was not set.
VALUES = [
    pytest.param(enum.name, value.number, value.name, id=value.name)
    for contract in (accounts_pb2, dossiers_pb2, notifications_pb2)
    for enum in contract.DESCRIPTOR.enum_types_by_name.values()
    for value in enum.values
    if value.number
]


@pytest.mark.parametrize(("enum", "number", "name"), VALUES)
def test_every_value_of_every_enum_is_told_in_its_own_word(enum: str, number: int, name: str) -> None:
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum).upper() + "_"
    model, message, member = ENCODED[enum]
    word = encode(model, message(**{member: number}), ward="20248")[member]
    assert word == name.removeprefix(prefix).lower()
    assert word in get_args(model.model_fields[member].annotation), "the document promises it"
