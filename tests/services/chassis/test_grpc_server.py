"""Every call passes identity, rule and ward; what no rule allows is refused (docs/architecture.md, rule 8)."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from google.protobuf import empty_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.chassis.call import current_call, seconds_left
from services.chassis.grpc.client import Peer, call
from services.chassis.grpc.rules import PUBLIC, Rule, by_service, of_any_ward, of_ward
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from services.chassis.tokens import OFFICE, Issuer, Principal, Role, Verifier, load_issuers, load_verifier
from tests.district import DISTRICT

WARD, OTHER_WARD = "20248", "20227"
NAME = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"].full_name
RULES = {
    "ListStations": PUBLIC,
    "GetOwnAccount": of_any_ward(Role.CITIZEN, here=OFFICE),
    "GetContact": by_service("notifications"),
    "OpenAccount": PUBLIC,
    "EndSession": PUBLIC,
    "ResendActivationCode": PUBLIC,
}


class Servicer(accounts_pb2_grpc.AccountsServiceServicer):
    """Answers with what the chassis made of the call."""

    def __init__(self) -> None:
        self.calls = 0

    def ListStations(
        self, request: accounts_pb2.ListStationsRequest, context: object
    ) -> accounts_pb2.ListStationsResponse:
        self.calls += 1
        station = accounts_pb2.Station(id=current_call().request_id, name=current_call().ward)
        return accounts_pb2.ListStationsResponse(stations=[station])

    def GetOwnAccount(self, request: accounts_pb2.GetOwnAccountRequest, context: object) -> accounts_pb2.Account:
        return accounts_pb2.Account(id=current_call().caller.id, full_name=f"{seconds_left():.1f}")

    def GetContact(self, request: accounts_pb2.GetContactRequest, context: object) -> accounts_pb2.Contact:
        return accounts_pb2.Contact(account_id=request.account_id)

    def OpenAccount(
        self, request: accounts_pb2.OpenAccountRequest, context: object
    ) -> accounts_pb2.OpenAccountResponse:
        raise invalid("invalid-account", "Xin sửa.", FieldFault("phone", "xin viết đủ mười chữ số"))

    def EndSession(self, request: accounts_pb2.EndSessionRequest, context: object) -> empty_pb2.Empty:
        raise ZeroDivisionError("a bug")

    def ResendActivationCode(
        self, request: accounts_pb2.ResendActivationCodeRequest, context: object
    ) -> accounts_pb2.OpenAccountResponse:
        self.calls += 1
        raise Refusal(Kind.UNAVAILABLE, "code-not-sent", "Xin chờ rồi bấm gửi lại.", retry_after=30)

    def FindHomeWard(
        self, request: accounts_pb2.FindHomeWardRequest, context: object
    ) -> accounts_pb2.FindHomeWardResponse:
        return accounts_pb2.FindHomeWardResponse(ward="no rule names this RPC")


@pytest.fixture
def servicer() -> Servicer:
    return Servicer()  # type: ignore[abstract]  # a few RPCs will do


@pytest.fixture
def server(servicer: Servicer, keys: Path) -> Iterator[Server]:
    interceptor = CallInterceptor(
        RULES,
        frozenset({WARD}),
        load_verifier(keys / "trusted.json"),
        DISTRICT,
        polls={"ListStations", "ResendActivationCode"},
    )
    server = Server(service_names=[NAME], interceptor=interceptor, listen="127.0.0.1:0", threads=4, reflected=True)
    accounts_pb2_grpc.add_AccountsServiceServicer_to_server(servicer, server.grpc)
    server.start()
    yield server
    server.stop(1)


@pytest.fixture
def stub(server: Server) -> Iterator[accounts_pb2_grpc.AccountsServiceStub]:
    peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda ward: f"127.0.0.1:{server.port}")
    yield peer.stub(WARD)
    peer.close()


@pytest.fixture(scope="module")
def token(keys: Path) -> Callable[..., str]:
    issuers = load_issuers(keys / "signing-accounts.json", "accounts")
    notifications: dict[str, Issuer] = load_issuers(keys / "signing-notifications.json", "notifications")

    def make(role: Role, ward: str = WARD) -> str:
        if role is Role.SERVICE:
            return notifications[ward].service_token(to=WARD)
        return issuers[ward].issue(Principal("p1", ward, frozenset({role})), to=WARD)

    return make


def kind_of(act: Callable[[], object]) -> tuple[Kind, str]:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.kind, no.value.type


def own_account(stub: accounts_pb2_grpc.AccountsServiceStub, token: str) -> accounts_pb2.Account:
    return call(stub.GetOwnAccount, accounts_pb2.GetOwnAccountRequest(), ward=WARD, seconds=5, token=token)


def test_a_public_call_needs_no_token_and_carries_ward_and_request_id(
    stub: accounts_pb2_grpc.AccountsServiceStub,
) -> None:
    answer = call(stub.ListStations, accounts_pb2.ListStationsRequest(), ward=WARD, seconds=5)
    assert answer.stations[0].name == WARD
    assert answer.stations[0].id  # made where the caller gave none


def test_what_is_asked_all_the_time_is_logged_at_debug_unless_it_is_refused(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str], log_lines: list[Any]
) -> None:
    call(stub.ListStations, accounts_pb2.ListStationsRequest(), ward=WARD, seconds=5)
    own_account(stub, token(Role.CITIZEN))
    with pytest.raises(Refusal):
        call(stub.ResendActivationCode, accounts_pb2.ResendActivationCodeRequest(), ward=WARD, seconds=5)
    assert {line["method"]: line["log_level"] for line in log_lines if line["event"] == "call"} == {
        "ListStations": "debug",
        "GetOwnAccount": "info",
        "ResendActivationCode": "info",
    }


def test_a_ward_that_is_not_served_here_is_not_found(stub: accounts_pb2_grpc.AccountsServiceStub) -> None:
    request = accounts_pb2.ListStationsRequest()
    assert kind_of(lambda: call(stub.ListStations, request, ward="99999", seconds=5)) == (
        Kind.NOT_FOUND,
        "unknown-ward",
    )


def test_citizens_come_from_any_ward_and_staff_from_this_one(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str]
) -> None:
    assert own_account(stub, token(Role.CITIZEN, OTHER_WARD)).id == "p1"
    assert own_account(stub, token(Role.SIGNER)).id == "p1"
    assert kind_of(lambda: own_account(stub, token(Role.SIGNER, OTHER_WARD)))[0] is Kind.FORBIDDEN


def test_a_volunteer_is_refused_where_citizens_are_let_in(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str]
) -> None:
    """A volunteer's token opens no dossier and no form value (docs/architecture.md, rule 3)."""
    assert kind_of(lambda: own_account(stub, token(Role.VOLUNTEER))) == (Kind.FORBIDDEN, "not-allowed")


