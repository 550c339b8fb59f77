"""Every service has the same layout, and its modules keep the same rules."""

from __future__ import annotations

import ast
import re
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.guards.parts import ROOT, SERVICES, nodes, sources

each_service = pytest.mark.parametrize("service", SERVICES)
FILES = (
    *("__init__", "__main__", "service", "settings", "access", "tables", "storage", "servicer", "handlers", "events"),
    *("use_cases/__init__", "use_cases/unit", "views/__init__", "adapters/__init__", "domain/__init__"),
    "migrations/env",
)
RULES_MAY_IMPORT = (
    "services.chassis.refusal",
    "services.chassis.clock",
    "services.chassis.letters",
    "services.chassis.capacity",
)


@each_service
def test_every_service_has_the_same_files(service: str) -> None:
    folder = ROOT / "services" / service
    for name in FILES:
        assert (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file(), name
    assert (folder / "migrations" / "script.py.mako").is_file()


@each_service
def test_rules_import_the_standard_library_their_siblings_and_four_parts_of_the_chassis(service: str) -> None:
    """docs/decisions/0003"""
    own = f"services.{service}.domain"
    for path, tree in sources(f"services/{service}/domain"):
        for name in imported(tree):
            known = name.split(".")[0] in sys.stdlib_module_names or name == own or name.startswith(f"{own}.")
            assert known or name.startswith(RULES_MAY_IMPORT), f"{path} imports {name}"


def imported(tree: ast.Module) -> set[str]:
    """Full names of everything that a module imports, in any place."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("name", RULES_MAY_IMPORT)
def test_what_rules_import_imports_the_standard_library_alone(name: str) -> None:
    """docs/decisions/0003"""
    wanted = f"{name.replace('.', '/')}.py"
    (tree,) = (tree for path, tree in sources("services/chassis") if path == wanted)
    assert {each.split(".")[0] for each in imported(tree)} <= sys.stdlib_module_names


@each_service
def test_migrations_are_one_line_numbered_and_named(service: str) -> None:
    """`0002_what_it_does.py` with `revision = "0002"` behind `0001`: the folder shows what runs when."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    script = ScriptDirectory.from_config(config)
    line = list(script.walk_revisions())[::-1]
    assert [revision.down_revision for revision in line] == [None, *(revision.revision for revision in line[:-1])]
    for number, revision in enumerate(line, start=1):
        assert revision.revision == f"{number:04}"
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+\.py", revision.path.rpartition("/")[2])
        assert revision.doc, "the first line of the docstring says what it does"
    files = {path.name for path in (ROOT / "services" / service / "migrations/versions").glob("*.py")}
    assert files - {"__init__.py"} == {revision.path.rpartition("/")[2] for revision in line}


def test_time_comes_from_the_clock_alone() -> None:
    """Tests move the clock. Code that reads the machine's clock cannot be tested, and forgets the time zone."""
    asked = [
        f"{path}:{node.lineno}"
        for path, node in nodes("services", "gateway")
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert [place.split(":")[0] for place in asked if not place.startswith("services/chassis/clock.py")] == []


def test_no_code_is_written_for_a_procedure_that_is_data_alone() -> None:
    """1.000689 is named only where birth registration refers to it (docs/adding-a-procedure.md)."""
    naming = {
        path.relative_to(ROOT).as_posix()
        for folder in ("services", "gateway")
        for path in (ROOT / folder).rglob("*.py")
        if "1.000689" in path.read_text("utf-8")
    }
    assert naming == {"services/dossiers/domain/birth_parentage_checks.py"}


def test_log_events_are_static_names() -> None:
    """No f-string brings what a person typed into a log (docs/architecture.md, rule 7)."""
    for path, node in nodes("services", "gateway"):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        ):
            event = node.args[1 if node.func.attr == "log" else 0]  # behind the level
            assert all_constant(event), f"{path}:{node.lineno}"


def all_constant(event: ast.expr) -> bool:
    if isinstance(event, ast.IfExp):
        return all_constant(event.body) and all_constant(event.orelse)
    return isinstance(event, ast.Constant) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(event.value)) is not None
