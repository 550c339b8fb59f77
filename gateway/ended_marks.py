"""How the processes of the gateway tell each other that a session may have ended, without saying whose.

Each session and each person has a number, which others share, and each number has a mark. A process that ends a session
gives its number a new mark. What another process has kept about the session holds as long as the mark is the same as
when that process asked (ended_sessions.py). The marks lie in memory that the workers of a pod share, because it is made
before the fork; other pods are told the number. Nothing is told about anybody. Somebody who sends a number without
reason only makes us ask the home ward once more.
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
#: The longest wait of somebody who signs out: for all pods together, and for each pod.
ALL_SECONDS, EACH_SECONDS = 1.0, 0.3
_TELLING = threading.BoundedSemaphore(16)


class Marks:
    """A mark for each number. The eight bytes of a mark are written at once, and a mark never comes back."""

    def __init__(self) -> None:
        self._marks = memoryview(mmap.mmap(-1, 8 * NUMBERS)).cast("Q")

    def of(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """The marks of these numbers. Read them before you ask what they are about."""
        return tuple(self._marks[number] for number in numbers)

    def change(self, number: int) -> None:
        self._marks[number] = secrets.randbits(64)


#: The marks of this pod. gunicorn's configuration imports this module before it forks the workers.
SHARED = Marks()


def number_of(id: str) -> int:
    """The number of a session or person, made of the digits of its id, since a refresh token writes the id without
    dashes.
    """
    return int.from_bytes(hashlib.sha256(id.replace("-", "").encode()).digest()[:2]) % NUMBERS


def read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < NUMBERS else None


def tell(peers: str, number: int) -> None:
    """Tells the pods at the addresses `peers`, each `host:port`; this pod may be among them.

    A thread does it, since a failing name server may take long to answer, and nobody should wait for that.
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
        except (OSError, http.client.HTTPException) as fault:  # that pod finds out by itself within seconds
            log.warning("ended-session-untold", peer=address, error=type(fault).__name__)


def _tell(address: str, port: int, number: int, seconds: float) -> None:
    if seconds <= 0:
        raise TimeoutError
    with closing(http.client.HTTPConnection(address, port, timeout=seconds)) as connection:
        connection.request("POST", f"{PATH}?{number}")
        if (status := connection.getresponse().status) != http.HTTPStatus.NO_CONTENT:
            raise http.client.HTTPException(status)
