"""A refusal crosses gRPC unharmed (docs/architecture.md, rule 9), and a fault of the network becomes one."""

from __future__ import annotations

import pickle
from typing import Any

import grpc
import pytest
from grpc_status import rpc_status

from services.chassis.grpc.client import refusal_of, went_unanswered
from services.chassis.grpc.server import status_of
from services.chassis.refusal import FieldFault, Kind, Refusal


class _Fault(grpc.RpcError):
    """A server's status as a client sees it."""

    def __init__(self, code: grpc.StatusCode, details: str = "", trailing: Any = ()) -> None:
        self._code, self._details, self._trailing = code, details, trailing

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> Any:
        return self._trailing


def over_the_wire(refusal: Refusal) -> Refusal:
    status = rpc_status.to_status(status_of(refusal))
    return refusal_of(_Fault(status.code, status.details, status.trailing_metadata))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.BROKEN])
def test_kind_type_text_fields_and_waiting_time_arrive(kind: Kind) -> None:
    fields = (FieldFault("/child/full_name", "Tên không có chữ số"),)
    sent = Refusal(kind, "name-with-digits", "Xin viết lại tên.", fields=fields, retry_after=30, version=8)
    for got in (over_the_wire(sent), pickle.loads(pickle.dumps(sent))):  # the second is ours from our own process
        assert (got.kind, got.type, got.text, got.fields, got.retry_after, got.version) == (
            kind,
            "name-with-digits",
            "Xin viết lại tên.",
            fields,
            30,
            8,
        )
    assert over_the_wire(Refusal(kind, "name-with-digits", "")).version is None


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_a_peer_that_does_not_answer_is_unavailable_and_says_when_to_come_back(code: grpc.StatusCode) -> None:
    got = refusal_of(_Fault(code))
    assert got.kind is Kind.UNAVAILABLE
    assert got.retry_after


def test_a_peer_of_the_version_before_that_does_not_know_the_call_is_one_to_come_back_to() -> None:
    """One ward is upgraded before the others: an event that asks another is to wait for it, and not to be parked. It
    answers, so no breaker shuts it off from what it knows.
    """
    fault = _Fault(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
    got = refusal_of(fault)
    assert (got.kind, got.type) == (Kind.UNAVAILABLE, "temporarily-unavailable")
    got.__cause__ = fault
    assert not went_unanswered(got)


def test_a_fault_inside_the_peer_tells_nothing_of_its_inside() -> None:
    got = refusal_of(_Fault(grpc.StatusCode.UNKNOWN, "KeyError: 'secret'"))
    assert got.kind is Kind.BROKEN
    assert "secret" not in got.text
