"""Each image holds the packages that its process imports, and none that it does not."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import grimp
import pytest

PROCESSES = {name: f"services.{name}" for name in ("accounts", "dossiers", "notifications")} | {"gateway": "gateway"}
OURS = ("services", "gateway", "caunoi")
#: What is used without an import statement.
UNSEEN = {
    "govuk-frontend-jinja": "templates of the pages include its macros",
    "gunicorn": "the command that serves the gateway",
    "tzdata": "zoneinfo, where the system has no time zones",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_process_imports_is_in_its_image(process: str) -> None:
    locked = _locked(process)
    provided = importlib.metadata.packages_distributions()
    missing = {
        package: provided.get(package, [])
        for package in _imports(process)
        if not any(_plain(name) in locked for name in provided.get(package, []))
    }
    assert missing == {}


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_process_does_not_import_is_not_asked_for(process: str) -> None:
    imports = _imports(process)
    packages: dict[str, set[str]] = {}
    for package, names in importlib.metadata.packages_distributions().items():
        for name in names:
            packages.setdefault(_plain(name), set()).add(package)
    asked = _asked_for(process)
    assert [name for name in sorted(asked - UNSEEN.keys()) if not packages[name] & imports] == []


@pytest.mark.parametrize("process", PROCESSES)
def test_a_lock_holds_all_that_is_asked_for_at_the_versions_that_are_tested(process: str) -> None:
    assert _asked_for(process) <= _locked(process).keys()
    assert _locked(process).items() <= _locked("development").items()


def test_each_image_installs_the_lock_of_its_process() -> None:
    containerfile = Path("deploy/containers/Containerfile").read_text()
    for process in PROCESSES:
        assert f"COPY requirements/{process}.txt ./\nRUN ./install {process}.txt\n" in containerfile
        assert f"FROM process AS {process}\nCOPY --from={process}-packages /opt/caunoi /opt/caunoi\n" in containerfile


def _imports(process: str) -> set[str]:
    """Top-level packages of others that the process's own modules, or the chassis's that it uses, import."""
    graph = _graph()
    own = PROCESSES[process]
    ahead = [own, *graph.find_descendants(own)]
    seen: set[str] = set()
    while ahead:
        module = ahead.pop()
        if module in seen or module not in graph.modules:
            continue
        seen.add(module)
        ahead += [module.rpartition(".")[0], *graph.find_modules_directly_imported_by(module)]
    packages = {module.partition(".")[0] for module in seen}
    return packages - set(OURS) - sys.stdlib_module_names


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("services", "gateway", include_external_packages=True, cache_dir=None)


@cache
def _locked(group: str) -> dict[str, frozenset[str]]:
    """Name → the versions that it is locked at; several where Pythons or systems need different ones."""
    lines = re.findall(r"^([a-z0-9-]+)==([^ ]+)", Path(f"requirements/{group}.txt").read_text(), re.MULTILINE)
    return {name: frozenset(version for other, version in lines if other == name) for name, _ in lines}


def _asked_for(group: str) -> set[str]:
    groups = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    found: set[str] = set()
    for entry in groups[group]:
        found |= _asked_for(entry["include-group"]) if isinstance(entry, dict) else {_plain(entry)}
    return found


def _plain(requirement: str) -> str:
    """The normalised name in a requirement: `pyhanko` of `pyHanko[pkcs11]~=0.38`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[~>=<; ]", requirement, maxsplit=1)[0]).lower()
