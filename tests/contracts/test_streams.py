"""The process that holds the browsers' connections, as a process, before accounts that the tests script."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import grpc
import httpx
import pytest
from caunoi.accounts.v1 import guidance_pb2
from google.protobuf.empty_pb2 import Empty

from deploy.local.probes import answers
from deploy.local.waiting import wait_until
from gateway import streams as streams_module
from gateway.sealer import STREAM_TICKETS, Sealer
from gateway.settings import Settings
from gateway.stream_connections import connections
from tests.conftest import NAM_DUONG

OTHER_WARD = "20251"
SECRET = "only for tests, but 32 characters long"
SOON = 5.0  # seconds within which an expected result comes


@dataclass
class FakeAccounts:
    """Sessions by id: version and whether they have ended; `silent` are those whose citizens are not heard of, `heard`
    those of whom it was told, with their keys. `hangs` makes it answer nothing.
    """

    sessions: dict[str, tuple[int, bool]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: bool = False
    hangs: bool = False
    asked: list[Sequence[str]] = field(default_factory=list)

    def watch(
        self, request: guidance_pb2.WatchGuidedSessionsRequest, context: Any
    ) -> guidance_pb2.WatchGuidedSessionsResponse:
        asked = [each.session_id for each in request.told]
        self.asked.append(asked)
        while self.hangs and context.is_active():
            time.sleep(0.05)
        before, until = dict(self.sessions), time.monotonic() + request.wait_seconds
        told = {each.session_id: (each.version, each.ended) for each in request.told}
        silent = {each.session_id for each in request.told if each.citizen_silent}
        while (
            before == self.sessions
            and told == {id: self.sessions.get(id) for id in asked}
            and silent == self.silent.intersection(asked)
            and time.monotonic() < until
            and context.is_active()
        ):
            time.sleep(0.02)
        return guidance_pb2.WatchGuidedSessionsResponse(
            versions=[
                guidance_pb2.GuidedSessionVersion(
                    session_id=id,
                    version=self.sessions[id][0],
                    ended=self.sessions[id][1],
                    citizen_silent=id in self.silent,
                )
                for id in asked
                if id in self.sessions
            ]
        )

    def note(self, request: guidance_pb2.NotePresenceRequest, context: Any) -> Empty:
        if self.refuses:
            context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        self.heard += [(each.session_id, each.key) for each in request.present]
        return Empty()


@contextmanager
def serving(accounts: FakeAccounts, address: str = "127.0.0.1:0") -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(8))
    watch = grpc.unary_unary_rpc_method_handler(
        accounts.watch,
        request_deserializer=guidance_pb2.WatchGuidedSessionsRequest.FromString,
        response_serializer=guidance_pb2.WatchGuidedSessionsResponse.SerializeToString,
    )
    contract = guidance_pb2.DESCRIPTOR.services_by_name["GuidanceService"].full_name
    note = grpc.unary_unary_rpc_method_handler(
        accounts.note,
        request_deserializer=guidance_pb2.NotePresenceRequest.FromString,
        response_serializer=Empty.SerializeToString,
    )
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {"WatchGuidedSessions": watch, "NotePresence": note}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(contract, handlers),))
    port = server.add_insecure_port(address)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Streams:
    """The running process. `here` and `there` are the accounts of two wards."""

    url: str
    here: FakeAccounts
    there: FakeAccounts
    process: subprocess.Popen[bytes]
    probes: str

    def beat(self, session: str, side: str = "citizen") -> int:
        """The page of this side is still open; the status of the answer."""
        key = f"key of {session}".encode().hex() if side == "citizen" else ""
        named = {"ward": NAM_DUONG, "session": session, "side": side, "presence": key}
        ticket = Sealer(SECRET, STREAM_TICKETS).seal(named)
        return httpx.post(f"{self.url}/streams/guidance", params={"ticket": ticket}).status_code

    @contextmanager
    def listening(
        self, session: str, ward: str = NAM_DUONG, ticket: str = "", side: str = "citizen"
    ) -> Iterator[Listener]:
        ticket = ticket or Sealer(SECRET, STREAM_TICKETS).seal({"ward": ward, "session": session, "side": side})
        with (
            httpx.Client(timeout=SOON) as client,
            client.stream("GET", f"{self.url}/streams/guidance", params={"ticket": ticket}) as answer,
        ):
            yield Listener(answer)


class Listener:
    """One browser's connection."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> tuple[str, str]:
        """Name and data of the next event."""
        event: dict[str, str] = {}
        for line in self._lines:
            if not line and "event" in event:
                return event["event"], event["data"]
            name, _, value = line.partition(": ")
            event[name] = value
        raise AssertionError("the connection has ended")

    def is_over(self) -> bool:
        """Whether the connection ends, in order or not, and nothing comes before."""
        try:
            return not any(line.startswith("event") for line in self._lines)
        except httpx.RemoteProtocolError:
            return True


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streams]:
    here, there, port, probes = FakeAccounts(), FakeAccounts(), free_port(), free_port()
    with serving(here) as address, serving(there) as other_address:
        environment = {
            **os.environ,
            "ACCOUNTS_ADDRESS": address,
            f"ACCOUNTS_ADDRESS_{OTHER_WARD}": other_address,
            "DOSSIERS_ADDRESS": "127.0.0.1:1",
            "NOTIFICATIONS_ADDRESS": "127.0.0.1:1",
            "SECRET_KEY": SECRET,
            "STREAMS_LISTEN": f"127.0.0.1:{port}",
            "STREAMS_METRICS_LISTEN": f"127.0.0.1:{probes}",
            # A proxy would come from elsewhere: nobody here is believed to be one.
            "TRUSTED_PROXIES": "1",
            "TRUSTED_NETWORKS": "192.0.2.0/24",
            "STREAMS_OPEN": "6",
            "STREAMS_OPEN_PER_SIDE": "4",
        }
        log = tmp_path_factory.mktemp("streams") / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway.streams"], env=environment, cwd=Path.cwd(), stdout=output, stderr=output
            )
        try:
            assert wait_until(lambda: answers(port, "/readyz"), 30), log.read_text()
            yield Streams(f"http://127.0.0.1:{port}", here, there, process, f"http://127.0.0.1:{probes}")
        finally:
            process.kill()
            process.wait()


