"""Code that deletes for good asks the database for its owner, and only practice calls it (docs/decisions/0036)."""

from __future__ import annotations

import ast

from tests.guards.parts import nodes

WIPES = {"wipe_chassis", "delete_accounts", "delete_unused_accounts", "delete_dossiers", "delete_messages"}
#: Housekeeping of what no ward keeps.
IN_EVERY_WARD = {"delete_old_captures"}
IN_PRACTICE = {
    "services/accounts/use_cases/practice.py",
    "services/dossiers/use_cases/practice/forgetting.py",
    "services/notifications/use_cases/practice.py",
}


def _calls(node: ast.AST) -> set[str]:
    """The functions that are called below a node, by their last names."""
    called = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return {ast.unparse(each).rpartition(".")[2] for each in called}


def test_each_deletion_by_age_checks_the_owner_of_the_database() -> None:
    asking = {
        node.name: "require_practice_database" in _calls(node)
        for _, node in nodes("services")
        if isinstance(node, ast.FunctionDef) and {each.arg for each in node.args.args} >= {"session", "before"}
        if node.name.startswith(("delete", "wipe")) and node.name not in IN_EVERY_WARD
    }
    assert asking == dict.fromkeys(WIPES, True)


def test_they_are_called_by_practice_alone() -> None:
    callers = {path for path, node in nodes("services") if isinstance(node, ast.Call) and _calls(node) & WIPES}
    assert callers == IN_PRACTICE
