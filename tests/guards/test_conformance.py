"""The table of conformance (docs/conformance.md) names tests, rules and marks that exist."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from functools import cache

import pytest

from services.dossiers.domain.checks import CHECKS
from tests.guards.parts import ROOT, sources

MARKS = {"law", "seen", "memory", "design"}
SECTIONS = range(1, 13)
_CELLS = 5


@dataclass(frozen=True)
class Row:
    section: int
    fact: str
    where: str
    source: str
    mark: str
    tests: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    found: list[Row] = []
    section = 0
    for line in (ROOT / "docs" / "conformance.md").read_text("utf-8").splitlines():
        heading = re.match(r"## §(\d+) ", line)
        section = int(heading.group(1)) if heading else section
        if not section or not line.startswith("| ") or line.startswith("| Fact |"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        assert len(cells) == _CELLS, line
        fact, where, source, mark, tests = cells
        found.append(Row(section, fact, where, source, mark, tuple(re.findall(r"`([^`]+)`", tests))))
    return tuple(found)


@cache
def existing_tests() -> frozenset[str]:
    return frozenset(
        f"{path}::{node.name}"
        for path, module in sources("tests")
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def names_in(row: Row) -> set[str]:
    return set(re.findall(r"`([^`]+)`", row.where))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_law_has_rows(section: int) -> None:
    assert [row for row in rows() if row.section == section]


def test_every_row_names_tests_that_exist() -> None:
    assert [row.fact for row in rows() if not row.tests] == []
    named = {test for row in rows() for test in row.tests}
    assert sorted(named - existing_tests()) == []


def test_marks_are_of_the_known_set_and_every_fact_has_a_source() -> None:
    assert {row.mark for row in rows()} == MARKS
    assert [row.fact for row in rows() if not row.source] == []


def test_what_is_marked_as_law_names_an_article_that_somebody_has_read() -> None:
    """The name of a law is not an article, and neither is an article that was only quoted by others."""
    sources_of = {row.fact: row.source.split("; ") for row in rows() if row.mark == "law"}
    read = {fact: [part for part in parts if "(quoted)" not in part] for fact, parts in sources_of.items()}
    assert [fact for fact, parts in read.items() if not any(re.search(r" Đ\d", part) for part in parts)] == []


def test_every_check_has_a_row() -> None:
    named = {name for row in rows() for name in names_in(row)}
    assert sorted(set(CHECKS) - named) == []


def test_a_rule_that_says_it_is_remembered_has_a_row_that_says_so() -> None:
    remembered = {name for name, check in CHECKS.items() if "from memory" in (check.__doc__ or "")}
    assert remembered, "there are such rules"
    marked = {name for row in rows() if row.mark == "memory" for name in names_in(row)}
    assert sorted(remembered - marked) == []


def test_amounts_that_nobody_verified_have_a_row_that_says_so() -> None:
    prices = tomllib.loads((ROOT / "services/dossiers/fees.toml").read_text("utf-8"))["fees"]
    says_so = any(row.mark == "memory" and {"fees.toml", "verified = false"} <= names_in(row) for row in rows())
    assert says_so == any(not price["verified"] for price in prices)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_its_facts_in_the_law(section: int) -> None:
    assert re.search(rf"^## §{section} ", (ROOT / "docs" / "law.md").read_text("utf-8"), re.MULTILINE)


def test_files_that_hold_a_rule_exist() -> None:
    paths = {name for row in rows() for name in names_in(row) if "/" in name or name.endswith((".py", ".toml"))}
    places = {path for path in paths if not re.match(r"\d\.\d{6} ", path)}
    lost = [path for path in places if not ((ROOT / "services/dossiers" / path).exists() or (ROOT / path).exists())]
    assert sorted(lost) == []


def test_procedures_have_the_members_that_are_named() -> None:
    """Such as `1.000894 verification` or `1.001193 late.text`."""
    named = {name for row in rows() for name in names_in(row) if re.match(r"\d\.\d{6} ", name)}
    assert named
    for name in named:
        code, member = name.split(" ")
        files = list((ROOT / "services/dossiers/procedures" / code).glob("*.json"))
        assert any(f'"{member.split(".")[0]}"' in file.read_text("utf-8") for file in files), name
