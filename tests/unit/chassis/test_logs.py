"""Log lines are JSON with ids, and name the service that wrote them, from any thread."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from prometheus_client import REGISTRY

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


def test_lines_of_level_error_are_counted_by_their_event_and_no_others() -> None:
    def counted(event: str) -> float | None:
        return REGISTRY.get_sample_value("caunoi_errors_logged_total", {"process": "logs-test", "event": event})

    start_logging("logs-test", "info")
    log = structlog.get_logger()
    log.info("said")
    log.warning("feared")
    log.error("gone-wrong", ward="20248")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        log.exception("gone-wrong")
    assert (counted("said"), counted("feared"), counted("gone-wrong")) == (None, None, 2)


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
