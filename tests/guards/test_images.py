"""Each image holds the packages that its process imports, and none that it does not."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import grimp
import pytest

PROCESSES = {name: f"services.{name}" for name in ("accounts", "dossiers", "notifications")} | {"gateway": "gateway"}
COMMANDS = ("deploy/kubernetes/README.md", "deploy/containers/Containerfile")
OURS = ("services", "gateway", "caunoi")
#: Packages that are used without an import statement.
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
def test_the_lock_holds_all_that_is_asked_for(process: str) -> None:
    assert _asked_for(process) <= _locked(process).keys()
    assert _locked(process).items() <= _locked("development").items()


def test_the_lock_fits_pyproject() -> None:
    done = _uv("lock", "--check", "--offline")
    assert done.returncode == 0, done.stderr


def test_the_lock_names_the_public_index_alone() -> None:
    lock = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))
    packages = [package for package in lock["package"] if package["name"] != "caunoi"]
    files = [file for package in packages for file in [*package["wheels"], package.get("sdist")] if file]
    assert {package["source"]["registry"] for package in packages} == {"https://pypi.org/simple"}
    assert {urlsplit(file["url"]).netloc for file in files} == {"files.pythonhosted.org"}


def test_the_documented_commands_build_each_image_under_the_tag_that_is_deployed() -> None:
    release = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    documents = {path: Path(path).read_text(encoding="utf-8") for path in COMMANDS}
    for path, text in documents.items():
        commands = re.findall(r"buildah build (.+)", text)
        assert commands, path
        for command in commands:
            options = dict(re.findall(r"(-f|--target|-t) (\S+)", command))
            containerfile = Path(options["-f"]).read_text(encoding="utf-8")
            loop = re.search(r"for process in (.+); do", text)
            processes = loop[1].split() if options["--target"] == "$process" and loop else [options["--target"]]
            for process in processes:
                assert re.search(rf"^FROM \S+ AS {process}$", containerfile, re.MULTILINE), path
                assert options["-t"].replace("$process", process) == f"caunoi/{process}:{release}", path
    (loop,) = re.findall(r"for process in (.+); do", documents[COMMANDS[0]])
    assert set(loop.split()) == set(PROCESSES)


def test_each_image_installs_the_group_of_its_process() -> None:
    containerfile = Path("deploy/containers/Containerfile").read_text()
    exported = re.search(
        r"for group in (.*); do .*?uv export .*?--only-group \$group --output-file \$group\.txt",
        containerfile,
        re.DOTALL,
    )
    assert exported is not None
    assert {*PROCESSES, "stubs"} == set(exported[1].split())
    for process in PROCESSES:
        assert f"COPY --from=locks /build/{process}.txt ./\nRUN ./install {process}.txt\n" in containerfile
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
    """Name → the versions that its image or a checkout gets; several where Pythons or systems need different ones."""
    exported = _uv("export", "--frozen", "--only-group", group, "--no-hashes").stdout
    lines = re.findall(r"^([a-z0-9-]+)==([^ \n]+)", exported, re.MULTILINE)
    return {name: frozenset(version for other, version in lines if other == name) for name, _ in lines}


def _uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the locked uv, without the mirrors of this machine."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("UV_")}
    uv = Path(sys.executable).with_name("uv")
    return subprocess.run([uv, *arguments], env=environment, capture_output=True, text=True, check=False)


def _asked_for(group: str) -> set[str]:
    groups = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    found: set[str] = set()
    for entry in groups[group]:
        found |= _asked_for(entry["include-group"]) if isinstance(entry, dict) else {_plain(entry)}
    return found


def _plain(requirement: str) -> str:
    """The normalised name in a requirement: `pyhanko` of `pyHanko[pkcs11]~=0.38`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[~>=<; ]", requirement, maxsplit=1)[0]).lower()
