"""A TCP relay before Kafka that does what networks do: connections fall silent and stay open, answers are lost."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum

from deploy.local.ports import HOST


class Request(IntEnum):
    """Kinds of requests, by their number in Kafka's protocol."""

    FETCH = 1
    OFFSET_FETCH = 9
    JOIN_GROUP = 11
    SYNC_GROUP = 14


class Relay:
    """Listens on `port` and passes on what goes to and comes from `behind`, until it is closed."""

    def __init__(self, port: int, behind: int) -> None:
        self._behind = behind
        self._listener = socket.create_server((HOST, port))
        self._open: list[socket.socket] = []
        self._silent: set[socket.socket] = set()
        self._lost: list[Request] = []
        self._is_closed = False
        self._lock = threading.Lock()
        self._start(self._accept)

    def lose_answer(self, kind: Request) -> None:
        """The next request of this kind gets no answer; the connection stays open."""
        self._lost.append(kind)

    @property
    def has_lost_all(self) -> bool:
        return not self._lost

    def fall_silent(self) -> None:
        """The connections that are open now stay open, and nothing comes through them any more."""
        self._silent.update(self._open)

    def close(self) -> None:
        with self._lock:  # a connection that is accepted at this moment is closed by the code that accepts it
            self._is_closed = True
        for each in (self._listener, *self._open):
            _end(each)
            each.close()

    def _keep(self, one: socket.socket) -> socket.socket:
        """Raises OSError where the relay has been closed meanwhile."""
        with self._lock:
            if not self._is_closed:
                self._open.append(one)
                return one
        one.close()
        raise ConnectionAbortedError

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                client = self._keep(accepted)
                try:
                    connected = socket.create_connection((HOST, self._behind))
                except OSError:  # the broker is away
                    _end(client)
                    continue
                broker = self._keep(connected)
                kinds: dict[int, int] = {}  # number of a request → its kind
                self._start(self._carry_requests, client, broker, kinds)
                self._start(self._carry_answers, client, broker, kinds)

    def _carry_requests(self, client: socket.socket, broker: socket.socket, kinds: dict[int, int]) -> None:
        with suppress(OSError):
            while frame := _frame(client):
                kind, _, number = struct.unpack_from(">hhi", frame, 4)
                kinds[number] = kind
                if client not in self._silent:
                    broker.sendall(frame)
        _end(broker)

    def _carry_answers(self, client: socket.socket, broker: socket.socket, kinds: dict[int, int]) -> None:
        with suppress(OSError):
            while frame := _frame(broker):
                kind = kinds.pop(struct.unpack_from(">i", frame, 4)[0])
                if kind in self._lost:
                    self._lost.remove(Request(kind))
                elif client not in self._silent:
                    client.sendall(frame)
        _end(client)


def _frame(source: socket.socket) -> bytes:
    """The next message with its length before it; empty at the end."""
    length = _exactly(source, 4)
    return length + _exactly(source, struct.unpack(">i", length)[0]) if length else b""


def _exactly(source: socket.socket, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = source.recv(count - len(parts))
        if not part:
            return b""
        parts += part
    return parts


def _end(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
