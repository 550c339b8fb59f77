"""There is one way to ask whether somebody has left: code that forgets it, or asks in another way, lets somebody in."""

from __future__ import annotations

import ast

import pytest

from services.accounts.tables import StaffRow
from tests.guards.parts import nodes

TABLES, STORAGE = "services/accounts/tables.py", "services/accounts/storage/staff.py"
#: The places where the moment itself is set, and where it is shown.
MOMENT = {TABLES, "services/accounts/use_cases/staff.py", "services/accounts/views/staff.py"}


def reads_the_moment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "work_ended_at"


def compares_the_moment(node: ast.AST) -> bool:
    """In Python or in SQL."""
    if isinstance(node, ast.Compare):
        return any(map(reads_the_moment, (node.left, *node.comparators)))
    return isinstance(node, ast.Attribute) and node.attr in {"is_", "is_not"} and reads_the_moment(node.value)


def asks_for_staff(node: ast.AST) -> bool:
    """A query whose first table is that of staff."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "select" and node.args):
        return False
    return ast.unparse(node.args[0]).partition(".")[0] == "StaffRow"


def tells_a_volunteer_alone(node: ast.AST) -> bool:
    """Compares roles with a list of the one role."""
    if not isinstance(node, ast.Compare):
        return False
    lists = [side for side in (node.left, *node.comparators) if isinstance(side, ast.List | ast.Tuple | ast.Set)]
    equal = all(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
    return equal and any("volunteer" in ast.unparse(one).lower() for one in lists)


def test_when_somebody_left_is_set_and_told_in_one_place_each_and_asked_as_has_left() -> None:
    assert not hasattr(StaffRow, "ended_at")  # as sessions have it: no guard could tell the two apart
    assert {path for path, node in nodes("services/accounts") if reads_the_moment(node)} == MOMENT
    assert {path for path, node in nodes("services/accounts") if compares_the_moment(node)} == {TABLES}


def test_staff_are_looked_for_in_one_place() -> None:
    assert {path for path, node in nodes("services/accounts") if asks_for_staff(node)} == {STORAGE}


def test_a_volunteer_without_an_office_is_told_in_one_place_of_each_side() -> None:
    found = {path for path, node in nodes("services/accounts", "gateway") if tells_a_volunteer_alone(node)}
    assert found == {TABLES, "gateway/pages/admin/staff.py"}


@pytest.mark.parametrize(
    ("code", "finds"),
    [
        ("row.work_ended_at is None", compares_the_moment),
        ("now > row.work_ended_at", compares_the_moment),
        ("StaffRow.work_ended_at.is_(None)", compares_the_moment),
        ("select(StaffRow).where(True)", asks_for_staff),
        ("select(StaffRow.id)", asks_for_staff),
        ("row.roles == [str(Role.VOLUNTEER)]", tells_a_volunteer_alone),
        ("list(member.roles) != ['volunteer']", tells_a_volunteer_alone),
    ],
)
def test_what_is_not_to_be_is_found(code: str, finds: object) -> None:
    assert callable(finds)
    assert any(map(finds, ast.walk(ast.parse(code))))
