"""Live updates of guided sessions: `python -m gateway.streams`.

A separate asyncio process holds the browsers' connections (server-sent events), so that an open connection holds no
thread of the gateway. It says that a session has changed, but not what: a page that hears of a new version fetches its
part from the gateway with its own cookie. The process learns the versions from accounts: for each ward that has
connections here, one call waits for the next change. It also tells accounts which citizens' pages are still open.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

import grpc
import structlog
import uvicorn
from caunoi.accounts.v1.guidance_pb2 import (
    GuidedSessionVersion,
    NotePresenceRequest,
    Presence,
    WatchGuidedSessionsRequest,
    WatchGuidedSessionsResponse,
)
from caunoi.accounts.v1.guidance_pb2_grpc import GuidanceServiceStub
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.metrics import STREAMS_OPEN, exposition
from gateway.rpcs import NOTE_PRESENCE, WATCH_GUIDED_SESSIONS
from gateway.sealer import STREAM_TICKETS, Sealer
from gateway.settings import Settings
from gateway.stream_connections import connections
from services.chassis.grpc.client import AsyncPeer, metadata_for
from services.chassis.logs import start_logging
from services.chassis.probes import Pages, listening, metrics_page, serve, told
from services.chassis.tracing import start_tracing

log = structlog.get_logger()

WAIT = 5  # seconds that a ward may wait for a change before it responds
GAP = 0.05  # seconds between two calls to a ward, so that changes that come together are reported together
PAUSE = 1.0  # seconds after a call that failed
MOST_ASKED = 500  # sessions in one call (WatchGuidedSessionsRequest, NotePresenceRequest)
TELLING = 5.0  # seconds for which presence is gathered before accounts is told
PRESENT = 60.0  # seconds after which a page's word is too old to pass on: by then the page says it again
BEATS_A_SECOND = 5  # for one side, with all its tabs: a page says about once a minute that it is open
LEAVING = 2.0  # seconds within which a page that was left gives its place back
SILENT = 30.0  # seconds without a turn of the loop after which the process counts as dead
KEEP_ALIVE = 15  # seconds between two signs of life on a quiet connection
RETRY = 1000  # milliseconds until a browser connects again
TICKET_LIFE = 3600  # seconds; a guided session takes 35 minutes at most
#: Seconds after which to come again: when the second is over, or a place may be free.
_AGAIN = {HTTPStatus.TOO_MANY_REQUESTS: "1", HTTPStatus.SERVICE_UNAVAILABLE: "5"}
#: The ticket is the whole permission and no cookie is read, so a page from another port may listen.
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
_Side: TypeAlias = tuple[str, str, str]  # ward, session, `citizen` or `volunteer`


@dataclass(slots=True)
class _Watched:
    """A session that somebody waits for. `changed` is replaced at each change."""

    version: int = -1
    ended: bool = False
    citizen_silent: bool = False
    connections: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, version: int, *, ended: bool, citizen_silent: bool = False) -> None:
        if (version, ended, citizen_silent) != (self.version, self.ended, self.citizen_silent):
            self.version, self.ended, self.citizen_silent = version, ended, citizen_silent
            self.changed.set()
            self.changed = asyncio.Event()


class _Ward:
    """The sessions of one ward that are watched here. Each ward has its own calls, so a silent ward delays no other."""

    def __init__(self, code: str, ask: Callable[..., Any], tell: Callable[..., Any]) -> None:
        """`ask` and `tell` are accounts' WatchGuidedSessions and NotePresence."""
        self._code = code
        self._ask = ask
        self._tell_accounts = tell
        self._task: asyncio.Task[None] | None = None
        self._greeting: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._present: dict[str, tuple[bytes, float]] = {}  # session → key, when its page said that it is open
        self.sessions: dict[str, _Watched] = {}

    def hear(self, session: str, key: bytes) -> None:
        """Notes that the citizen's page is still open. Accounts is told soon, for the whole ward in one call."""
        if (watched := self.sessions.get(session)) and watched.ended:
            return
        self._present[session] = (key, asyncio.get_running_loop().time())
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def events(self, session: str, side: str) -> AsyncIterator[ServerSentEvent]:
        """The events: `version` at the beginning and at each change; `ended` is the last. The volunteer also gets
        `citizen`: whether the citizen is `here` or `silent`.
        """
        watched = self.sessions.setdefault(session, _Watched())
        watched.connections += 1
        told: int | None = None
        told_citizen = ""
        try:
            if watched.version == -1:
                if self._greeting is None:
                    self._greeting = asyncio.create_task(self._greet())
                await asyncio.shield(self._greeting)  # others also wait for it
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._watch())
            while True:
                changed = watched.changed
                if watched.version not in (told, -1):
                    told = watched.version
                    event = "ended" if watched.ended else "version"
                    yield ServerSentEvent(event=event, data=str(told), retry=RETRY)
                if watched.ended:
                    return
                citizen = "silent" if watched.citizen_silent else "here"
                if side == "volunteer" and watched.version != -1 and citizen != told_citizen:
                    told_citizen = citizen
                    yield ServerSentEvent(event="citizen", data=citizen)
                await changed.wait()
        finally:
            watched.connections -= 1
            if watched.connections == 0:
                self.sessions.pop(session, None)

    async def close(self) -> None:
        for task in (self._task, self._greeting, self._telling):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _greet(self) -> None:
        """Asks once for all connections that come together, as they do when a gateway or a network is back."""
        await asyncio.sleep(GAP)
        self._greeting = None
        new = [id for id, watched in self.sessions.items() if watched.version == -1]
        await asyncio.gather(*(self._tried(self._ask_once(part, wait=0)) for part in _parts(new)))

    async def _watch(self) -> None:
        """Asks again and again while somebody waits."""
        while asked := [id for id, watched in self.sessions.items() if not watched.ended]:
            if not all(await asyncio.gather(*(self._tried(self._ask_once(part, wait=WAIT)) for part in _parts(asked)))):
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(GAP)
        self._task = None

    async def _tell(self) -> None:
        """Tells accounts who is still there, until it knows all; what it did not take is told again."""
        while self._present:
            await asyncio.sleep(TELLING)
            now = asyncio.get_running_loop().time()
            told = {id: each for id, each in self._present.items() if each[1] > now - PRESENT}
            self._present = {}
            for part in _parts(list(told)):
                if not await self._tried(self._tell_once({id: told[id][0] for id in part})):
                    self._present = {id: told[id] for id in part} | self._present

    async def _tell_once(self, keys: Mapping[str, bytes]) -> None:
        await self._tell_accounts(
            NotePresenceRequest(present=[Presence(session_id=id, key=key) for id, key in keys.items()]),
            timeout=NOTE_PRESENCE.seconds,
            metadata=metadata_for(self._code),
        )

    async def _tried(self, question: Coroutine[Any, Any, None]) -> bool:
        """Whether it was answered."""
        try:
            await question
        except grpc.RpcError as fault:
            log.warning("watch-unanswered", ward=self._code, code=fault.code().name)
            return False
        except Exception:  # a fault of ours; listeners in this ward must not wait for ever
            log.exception("watch-broke", ward=self._code)
            return False
        return True

    async def _ask_once(self, ids: Sequence[str], *, wait: int) -> None:
        """Accounts responds at once if it has news for us, else at the next change in its ward, or after `wait`
        seconds.
        """
        told = [
            GuidedSessionVersion(
                session_id=id,
                version=max(watched.version, 0),
                ended=watched.ended,
                citizen_silent=watched.citizen_silent,
            )
            for id in ids
            if (watched := self.sessions.get(id))
        ]
        answer: WatchGuidedSessionsResponse = await self._ask(
            WatchGuidedSessionsRequest(told=told, wait_seconds=wait),
            timeout=wait + WATCH_GUIDED_SESSIONS.seconds,
            metadata=metadata_for(self._code),
        )
        known = {each.session_id: each for each in answer.versions}
        for id in ids:
            watched = self.sessions.get(id)
            if watched is None:
                continue
            if id in known:
                now = known[id]
                watched.note(now.version, ended=now.ended, citizen_silent=now.citizen_silent)
            else:
                watched.note(0, ended=True)  # unknown to accounts, or no longer known


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[first : first + MOST_ASKED] for first in range(0, len(ids), MOST_ASKED)]


