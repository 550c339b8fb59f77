"""The connections of the process that holds streams: their limits before, during and after a request."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.metrics import CONNECTIONS_ENDED
from gateway.network import NOWHERE, Networks, network
from gateway.settings import Settings

REQUEST_SECONDS = 10.0  # from a request's first byte to its last: it has hardly a body
UNREAD_SECONDS = 30.0  # the longest time for which a client may leave waiting bytes unread
LINGER = 2.0  # seconds until an ended connection is reset
SPARE = 500  # connections beyond those that listen
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


class Connection(H11Protocol):
    """A connection with deadlines, within a share for its address and a bound for all."""

    most: ClassVar[int] = 0
    of_an_address: ClassVar[int] = 0
    proxies: ClassVar[Networks] = NOWHERE  # connections from these are counted by their tickets
    asking: ClassVar[dict[Connection, None]]  # connections whose requests have not fully arrived, the oldest first
    taken: ClassVar[Counter[str]]

    _deadline: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library does
        super().connection_made(transport)
        if self.client and not self.proxies.has(self.client[0]):
            address = network(self.client[0])
            if self.taken[address] >= self.of_an_address:
                self.end("address", _TOO_MANY)
                return
            self._address = address
            self.taken[address] += 1
        if len(self.connections) > self.most:
            next(iter(self.asking), self).end("room")
        self._expect(waits=True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(waits=False)
        self._unread(piles=False)
        if self._address:
            self.taken[self._address] -= 1
            if not self.taken[self._address]:
                del self.taken[self._address]
            self._address = ""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        begun = bool(self.conn.trailing_data[0])
        self._expect(waits=self.conn.their_state is h11.SEND_BODY or (self.conn.their_state is h11.IDLE and begun))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread(piles=True)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread(piles=False)

    def _expect(self, *, waits: bool) -> None:
        """Whether a request is arriving, for which there is a deadline."""
        if waits and self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._too_slow)
            self.asking[self] = None
        elif not waits and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self.asking.pop(self, None)

    def _too_slow(self) -> None:
        begun = self.conn.their_state is not h11.IDLE or bool(self.conn.trailing_data[0])
        answered = self.conn.our_state is not h11.IDLE
        self.end("body" if answered else "head", b"" if answered or not begun else _TOO_SLOW)

    def _unread(self, *, piles: bool) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if piles:
            self._reading = self.loop.call_later(UNREAD_SECONDS, self._nobody_reads)

    def _nobody_reads(self) -> None:
        CONNECTIONS_ENDED.labels("answer").inc()
        self.transport.abort()

    def end(self, why: str, said: bytes = b"") -> None:
        """Sends the refusal, and closes; `why` is counted."""
        CONNECTIONS_ENDED.labels(why).inc()
        self._expect(waits=False)
        if said:
            self.transport.write(said)
        self.transport.close()
        self.loop.call_later(LINGER, self.transport.abort)


def connections(settings: Settings) -> type[asyncio.Protocol]:
    """The connections of one process."""
    bounds: dict[str, Any] = {
        "most": settings.streams_open + SPARE,
        "of_an_address": settings.streams_connections_per_address,
        "proxies": settings.proxies if settings.trusted_proxies else NOWHERE,
        "asking": {},
        "taken": Counter(),
    }
    return cast("type[asyncio.Protocol]", type("Connection", (Connection,), bounds))
