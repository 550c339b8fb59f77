"""What the small servers that the stack brings itself (catcher, payment provider) have in common."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Protocol

Address = tuple[str, int]


class PortTaken(Exception):
    """Something else listens there; the text says what to do."""

    def __init__(self, who: str, address: Address) -> None:
        host, port = address
        super().__init__(
            f"{who} cannot listen on {host}:{port}: something else does. "
            "Stop that program, or start the stack on other ports."
        )


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class SmallServer(Protocol):
    def start(self) -> None:
        """Raises PortTaken."""

    def stop(self) -> None: ...

    @property
    def greeting(self) -> str:
        """What it does where, once it has been started."""


def host_and_port(text: str) -> Address:
    """`host:port`, as an option of a command."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no host:port")
    return host, int(port)


def run(server: SmallServer) -> int:
    """Serves until SIGTERM or SIGINT; 1 where it could not begin."""
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
