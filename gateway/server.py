"""The web server: gunicorn starts, watches and stops its workers, and in each of them waitress reads requests.

A thread of a worker has a request when all of it is there, and is rid of the answer when it is written down; so who
sends or reads slowly holds a connection and no thread. Here stands what waitress leaves open: deadlines, a share for
each address, a bound of what lies in memory and files, and refusals in the API's manner (docs/decisions/0041).
"""

from __future__ import annotations

import logging
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any, ClassVar
from uuid import uuid4

from flask import json
from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error
from werkzeug.exceptions import HTTPException, default_exceptions

from gateway.network import NOWHERE, Networks, network
from gateway.problems import FOUND, MEDIA_TYPE, problem_of_http
from services.chassis.probes import serve

KB, MB = 1024, 1024 * 1024
LARGEST_BODY = 11 * MB  # a document of 10 MB and the multipart around it
READ_AND_DROPPED = 4 * LARGEST_BODY  # of a larger one so much, so that its sender reads the refusal
LONGEST_LINE = 4094
MOST_FIELDS = 64
LONGEST_FIELD = 8190
LARGEST_HEAD = 32 * KB
LONGEST_CHUNK_LINE = 1 * KB
LARGEST_TRAILER = 4 * KB
ROOM = 256 * MB  # of a worker, for requests and answers on their way
FLOOR = 8 * KB  # bytes a second below which nobody sends or reads: 64 kbit/s, so 10 MB may take 21 minutes
IDLE_AT_STOP = 2.0  # seconds that a stopping worker waits for a request that may be on its way
SILENT = 30.0  # seconds without a turn after which the process is no longer alive
LINGER = 2.0  # seconds for a client to read a refusal before its connection is reset
MOST_ACCEPTED = 8  # connections at once, so that the workers share a burst


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker grants. `proxies` is how many in front write X-Forwarded-For; the last of them comes from
    `trusted`, and what anybody else writes there counts for nothing.
    """

    connections: int = 1000
    of_an_address: int = 100
    head_seconds: float = 10
    window_seconds: float = 30  # each so long, a body or an answer comes on by FLOOR a second, or is over
    keepalive_seconds: int = 75  # longer than the proxies in front hold an idle connection
    proxies: int = 0
    trusted: Networks = NOWHERE

    def is_proxy(self, peer: str) -> bool:
        return self.proxies > 0 and self.trusted.has(peer)


class _Found(Error):  # type: ignore[misc]  # the library has no types
    """A refusal that waitress answers by itself, since there is no whole head for the application."""

    def __init__(self, status: int) -> None:
        super().__init__("")
        self.code = status


class _Dropped:
    """Takes a body that is too large, and keeps nothing of it."""

    error = None

    def __init__(self, length: int) -> None:
        self._left = length
        self.completed = length == 0

    def __len__(self) -> int:
        return 0

    def received(self, data: bytes) -> int:
        taken = min(len(data), self._left)
        self._left -= taken
        self.completed = self._left == 0
        return taken

    def getfile(self) -> BytesIO:
        return BytesIO()

    def getbuf(self) -> BytesIO:
        return BytesIO()


class _Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that is being read. `found` is the status of a problem that the application is to answer."""

    found = 0
    is_cut = False  # what follows on the connection may be the rest of its body
    body_rcv: Any  # the library's attributes, which it leaves untyped
    expect_continue: bool
    error: Any

    def __init__(self, server: Server, peer: str, adjustments: Adjustments) -> None:
        super().__init__(adjustments)
        self._server = server
        self._peer = peer
        self._address = ""  # counted for it

    @property
    def held(self) -> int:
        """Bytes that it takes, in memory or in a file."""
        return len(self.body_rcv) if self.body_rcv is not None else 0

    def received(self, data: bytes) -> int:
        had_head = self.headers_finished
        consumed: int = super().received(data)
        if not had_head:
            self._judge_head()
        elif not self.completed:
            self._judge_body()
        return consumed

    def refuse(self, status: int) -> None:
        """Ends the reading. What has a head is answered by the application, in the manner of its path."""
        if self.headers_finished and not self.error:
            self.found = status
            self.is_cut = True
            self._forget_body()
        else:
            self.parse_header(b"GET / HTTP/1.0\r\n")
            self.error = _Found(status)
        self.completed = True

    def close(self) -> None:
        super().close()
        address, self._address = self._address, ""
        if address:
            self._server.shares.give_back(address)

    def parse_header(self, header_plus: bytes) -> None:
        lines = header_plus.split(b"\r\n")
        if len(lines[0]) > LONGEST_LINE or len(lines) - 2 > MOST_FIELDS or max(map(len, lines[1:])) > LONGEST_FIELD:
            super().parse_header(b"GET / HTTP/1.0\r\n")
            self.error = _Found(414 if len(lines[0]) > LONGEST_LINE else 431)
            return
        try:
            super().parse_header(header_plus)
        except ValueError as fault:  # a length of thousands of digits, an address that is none
            raise ParsingError("not readable") from fault
        # Two lengths, or a kind of length that this version of HTTP has not: two servers may read two requests there.
        if (self.chunked and "CONTENT_LENGTH" in self.headers) or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("more than one length")

    def _judge_head(self) -> None:
        if self.error and self.error.code == 413:
            self.error = None  # the application answers
        if not self.headers_finished or self.error or self.empty:
            if not self.completed and b"\r\n" not in self.header_plus and len(self.header_plus) > LONGEST_LINE:
                self.refuse(414)
            return
        self._address = self._server.address_of(self._peer, self.headers.get("X_FORWARDED_FOR", ""))
        if self._address and not self._server.shares.take(self._address):
            self._address = ""
            self._server.ended("address")
            self.refuse(429)
        elif self.content_length > LARGEST_BODY:
            self._forget_body()
            drop = self.content_length <= READ_AND_DROPPED and not self.expect_continue
            self.expect_continue = False
            self.body_rcv = _Dropped(self.content_length if drop else 0)
            self.is_cut = True
            self.completed = self.body_rcv.completed

    def _judge_body(self) -> None:
        control = getattr(self.body_rcv, "control_line", b"")
        trailer = getattr(self.body_rcv, "trailer", b"")
        if len(control) > LONGEST_CHUNK_LINE or len(trailer) > LARGEST_TRAILER:
            self.refuse(400)
        elif (self.chunked and self.body_bytes_received > 2 * LARGEST_BODY) or self.held > LARGEST_BODY:
            self.refuse(413)

    def _forget_body(self) -> None:
        if self.body_rcv is not None:
            self.body_rcv.getbuf().close()
        self.body_rcv = None


