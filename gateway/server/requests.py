"""A request that is being read, and the response to one that was not read to its end."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol
from uuid import uuid4

from flask import json
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error
from werkzeug.exceptions import HTTPException, default_exceptions

from gateway.problems import FOUND, MEDIA_TYPE, problem_of_http
from gateway.server.bounds import (
    LARGEST_BODY,
    LARGEST_TRAILER,
    LONGEST_CHUNK_LINE,
    LONGEST_FIELD,
    LONGEST_LINE,
    MOST_FIELDS,
    READ_AND_DROPPED,
    Shares,
)


class Serving(Protocol):
    """What a request asks of the server."""

    shares: Shares
    ended: Callable[[str], None]

    def address_of(self, peer: str, forwarded: str) -> str: ...


class Found(Error):  # type: ignore[misc]  # the library has no types
    """A refusal that waitress sends itself, since the head is incomplete and the application cannot run."""

    def __init__(self, status: int) -> None:
        super().__init__("")
        self.code = status


class _Dropped:
    """Reads a body that is too large, and keeps nothing of it."""

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


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that is being read. `found` is the status of a problem that the application shall report."""

    found = 0
    is_cut = False  # the next bytes on the connection may be the rest of its body
    body_rcv: Any  # the library's attributes, which it leaves untyped
    expect_continue: bool
    error: Any

    def __init__(self, server: Serving, peer: str, adjustments: Adjustments) -> None:
        super().__init__(adjustments)
        self._server = server
        self._peer = peer
        self._address = ""  # the address that it is counted for

    @property
    def held(self) -> int:
        """Bytes that it occupies, in memory or in a file."""
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
        """Ends the reading. If the head is complete, the application responds in the form of its path."""
        if self.headers_finished and not self.error:
            self.found = status
            self.is_cut = True
            self._forget_body()
        else:
            self.parse_header(b"GET / HTTP/1.0\r\n")
            self.error = Found(status)
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
            self.error = Found(414 if len(lines[0]) > LONGEST_LINE else 431)
            return
        try:
            super().parse_header(header_plus)
        except ValueError as fault:  # a length of thousands of digits, an invalid address
            raise ParsingError("not readable") from fault
        # Two lengths, or a kind of length that this version of HTTP lacks: two servers could read two requests.
        if (self.chunked and "CONTENT_LENGTH" in self.headers) or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("more than one length")

    def _judge_head(self) -> None:
        if self.error and self.error.code == 413:
            self.error = None  # the application responds
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


class Task(WSGITask):  # type: ignore[misc]
    def build_response_header(self) -> bytes:
        if self.request.is_cut or self.channel.server.stopping:
            self.set_close_on_finish()
        return bytes(super().build_response_header())

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.found:
            environ[FOUND] = self.request.found
        return environ


class Refusal(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        self.status, headers, body = refusal(self.request.error.code)
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


def refusal(status: int) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and problem document for a request that the application has not seen."""
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
