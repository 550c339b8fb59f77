"""Every value that a service can answer has its word in the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2

from gateway.api import encode

#: How a value of each enum of the services' contracts reaches an answer. An enum that is new has to be put here.
ENCODED: Mapping[str, Callable[[int], str]] = {
    "AccountStatus": lambda value: encode.account(accounts_pb2.Account(status=value)).status,  # type: ignore[arg-type]
    "FindingKind": lambda value: encode.finding(dossiers_pb2.Finding(kind=value)).kind,  # type: ignore[arg-type]
    "MessageStatus": lambda value: encode.message(notifications_pb2.Message(status=value), "20248").status,  # type: ignore[arg-type]
}
#: All but zero, which stands for a value that was not set.
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
    assert ENCODED[enum](number) == name.removeprefix(prefix).lower()