class _Task(WSGITask):  # type: ignore[misc]
    def build_response_header(self) -> bytes:
        if self.request.is_cut or self.channel.server.stopping:
            self.set_close_on_finish()
        return bytes(super().build_response_header())

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.found:
            environ[FOUND] = self.request.found
        return environ


class _Refusal(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        self.status, headers, body = refusal(self.request.error.code)
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


def refusal(status: int) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and problem document of what no application has seen."""
    fault = default_exceptions.get(status, HTTPException)()
    fault.code = status
    id = uuid4().hex
    problem = problem_of_http(fault)
    headers = [
        ("Content-Type", MEDIA_TYPE),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", id),
    ]
    if problem.retry_after is not None:
        headers.append(("Retry-After", str(problem.retry_after)))
    body = json.dumps(problem.document() | {"request_id": id}, ensure_ascii=False).encode()
    return f"{status} {fault.name}", headers, body


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection. It has one request at a time; what a client sends ahead waits until the answer has gone."""

    task_class = _Task
    error_task_class = _Refusal
    request: Any  # the library's attributes, which it leaves untyped
    requests: list[Any]
    total_outbufs_len: int
    will_close: bool
    connected: bool
    socket: Any
    server: Server

    def __init__(self, server: Server, sock: socket.socket, address: Any, adjustments: Adjustments, map: Any) -> None:
        self.parser_class = partial(_Request, server, address[0])
        self.number = 0  # of its requests
        self.sent: int = 0  # bytes
        self.lingers = False
        self._ended = False
        self._ahead = b""
        self._stage: tuple[str, int] = ("", 0)
        self.since = time.monotonic()  # in this stage, or in this window of it
        self._moved = 0
        super().__init__(server, sock, address, adjustments, map=map)

    # What waitress calls in the thread that reads.

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

    # What the sweep calls, in the same thread.

    def ends(self) -> None:
        """At once, whatever is on its way."""
        self.lingers = True
        self.handle_close()

    def refuse(self, status: int) -> None:
        with self.requests_lock:
            request = self.request or self.parser_class(self.adj)
            request.refuse(status)
            self._enqueue(request)

    @property
    def waits(self) -> bool:
        """Whether it is the client's turn, so that nobody works in vain when the connection ends."""
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
        """Why it has to end: the stage in which it has stalled. Empty where it may go on."""
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
        """The stage, bytes that have moved in it, seconds that it may take, or bytes a second that are to move."""
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

    def _enqueue(self, request: _Request) -> None:
        self.sent_continue = False
        self.request = None
        if request.empty:
            return
        self.number += 1
        self.requests.append(request)
        self.server.add_task(self)

    def _linger(self) -> bool:
        """Whether the client may still read what was said: it would not, were its own bytes left unread."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.lingers = True
        self.will_close = False
        return True


class _Shares:
    """How many connections, or requests, each address has here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, address: str) -> bool:
        with self._lock:
            if self._taken[address] >= self._most:
                return False
            self._taken[address] += 1
            return True

    def give_back(self, address: str) -> None:
        with self._lock:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Reads and writes all connections of a worker, in one thread."""

    channel_class = _Channel

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        sock: socket.socket,
        map: dict[int, Any],
        threads: ThreadedTaskDispatcher,
        bounds: Bounds,
        ended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`ended` is told why a connection was ended."""
        self.bounds = bounds
        self.shares = _Shares(bounds.of_an_address)
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
        """Whom a request is counted for; empty where its connection is counted already."""
        if not self.bounds.is_proxy(peer):
            return ""
        given = [each.strip() for each in forwarded.split(",")]
        # As ProxyFix does: of fewer than were to be there none is right.
        return network((len(given) >= self.bounds.proxies and given[-self.bounds.proxies]) or peer)

    def readable(self) -> bool:
        return bool(self.accepting)

    def handle_accept(self) -> None:
        for _ in range(MOST_ACCEPTED):
            try:
                accepted = self.accept()
            except OSError:
                return  # gone again, or no file is left for it: those that wait are swept
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

    def closed(self, channel: _Channel) -> None:
        if not self.bounds.is_proxy(channel.addr[0]):
            self.shares.give_back(network(channel.addr[0]))

    def sweep(self, now: float) -> None:
        """Ends what has stalled, and what takes room that is not there. Called each second."""
        channels = list(self.active_channels.values())
        for channel in channels:
            why = channel.overdue(now)
            if why in ("head", "body"):
                self.ended(why)
                if why == "head" and channel.request is None:
                    channel.ends()  # it has asked nothing
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
        """Takes no more connections; what was asked is answered."""
        self.stopping = now
        self.accepting = False
        self.del_channel()

    def stopped(self, now: float) -> bool:
        """Whether all has been answered. Idle connections are ended once no request can be on its way to them."""
        channels = [channel for channel in self.active_channels.values() if not channel.lingers]
        if now - self.stopping >= IDLE_AT_STOP:
            for channel in channels:
                if channel.idle:
                    channel.ends()
            channels = [channel for channel in channels if not channel.lingers]
        return not channels

    def _has_room(self) -> bool:
        """Whether one more may come. Who has waited longest goes for it, so that those who stall keep nobody out."""
        if len(self.active_channels) < self.bounds.connections:
            return True
        waiting = [channel for channel in self.active_channels.values() if channel.waits or channel.lingers]
        if not waiting:
            return False
        self.ended("room")
        min(waiting, key=lambda channel: channel.since).ends()
        return True