@pytest.mark.parametrize("bad", ["", "nonsense", "a.b.c"])
def test_a_caller_without_a_valid_token_is_asked_to_sign_in(
    stub: accounts_pb2_grpc.AccountsServiceStub, bad: str
) -> None:
    assert kind_of(lambda: own_account(stub, bad)) == (Kind.UNAUTHENTICATED, "not-signed-in")


@pytest.mark.parametrize("bad", ["nonsense", "a.b.c"])
def test_a_computers_token_that_does_not_count_is_told_from_the_persons_own(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str], bad: str
) -> None:
    def ask() -> accounts_pb2.Account:
        own, asked = token(Role.CITIZEN), accounts_pb2.GetOwnAccountRequest()
        return call(stub.GetOwnAccount, asked, ward=WARD, seconds=5, token=own, kiosk=bad)

    assert kind_of(ask) == (Kind.UNAUTHENTICATED, "kiosk-token-expired")


def test_a_service_alone_may_ask_what_is_for_it(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str]
) -> None:
    request = accounts_pb2.GetContactRequest(account_id="p1")
    assert call(stub.GetContact, request, ward=WARD, seconds=5, token=token(Role.SERVICE)).account_id == "p1"
    refused = kind_of(lambda: call(stub.GetContact, request, ward=WARD, seconds=5, token=token(Role.WARD_ADMIN)))
    assert refused[0] is Kind.FORBIDDEN


def test_an_rpc_that_no_rule_names_is_refused_to_everybody(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str]
) -> None:
    for role in Role:
        request = accounts_pb2.FindHomeWardRequest()
        refused = kind_of(lambda: call(stub.FindHomeWard, request, ward=WARD, seconds=5, token=token(role)))  # noqa: B023  # called at once
        assert refused[0] is Kind.FORBIDDEN


def test_a_refusal_arrives_with_its_fields(stub: accounts_pb2_grpc.AccountsServiceStub) -> None:
    with pytest.raises(Refusal) as no:
        call(stub.OpenAccount, accounts_pb2.OpenAccountRequest(), ward=WARD, seconds=5)
    assert no.value.fields == (FieldFault("phone", "xin viết đủ mười chữ số"),)


@pytest.mark.parametrize("how", [{}, {"repeatable": True}, {"idempotency_key": "key-1"}], ids=str)
def test_a_refusal_is_an_answer_and_is_not_asked_for_again(
    stub: accounts_pb2_grpc.AccountsServiceStub, servicer: Servicer, how: dict[str, Any]
) -> None:
    request = accounts_pb2.ResendActivationCodeRequest()
    with pytest.raises(Refusal) as no:
        call(stub.ResendActivationCode, request, ward=WARD, seconds=5, **how)
    assert (no.value.kind, no.value.type, no.value.retry_after) == (Kind.UNAVAILABLE, "code-not-sent", 30)
    assert servicer.calls == 1


