"""What the processes of the gateway tell each other of sessions that have ended: that it may be so, and not of whom.

Each session and each person has a number, which they share with others, and each number a mark. Whoever has ended a
session gives its number another mark; what a process has kept of a session is good while the mark is the one of when
it asked (ended_sessions.py). The marks lie in memory that the workers of a pod share, as it is made before they are
forked; other pods are told the number. Nothing is told about anybody, and who told a number without reason would only
have the home ward asked once more.
"""

from __future__ import annotations

import hashlib
import http.client
import mmap
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import closing

import structlog

log = structlog.get_logger()

NUMBERS = 4096
PATH = "/ended-sessions"
#: Whoever signs out waits for all pods together, and for each of them.
ALL_SECONDS, EACH_SECONDS = 1.0, 0.3
_TELLING = threading.BoundedSemaphore(16)


class Marks:
    """A mark of each number. Eight bytes are written at once, and a new mark is no earlier one."""

    def __init__(self) -> None:
        self._marks = memoryview(mmap.mmap(-1, 8 * NUMBERS)).cast("Q")

    def of(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Read them before what they are about."""
        return tuple(self._marks[number] for number in numbers)

    def change(self, number: int) -> None:
        self._marks[number] = secrets.randbits(64)


#: Of this pod. gunicorn's configuration imports it before the workers are forked.
SHARED = Marks()


def number_of(id: str) -> int:
    """The number of a session or person, by the digits of its id alone: a refresh token has them without dashes."""
    return int.from_bytes(hashlib.sha256(id.replace("-", "").encode()).digest()[:2]) % NUMBERS


def read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < NUMBERS else None


def tell(peers: str, number: int) -> None:
    """Tells the pods whose addresses `peers` has, as `host:port`; its own may be among them.

    By a thread, for a name server that is away answers in its own time, and nobody waits for that.
    """
    if not _TELLING.acquire(blocking=False):
        log.warning("ended-session-untold", peer=peers, error="too many at once")
        return
    telling = threading.Thread(target=_tell_all, args=(peers, number), name="ended-session", daemon=True)
    telling.start()
    telling.join(ALL_SECONDS)
    if telling.is_alive():
        log.warning("ended-session-untold", peer=peers, error="TimeoutError")


def _tell_all(peers: str, number: int) -> None:
    try:
        _tell_each(peers, number)
    finally:
        _TELLING.release()


def _tell_each(peers: str, number: int) -> None:
    until = time.monotonic() + ALL_SECONDS
    host, _, port = peers.rpartition(":")
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as fault:
        log.warning("ended-session-untold", peer=host, error=type(fault).__name__)
        return
    for address in sorted({str(each[4][0]) for each in found}):
        try:
            _tell(address, int(port), number, min(EACH_SECONDS, until - time.monotonic()))
        except (OSError, http.client.HTTPException) as fault:  # it finds out by itself within seconds
            log.warning("ended-session-untold", peer=address, error=type(fault).__name__)


def _tell(address: str, port: int, number: int, seconds: float) -> None:
    if seconds <= 0:
        raise TimeoutError
    with closing(http.client.HTTPConnection(address, port, timeout=seconds)) as connection:
        connection.request("POST", f"{PATH}?{number}")
        if (status := connection.getresponse().status) != http.HTTPStatus.NO_CONTENT:
            raise http.client.HTTPException(status)