@pytest.fixture(autouse=True)
def quiet(streams: Streams) -> Iterator[None]:
    yield
    streams.here.hangs = streams.there.hangs = False
    streams.here.sessions.clear()
    streams.here.silent.clear()
    streams.here.heard.clear()
    streams.here.refuses = False
    if streams.process.poll() is None:
        assert wait_until(lambda: open_connections(streams) == 0, SOON), "a connection that ended keeps its place"


def open_connections(streams: Streams) -> int:
    text = httpx.get(f"{streams.probes}/metrics").text
    (line,) = (line for line in text.splitlines() if line.startswith("caunoi_streams_open "))
    return int(float(line.split()[1]))


def test_a_change_is_told_by_its_version_and_nothing_else(streams: Streams) -> None:
    streams.here.sessions["s1"] = (3, False)
    with streams.listening("s1") as listener:
        assert listener.answer.headers["Content-Type"].startswith("text/event-stream")
        assert listener.answer.headers["Cache-Control"] == "no-store"
        assert listener.next() == ("version", "3")
        streams.here.sessions["s1"] = (4, False)
        began = time.monotonic()
        assert listener.next() == ("version", "4")
        assert time.monotonic() - began < 1.0


def test_it_ends_with_the_session(streams: Streams) -> None:
    streams.here.sessions["s1"] = (3, False)
    with streams.listening("s1") as listener:
        listener.next()
        streams.here.sessions["s1"] = (4, True)
        assert listener.next() == ("ended", "4")
        assert listener.is_over()


def test_a_session_that_accounts_does_not_know_has_ended(streams: Streams) -> None:
    with streams.listening("gone") as listener:
        assert listener.next()[0] == "ended"
        assert listener.is_over()


