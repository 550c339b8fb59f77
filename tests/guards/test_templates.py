"""Templates import nothing and define nothing that they do not use, and stylesheets style what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.guards.parts import ROOT

TEMPLATES = sorted((ROOT / "gateway/templates").rglob("*.html"))
STATIC = ROOT / "gateway/static"
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


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "gateway/templates").as_posix())
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
