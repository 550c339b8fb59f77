"""Log lines are JSON with ids, and say which service wrote them, whatever thread it was."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from services.chassis.logs import start_logging


@pytest.fixture(autouse=True)
def _configuration() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_line_from_any_thread_names_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("dossiers", "info")
    thread = threading.Thread(target=lambda: structlog.get_logger().info("call", ward="20248", dossier="đây"))
    thread.start()
    thread.join()
    line = json.loads(capsys.readouterr().err)
    assert (line["service"], line["event"], line["level"], line["ward"]) == ("dossiers", "call", "info", "20248")
    assert line["dossier"] == "đây"


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("dossiers", "warning")
    structlog.get_logger().info("call")
    assert capsys.readouterr().err == ""


def test_a_full_disk_under_the_log_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no disk that is always full")
    # Through a file object that buffers nothing: else closing it writes once more, and fails.
    with full.open("wb", buffering=0) as raw, io.TextIOWrapper(raw, write_through=True) as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        start_logging("dossiers", "info")
        structlog.get_logger().info("call", ward="20248")