def test_both_sides_hear_of_one_session_by_one_question(streams: Streams) -> None:
    streams.here.sessions |= {"s1": (1, False), "s2": (1, False)}
    with streams.listening("s1") as citizen, streams.listening("s1") as volunteer, streams.listening("s2") as other:
        assert [each.next() for each in (citizen, volunteer, other)] == [("version", "1")] * 3
        streams.here.asked.clear()
        streams.here.sessions["s1"] = (2, False)
        assert citizen.next() == volunteer.next() == ("version", "2")
        assert wait_until(lambda: bool(streams.here.asked), SOON)
        assert all(sorted(asked) == ["s1", "s2"] for asked in streams.here.asked)


def test_accounts_is_told_which_citizens_are_still_here(streams: Streams) -> None:
    """Also if another process holds the stream itself. Only the citizen's page has the key."""
    assert [streams.beat("s1"), streams.beat("s2"), streams.beat("s1"), streams.beat("s3", "volunteer")] == [204] * 4
    known = [("s1", b"key of s1"), ("s2", b"key of s2")]
    assert wait_until(lambda: sorted(streams.here.heard) == known, 2 * SOON), "all at once"
    assert httpx.post(f"{streams.url}/streams/guidance", params={"ticket": "x"}).status_code == 401


def test_a_page_that_says_without_pause_that_it_is_here_is_refused_and_keeps_nobody_else_out(streams: Streams) -> None:
    """Each side of each session is counted for itself, however many tickets it has."""

    def ticket(session: str, side: str) -> dict[str, str]:
        return {"ticket": Sealer(SECRET, STREAM_TICKETS).seal({"ward": NAM_DUONG, "session": session, "side": side})}

    tickets = [ticket("s1", "citizen"), ticket("s1", "citizen")]
    with httpx.Client(base_url=streams.url) as client:
        answers = [client.post("/streams/guidance", params=tickets[n % 2]) for n in range(300)]
        others = [ticket("s2", "citizen"), ticket("s1", "volunteer"), {"ticket": "x"}]
        assert [client.post("/streams/guidance", params=each).status_code for each in others] == [204, 204, 401]
        again = partial(client.post, "/streams/guidance", params=tickets[0])
        assert wait_until(lambda: again().status_code == 204, SOON), "a second later it is heard again"
    statuses = [answer.status_code for answer in answers]
    assert statuses[: streams_module.BEATS_A_SECOND] == [204] * streams_module.BEATS_A_SECOND
    refused = [answer.headers for answer in answers if answer.status_code == 429]
    assert len(refused) > len(answers) / 2
    assert {(each["Retry-After"], each["Access-Control-Allow-Origin"]) for each in refused} == {("1", "*")}


def test_what_accounts_did_not_take_it_is_told_again(streams: Streams) -> None:
    streams.here.refuses = True
    streams.beat("s1")
    time.sleep(SOON + 1)
    assert streams.here.heard == []
    streams.here.refuses = False
    assert wait_until(lambda: streams.here.heard == [("s1", b"key of s1")], 2 * SOON)


def test_a_volunteer_is_told_whether_the_citizen_is_silent(streams: Streams) -> None:
    streams.here.sessions["s1"] = (1, False)
    with streams.listening("s1") as citizen, streams.listening("s1", side="volunteer") as volunteer:
        assert [volunteer.next(), volunteer.next()] == [("version", "1"), ("citizen", "here")]
        streams.here.silent.add("s1")
        assert volunteer.next() == ("citizen", "silent")
        streams.here.silent.clear()
        assert volunteer.next() == ("citizen", "here")
        streams.here.sessions["s1"] = (2, False)
        assert [volunteer.next(), citizen.next(), citizen.next()] == [("version", v) for v in "212"]


def test_a_ticket_opens_its_own_session_and_lasts_an_hour(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    for ticket in ("", "x", Sealer(SECRET, "session").seal({"ward": NAM_DUONG, "session": "s1"})):
        with streams.listening("s1", ticket=ticket or "-") as listener:
            assert listener.answer.status_code == 401
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3700)
    old = Sealer(SECRET, STREAM_TICKETS).seal({"ward": NAM_DUONG, "session": "s1", "side": "citizen"})
    monkeypatch.undo()
    with streams.listening("s1", ticket=old) as listener:
        assert listener.answer.status_code == 401


