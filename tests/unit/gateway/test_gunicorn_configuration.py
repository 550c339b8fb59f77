"""How gunicorn serves the gateway: what its workers count lies where no full disk can reach it."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

from deploy.local.environment import Places, of_gateway
from deploy.local.ports import ports_from

MEMORY = Path("/dev/shm")


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no files in memory")
def test_counts_lie_in_memory_and_go_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # so that the variable is gone again after the test
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    configuration = runpy.run_path("gateway/gunicorn.conf.py")
    directory = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert directory.is_relative_to(MEMORY)
    configuration["on_exit"](None)
    assert not directory.exists()


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no files in memory")
def test_on_a_laptop_too_in_a_place_that_the_next_start_finds_again(tmp_path: Path) -> None:
    first, second = (of_gateway(_places(tmp_path))["PROMETHEUS_MULTIPROC_DIR"] for _ in range(2))
    assert first == second
    assert Path(first).is_relative_to(MEMORY)


def _places(home: Path) -> Places:
    (home / "keys").mkdir(exist_ok=True)
    return Places(home, ports_from(8080))
