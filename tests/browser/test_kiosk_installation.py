"""An operator's installation on a station's computer: scripts, units, policies, and the one cookie that is kept."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from deploy.local.process import ROOT
from gateway.pages.kiosk import COOKIE
from tests.browser.chromium import FLAGS, find_chromium

HERE = ROOT / "deploy" / "kiosk"
UNITS = ("caunoi-kiosk.service", "caunoi-scanner.service")
SYSTEM_UNITS = Path("/usr/lib/systemd/system")


def needs(tool: str) -> str:
    """The path of a program; the test is skipped without it, but not in CI."""
    path = shutil.which(tool)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{tool} is missing")
        pytest.skip(f"{tool} is missing")
    return path


def policies() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "policies.json").read_text())
    return found


# Scripts and units


def test_the_scripts_have_no_fault_that_shellcheck_knows() -> None:
    scripts = [str(HERE / name) for name in ("install.sh", "uninstall.sh", "session")]
    checked = subprocess.run([needs("shellcheck"), *scripts], capture_output=True, text=True, check=False)
    assert checked.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--gateway", "http://caunoi.vn"],
        ["--gateway", "https://caunoi.vn/path"],
        ["--gateway", 'https://caunoi.vn"'],
        ["--gateway", "https://caunoi.vn", "--allow", "*"],
        ["--gateway", "https://caunoi.vn", "--what"],
    ],
)
def test_the_installation_refuses_what_it_does_not_understand(arguments: list[str]) -> None:
    said = subprocess.run([HERE / "install.sh", *arguments], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "usage:" in said.stderr


def test_the_units_are_well_formed(tmp_path: Path) -> None:
    verify = needs("systemd-analyze")
    if not SYSTEM_UNITS.is_dir():
        pytest.skip("no units of systemd here")
    shutil.copytree(SYSTEM_UNITS, tmp_path / SYSTEM_UNITS.relative_to("/"), symlinks=True)
    for name in ("usr/bin/xinit", "usr/bin/X", "usr/bin/python3", "usr/local/lib/caunoi-kiosk/cookie"):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    for name in UNITS:
        shutil.copy(HERE / name, tmp_path / SYSTEM_UNITS.relative_to("/"))
        command = [verify, "verify", f"--root={tmp_path}", name]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        assert [line for line in told.stderr.splitlines() if name in line] == []


# Policies


def test_chromium_knows_every_policy(browser: Browser) -> None:
    """Chromium silently ignores a policy name that it does not know. Its program contains the list of names."""
    program = next(path for path in Path("/usr/lib/chromium").glob("chromium") if path.is_file())
    with program.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        assert content.find(b"\0ThereIsNoSuchPolicy\0") < 0
        assert [name for name in policies() if content.find(b"\0" + name.encode() + b"\0") < 0] == []


def test_the_policies_keep_nothing_and_lead_nowhere_else() -> None:
    found = policies()
    assert found["URLBlocklist"][0] == "*"
    assert found["URLAllowlist"] == ["chrome://print", "@GATEWAY@"]
    assert found["DownloadRestrictions"] == 3
    assert found["IncognitoModeAvailability"] == 1
    assert found["DeveloperToolsAvailability"] == 2
    assert "cookies_and_other_site_data" not in found["ClearBrowsingDataOnExitList"]
    for name in ("PasswordManagerEnabled", "AutofillAddressEnabled", "TranslateEnabled", "BackgroundModeEnabled"):
        assert found[name] is False


# The cookie


def run_cookie(command: str, runtime: Path, state: Path) -> None:
    runtime.mkdir(exist_ok=True)
    state.mkdir(exist_ok=True)
    environment = {**os.environ, "RUNTIME_DIRECTORY": str(runtime), "STATE_DIRECTORY": str(state)}
    subprocess.run([sys.executable, HERE / "cookie", command], check=True, env=environment)


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Any]:
    """Starts Chromium with a profile on disk, as the computer does, and ends it as a whole."""
    path = find_chromium()
    running: list[BrowserContext] = []

    def start(profile: Path) -> BrowserContext:
        running.append(
            browser.browser_type.launch_persistent_context(
                profile, executable_path=path, args=[*FLAGS, "--password-store=basic"]
            )
        )
        return running[-1]

    yield start
    for one in running:
        one.close()


def test_only_the_computers_own_cookie_outlives_a_profile(chromium: Any, url: str, tmp_path: Path) -> None:
    first, second, state = tmp_path / "first", tmp_path / "second", tmp_path / "state"
    first.mkdir()
    context = chromium(first / "profile")
    later = 4102444800
    context.add_cookies(
        [
            {"name": COOKIE, "value": "20248.secret", "url": url, "expires": later, "httpOnly": True},
            {"name": "somebodys", "value": "a-value-to-be-forgotten", "url": url, "expires": later},
        ]
    )
    context.close()
    run_cookie("save", first, state)
    (kept,) = [path for path in state.rglob("*") if path.is_file()]
    with closing(sqlite3.connect(kept)) as database:
        assert [name for (name,) in database.execute("SELECT name FROM cookies")] == [COOKIE]
    assert b"somebodys" not in kept.read_bytes()

    run_cookie("restore", second, state)
    context = chromium(second / "profile")
    assert [(one["name"], one["value"]) for one in context.cookies(url)] == [(COOKIE, "20248.secret")]
    context.clear_cookies()  # it was revoked, and the gateway has deleted it
    context.close()
    run_cookie("save", second, state)
    assert [path for path in state.rglob("*") if path.is_file()] == []
