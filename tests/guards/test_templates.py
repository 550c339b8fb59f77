"""Templates import nothing and define nothing that they do not use, link to views that exist, and stylesheets style
what there is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint
from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

from gateway.app import create_app
from gateway.settings import Settings
from tests.guards.parts import ROOT

TEMPLATES_OF_PAGES = ROOT / "gateway/templates"
TEMPLATES = sorted(TEMPLATES_OF_PAGES.rglob("*.html"))
STATIC = ROOT / "gateway/static"
_ADDRESSES = ("accounts_address", "dossiers_address", "notifications_address")
_SETTINGS: Mapping[str, Any] = {**dict.fromkeys(_ADDRESSES, "127.0.0.1:9"), "secret_key": "k" * 32}
_CLASS = re.compile(r"\bapp-[a-z0-9_-]+")
_STYLED = re.compile(r"\.(app-[a-z0-9_-]+)")
_ADDED = re.compile(r"(\bapp-[a-z0-9_-]+--)\{[{%]")  # `app-swatch--{{ name }}`


@cache
def parsed() -> Mapping[Path, nodes.Template]:
    environment = Environment(autoescape=True)
    return {path: environment.parse(path.read_text("utf-8")) for path in TEMPLATES}


def read_in(tree: nodes.Node) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}


def imported(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """What a template imports: its name where it is defined, and here."""
    for node in tree.find_all(nodes.FromImport):
        for name in node.names:
            yield (name, name) if isinstance(name, str) else name
    for module in tree.find_all(nodes.Import):
        yield module.target, module.target


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(TEMPLATES_OF_PAGES).as_posix())
def test_what_a_template_imports_is_used(path: Path) -> None:
    tree = parsed()[path]
    assert sorted({here for _, here in imported(tree)} - read_in(tree)) == []


def test_every_macro_is_called_and_reads_what_it_is_given() -> None:
    called = {name for tree in parsed().values() for name, _ in imported(tree)}
    called |= {node.attr for tree in parsed().values() for node in tree.find_all(nodes.Getattr)}
    for path, tree in parsed().items():
        for macro in tree.find_all(nodes.Macro):
            assert macro.name in called | read_in(tree), f"{path}: {macro.name} is called by nothing"
            assert {each.name for each in macro.args} <= read_in(macro), f"{path}: {macro.name}"


def test_every_class_of_a_stylesheet_is_that_of_an_element() -> None:
    sources = [*TEMPLATES, *STATIC.glob("*.js"), *(ROOT / "gateway").rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    styled = {each for path in STATIC.glob("*.css") for each in _STYLED.findall(path.read_text("utf-8"))}
    known = set(_CLASS.findall(text))
    added = tuple(_ADDED.findall(text))
    assert [each for each in sorted(styled - known) if not each.startswith(added)] == []


def test_every_class_of_an_element_is_styled_or_looked_for() -> None:
    sources = [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *(ROOT / "tests/browser").rglob("*.py")]
    looked_for = {each for path in sources for each in _CLASS.findall(path.read_text("utf-8"))}
    given = {each for path in TEMPLATES for each in _CLASS.findall(path.read_text("utf-8"))}
    beginnings = {each for each in given if each.endswith("--")}
    assert sorted(given - beginnings - looked_for) == []


def endpoints_of(expression: nodes.Node) -> Iterator[str]:
    """The literal endpoints that the first argument of `url_for` may be."""
    if isinstance(expression, nodes.Const):
        yield str(expression.value)
    elif isinstance(expression, nodes.CondExpr):
        for branch in filter(None, (expression.expr1, expression.expr2)):
            yield from endpoints_of(branch)


def linked_in(tree: nodes.Template) -> Iterator[str]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
            yield from endpoints_of(call.args[0])


def with_parts(path: Path) -> set[Path]:
    """A template and those that it extends, includes or imports from."""
    found, left = set[Path](), [path]
    while left:
        one = left.pop()
        if one in parsed() and one not in found:
            found.add(one)
            left += [TEMPLATES_OF_PAGES / name for name in find_referenced_templates(parsed()[one]) if name]
    return found


def rendered_by() -> Iterator[tuple[Path, Path]]:
    """Each module of the pages, with each template that it names."""
    for module in sorted((ROOT / "gateway/pages").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
                yield module, TEMPLATES_OF_PAGES / node.value


def blueprints_of(module: Path) -> list[str]:
    name = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    return [each.name for each in vars(import_module(name)).values() if isinstance(each, Blueprint)]


@pytest.fixture(scope="module")
def endpoints() -> set[str]:
    return {rule.endpoint for rule in create_app(Settings(**_SETTINGS)).url_map.iter_rules()}


def test_every_link_of_a_template_leads_to_a_view(endpoints: set[str]) -> None:
    linked = {(path.name, each) for path, tree in parsed().items() for each in linked_in(tree)}
    assert sorted(each for each in linked if not each[1].startswith(".") and each[1] not in endpoints) == []


def test_every_link_within_a_blueprint_leads_to_a_view_of_each_module_that_renders_it(endpoints: set[str]) -> None:
    relative = {path: {one for one in linked_in(tree) if one.startswith(".")} for path, tree in parsed().items()}
    reached, wrong = set[Path](), []
    for module, rendered in rendered_by():
        blueprints = blueprints_of(module)
        for path in with_parts(rendered):
            reached.add(path)
            wrong += [
                (module.name, path.name, one)
                for one in relative[path]
                if endpoints.isdisjoint(f"pages.{name}{one}" for name in blueprints)
            ]
    assert sorted(wrong) == []
    assert [path.name for path, within in relative.items() if within and path not in reached] == []
