"""`make setup` makes what is due, once, and says what to do where it cannot. Its tools are played by a script."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INPUTS = (
    "Makefile",
    "uv.lock",
    "package.json",
    "package-lock.json",
    "deploy/uv.py",
    "deploy/local/setup.sh",
    "deploy/local/assets.py",
    "deploy/local/kafka/pom.xml",
)
SYSTEM = "bash cat cp cut df dirname find flock head ls make mkdir mv rm sed tail touch tr"
#: Plays python, pip, uv, npm, mvn: what they leave behind; NAME_FAILS has one fail with these words.
TOOL = """#!/usr/bin/env bash
name=${0##*/}
fails=${name%%[0-9]*}_FAILS
[ -z "${!fails:-}" ] || { echo "${!fails}" >&2; exit 1; }
case "$name $*" in
  "python"*"-c "*ensurepip*) [ -z "${NO_VENV:-}" ] ;;
  "python"*"-m venv"*)
    rm -rf .venv; mkdir -p .venv/bin .venv/lib/python3/site-packages
    for tool in python pip uv; do cp "$0" .venv/bin/$tool; done ;;
  *assets) mkdir -p gateway/static/govuk; touch gateway/static/govuk/govuk-frontend.min.js ;;
  "pip config"*) printf "%s" "${PIP_CONFIG:-}" ;;
  "uv pip"*) echo "${UV_DEFAULT_INDEX:-} ${SSL_CERT_FILE:-}" >uv.log ;;
  npm*) mkdir -p node_modules ;;
  mvn*) mkdir -p .local/kafka/lib ;;
