"""Requests to providers over HTTP: each ends within a time in all, and no answer is longer than it may be.

Time limits of the usual clients count for each step and each piece of an answer, so that a server that sends a byte a
second holds whoever waits for it without end: a lane of messages, a thread that serves calls.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import certifi
import httpcore

_IDLE_SECONDS = 5.0  # a connection is kept for the next request so long
_FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_ends: ContextVar[float] = ContextVar("ends")  # monotonic seconds: when the request under way has to end


class NoAnswer(Exception):
    """The server is not there, is too slow or does not speak HTTP; the text is the fault's name, nothing of its own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and of the body what came in time and is not too much: `is_whole` tells whether that is all of it."""

    status: int
    body: bytes
    is_whole: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class HttpClient:
    """Sends to providers, over connections that are kept for moments; any thread may use it.

    The environment's proxies are for browsers: a provider behind one is named by its own address.
    """

    def __init__(self, seconds: float, *, longest_answer: int) -> None:
        """Time for a request and its answer, of which up to `longest_answer` bytes are read."""
        self._seconds = seconds
        self._longest = longest_answer
        context = ssl.create_default_context(cafile=certifi.where())
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, keepalive_expiry=_IDLE_SECONDS, network_backend=_EndingInTime()
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NoAnswer where no status came in time: the request may have been heard all the same."""
        token = _ends.set(time.monotonic() + self._seconds)
        try:
            return self._post(url, body, headers)
        except _FAULTS as fault:
            raise NoAnswer(type(fault).__name__) from fault
        finally:
            _ends.reset(token)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        limits = {"timeout": {"pool": self._seconds}}  # the others are the connections' own
        came = bytearray()
        with self._pool.stream("POST", url, headers=list(headers.items()), content=body, extensions=limits) as response:
            try:
                for piece in response.iter_stream():
                    came += piece
                    if len(came) > self._longest:
                        return Answer(response.status, bytes(came[: self._longest]), is_whole=False)
            except _FAULTS:
                return Answer(response.status, bytes(came), is_whole=False)
            return Answer(response.status, bytes(came), is_whole=True)

    def close(self) -> None:
        self._pool.close()


class _EndingInTime(httpcore.NetworkBackend):
    """Connections on which no step, however many there are, goes beyond the end of the request under way."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _Stream(self._plain.connect_tcp(host, port, left, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, plain: httpcore.NetworkStream) -> None:
        self._plain = plain

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, _left(httpcore.ConnectTimeout)))

    def close(self) -> None:
        self._plain.close()

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


def _left(fault: type[httpcore.TimeoutException]) -> float:
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise fault
    return left