def test_a_silent_ward_does_not_stop_the_others(streams: Streams) -> None:
    streams.here.sessions["s1"] = (1, False)
    streams.there.hangs = True
    with streams.listening("far", OTHER_WARD), streams.listening("s1") as listener:
        assert listener.next() == ("version", "1")
        for version in (2, 3, 4):
            streams.here.sessions["s1"] = (version, False)
            began = time.monotonic()
            assert listener.next() == ("version", str(version))
            assert time.monotonic() - began < 1.0
        streams.there.sessions["far"] = (7, False)
        streams.there.hangs = False
    with streams.listening("far", OTHER_WARD) as again:
        assert again.next() == ("version", "7")


def test_connections_are_bounded_for_a_session_and_in_all(streams: Streams) -> None:
    streams.here.sessions |= {"s1": (1, False), "s2": (1, False), "s3": (1, False)}
    with ExitStack() as held:

        def listen(session: str, count: int, side: str = "citizen") -> list[Listener]:
            return [held.enter_context(streams.listening(session, side=side)) for _ in range(count)]

        first, second = listen("s1", 4, "volunteer"), [*listen("s1", 1), *listen("s2", 1)]
        assert [each.next() for each in first + second] == [("version", "1")] * 6
        for refused in listen("s1", 1, "volunteer") + listen("s2", 1) + listen("s3", 1):
            assert (refused.answer.status_code, refused.answer.headers["Retry-After"]) == (503, "5")


def test_a_page_waits_for_the_place_of_one_that_is_being_left(streams: Streams) -> None:
    """A person who turns pages quickly opens new connections before those of the earlier pages are closed."""
    streams.here.sessions["s1"] = (1, False)

    def listen() -> tuple[str, str]:
        with streams.listening("s1") as listener:
            return listener.next()

    with ExitStack() as held, ThreadPoolExecutor() as threads:
        left = held.enter_context(ExitStack())
        pages = [each.enter_context(streams.listening("s1")) for each in (left, held, held, held)]
        assert [page.next() for page in pages] == [("version", "1")] * 4
        newest = threads.submit(listen)
        assert not wait([newest], timeout=0.5).done
        left.close()
        assert newest.result(SOON) == ("version", "1")


def port_of(streams: Streams) -> int:
    return int(streams.url.rpartition(":")[2])


def test_requests_that_do_not_come_are_ended_and_keep_no_one_out(streams: Streams) -> None:
    """In each stage in which one can stall; the process answers others meanwhile."""
    head = b"POST /streams/guidance HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n"
    begun = {"nothing": b"", "half a line": b"GET /str", "half a head": b"GET / HTTP/1.1\r\nHost:", "half a body": head}
    with ExitStack() as stack:
        stalled = {}
        for name, sent in begun.items():
            for _ in range(15):
                client = stalled[name] = stack.enter_context(socket.create_connection(("127.0.0.1", port_of(streams))))
                client.settimeout(20)
                client.sendall(sent)
        assert httpx.get(f"{streams.url}/readyz", timeout=SOON).status_code == 200
        said = {name: all_of(client) for name, client in stalled.items()}
    assert said["nothing"] == b""
    assert said["half a line"].startswith(b"HTTP/1.1 408 ")
    assert said["half a head"].startswith(b"HTTP/1.1 408 ")
    assert said["half a body"].startswith(b"HTTP/1.1 401 "), "it needs no body for its answer"


def all_of(client: socket.socket) -> bytes:
    read = b""
    while data := client.recv(65536):
        read += data
    return read


