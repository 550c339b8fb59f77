"""A listener for who runs a process: probes and metrics. It has threads of its own, so that it answers while all of
those that serve people are taken, or wait for a database that hangs.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

_SECONDS = 5  # for a request to be there, and for its answer to be taken


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    content: bytes
    media_type: str = "application/json"


#: Path → what answers it. It is called in a thread of its own, asks no database, and waits a second at most.
Pages = Mapping[str, Callable[[], Answer]]


def told(is_so: bool, **more: Any) -> Answer:
    """A probe's answer: 200 or 503."""
    status = HTTPStatus.OK if is_so else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(status, json.dumps({"status": "up" if is_so else "down", **more}).encode())


def metrics_page(exposition: Callable[[], bytes]) -> Callable[[], Answer]:
    """`prometheus_client` is not imported here: gunicorn's configuration has to be read before it."""
    return lambda: Answer(HTTPStatus.OK, exposition(), "text/plain; version=0.0.4; charset=utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer would ask a name server what this machine is called

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that has gone is no fault."""


def listening(listen: str) -> socket.socket:
    """A socket at `host:port`. Raises OSError where that is taken."""
    host, _, port = listen.rpartition(":")
    return socket.create_server((host.strip("[]"), int(port)), family=_family(host), backlog=32)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(listener: socket.socket, pages: Pages) -> Callable[[], None]:
    """Answers at the socket, which processes may share, until the function that it returns is called."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            answer = page() if page else Answer(HTTPStatus.NOT_FOUND, b"", "text/plain")
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def version_string(self) -> str:
            return "caunoi"

        def log_message(self, format: str, *args: Any) -> None:
            """Probes come each few seconds."""

    server = _Server(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    # Where processes share the socket, another one may be quicker: then accept must not wait.
    listener.setblocking(False)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop
