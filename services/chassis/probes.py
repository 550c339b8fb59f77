"""A listener for operators: probes and metrics. It has threads of its own, so that it answers even while all threads
that serve people are busy or wait for a database that hangs.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

SECONDS = 5.0  # in total, for reading a request and sending its answer
#: The most connections at once, each with a thread: there are few clients. Beyond it the oldest connection is closed.
MOST = 16


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    content: bytes
    media_type: str = "application/json"


#: Path → the function that answers it. It is called in a thread of its own, asks no database, and waits a second at
#: most.
Pages = Mapping[str, Callable[[], Answer]]
#: Path → the function that receives messages there; its argument is the text behind the `?`.
Told = Mapping[str, Callable[[str], Answer]]


_NOT_HERE = Answer(HTTPStatus.NOT_FOUND, b"", "text/plain")


def told(is_so: bool, **more: Any) -> Answer:
    """A probe's answer: 200 or 503."""
    status = HTTPStatus.OK if is_so else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(status, json.dumps({"status": "up" if is_so else "down", **more}).encode())


def metrics_page(exposition: Callable[[], bytes]) -> Callable[[], Answer]:
    """`prometheus_client` is not imported here, because gunicorn's configuration must be read before it."""
    return lambda: Answer(HTTPStatus.OK, exposition(), "text/plain; version=0.0.4; charset=utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._until: dict[socket.socket, float] = {}  # connection → its deadline; the oldest first
        self._at_work = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        """A client that stalls keeps nobody out, and holds a thread no longer than any other client."""
        with self._lock:
            if len(self._until) >= MOST:
                self._cut(next(iter(self._until)))
            # Connections that were cut notice it at once, unless they are at work.
            is_taken = self._ended.wait_for(lambda: self._at_work < 2 * MOST, timeout=1)
            if is_taken:
                self._at_work += 1
                self._until[request] = time.monotonic() + SECONDS
        if is_taken:
            super().process_request(request, client_address)
        else:
            super().shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._at_work -= 1
                self._ended.notify()

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._until.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Runs each half second: the deadline of a single read would move on with every byte, for ever."""
        now = time.monotonic()
        with self._lock:
            for request in [one for one, until in self._until.items() if until <= now]:
                self._cut(request)

    def _cut(self, request: socket.socket) -> None:
        """Shuts the connection; its thread then reads the end and closes it."""
        del self._until[request]
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer would ask a name server for this machine's name

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that has gone is no fault."""


def listening(listen: str) -> socket.socket:
    """A socket at `host:port`. Raises OSError if that is in use."""
    host, _, port = listen.rpartition(":")
    return socket.create_server((host.strip("[]"), int(port)), family=_family(host), backlog=128)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(listener: socket.socket, pages: Pages, told: Told | None = None) -> Callable[[], None]:
    """Serves the socket, which processes may share, until the returned function is called."""

    class Handler(BaseHTTPRequestHandler):
        timeout = SECONDS

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            self._send(page() if page else _NOT_HERE)

        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            take = (told or {}).get(path)
            self._send(take(query) if take else _NOT_HERE)

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def version_string(self) -> str:
            return "caunoi"

        def log_message(self, format: str, *args: Any) -> None:
            """Logs nothing, because probes come every few seconds."""

    server = _Server(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    # If processes share the socket, another one may be quicker: then accept must not wait.
    listener.setblocking(False)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop
