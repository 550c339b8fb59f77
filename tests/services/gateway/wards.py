"""Real gRPC servers of a ward on the chassis, with its rules and its way to refuse; the test scripts the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import grpc
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from caunoi.dossiers.v1 import dossiers_pb2, dossiers_pb2_grpc
from caunoi.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from google.protobuf.descriptor import ServiceDescriptor

from services.chassis.call import Call, current_call
from services.chassis.grpc.rules import PUBLIC, Rule, of_any_ward, of_ward
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.tokens import Role, load_issuers, load_verifier
from tests.district import DISTRICT

Script = Callable[[Any], Any]
PUBLIC_RPCS = {
    "FindHomeWard",
    "CreateSession",
    "EndSession",
    "ListProcedures",
    "GetProcedure",
    "TrackDossier",
    "VerifyCertificate",
}

_SERVICES: dict[str, tuple[ServiceDescriptor, type[Any], Callable[..., None]]] = {
    "accounts": (
        accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"],
        accounts_pb2_grpc.AccountsServiceServicer,
        accounts_pb2_grpc.add_AccountsServiceServicer_to_server,
    ),
    "dossiers": (
        dossiers_pb2.DESCRIPTOR.services_by_name["DossiersService"],
        dossiers_pb2_grpc.DossiersServiceServicer,
        dossiers_pb2_grpc.add_DossiersServiceServicer_to_server,
    ),
    "notifications": (
        notifications_pb2.DESCRIPTOR.services_by_name["NotificationsService"],
        notifications_pb2_grpc.NotificationsServiceServicer,
        notifications_pb2_grpc.add_NotificationsServiceServicer_to_server,
    ),
}


class _Lacking:
    """A server with all RPCs except some, which it does not know."""

    def __init__(self, server: grpc.Server, lacks: Collection[str]) -> None:
        self._server, self._lacks = server, lacks

    def add_generic_rpc_handlers(self, _: object) -> None:
        """The same again, as one."""

    def add_registered_method_handlers(
        self, service: str, handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]]
    ) -> None:
        known = {name: handler for name, handler in handlers.items() if name not in self._lacks}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, known),))


class WardService:
    """One service of some wards. `scripts` maps an RPC to what answers it; `calls` are the calls that came in."""

    def __init__(
        self,
        name: str,
        wards: frozenset[str],
        trusted: Path,
        listen: str = "127.0.0.1:0",
        lacks: Collection[str] = (),  # RPCs that it does not know: a version before them
    ) -> None:
        self._issuers = load_issuers(trusted.parent / "signing-accounts.json", "accounts")
        self.scripts: dict[str, Script] = {"IssueWardTokens": self._issue, "ListOwnWards": self._own_wards}
        self.calls: list[Call] = []
        self._hanging = threading.Event()
        contract, servicer, add = _SERVICES[name]
        citizens = of_any_ward(Role.CITIZEN)
        rules: dict[str, Rule] = {
            method.name: PUBLIC if method.name in PUBLIC_RPCS else citizens for method in contract.methods
        }
        if name == "accounts":
            rules["IssueWardTokens"] = of_ward(Role.CITIZEN, Role.KIOSK)
        self.server = Server(
            service_names=[contract.full_name],
            interceptor=CallInterceptor(rules, wards, load_verifier(trusted), DISTRICT),
            listen=listen,
            threads=64,
            reflected=False,
        )
        methods = {method.name: self._method(method.name) for method in contract.methods}
        add(type(f"Scripted{name}", (servicer,), methods)(), _Lacking(self.server.grpc, lacks))
        self.server.start()
        self.server.set_ready(True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def hang(self, rpc: str) -> None:
        """From now on the RPC gives no answer until the server stops."""

        def never(_: Any) -> Any:
            self._hanging.wait(60)
            raise AssertionError("nobody waits any more")

        self.scripts[rpc] = never

    def _issue(self, request: accounts_pb2.IssueWardTokensRequest) -> accounts_pb2.IssueWardTokensResponse:
        caller = current_call().caller
        issued = {ward: self._issuers[caller.ward].issue(caller, to=ward) for ward in request.wards}
        return accounts_pb2.IssueWardTokensResponse(tokens=issued)

    def _own_wards(self, _: accounts_pb2.ListOwnWardsRequest) -> accounts_pb2.ListOwnWardsResponse:
        return accounts_pb2.ListOwnWardsResponse(wards=DISTRICT.wards)

    def stop(self) -> None:
        self._hanging.set()
        self.server.stop(0)

    def _method(self, name: str) -> Callable[..., Any]:
        def serve(_: Any, request: Any, context: grpc.ServicerContext) -> Any:
            self.calls.append(current_call())
            return self.scripts[name](request)

        return serve