def test_an_address_has_its_share_of_connections_and_gets_it_back(streams: Streams) -> None:
    with ExitStack() as stack:
        for number in range(100):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port_of(streams))))
            client.sendall(b"GET /readyz HTTP/1.1\r\nX-Forwarded-For: 198.51.100.%d\r\n" % number)  # forged
        with socket.create_connection(("127.0.0.1", port_of(streams))) as one_more:
            one_more.settimeout(SOON)
            assert all_of(one_more).startswith(b"HTTP/1.1 429 ")
    assert wait_until(lambda: answers(port_of(streams), "/readyz"), SOON)


def test_what_a_trusted_proxy_passes_on_is_not_counted_for_the_proxy() -> None:
    settings: dict[str, Any] = {f"{name}_address": "x" for name in ("accounts", "dossiers", "notifications")}
    proxied = Settings(**settings, trusted_proxies=1, trusted_networks="10.0.0.0/8")
    own: Any = connections(proxied)
    assert own.proxies.has("10.1.2.3")
    assert not own.proxies.has("192.0.2.1")
    assert not cast("Any", connections(Settings(**settings, trusted_networks="10.0.0.0/8"))).proxies


def test_metrics_and_probes_are_not_where_browsers_come(streams: Streams) -> None:
    assert httpx.get(f"{streams.url}/metrics", timeout=SOON).status_code == 404
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(f"{streams.probes}{path}", timeout=SOON).status_code == 200
    assert httpx.get(f"{streams.probes}/streams/guidance", timeout=SOON).status_code == 404


def test_a_stream_outlives_the_deadline_of_its_request(streams: Streams) -> None:
    streams.here.sessions["s1"] = (3, False)
    with streams.listening("s1") as listener:
        assert listener.next() == ("version", "3")
        time.sleep(12)
        streams.here.sessions["s1"] = (4, False)
        assert listener.next() == ("version", "4")


def test_an_end_in_order_ends_the_connections_within_its_grace(streams: Streams) -> None:
    """Last of those that need the process: it is gone afterwards."""
    streams.here.sessions["s1"] = (1, False)
    with streams.listening("s1") as listener:
        listener.next()
        began = time.monotonic()
        streams.process.send_signal(signal.SIGTERM)
        assert listener.is_over()
        assert streams.process.wait(10) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 5


def test_connections_that_come_together_are_told_by_one_question() -> None:
    """After a restart all browsers are back within a second; a question for each would be hundreds at once."""
    asked: list[list[str]] = []

    async def ask(request: guidance_pb2.WatchGuidedSessionsRequest, **_: Any) -> Any:
        asked.append([each.session_id for each in request.told])
        versions = [guidance_pb2.GuidedSessionVersion(session_id=id, version=3) for id in asked[-1]]
        if request.wait_seconds:
            await asyncio.sleep(SOON)
        return guidance_pb2.WatchGuidedSessionsResponse(versions=versions)

    async def first_events() -> list[str | None]:
        ward = streams_module._Ward(NAM_DUONG, ask, ask)
        listeners = [ward.events(session, side) for session in sessions for side in ("citizen", "volunteer")]
        events = await asyncio.wait_for(asyncio.gather(*(anext(each) for each in listeners)), SOON)
        await ward.close()
        return [event.data for event in events]

    sessions = [f"s{n}" for n in range(streams_module.MOST_ASKED + 1)]
    assert asyncio.run(first_events()) == ["3"] * 2 * len(sessions)
    assert asked[:2] == [sessions[:-1], sessions[-1:]]


def test_a_fault_of_the_loop_is_logged_and_the_ward_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an answer that is not gRPC would end the ward's loop, and listeners would wait for ever."""
    answers: Iterator[Any] = iter([ValueError("no answer of gRPC"), guidance_pb2.WatchGuidedSessionsResponse()])

    async def ask(*_: Any, **__: Any) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def first_event() -> str | None:
        ward = streams_module._Ward(NAM_DUONG, ask, ask)
        events = ward.events("s1", "citizen")
        event = await asyncio.wait_for(anext(events), SOON)
        await ward.close()
        return event.event

    monkeypatch.setattr(streams_module, "PAUSE", 0.01)
    assert asyncio.run(first_event()) == "ended"