class Streams:
    """The connections of all wards: at most `streams_open` at once, and a few for each side of a session."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tickets = Sealer(settings.cookie_key, STREAM_TICKETS)
        self._accounts = AsyncPeer(GuidanceServiceStub, partial(settings.for_ward, "accounts_address"))
        self._wards: dict[str, _Ward] = {}
        self._open: Counter[_Side] = Counter()
        self._beats: Counter[_Side] = Counter()  # in this second
        self._second = 0

    async def guidance(self, request: Request) -> Response:
        """`/streams/guidance?ticket=…`: GET listens, POST says that the citizen's browser is still here.

        401 for an invalid ticket, 429 for a page that says it too often, 503 if there is no place.
        """
        named = self._tickets.open(request.query_params.get("ticket", ""), within=TICKET_LIFE)
        if named is None:
            return _refused(HTTPStatus.UNAUTHORIZED, "The ticket has run out.")
        ward, side = self._ward(named["ward"]), (named["ward"], named["session"], named["side"])
        if request.method == "POST":
            if not self._may_say(side):
                return _refused(HTTPStatus.TOO_MANY_REQUESTS, "It is known already.")
            if key := named.get("presence"):
                ward.hear(named["session"], bytes.fromhex(key))
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=_ANY_ORIGIN)
        if self._open.total() >= self._settings.streams_open or not await self._has_place(side):
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "No place is free.")
        return _Stream(ward.events(named["session"], named["side"]), self, side)

    def _may_say(self, side: _Side) -> bool:
        """Whether this side may say once more that it is here. Counts are forgotten when their second is over, so that
        they take no room.
        """
        second = int(asyncio.get_running_loop().time())
        if second != self._second:
            self._second, self._beats = second, Counter()
        self._beats[side] += 1
        return self._beats[side] <= BEATS_A_SECOND

    async def _has_place(self, side: _Side) -> bool:
        """Whether this side may have one more connection. Somebody who turns pages quickly opens new connections before
        the old ones are closed, so it waits for those that are closing.
        """
        until = asyncio.get_running_loop().time() + LEAVING
        while self._open[side] >= self._settings.streams_open_per_side:
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(GAP)
        return True

    async def close(self) -> None:
        for ward in self._wards.values():
            await ward.close()
        await self._accounts.close()

    def enter(self, side: _Side) -> None:
        self._open[side] += 1
        STREAMS_OPEN.inc()

    def leave(self, side: _Side) -> None:
        self._open[side] -= 1
        self._open += Counter()  # drops sides that are at 0
        STREAMS_OPEN.dec()

    def _ward(self, code: str) -> _Ward:
        if code not in self._wards:
            stub = self._accounts.stub(code)
            self._wards[code] = _Ward(code, stub.WatchGuidedSessions, stub.NotePresence)
        return self._wards[code]


class _Stream(EventSourceResponse):
    """A connection; it takes its place when it is created, and gives it back when it ends."""

    def __init__(self, events: AsyncIterator[ServerSentEvent], streams: Streams, side: _Side) -> None:
        super().__init__(
            events,
            ping=KEEP_ALIVE,
            # An event, not a comment: a page does not see comments, and without events it could not notice a lost
            # network.
            ping_message_factory=lambda: ServerSentEvent(event="open-still", data="1"),
            headers=_ANY_ORIGIN,
        )
        self._streams, self._side = streams, side
        streams.enter(side)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._side)


def _refused(status: HTTPStatus, text: str) -> Response:
    headers = {**_ANY_ORIGIN, "Cache-Control": "no-store"}
    if status in _AGAIN:
        headers["Retry-After"] = _AGAIN[status]
    return PlainTextResponse(text, status, headers)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("up")


class Pulse:
    """Watches whether the loop, which serves all connections, still turns. Another thread reports it."""

    def __init__(self) -> None:
        self._at: float | None = None

    async def beat(self) -> None:
        try:
            while True:
                self._at = time.monotonic()
                await asyncio.sleep(1)
        finally:
            self._at = None

    def is_alive(self) -> bool:
        """True also before the loop has begun: a process that cannot begin ends by itself."""
        return self._at is None or time.monotonic() - self._at < SILENT

    def is_ready(self) -> bool:
        return self._at is not None and self.is_alive()

    def pages(self) -> Pages:
        return {
            "/healthz": lambda: told(self.is_alive()),
            "/readyz": lambda: told(self.is_ready()),
            "/metrics": metrics_page(exposition),
        }


def create_app(settings: Settings, pulse: Pulse) -> Starlette:
    """The ASGI application. It calls no service before somebody waits, so readiness is the same as liveness."""
    streams = Streams(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        beating = asyncio.create_task(pulse.beat())
        log.info("serving", listen=settings.streams_listen)
        yield
        beating.cancel()
        await streams.close()

    routes = [
        Route("/streams/guidance", streams.guidance, methods=["GET", "POST"]),
        Route("/healthz", _alive),
        Route("/readyz", _alive),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def main() -> None:
    settings = Settings()
    start_logging("streams", settings.log_level)
    start_tracing("streams", settings.otlp_endpoint)
    # A connection takes a file descriptor: the usual soft limit of 1,024 is below `streams_open`.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    pulse = Pulse()
    if settings.streams_metrics_listen:
        serve(listening(settings.streams_metrics_listen), pulse.pages())
    host, _, port = settings.streams_listen.rpartition(":")
    uvicorn.run(
        create_app(settings, pulse),
        host=host,
        port=int(port),
        http=connections(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # streams do not need client addresses
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
