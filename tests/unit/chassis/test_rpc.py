"""A service's table of RPCs: requests become commands, and a repetition of a change gets its first answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc, households_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.grpc.rpc import Free, SteppedCommand, decoder, servicer
from services.chassis.refusal import Refusal, conflict


@dataclass(frozen=True)
class HandOver:
    dossier_id: str
    recipient_name: str
    register_signed: bool
    expected_version: int
    present: tuple[str, ...]
    delivery: str
    delivery_note: str
    authorised: bool


@dataclass(frozen=True)
class Item:
    field: str
    text: str


@dataclass(frozen=True)
class RequestSupplement:
    dossier_id: str
    items: tuple[Item, ...]
    reason: str
    expected_version: int


@dataclass(frozen=True)
class Extend:
    dossier_id: str
    new_due_at: datetime | None
    reason: str
    expected_version: int


@dataclass(frozen=True)
class NameGroup:
    residential_group: int
    shown_group: int | None


@dataclass(frozen=True)
class Start:
    dossier_id: str


def test_a_command_lacks_no_field_of_its_request() -> None:
    with pytest.raises(TypeError, match="expected_version"):
        decoder(Start, dossiers_pb2.WithdrawDossierRequest.DESCRIPTOR)


def test_a_command_has_no_field_that_its_request_does_not_have() -> None:
    with pytest.raises(TypeError, match="new_due_at"):
        decoder(Extend, dossiers_pb2.StartPaymentRequest.DESCRIPTOR)


def test_a_command_is_a_dataclass() -> None:
    with pytest.raises(TypeError, match="no dataclass"):
        decoder(str, dossiers_pb2.StartPaymentRequest.DESCRIPTOR)


def test_a_deprecated_field_may_be_missing_and_several_texts_become_a_tuple() -> None:
    request = dossiers_pb2.HandOverDossierRequest(
        dossier_id="d", recipient_name="Mai", expected_version=4, present=["/wife", "/husband"], originals_compared=True
    )
    command = decoder(HandOver, request.DESCRIPTOR)(request)
    assert command == HandOver("d", "Mai", False, 4, ("/wife", "/husband"), "", "", False)


def test_an_optional_number_that_is_not_sent_is_none_and_zero_is_zero() -> None:
    read = decoder(NameGroup, households_pb2.SetResidentialGroupRequest.DESCRIPTOR)
    assert read(households_pb2.SetResidentialGroupRequest(residential_group=7)) == NameGroup(7, None)
    assert read(households_pb2.SetResidentialGroupRequest(shown_group=0)) == NameGroup(0, 0)


def test_several_messages_become_a_tuple_of_dataclasses() -> None:
    items = [dossiers_pb2.SupplementItem(field=field, text="t") for field in ("/a", "/b")]
    request = dossiers_pb2.RequestSupplementRequest(dossier_id="d", items=items, reason="r", expected_version=4)
    command = decoder(RequestSupplement, request.DESCRIPTOR)(request)
    assert command == RequestSupplement("d", (Item("/a", "t"), Item("/b", "t")), "r", 4)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (None, None),
        (Timestamp(), datetime(1970, 1, 1, tzinfo=UTC)),
        (Timestamp(seconds=1_601_949_600, nanos=5_000_000), datetime(2020, 10, 6, 2, 0, 0, 5000, tzinfo=UTC)),
        (Timestamp(seconds=2**62), datetime.max.replace(tzinfo=UTC)),
        (Timestamp(seconds=-(2**62)), datetime.min.replace(tzinfo=UTC)),
        (Timestamp(seconds=253_402_300_800), datetime.max.replace(tzinfo=UTC)),  # the year 10000
        (Timestamp(seconds=-62_135_596_801), datetime.min.replace(tzinfo=UTC)),  # the second before the year 1
    ],
)
def test_a_timestamp_is_none_where_it_is_unset_and_stays_within_the_calendar(
    stamp: Timestamp | None, moment: datetime | None
) -> None:
    request = dossiers_pb2.ExtendDossierRequest(new_due_at=stamp)
    assert decoder(Extend, request.DESCRIPTOR)(request).new_due_at == moment


class FakeUnit:
    """A unit of work that keeps first answers by request."""

    ward = "20248"

    def __init__(self, kept: dict[bytes, Message]) -> None:
        self.kept = kept

    def first_answer(self, request: Message, kind: type[Message]) -> Message | None:
        return self.kept.get(request.SerializeToString())

    def once(self, request: Message, kind: type[Message], act: Callable[[], Message]) -> Message:
        return self.first_answer(request, kind) or self.kept.setdefault(request.SerializeToString(), act())


class FakePlace:
    def __init__(self) -> None:
        self.answers: dict[bytes, Message] = {}
        self.open_units = 0

    @contextmanager
    def unit(self, *, snapshot: bool = False, apart: bool = False) -> Iterator[Any]:
        self.open_units += 1
        try:
            yield FakeUnit(self.answers)
        finally:
            self.open_units -= 1


@dataclass
class Payment:
    """Starts a payment, which is possible once; `steps` are the steps that ran."""

    place: FakePlace
    steps: list[str]
    started: bool = False

    def find(self, unit: FakeUnit, command: Start) -> str:
        self.steps.append("find")
        if self.started:
            raise conflict("started", "Đã bắt đầu.")
        return "found"

    def bring(self, place: FakePlace, command: Start, found: str) -> str:
        assert place.open_units == 0, "no transaction waits for another service"
        self.steps.append("bring")
        return f"{found} and brought"

    def change(self, unit: FakeUnit, command: Start, brought: str) -> str:
        self.steps.append("change")
        self.started = True
        return f"https://pay.example/{command.dossier_id}?{brought}"

    def serve(self, dossier: str) -> Message:
        rpc: SteppedCommand[Start, Any, Any, str, str, str] = SteppedCommand(
            Start, self.find, self.bring, self.change, lambda _, url: dossiers_pb2.StartedPayment(url=url)
        )
        request = dossiers_pb2.StartPaymentRequest(dossier_id=dossier)
        return rpc.serve(self.place, request, Start(dossier), dossiers_pb2.StartedPayment)


@pytest.fixture
def payment() -> Payment:
    return Payment(FakePlace(), [])


def test_a_change_in_steps_hands_on_what_each_step_found(payment: Payment) -> None:
    assert payment.serve("d") == dossiers_pb2.StartedPayment(url="https://pay.example/d?found and brought")
    assert payment.steps == ["find", "bring", "change"]


def test_a_repetition_that_is_refused_gets_the_first_answer(payment: Payment) -> None:
    first = payment.serve("d")
    assert payment.serve("d") == first
    assert payment.steps == ["find", "bring", "change", "find"]


def test_a_refusal_stays_where_there_is_no_first_answer(payment: Payment) -> None:
    payment.serve("d")
    with pytest.raises(Refusal) as no:
        payment.serve("another")
    assert no.value.type == "started"


CONTRACT = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]


@dataclass(frozen=True)
class EndSession:
    refresh_token: str


END_SESSION: Free[EndSession, Any, EndSession] = Free(EndSession, lambda _, command: command, lambda _: Empty())


@pytest.mark.parametrize(
    ("names", "named"),
    [
        (set(CONTRACT.methods_by_name) - {"EndSession"}, "EndSession"),
        (set(CONTRACT.methods_by_name) | {"EndTheWorld"}, "EndTheWorld"),
    ],
)
def test_a_table_has_the_rpcs_of_its_contract_and_no_other(names: set[str], named: str) -> None:
    table = dict.fromkeys(names, END_SESSION)
    with pytest.raises(TypeError, match=rf"differ: \['{named}'\]"):
        servicer(CONTRACT, accounts_pb2_grpc.AccountsServiceServicer, cast("Any", FakePlace()), table)
