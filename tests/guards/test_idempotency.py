"""An Idempotency-Key that is taken reaches the transaction of its act (docs/architecture.md, rule 1)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gateway import acts, rpcs
from gateway.api.operations import api
from gateway.rpc import READS, Rpc
from services.accounts.use_cases.unit import _GUESSABLE
from services.chassis.grpc.rpc import Command, SteppedCommand
from tests.guards.parts import SERVICES, gateway_rpcs, nodes, rpc_names, table_of

#: Does the same again without any key: a fee has one order with the provider, whose reference it carries;
#: a page has its number, and a capture ends once.
SAME_BY_NATURE = {"StartPayment", "AddCapturePage", "EndCapture"}


def functions(*folders: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path, node in nodes(*folders):
        if isinstance(node, ast.FunctionDef):
            yield path, node


def acts_named(function: ast.FunctionDef) -> set[str]:
    """The RPCs that a function names, except those that only read."""
    names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return {name for name in names & rpc_names() if not name.startswith(READS)}


def keeping() -> set[str]:
    """The RPCs that keep their first answer."""
    return SAME_BY_NATURE | {
        name
        for service in SERVICES
        for name, rpc in table_of(service).items()
        if isinstance(rpc, Command | SteppedCommand)
    }


def rpcs_named(view: ast.FunctionDef) -> set[str]:
    """The RPCs that a view of the API calls, except those that only read: `rpcs.CREATE_DRAFT`, `acts.PAYMENT.rpc`."""
    found = [
        getattr(rpcs, node.attr) if ast.unparse(node.value) == "rpcs" else getattr(acts, ast.unparse(node.value)).rpc
        for node in ast.walk(view)
        if isinstance(node, ast.Attribute) and (ast.unparse(node.value) == "rpcs" or node.attr == "rpc")
    ]
    return {rpc.name for rpc in found if isinstance(rpc, Rpc) and not rpc.name.startswith(READS)}  # no rule


def test_every_operation_that_takes_a_key_reaches_an_rpc_that_keeps_it() -> None:
    views = {
        keyword.value.value: function
        for _, function in functions("gateway/api")
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "api.operation"
        for keyword in decorator.keywords
        if keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    }
    taking = [operation for operation in api.operations if operation.creates]
    assert taking
    for operation in taking:
        called = {operation.rpc.name} if operation.rpc else rpcs_named(views[operation.id])
        assert called, operation.id
        assert called <= keeping(), operation.id


def test_the_gateway_sends_keys_to_the_rpcs_that_keep_them_and_to_no_other() -> None:
    assert {rpc.name for rpc in gateway_rpcs() if rpc.keyed} <= keeping()
    without = {rpc.name for rpc in gateway_rpcs() if not rpc.keyed and not rpc.name.startswith(READS)}
    assert without & keeping() <= SAME_BY_NATURE


#: Names of fields with few enough values to try them all; public values are not among them.
_FEW = re.compile(r"password|otp|phone|number|email|birth|login")
_PUBLIC = {"contact_phone"}  # of a station


def test_what_could_be_guessed_from_a_kept_digest_is_taken_out_of_it() -> None:
    guessable = {
        each.name
        for name, rpc in table_of("accounts").items()
        if isinstance(rpc, Command | SteppedCommand)
        for method in SERVICES["accounts"].methods
        if method.name == name
        for each in method.input_type.fields
        if _FEW.search(each.name)
    }
    assert guessable - _PUBLIC == set(_GUESSABLE)


def sends_a_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and "idempotency_key" in {keyword.arg for keyword in node.keywords}


def test_a_service_that_sends_a_key_sends_it_to_an_rpc_that_keeps_it() -> None:
    """A broken connection between services sends no second code."""
    senders = {
        f"{path}:{function.name}": acts_named(function)
        for path, function in functions("services")
        if any(sends_a_key(node) for node in ast.walk(function))
    }
    assert {name for name, acts in senders.items() if not acts <= keeping()} == set()
    assert "IssueOneTimeCode" in set[str]().union(*senders.values())
