"""HTTP requests to providers: each has a limit for its whole duration and for the length of the answer.

The time limits of usual clients apply to each step and each piece of an answer. So a server that sends one byte a
second would block its client for ever: a lane of messages, or a thread that serves calls.
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

_IDLE_SECONDS = 5.0  # how long a connection is kept for the next request
_FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_ends: ContextVar[float] = ContextVar("ends")  # monotonic seconds: when the current request must end


class NoAnswer(Exception):
    """The server is away, too slow or does not speak HTTP; the text is the name of the fault, without its message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the body, as far as it arrived in time and within the limit; `is_whole` says whether the body is
    complete.
    """

    status: int
    body: bytes
    is_whole: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class HttpClient:
    """Sends requests to providers, over connections that are kept for a few seconds; thread-safe.

    It ignores the environment's proxies.
    """

    def __init__(self, seconds: float, *, longest_answer: int) -> None:
        """`seconds` is for a request with its answer; up to `longest_answer` bytes of the answer are read."""
        self._seconds = seconds
        self._longest = longest_answer
        context = ssl.create_default_context(cafile=certifi.where())
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, keepalive_expiry=_IDLE_SECONDS, network_backend=_EndingInTime()
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NoAnswer if no status arrives in time; the server may have got the request all the same."""
        token = _ends.set(time.monotonic() + self._seconds)
        try:
            return self._post(url, body, headers)
        except _FAULTS as fault:
            raise NoAnswer(type(fault).__name__) from fault
        finally:
            _ends.reset(token)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        limits = {"timeout": {"pool": self._seconds}}  # the other limits are set by the connections
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
    """Connections whose every step ends by the end of the current request's time."""

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
