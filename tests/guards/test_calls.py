"""Every RPC is served and has a rule, and no call leaves without a deadline."""

from __future__ import annotations

import ast

import pytest

from gateway.wards import STUBS
from services.chassis.service import Service
from services.chassis.tokens import Role
from tests.guards.parts import SERVICES, gateway_rpcs, nodes, rpc_names, unserved

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


@each_service
def test_every_rpc_has_a_rule_and_every_rule_an_rpc(service: Service) -> None:
    assert set(service.rules) == {method.name for method in service.methods}


@each_service
def test_what_is_logged_at_debug_is_an_rpc_that_only_reads(service: Service) -> None:
    assert {*service.polls} <= {*service.rules}
    assert all(name.startswith(("Get", "List", "Take", "Watch")) for name in service.polls)


@each_service
def test_every_rpc_is_served(service: Service) -> None:
    assert unserved(service) == set()


@each_service
def test_public_rpcs_ask_for_nobody_and_all_others_for_people_or_one_service(service: Service) -> None:
    for name, rule in service.rules.items():
        assert [rule.public, bool(rule.roles), bool(rule.service)].count(True) == 1, name


@each_service
def test_services_are_named_and_let_in_by_no_role(service: Service) -> None:
    for name, rule in service.rules.items():
        assert Role.SERVICE not in rule.roles | rule.elsewhere, name
        assert rule.service in ("", *SERVICES), name


@each_service
def test_staff_of_another_ward_are_in_no_rule(service: Service) -> None:
    """Only citizens, and services for them, act in another ward."""
    for name, rule in service.rules.items():
        assert rule.elsewhere <= {Role.CITIZEN}, name


def test_a_volunteer_sees_an_own_account_and_nothing_of_anybody_elses() -> None:
    """docs/architecture.md, rule 3: a volunteer's token opens no dossier and no form value, in the services."""
    open_to_volunteers = {
        f"{service.name}.{name}"
        for service in SERVICES.values()
        for name, rule in service.rules.items()
        if Role.VOLUNTEER in rule.roles | rule.elsewhere
    }
    assert open_to_volunteers == {
        "accounts.ChangePassword",  # their own
        "accounts.GetOwnAccount",
        "accounts.GetOwnSession",
        "accounts.ListOwnAccessLog",
        # Their own second factors
        "accounts.ListAuthenticators",
        "accounts.AskSecondFactor",
        "accounts.RemoveAuthenticator",
        "accounts.RenewRecoveryCodes",
        "accounts.ListDuties",  # their own
        "accounts.ListPhrases",
        # Guided sessions that they hold: places, and never a value
        "accounts.JoinGuidedSession",
        "accounts.GetGuidedSession",
        "accounts.ListGuidedSessions",
        "accounts.Guide",
        "accounts.EndGuidedSession",
    }


@each_service
def test_every_rpc_has_a_caller_that_gives_it_a_deadline(service: Service) -> None:
    """The gateway has it in its records, or a service names it, to hand it to `call`."""
    recorded = {rpc.name for rpc in gateway_rpcs() if rpc.service == service.name and rpc.seconds > 0}
    named = {node.attr for _, node in nodes("services") if isinstance(node, ast.Attribute)}
    assert sorted({method.name for method in service.methods} - recorded - named) == []


def test_only_the_chassis_calls_stubs_because_it_sets_the_deadline() -> None:
    """An RPC is named (`stub.GetDossier`) and handed to `call`, which sets the deadline; nobody calls it directly."""
    rpcs = rpc_names()
    direct = [
        f"{path}:{node.lineno} {node.func.attr}"
        for path, node in nodes("services", "gateway")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in rpcs
    ]
    assert direct == []


def test_channels_are_made_by_the_chassis_alone() -> None:
    """Its channels refuse a call that has no deadline."""
    makers = {"insecure_channel", "secure_channel", "aio"}
    places = {
        path
        for path, node in nodes("services", "gateway")
        if isinstance(node, ast.Attribute)
        and node.attr in makers
        and isinstance(node.value, ast.Name)
        and node.value.id == "grpc"
    }
    assert places == {"services/chassis/grpc/client.py"}


@each_service
def test_the_gateway_has_the_stub_of_every_contract(service: Service) -> None:
    names = {stub.__name__ for stub in STUBS[service.name]}
    assert names == {f"{contract.name}Stub" for contract in service.contracts}


def test_the_gateway_calls_each_rpc_by_one_record() -> None:
    """A record has one deadline; two records could have two."""
    names = [f"{rpc.service}.{rpc.name}" for rpc in gateway_rpcs()]
    assert len(names) == len(set(names))
    answers = {rpc.name: (rpc.answer.DESCRIPTOR, rpc.method.output_type) for rpc in gateway_rpcs()}
    assert [name for name, (said, promised) in answers.items() if said is not promised] == []