def _turn_away(sock: socket.socket, status: int) -> None:
    """Says why, if the client takes it at once, and closes."""
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
        sock.recv(64 * KB)  # else the refusal is reset with what was not read


class Worker(GunicornWorker):  # type: ignore[misc]
    """A process that serves the gateway. gateway/gunicorn.conf.py sets `bounds`, and `probes`, a socket that all
    workers share.
    """

    bounds: ClassVar[Bounds] = Bounds()
    probes: ClassVar[socket.socket | None] = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._servers: list[Server] = []
        self._swept = 0.0

    def run(self) -> None:
        # The metrics' files are this process's, not gunicorn's.
        from gateway.health import pages
        from gateway.metrics import CONNECTIONS_ENDED

        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # more requests than threads are no fault
        logging.getLogger("waitress").setLevel(logging.WARNING)
        # A connection is a file, and so is a large body or answer.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        map: dict[int, Any] = {}
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self._servers = [
            Server(self.wsgi, each.sock, map, threads, self.bounds, lambda why: CONNECTIONS_ENDED.labels(why).inc())
            for each in self.sockets
        ]
        if self.probes is not None:
            serve(self.probes, pages(self.wsgi, self._reads_on))
        while self.alive and self.ppid == os.getppid():
            self._turn(map)
        for server in self._servers:
            server.stop(time.monotonic())
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and [each for each in self._servers if not each.stopped(time.monotonic())]:
            self._turn(map)
        threads.shutdown(timeout=2)

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        for server in self._servers:
            server.pull_trigger()

    def _reads_on(self) -> bool:
        return time.monotonic() - self._swept < SILENT

    def _turn(self, map: dict[int, Any]) -> None:
        self.notify()
        wasyncore.poll2(0.5, map)
        now = time.monotonic()
        if now >= self._swept + 1:
            self._swept = now
            for server in self._servers:
                server.sweep(now)