def test_a_bug_is_answered_with_the_request_id_and_nothing_of_its_inside(
    stub: accounts_pb2_grpc.AccountsServiceStub,
) -> None:
    with pytest.raises(Refusal) as no:
        call(stub.EndSession, accounts_pb2.EndSessionRequest(), ward=WARD, seconds=5)
    assert no.value.kind is Kind.BROKEN
    assert "Zero" not in no.value.text
    assert "bug" not in no.value.text


def test_the_deadline_of_the_caller_is_known_to_the_callee(
    stub: accounts_pb2_grpc.AccountsServiceStub, token: Callable[..., str]
) -> None:
    left = float(own_account(stub, token(Role.CITIZEN)).full_name)
    assert 3 < left <= 5


def test_a_call_without_a_deadline_does_not_leave_the_process(stub: accounts_pb2_grpc.AccountsServiceStub) -> None:
    with pytest.raises(ValueError, match="without a deadline"):
        stub.ListStations(accounts_pb2.ListStationsRequest())


def test_a_peer_that_is_away_is_unavailable_once_the_deadline_is_over() -> None:
    peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda ward: "127.0.0.1:1")
    request = accounts_pb2.ListStationsRequest()
    stub = peer.stub(WARD)
    assert kind_of(lambda: call(stub.ListStations, request, ward=WARD, seconds=0.5, repeatable=True)) == (
        Kind.UNAVAILABLE,
        "temporarily-unavailable",
    )
    peer.close()


def test_health_tells_liveness_from_readiness(server: Server) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health = health_pb2_grpc.HealthStub(channel)

        def status(name: str) -> int:
            answer: int = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=5).status  # type: ignore[attr-defined]  # made at run time
            return answer

        serving, not_serving = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
        assert (status("liveness"), status("")) == (serving, not_serving)
        server.set_ready(True)
        assert (status(""), status(NAME)) == (serving, serving)
        server.set_alive(False)
        assert status("liveness") == not_serving


def test_a_port_that_is_taken_is_an_error_and_not_a_second_server(server: Server) -> None:
    with pytest.raises(RuntimeError):
        Server(
            service_names=[NAME],
            interceptor=CallInterceptor({}, frozenset(), Verifier({}), DISTRICT),
            listen=f"127.0.0.1:{server.port}",
            threads=1,
            reflected=False,
        )


def test_rules_read_as_what_they_allow() -> None:
    citizen_elsewhere = Principal("c", OTHER_WARD, frozenset({Role.CITIZEN}))
    assert of_any_ward(Role.CITIZEN).allows(citizen_elsewhere, WARD)
    assert not of_ward(Role.CITIZEN).allows(citizen_elsewhere, WARD)
    assert not Rule().allows(citizen_elsewhere, OTHER_WARD)


@pytest.mark.parametrize(
    ("rule", "service", "ward", "allowed"),
    [
        (by_service("dossiers"), "dossiers", WARD, True),
        (by_service("dossiers"), "dossiers", OTHER_WARD, False),
        (by_service("dossiers"), "accounts", WARD, False),
        (by_service("dossiers", of_any_ward=True), "dossiers", OTHER_WARD, True),
        (by_service("dossiers", of_any_ward=True), "accounts", OTHER_WARD, False),
        (of_any_ward(*Role), "dossiers", WARD, False),
        (Rule(), "", WARD, False),
    ],
)
def test_a_service_is_let_in_by_its_name_alone(rule: Rule, service: str, ward: str, allowed: bool) -> None:
    principal = Principal(f"service:{service}", ward, frozenset({Role.SERVICE}))
    assert rule.allows(principal, WARD) is allowed


def test_somebody_with_the_name_of_a_service_is_not_one() -> None:
    assert not by_service("dossiers").allows(Principal("service:dossiers", WARD, frozenset({Role.CITIZEN})), WARD)


def test_what_is_not_repeated_waits_for_a_connection_that_a_busy_machine_makes_late(server: Server) -> None:
    with _late(server.port, 0.5) as port:
        peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda ward: f"127.0.0.1:{port}")
        open_account = peer.stub(WARD).OpenAccount
        asked = kind_of(lambda: call(open_account, accounts_pb2.OpenAccountRequest(), ward=WARD, seconds=5))
        peer.close()
    assert asked == (Kind.INVALID, "invalid-account")


@contextmanager
def _late(behind: int, seconds: float) -> Iterator[int]:
    """A port that takes each connection at once, and passes on what goes to and comes from `behind` only then."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            time.sleep(seconds)
            with socket.create_connection(("127.0.0.1", behind)) as there:
                threading.Thread(target=_pass_on, args=(self.request, there), daemon=True).start()
                _pass_on(there, self.request)

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Listener(("127.0.0.1", 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield listener.server_address[1]
        listener.shutdown()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