esac
"""
ALL = ["Apache Kafka", "Assets of the pages", "Node packages", "Python packages", "gRPC stubs"]


class Checkout:
    """A checkout with the set-up of this one, on a machine that has only what is in `tools`."""

    def __init__(self, root: Path, tools: Path) -> None:
        self.root = root
        self.tools = tools
        for name in INPUTS:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        (root / "proto").mkdir()
        (root / "proto" / "a.proto").touch()
        tools.mkdir()
        for name in SYSTEM.split():
            (tools / name).symlink_to(str(shutil.which(name)))
        for name in ("python3", "npm", "mvn", "java"):
            self.add_tool(name)

    def add_tool(self, name: str, script: str = TOOL) -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*(arguments or ("make", "setup"))],
            cwd=self.root,
            env={"PATH": str(self.tools), "HOME": str(self.root), "LANG": "C.UTF-8", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def set_up(self, **environment: str) -> list[str]:
        """The steps that were made. Fails where set-up did."""
        process = self.start(**environment)
        said, _ = process.communicate()
        assert process.returncode == 0, said
        self._age()
        return steps_in(said)

    def _age(self) -> None:
        """Moves all times a second back, so that what a test changes next is newer than what was made just now."""
        for path in self.root.rglob("*"):
            then = path.stat().st_mtime_ns - 1_000_000_000
            os.utime(path, ns=(then, then))

    def fault(self, *arguments: str, **environment: str) -> str:
        """The messages of set-up when it must fail."""
        process = self.start(*arguments, **environment)
        said, _ = process.communicate()
        assert process.returncode != 0, said
        return said

    def edit(self, name: str) -> None:
        with (self.root / name).open("a") as file:
            file.write("\n")


def steps_in(said: str) -> list[str]:
    return sorted(re.findall(r"^  (\S.*?) +\d+\.\d s$", said, re.MULTILINE))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "checkout").mkdir()
    return Checkout(tmp_path / "checkout", tmp_path / "tools")


def test_a_step_is_made_once(checkout: Checkout) -> None:
    assert checkout.set_up() == ALL
    assert checkout.set_up() == []


@pytest.mark.parametrize(
    ("changed", "made"),
    [
        ("uv.lock", ["Python packages", "gRPC stubs"]),
        ("proto/a.proto", ["gRPC stubs"]),
        ("package-lock.json", ["Assets of the pages", "Node packages"]),
        ("deploy/local/assets.py", ["Assets of the pages"]),
        ("deploy/local/kafka/pom.xml", ["Apache Kafka"]),
    ],
)
def test_a_step_is_made_again_when_an_input_changed(checkout: Checkout, changed: str, made: list[str]) -> None:
    checkout.set_up()
    checkout.edit(changed)
    assert checkout.set_up() == made


def test_stubs_are_made_again_when_a_contract_was_renamed_or_removed(checkout: Checkout) -> None:
    checkout.set_up()
    renamed = (checkout.root / "proto" / "a.proto").rename(checkout.root / "proto" / "b.proto")
    assert checkout.set_up() == ["gRPC stubs"]
    renamed.unlink()
    assert checkout.set_up() == ["gRPC stubs"]


def test_a_step_is_made_again_when_what_it_made_is_gone(checkout: Checkout) -> None:
    checkout.set_up()
    for made in (".venv", "generated", "node_modules", "gateway/static", ".local/kafka"):
        shutil.rmtree(checkout.root / made)
    assert checkout.set_up() == ALL


def test_python_packages_are_made_again_in_another_place_and_for_another_python(checkout: Checkout) -> None:
    checkout.set_up()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checkout.set_up() == ["Python packages", "gRPC stubs"]
    checkout.add_tool("python3.12")
    assert checkout.set_up(PYTHON="python3.12") == ["Python packages", "gRPC stubs"]
    assert checkout.set_up() == []
    (checkout.root / ".venv/bin/python").unlink()
    assert checkout.set_up() == ["Python packages", "gRPC stubs"]


def test_steps_after_a_failed_one_are_not_tried_and_the_others_run_once(checkout: Checkout) -> None:
    said = checkout.fault(npm_FAILS="no route to host")
    assert steps_in(said) == ["Apache Kafka", "Python packages", "gRPC stubs"]
    assert checkout.set_up() == ["Assets of the pages", "Node packages"]


@pytest.mark.parametrize("tool", ["uv", "npm"])
def test_a_step_that_fails_after_it_had_succeeded_is_not_taken_for_done(checkout: Checkout, tool: str) -> None:
    checkout.set_up()
    checkout.edit("uv.lock" if tool == "uv" else "package.json")
    assert steps_in(checkout.fault(**{f"{tool}_FAILS": "no route to host"})) == []
    assert len(checkout.set_up()) == 2


def test_a_step_that_makes_nothing_is_a_fault(checkout: Checkout) -> None:
    checkout.add_tool("npm", "#!/bin/bash\n")
    assert "node_modules/.package-lock.json" in checkout.fault()


def test_a_command_that_fails_shows_what_it_said_and_what_to_do(checkout: Checkout) -> None:
    said = checkout.fault(npm_FAILS="no route to host")
    assert re.search(r"(?s)Node packages failed.*no route to host.*Set-up needs the package registries", said)
    assert "***" not in said.rpartition("make: ***")[0], "make's own words"


@pytest.mark.parametrize("mode", [0o755, 0], ids=["readable", "unreadable"])
def test_a_command_that_is_missing_is_named(checkout: Checkout, tmp_path: Path, mode: int) -> None:
    (tmp_path / "closed").mkdir(mode=mode)
    command = ("deploy/local/setup.sh", "step", "Stubs", "no-such-tool")
    said = checkout.fault(*command, PATH=f"{tmp_path / 'closed'}:{checkout.tools}")
    assert re.search(r"Stubs failed:\n.*no-such-tool: command not found", said)


@pytest.mark.parametrize(
    ("environment", "used"),
    [
        ({}, " "),
        (
            {"PIP_CONFIG": ":env:.cert='/own.pem'\nglobal.index-url='https://mirror/simple'\n"},
            "https://mirror/simple /own.pem",
        ),
        ({"PIP_CONFIG": "global.extra-index-url='https://more/simple'\n"}, " "),
        (
            {"PIP_CONFIG": "global.index-url='https://mirror/simple'\n", "UV_DEFAULT_INDEX": "https://other/simple"},
            "https://other/simple ",
        ),
    ],
)
def test_uv_takes_the_mirror_and_certificates_that_pip_is_set_up_for(
    checkout: Checkout, environment: dict[str, str], used: str
) -> None:
    checkout.set_up(**environment)
    assert (checkout.root / "uv.log").read_text() == f"{used}\n"


def test_a_full_disk_is_told_apart_from_a_network_that_is_away(checkout: Checkout) -> None:
    said = checkout.fault(npm_FAILS="No space left on device (os error 28)")
    assert "The disk is full" in said
    assert "registries" not in said


def test_all_that_a_machine_lacks_is_told_at_once_and_before_anything_is_made(checkout: Checkout) -> None:
    (checkout.tools / "npm").unlink()
    said = checkout.fault(NO_VENV="yes")
    assert "npm is not on this machine" in said
    assert "python3 makes no virtual environments" in said
    assert steps_in(said) == []


def test_too_little_room_for_the_packages_is_told_before_they_are_fetched(checkout: Checkout) -> None:
    assert re.search(r"Only \d+ MB are free", checkout.fault(LEAST_FREE_MEGABYTES=str(10**12)))
    checkout.set_up()
    checkout.edit("package.json")
    assert "Node packages" in checkout.set_up(LEAST_FREE_MEGABYTES=str(10**12))


def test_a_second_setup_waits_for_the_first(checkout: Checkout) -> None:
    (checkout.root / ".local").mkdir()
    with (checkout.root / ".local" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = checkout.start()
        assert second.stdout is not None
        assert "waiting for it" in second.stdout.readline()
        assert not (checkout.root / ".venv").exists()
    assert steps_in(second.communicate()[0]) == ALL


def test_two_setups_at_once_make_each_step_once(checkout: Checkout) -> None:
    both = [checkout.start(), checkout.start()]
    assert sorted(step for one in both for step in steps_in(one.communicate()[0])) == ALL
    assert [one.returncode for one in both] == [0, 0]


def test_a_checkout_that_cannot_be_written_to_is_told(checkout: Checkout) -> None:
    (checkout.root / ".local").touch()
    assert "has to be yours, and not read-only" in checkout.fault()


@pytest.mark.parametrize("lacking", ["mvn", "java"])
def test_without_kafka_a_laptop_has_the_stand_in_and_ci_nothing(checkout: Checkout, lacking: str) -> None:
    (checkout.tools / lacking).unlink()
    process = checkout.start()
    said, _ = process.communicate()
    assert process.returncode == 0
    assert "Apache Kafka could not be set up" in said
    assert "librdkafka's broker in memory instead" in said
    assert "real broker or not at all" in checkout.fault(CI="true")


def test_a_python_is_taken_only_if_it_runs_and_makes_environments(checkout: Checkout) -> None:
    checkout.add_tool("python3.13", "#!/bin/bash\necho 'pyenv: python3.13: command not found' >&2; exit 127\n")
    checkout.add_tool("python3.12")
    checkout.set_up()
    assert (checkout.root / ".venv/.made").read_text().endswith(" python3.12\n")


def test_a_python_without_optimizations_is_taken_after_the_machines_own(checkout: Checkout) -> None:
    checkout.add_tool("python3.12", '#!/bin/bash\n[[ "$*" != *--enable-optimizations* ]] && exec python3 "$@"\n')
    checkout.set_up()
    assert (checkout.root / ".venv/.made").read_text().endswith(" python3\n")


def test_where_there_is_no_python_it_is_said_how_to_name_one(checkout: Checkout) -> None:
    (checkout.tools / "python3").unlink()
    said = checkout.fault()
    assert "Cầu Nối needs Python 3.11 or newer" in said
    assert "make run PYTHON=" in said
    assert "/no/python is none" in checkout.fault("make", "setup", "PYTHON=/no/python")
