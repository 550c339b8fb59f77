"""The common parts of the stack's own small servers (catcher, payment provider)."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import threading
from typing import Protocol

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

Address = tuple[str, int]


class PortTaken(Exception):
    """The port is in use; the text says what to do."""

    def __init__(self, who: str, address: Address) -> None:
        host, port = address
        super().__init__(
            f"{who} cannot listen on {host}:{port}: something else does. "
            "Stop that program, or start the stack on other ports."
        )


class HttpServer:
    """Serves a Flask app on a thread, until `stop`."""

    def __init__(self, who: str, address: Address, app: Flask) -> None:
        """`who` is its name in the text of a PortTaken, which is raised if the port is in use."""
        try:
            listening = socket.create_server(address, backlog=128)
        except OSError as fault:
            raise PortTaken(who, address) from fault
        with listening:
            self._server = make_server(
                *address, app, threaded=True, request_handler=_QuietRequests, fd=listening.fileno()
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=who, daemon=True)
        self._thread.start()

    @property
    def address(self) -> Address:
        """Its address: port 0 is replaced by a free one."""
        return self._server.host, self._server.port

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()  # it closes the socket itself; until then the port is taken


class _QuietRequests(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Logs nothing: request lines contain phone numbers."""


class SmallServer(Protocol):
    def start(self) -> None:
        """Raises PortTaken."""

    def stop(self) -> None: ...

    @property
    def greeting(self) -> str:
        """The line to print after the start: what it serves, and where."""


def host_and_port(text: str) -> Address:
    """Parses the option `host:port` of a command."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no host:port")
    return host, int(port)


def run(server: SmallServer) -> int:
    """Serves until SIGTERM or SIGINT; returns 1 if it could not start."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        server.start()
    except PortTaken as fault:
        print(fault, file=sys.stderr)
        return 1
    print(server.greeting, flush=True)
    stopped.wait()
    server.stop()
    return 0
