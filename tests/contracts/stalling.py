"""Clients that take a connection and do not go on: what they hold is what a server gives to those who are slow."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

DRIP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Stall:
    """The bytes that such a client sends first, and then byte by byte; `reads` says whether it reads answers."""

    first: bytes
    dripped: bytes = b""
    reads: bool = True


def stalls(large: str, small: str = "/healthz") -> dict[str, Stall]:
    """By name. `small` is a path; `large` one whose answer is larger than what lies between two sockets."""
    post = f"POST {small} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
    return {
        "nothing": Stall(b""),
        "half a request line": Stall(f"GET {small}".encode()),
        "half the headers": Stall(f"GET {small} HTTP/1.1\r\nHost: here\r\nX-One: 1".encode()),
        "headers byte by byte": Stall(f"GET {small} HTTP/1.1\r\nHost: here\r\nX-One: ".encode(), b"a" * 1000),
        "half a body": Stall(f"{post}Content-Length: 1000\r\n\r\n{'a' * 500}".encode()),
        "a body byte by byte": Stall(f"{post}Content-Length: 1000\r\n\r\n".encode(), b"a" * 1000),
        "a chunked body byte by byte": Stall(f"{post}Transfer-Encoding: chunked\r\n\r\n3e8\r\n".encode(), b"a" * 1000),
        "a body that the server has to wait for": Stall(
            f"{post}Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n".encode()
        ),
        "no answer read": Stall(f"GET {large} HTTP/1.1\r\nHost: here\r\n\r\n".encode() * 15, reads=False),
    }


@contextmanager
def held(address: tuple[str, int], stall: Stall, count: int) -> Iterator[Sequence[socket.socket]]:
    """`count` such connections, until the end of the block; a server may close them before."""
    over = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(_client(address, stall)) for _ in range(count)]
        dripping = threading.Thread(target=_drip, args=(clients, stall.dripped, over.wait))
        dripping.start()
        try:
            yield clients
        finally:
            over.set()
            dripping.join()


def _client(address: tuple[str, int], stall: Stall) -> socket.socket:
    client = socket.socket()
    if not stall.reads:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    with suppress(ConnectionError):  # refused at once
        client.connect(address)
        client.sendall(stall.first)
    return client


def _drip(clients: Sequence[socket.socket], dripped: bytes, over: Callable[[float], bool]) -> None:
    for each in dripped:
        if over(DRIP_SECONDS):
            return
        for client in clients:
            with suppress(OSError):  # the server has closed it
                client.send(bytes([each]))
