"""Nothing that callers of the contracts in use rely on may be removed or changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SESSIONS = "caunoi/accounts/v1/accounts.proto"


def check(contracts: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["proto/check.sh", str(contracts)], capture_output=True, text=True, check=False)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree("proto", tmp_path / "proto"))


def test_the_contracts_are_compatible_with_those_in_use() -> None:
    done = check(Path("proto"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"compatible with {Path('proto/baseline').read_text()[:12]}" in done.stdout


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("  rpc CreateSession(CreateSessionRequest) returns (Session);\n", "", 'RPC "CreateSession"'),
        ("string login = 1;", "bytes login = 1;", 'Field "1"'),
        ("  string login = 1;\n", "", 'Previously present field "1"'),
    ],
    ids=["an RPC removed", "another type", "a field removed"],
)
def test_a_change_that_breaks_callers_is_refused(contracts: Path, was: str, becomes: str, told: str) -> None:
    file = contracts / SESSIONS
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, becomes))
    done = check(contracts)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr


def test_an_added_field_is_taken(contracts: Path) -> None:
    file = contracts / SESSIONS
    file.write_text(file.read_text().replace("string login = 1;", "string login = 1;\n  string added = 999;"))
    assert check(contracts).returncode == 0
