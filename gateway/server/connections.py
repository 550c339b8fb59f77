"""The connections of a worker: one thread reads and writes them, and ends those that stall or take too much."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from gateway.network import network
from gateway.server.bounds import FLOOR, KB, LARGEST_HEAD, ROOM, Bounds, Shares
from gateway.server.requests import Refusal, Request, Task, refusal

IDLE_AT_STOP = 2.0  # seconds that a stopping worker waits for requests that may be on their way
LINGER = 2.0  # seconds for a client to read a refusal before its connection is reset
MOST_ACCEPTED = 8  # connections at once, so that the workers share a burst


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection. It has one request at a time; what a client sends ahead waits until the response has gone."""

    task_class = Task
    error_task_class = Refusal
    request: Any  # the library's attributes, which it leaves untyped
    requests: list[Any]
    total_outbufs_len: int
    will_close: bool
    connected: bool
    socket: Any
    server: Server

    def __init__(self, server: Server, sock: socket.socket, address: Any, adjustments: Adjustments, map: Any) -> None:
        self.parser_class = partial(Request, server, address[0])
        self.number = 0  # of its present request
        self.sent: int = 0  # bytes
        self.lingers = False
        self._ended = False
        self._ahead = b""
        self._stage: tuple[str, int] = ("", 0)
        self.since = time.monotonic()  # start of this stage, or of its present window
        self._moved = 0
        super().__init__(server, sock, address, adjustments, map=map)

    # Called by waitress in the thread that reads.

    def readable(self) -> bool:
        if self.lingers:
            return True
        if self._ahead and super().readable():
            data, self._ahead = self._ahead, b""
            self.received(data)
        return bool(super().readable())

    def handle_read(self) -> None:
        if not self.lingers:
            super().handle_read()
            return
        try:
            self.recv(64 * KB)
        except OSError:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            while data and not self.requests:
                if self.request is None:
                    self.request = self.parser_class(self.adj)
                request = self.request
                taken = request.received(data)
                data = data[taken:]
                if request.completed:
                    self._enqueue(request)
                elif request.expect_continue and request.headers_finished and not self.sent_continue:
                    self.send_continue()
            self._ahead = data
        return True

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close=do_close)
        self.sent += sent
        return sent

    def handle_close(self) -> None:
        if self.will_close and self.connected and not self.lingers and self._linger():
            return
        super().handle_close()
        if self.request is not None:
            self.request.close()
            self.request = None
        if not self._ended:
            self._ended = True
            self.server.closed(self)

    # Called by the sweep, in the same thread.

    def ends(self) -> None:
        """Ends the connection at once, whatever is on its way."""
        self.lingers = True
        self.handle_close()

    def refuse(self, status: int) -> None:
        with self.requests_lock:
            request = self.request or self.parser_class(self.adj)
            request.refuse(status)
            self._enqueue(request)

    @property
    def waits(self) -> bool:
        """Whether it is the client's turn: then nobody works in vain if the connection ends."""
        return not self.requests and not self.total_outbufs_len

    @property
    def idle(self) -> bool:
        return self.waits and self.request is None and not self._ahead

    @property
    def held(self) -> int:
        """Bytes that wait here, in memory or in files."""
        read = [*self.requests, *([self.request] if self.request else [])]
        return self.total_outbufs_len + sum(int(request.held) for request in read)

    def overdue(self, now: float) -> str:
        """Why it must end: the stage in which it has stalled. Empty if it may go on."""
        stage, moved, limit, floor = self._now()
        if (stage, self.number) != self._stage:
            self._stage, self.since, self._moved = (stage, self.number), now, moved
            return ""
        if now - self.since < limit:
            return ""
        if moved - self._moved < limit * floor or not floor:
            return stage
        self.since, self._moved = now, moved
        return ""

    def _now(self) -> tuple[str, int, float, int]:
        """The stage, the bytes moved in it, the seconds that it may take, or the bytes a second that must move."""
        bounds = self.server.bounds
        if self.lingers:
            return "linger", 0, LINGER, 0
        if self.total_outbufs_len:
            return "answer", self.sent, bounds.window_seconds, FLOOR
        if self.requests:
            return "work", 0, float("inf"), 0
        if self.request is not None and self.request.headers_finished:
            return "body", self.request.body_bytes_received, bounds.window_seconds, FLOOR
        if self.request is not None or not self.number:
            return "head", 0, bounds.head_seconds, 0
        return "idle", 0, bounds.keepalive_seconds, 0

    def _enqueue(self, request: Request) -> None:
        self.sent_continue = False
        self.request = None
        if request.empty:
            return
        self.number += 1
        self.requests.append(request)
        self.server.add_task(self)

    def _linger(self) -> bool:
        """Whether the client can still read the refusal: it could not if its own bytes were left unread."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.lingers = True
        self.will_close = False
        return True


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Reads and writes all connections of a worker, in one thread."""

    channel_class = Channel

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        sock: socket.socket,
        map: dict[int, Any],
        threads: ThreadedTaskDispatcher,
        bounds: Bounds,
        ended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`ended` is called with the reason for which a connection was ended."""
        self.bounds = bounds
        self.shares = Shares(bounds.of_an_address)
        self.stopping = 0.0  # since when
        self.ended = ended
        adjustments = Adjustments(
            sockets=[sock],
            ident=None,
            clear_untrusted_proxy_headers=False,  # the application knows which to trust
            log_socket_errors=False,
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=1 << 62,  # judged here
            inbuf_overflow=64 * KB,
            outbuf_overflow=128 * KB,
            outbuf_high_watermark=ROOM,
            recv_bytes=64 * KB,
            backlog=2048,
        )
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(
            application, map, True, sock, dispatcher=threads, adj=adjustments, sockinfo=info, bind_socket=False
        )

    def address_of(self, peer: str, forwarded: str) -> str:
        """The address to count a request for; empty if its connection is counted already."""
        if not self.bounds.is_proxy(peer):
            return ""
        given = [each.strip() for each in forwarded.split(",")]
        # As ProxyFix does: if there are fewer than expected, none is right.
        return network((len(given) >= self.bounds.proxies and given[-self.bounds.proxies]) or peer)

    def readable(self) -> bool:
        return bool(self.accepting)

    def handle_accept(self) -> None:
        for _ in range(MOST_ACCEPTED):
            try:
                accepted = self.accept()
            except OSError:
                return  # it is gone again, or there are no more file descriptors: the sweep ends those that wait
            if accepted is None:
                return
            sock, address = accepted
            is_counted = not self.bounds.is_proxy(address[0])
            if is_counted and not self.shares.take(network(address[0])):
                self.ended("address")
                _turn_away(sock, 429)
            elif not self._has_room():
                if is_counted:
                    self.shares.give_back(network(address[0]))
                self.ended("room")
                _turn_away(sock, 503)
            else:
                self.set_socket_options(sock)
                self.channel_class(self, sock, address, self.adj, self._map)

    def closed(self, channel: Channel) -> None:
        if not self.bounds.is_proxy(channel.addr[0]):
            self.shares.give_back(network(channel.addr[0]))

    def sweep(self, now: float) -> None:
        """Ends connections that have stalled, and if room is short, some that take it. Called each second."""
        channels = list(self.active_channels.values())
        for channel in channels:
            why = channel.overdue(now)
            if why in ("head", "body"):
                self.ended(why)
                if why == "head" and channel.request is None:
                    channel.ends()  # it has sent no request
                else:
                    channel.refuse(408)
            elif why:
                if why == "answer":
                    self.ended(why)
                channel.ends()
        held = sum(channel.held for channel in channels)
        for channel in sorted(channels, key=lambda each: -each.held):
            if held <= ROOM:
                break
            held -= channel.held
            self.ended("room")
            if channel.waits and channel.request is not None:
                channel.refuse(503)
            elif channel.total_outbufs_len:
                channel.ends()

    def stop(self, now: float) -> None:
        """Takes no more connections; requests that have arrived are answered."""
        self.stopping = now
        self.accepting = False
        self.del_channel()

    def stopped(self, now: float) -> bool:
        """Whether all requests have been answered. Idle connections end once no request can be on its way to them."""
        channels = [channel for channel in self.active_channels.values() if not channel.lingers]
        if now - self.stopping >= IDLE_AT_STOP:
            for channel in channels:
                if channel.idle:
                    channel.ends()
            channels = [channel for channel in channels if not channel.lingers]
        return not channels

    def _has_room(self) -> bool:
        """Whether one more may come. The connection that has waited longest ends for it, so that stalling clients keep
        nobody out.
        """
        if len(self.active_channels) < self.bounds.connections:
            return True
        waiting = [channel for channel in self.active_channels.values() if channel.waits or channel.lingers]
        if not waiting:
            return False
        self.ended("room")
        min(waiting, key=lambda channel: channel.since).ends()
        return True


def _turn_away(sock: socket.socket, status: int) -> None:
    """Sends the reason, if the client takes it at once, and closes."""
    line, headers, body = refusal(status)
    lines = [
        f"HTTP/1.1 {line}",
        *(f"{name}: {value}" for name, value in headers),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    with sock, suppress(OSError):
        sock.setblocking(False)
        sock.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(64 * KB)  # else unread bytes would reset the connection, and the refusal with it
