"""The API's document describes callers and problems as the services handle them."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from google.protobuf.message import Message

from gateway import acts, rpcs
from gateway.api.answers import Procedure
from gateway.api.document import document
from gateway.api.operations import api
from gateway.rpc import Rpc
from services.chassis.grpc.rules import Rule
from services.dossiers.catalogue import EXTENSIONS, PREFILLS
from tests.guards.parts import ROOT, SERVICES, gateway_rpcs, nodes
from tests.guards.reach import reachable
from tests.guards.refusals import problem_types

#: Problems of any call to a service: from its token, its rule, its place, or a fault.
OF_ANY_CALL = {"not-signed-in", "not-allowed", "temporarily-unavailable", "internal-error"}
#: No operation has it: it says that there is none.
OF_NO_OPERATION = {"method-not-allowed"}
#: Each list of the log is asked for by itself; the payment is the applicant's or the office's.
ASKED_APART = {"listMyAccessLog", "payDossier"}
each_rpc = pytest.mark.parametrize("rpc", gateway_rpcs(), ids=lambda rpc: f"{rpc.service}.{rpc.name}")


def between_services() -> set[str]:
    """Types that a client gets as others (docs/api.md)."""
    guide = (ROOT / "docs/api.md").read_text("utf-8")
    chapter = guide.partition("**Between services only**")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z-]+)`", chapter, re.MULTILINE))


def refused_by(rpc: Rpc[..., Message]) -> set[str]:
    return set(reachable(rpc.name)) - OF_ANY_CALL - between_services()


def of_pages_alone() -> set[str]:
    """Refusals of RPCs that only pages call, with a token that any operation asks for."""
    of_operations = {rpc.name for operation in api.operations for rpc in operation.rpcs} | {"IssueWardTokens"}
    refused = {rpc.name: refused_by(rpc) for rpc in gateway_rpcs()}
    return set().union(*(types for name, types in refused.items() if name not in of_operations)) - set().union(
        *(types for name, types in refused.items() if name in of_operations)
    )


@each_rpc
def test_the_record_of_an_rpc_names_who_may_call_it_as_its_service_does(rpc: Rpc[..., Message]) -> None:
    assert rpc.by == SERVICES[rpc.service].rules[rpc.name]


@each_rpc
def test_the_record_of_an_rpc_names_every_problem_that_its_use_case_leads_to_and_no_other(
    rpc: Rpc[..., Message],
) -> None:
    statuses = {type: min(many) for type, many in problem_types().items()}
    assert rpc.refuses == {type: statuses[type] for type in refused_by(rpc)}


def test_every_problem_that_the_code_can_give_is_in_the_document_with_its_status() -> None:
    said = {
        (type, int(status))
        for operation in operations()
        for status, answer in operation["responses"].items()
        for type in answer.get("x-problems", ())
    }
    assert of_pages_alone() == set()
    unsaid = between_services() | OF_NO_OPERATION | of_pages_alone()
    can = {(type, status) for type, many in problem_types().items() for status in many if type not in unsaid}
    assert sorted(said) == sorted(can)


def operations() -> list[dict[str, Any]]:
    """Those of the document, with what they share in its place."""
    whole = document(api.operations, "")
    found = [each for item in whole["paths"].values() for each in item.values()]
    shared = whole["components"]["responses"]
    for operation in found:
        for status, answer in operation["responses"].items():
            if "$ref" in answer:
                operation["responses"][status] = shared[answer["$ref"].rpartition("/")[2]]
    return found


def test_an_operation_that_is_not_one_rpc_names_those_that_its_view_calls() -> None:
    views = {
        keyword.value.value: view
        for _, view in nodes("gateway/api")
        if isinstance(view, ast.FunctionDef)
        for decorator in view.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "api.operation"
        for keyword in decorator.keywords
        if keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    }
    for operation in api.operations:
        if operation.rpc is None:
            named = {rpc for statement in views[operation.id].body for rpc in rpcs_in(statement)}
            assert named <= set(operation.calls), operation.id
            assert operation.calls or operation.id == "listWards"


def rpcs_in(node: ast.AST) -> set[Rpc[..., Message]]:
    """`rpcs.CREATE_DRAFT`, `PAYMENT.rpc`."""
    return {
        getattr(rpcs, each.attr) if ast.unparse(each.value) == "rpcs" else getattr(acts, ast.unparse(each.value)).rpc
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and (ast.unparse(each.value) == "rpcs" or each.attr == "rpc")
    }


def test_each_operation_names_the_roles_that_its_service_lets_in() -> None:
    described = {each["operationId"]: each for each in operations()}
    for operation in api.operations:
        said = described[operation.id]
        rules = [rule_of(rpc) for rpc in operation.rpcs]
        if not operation.by_person:
            assert all(rule.public for rule in rules), operation.id
            assert "x-roles" not in said, operation.id
            continue
        let_in = {role for rule in rules for role in rule.roles}
        elsewhere = {role for rule in rules for role in rule.elsewhere}
        if operation.by is None:
            assert (set(said["x-roles"]), set(said["x-roles-of-any-ward"])) == (let_in, elsewhere), operation.id
        else:
            assert set(said["x-roles"]) < let_in, operation.id
            assert set(said["x-roles-of-any-ward"]) <= elsewhere, operation.id
        assert said["x-roles"], operation.id


def test_an_operation_names_no_role_that_one_of_its_steps_refuses() -> None:
    """A caller who may read an entry may not therefore note it: if several RPCs follow one another, all must let the
    caller in.
    """
    described = {each["operationId"]: each for each in operations()}
    for operation in api.operations:
        if operation.id not in ASKED_APART and operation.by_person and operation.rpcs:
            all_let_in = set.intersection(*(set(rule_of(rpc).roles) for rpc in operation.rpcs))
            assert set(described[operation.id]["x-roles"]) <= all_let_in, operation.id


def test_who_may_start_a_draft_differs_by_how_it_came_in() -> None:
    """One RPC for both: the service decides by the channel (`drafts.may_begin`)."""
    described = {each["operationId"]: each for each in operations()}
    assert described["createDossier"]["x-roles"] == ["citizen"]
    assert described["createCounterDossier"]["x-roles"] == ["civil_status_officer", "receptionist"]
    assert described["createCounterDossier"]["x-roles-of-any-ward"] == []
    assert described["payDossier"]["x-roles"] == ["citizen", "civil_status_officer", "receptionist"]


def rule_of(rpc: Rpc[..., Message]) -> Rule:
    return SERVICES[rpc.service].rules[rpc.name]


def test_every_keyword_of_a_form_that_is_our_own_is_explained() -> None:
    described = Procedure.model_fields["form_schema"].description or ""
    assert set(re.findall(r"`(x-[a-z-]+)`", described)) == EXTENSIONS
    assert set(re.findall(r"`([a-z_]+)`", described.partition("`x-prefill`")[2].partition("\n-")[0])) == PREFILLS


def test_where_one_side_of_the_border_of_practice_has_no_operation_the_document_says_so() -> None:
    said = {each["operationId"]: each.get("x-wards") for each in operations()}
    assert said["openAccount"] == said["getMyHousehold"] == "real"
    assert said["provePractice"] == "practice"
    assert said["createDossier"] is None
