"""No act, status or register is told apart by its name outside its home: the acts' records, the texts, the contract."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gateway.acts import ACTS
from services.dossiers.domain.register import REGISTERS
from tests.guards.parts import ROOT, sources

#: `entry_lines` has texts for the members of entries, which have groups of the same names.
HOMES = {"gateway/acts.py", "gateway/texts.py", "gateway/pages/entry_lines.py"}
NAMES = ACTS.keys() | REGISTERS.keys()


def constants(node: ast.AST) -> Iterator[str]:
    """The texts below a node that may decide something: no examples, names of blueprints or kinds of notes."""
    if isinstance(node, ast.keyword) and node.arg == "examples":
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Blueprint":
        return
    if isinstance(node, ast.Subscript) and "divorce" in ast.unparse(node):
        return
    if isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value == "examples" for key in node.keys
    ):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from constants(child)


def compares_a_status_with_a_number(node: ast.AST) -> bool:
    """With one of the portal's, that is: HTTP has statuses as well."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    numbers = [each.value for side in sides for each in ast.walk(side) if isinstance(each, ast.Constant)]
    is_status = any(isinstance(side, ast.Attribute) and side.attr == "status" for side in sides)
    return is_status and any(isinstance(number, int) and number < 100 for number in numbers)


def test_no_code_of_the_gateway_names_an_act_or_register() -> None:
    named = [f"{path}: {text}" for path, tree in sources("gateway") for text in constants(tree) if text in NAMES]
    assert [each for each in named if each.partition(":")[0] not in HOMES] == []


def test_no_code_of_the_gateway_compares_a_status_with_a_number() -> None:
    found = [path for path, tree in sources("gateway") if any(map(compares_a_status_with_a_number, ast.walk(tree)))]
    assert found == []


def test_no_template_names_an_act_a_register_or_the_number_of_a_status() -> None:
    names = "|".join(map(re.escape, NAMES))
    telling = re.compile(rf"""["']({names})["']|\bstatus (==|!=|<|>|in|not in) *[(\[]?\d""")
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "gateway/templates").rglob("*.html")
        for match in telling.finditer(path.read_text("utf-8"))
    }
    assert found == set()
