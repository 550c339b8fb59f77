"""Between practice and the real wards nothing counts: over the whole table of RPCs, tried from both sides.

docs/decisions/0036. The services' own rules stand behind real gRPC; a call that gets through is noted by a servicer
that does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.chassis.events.envelope import topic_of
from services.chassis.grpc.client import metadata_for
from services.chassis.grpc.server import Server
from services.chassis.tokens import Principal, Role, load_issuers
from services.dossiers.use_cases.practice.office import DESK, OFFICER, SIGNER
from tests.district import DISTRICT, PRACTICE
from tests.fakes.serving import Answer, serve
from tests.guards.parts import SERVICES

NAM_DUONG = "20248"
SIDES = {"a real token in practice": (NAM_DUONG, PRACTICE), "a practice token in a ward": (PRACTICE, NAM_DUONG)}
METHODS = {
    f"{name}.{method.name}": (name, contract, method)
    for name, service in SERVICES.items()
    for contract in service.contracts
    for method in contract.methods
}
PEOPLE = [role for role in Role if role is not Role.SERVICE]
#: The RPCs that only one of the two sides has; both have all others, by the same rule.
ONLY_REAL = {
    *("accounts.OpenAccount", "accounts.VerifyApplication", "accounts.ActivateAccount"),
    *("accounts.ResendActivationCode", "accounts.CreateSession", "accounts.FindHomeWard", "dossiers.NotePayment"),
    # An invented person has neither a password nor a paper that somebody could look at.
    *("accounts.RequestRecovery", "accounts.RecoverAccount", "accounts.RequestPhoneChange", "accounts.ChangePhone"),
    *("accounts.ChangeEmail", "accounts.ChangeAddress", "accounts.FindAccount", "accounts.GetAccount"),
    *("accounts.ConfirmIdentity", "accounts.RequestPhoneReplacement", "accounts.ReplacePhone", "accounts.CloseAccount"),
    "accounts.ReplaceIdentityPaper",
    # They file only in their own ward, and nobody administers it.
    *("accounts.IssueWardTokens", "accounts.ListOwnWards", "accounts.OpenAdministration"),
    # Nor works in it.
    *("accounts.PassSecondFactor", "accounts.StartAuthenticator", "accounts.ConfirmAuthenticator"),
    *("accounts.ListAuthenticators", "accounts.AskSecondFactor", "accounts.RemoveAuthenticator"),
    *("accounts.RenewRecoveryCodes", "accounts.ListAdministeredStaff", "accounts.AddStaff", "accounts.ChangeStaff"),
    *("accounts.EndStaff", "accounts.RenewStaffLink", "accounts.ResetSecondFactor", "accounts.OpenStaffAccount"),
    # Nor do they live with anybody.
    *("accounts.GetOwnHousehold", "accounts.StartHousehold", "accounts.IssueHouseholdCode", "accounts.JoinHousehold"),
    *("accounts.LeaveHousehold", "accounts.RemoveHouseholdMember", "accounts.HandOverHousehold"),
    "accounts.SetResidentialGroup",
    # Nothing that an invented person does counts there.
    *("accounts.GetOwnLearning", "accounts.RecordPractice", "accounts.GetLearningReport"),
    "accounts.ListExplainedQuestions",
}
ONLY_PRACTICE = {"accounts.OpenPractice", "dossiers.ProvePractice", "notifications.ListPracticeMessages"}


class Table:
    """All three services by their rules; `call` returns whether the call was let through, or why not."""

    def __init__(self, keys: Path) -> None:
        self.keys = keys
        self.reached: list[str] = []
        self.servers: dict[str, Server] = {}
        self.channels: dict[str, grpc.Channel] = {}
        for name, service in SERVICES.items():
            answers = {method.name: self._note(name, method) for method in service.methods}
            wards = (NAM_DUONG, PRACTICE)
            self.servers[name] = serve(list(service.contracts), service.rules, answers, wards, keys)
            self.channels[name] = grpc.insecure_channel(f"127.0.0.1:{self.servers[name].port}")

    def _note(self, name: str, method: MethodDescriptor) -> Answer:
        answer = GetMessageClass(method.output_type)

        def reached(_: object) -> Message:
            self.reached.append(f"{name}.{method.name}")
            return answer()

        return reached

    def call(self, rpc: str, ward: str, token: str, kiosk: str = "") -> str:
        name, contract, method = METHODS[rpc]
        stub: Any = self.channels[name].unary_unary(
            f"/{contract.full_name}/{method.name}",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        try:
            stub(GetMessageClass(method.input_type)(), timeout=30, metadata=metadata_for(ward, token, kiosk=kiosk))
        except grpc.RpcError as fault:
            return str(fault.code().name)
        return "OK"

    def person(self, role: Role, ward: str) -> str:
        principal = Principal("11111111-2222-3333-4444-555555555555", ward, frozenset({role}), "Ai Đó", station="s")
        return load_issuers(self.keys / "signing-accounts.json", "accounts")[ward].issue(principal)

    def service(self, name: str, ward: str) -> str:
        return load_issuers(self.keys / f"signing-{name}.json", name)[ward].service_token()

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        for server in self.servers.values():
            server.stop(0)


@pytest.fixture(scope="module")
def table(keys: Path) -> Iterator[Table]:
    table = Table(keys)
    yield table
    table.close()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("rpc", METHODS)
def test_no_token_of_the_other_side_gets_in_whatever_it_is_for(table: Table, rpc: str, side: str) -> None:
    """Not even RPCs that are open to everybody accept it: the other side learns nothing about a person."""
    home, ward = SIDES[side]
    table.reached.clear()
    tokens = [table.person(role, home) for role in PEOPLE] + [table.service(name, home) for name in SERVICES]
    refusals = {table.call(rpc, ward, token) for token in tokens}
    is_there = rpc not in (ONLY_REAL if ward == PRACTICE else ONLY_PRACTICE)
    assert refusals == ({"UNAUTHENTICATED"} if is_there else {"PERMISSION_DENIED"})
    assert table.reached == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("rpc", METHODS)
def test_no_computer_of_the_other_side_counts_beside_a_token(table: Table, rpc: str, side: str) -> None:
    home, ward = SIDES[side]
    table.reached.clear()
    for role in PEOPLE:
        answer = table.call(rpc, ward, table.person(role, ward), kiosk=table.person(Role.KIOSK, home))
        assert answer in ("UNAUTHENTICATED", "PERMISSION_DENIED"), role
    assert table.reached == []


@pytest.mark.parametrize("rpc", METHODS)
def test_both_sides_have_one_table_of_rules(table: Table, rpc: str) -> None:
    """Both sides let in the same callers, except for RPCs that only one side has."""

    def let_in(ward: str) -> dict[str, str]:
        people = {str(role): table.call(rpc, ward, table.person(role, ward)) for role in PEOPLE}
        services = {name: table.call(rpc, ward, table.service(name, ward)) for name in SERVICES}
        return {**people, **services, "nobody": table.call(rpc, ward, "")}

    real, practice = let_in(NAM_DUONG), let_in(PRACTICE)
    if rpc in ONLY_REAL | ONLY_PRACTICE:
        there, elsewhere = (real, practice) if rpc in ONLY_REAL else (practice, real)
        assert set(elsewhere.values()) == {"PERMISSION_DENIED"}
        assert "OK" in there.values()
    else:
        assert real == practice


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_subscribes_across_the_border(name: str) -> None:
    settings: Any = SimpleNamespace(district=DISTRICT)  # all that a subscription asks of them
    own = {topic_of(PRACTICE, stream) for service in SERVICES.values() for stream in service.streams}
    subscribes = SERVICES[name].subscribes_to
    assert set(subscribes(PRACTICE, settings)) <= own
    for ward in DISTRICT.wards:
        assert not own & set(subscribes(ward, settings))


def test_the_office_of_practice_has_no_account_that_somebody_could_sign_in_with(table: Table) -> None:
    """Its officers are made in the process of dossiers, where they act, and nobody signs in by a user name."""
    assert table.call("accounts.CreateSession", PRACTICE, "") == "PERMISSION_DENIED"
    assert table.call("accounts.CreateSession", NAM_DUONG, "") == "OK"
    for officer, rpc in ((DESK, "AcceptDossier"), (OFFICER, "ApproveDossier"), (SIGNER, "SignDossier")):
        token = table.person(officer.role, PRACTICE)
        assert table.call(f"dossiers.{rpc}", PRACTICE, token) == "OK"
        assert table.call(f"dossiers.{rpc}", NAM_DUONG, token) == "UNAUTHENTICATED"
