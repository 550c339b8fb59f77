"""The listener of probes and metrics answers while other clients stall, with few threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from services.chassis import probes

Stall = Callable[[int], list[socket.socket]]


@pytest.fixture
def port() -> Iterator[int]:
    listener = probes.listening("127.0.0.1:0")
    stop = probes.serve(listener, {"/healthz": lambda: probes.told(True)})
    yield listener.getsockname()[1]
    stop()


def asked(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def stalled(port: int) -> Iterator[Callable[[int], list[socket.socket]]]:
    """So many connections with half a request each."""
    found: list[socket.socket] = []

    def stall(count: int) -> list[socket.socket]:
        for _ in range(count):
            found.append(socket.create_connection(("127.0.0.1", port), timeout=20))
            found[-1].sendall(b"GET /healthz HT")
        return found

    yield stall
    for one in found:
        one.close()


def drip(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def test_two_hundred_who_stall_hold_few_threads_and_keep_nobody_out(port: int, stalled: Stall) -> None:
    before = threading.active_count()
    stalled(200)
    assert asked(port) == 200
    assert threading.active_count() - before <= 2 * probes.MOST


def test_a_request_has_one_deadline_however_its_bytes_come(
    port: int, stalled: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "SECONDS", 1.0)
    (one,) = stalled(1)
    began = time.monotonic()
    with pytest.raises(OSError):  # reset or broken pipe, as the system has it
        drip(one)
    assert time.monotonic() - began < 5
    assert asked(port) == 200
