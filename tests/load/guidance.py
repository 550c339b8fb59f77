"""Guided sessions: how long pointing takes from one screen to the other while many are open, and what they cost others.

A few pairs of a citizen and a volunteer are real, one in each ward, signed in over the pages. The other sessions are
rows like theirs, each with both of its connections open and its heartbeat.
"""

from __future__ import annotations

import asyncio
import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from gateway.sealer import STREAM_TICKETS, Sealer
from services.accounts.domain.guidance import PRESENCE
from services.chassis.clock import SystemClock, today_in_vietnam
from services.chassis.database.encryption import load_ciphers
from services.chassis.district import Ward
from tests.e2e.api import PASSWORD, sign_in
from tests.load import generator, table
from tests.load.client import Request
from tests.load.stacks import RunningStack
from tests.page_scripts import heartbeat_seconds

SESSIONS = 200
POINTS = 150
POINTS_PER_SECOND = 4.0
SETTLED_SECONDS = 2.0  # after connections were opened or closed, which is not what is measured
_ATTRIBUTE = 'data-{}="([^"]*)"'
_COPY = """
    INSERT INTO guided_sessions ({columns}, id, code_digest, account_id)
    SELECT {columns}, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), 'bench-' || n
    FROM guided_sessions, generate_series(1, %s) AS n WHERE id = %s RETURNING id::text
"""


class Window:
    """A browser of somebody who is signed in over the pages."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, follow_redirects=True)
        self.html = ""

    def get(self, path: str) -> str:
        self.html = self._http.get(path).text
        return self.html

    def post(self, path: str, **fields: str) -> str:
        data = {"csrf_token": self.value("csrf_token"), **fields}
        answer = self._http.post(path, data=data, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        self.html = answer.text
        return str(answer.url)

    def value(self, name: str) -> str:
        found: list[str] = re.findall(f'name="{name}" value="([^"]*)"', self.html)
        return found[-1]

    def attribute(self, name: str) -> str:
        found = re.search(_ATTRIBUTE.format(name), self.html)
        assert found is not None, name
        return found.group(1).replace("&amp;", "&")

    def sign_in(self, login: str) -> None:
        self.get("/dang-nhap")
        self.post("/dang-nhap", login=login, password=PASSWORD)

    def close(self) -> None:
        self._http.close()


@dataclass
class Pair:
    """A citizen with a form page open, and the volunteer who guides them."""

    ward: str
    citizen: Window
    volunteer: Window
    session: str
    stream: str
    part: str


def open_pair(stack: RunningStack, ward: Ward, login: str) -> Pair:
    url = stack.gateway
    volunteer_login = f"tinhnguyen.{ward.slug}"
    today = today_in_vietnam(SystemClock()).isoformat()
    days = {"since": today, "until": today}
    duty = sign_in(url, volunteer_login).get(f"/wards/{ward.code}/duties", params=days)["duties"][0]
    body = {"kind": "kiosk", "station_id": duty["station_id"], "name": "Máy đo"}
    code = sign_in(url, f"quantri.{ward.slug}").post(f"/wards/{ward.code}/devices", body)["code"]
    citizen, volunteer = Window(url), Window(url)
    citizen.get("/kiosk/ghi-danh")
    citizen.post("/kiosk/ghi-danh", phuong=ward.slug, code=code)
    citizen.sign_in(login)
    citizen.get(f"/phuong/{ward.slug}/thu-tuc/1.001193")
    overview = citizen.post(f"/phuong/{ward.slug}/thu-tuc/1.001193", key=citizen.value("key"))
    citizen.get("/huong-dan")
    citizen.post("/huong-dan", key=citizen.value("key"), text_version=citizen.value("text_version"))
    found = re.search(r"aria-hidden=\"true\">(\d{3}) (\d{3})<", citizen.html)
    assert found is not None
    volunteer.sign_in(volunteer_login)
    session = volunteer.post("/tinh-nguyen", code="".join(found.groups())).rpartition("/")[2]
    citizen.get(f"{urlsplit(overview).path}/requester-relation")
    volunteer.get(f"/tinh-nguyen/buoi/{session}")
    return Pair(ward.code, citizen, volunteer, session, citizen.attribute("stream"), citizen.attribute("part"))


def copies(stack: RunningStack, pair: Pair, count: int) -> list[str]:
    """Ids of further open sessions of the pair's ward, as rows like its own."""
    with stack.connect("accounts", pair.ward) as connection:
        own = ("id", "code_digest", "account_id")
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'guided_sessions'"
        names = [str(name) for (name,) in connection.execute(query).fetchall() if name not in own]
        rows = connection.execute(_COPY.format(columns=", ".join(names)).encode(), (count, pair.session)).fetchall()
        return [str(id) for (id,) in rows]


class Connections:
    """Open streams, held by one thread; `events` are (session, version), as they come."""

    def __init__(self, addresses: Sequence[tuple[str, str]]) -> None:
        self.events: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._addresses = addresses
        self._loop = asyncio.new_event_loop()
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def open(self) -> None:
        """Returns after each page has got its session's state, because opening is not measured."""
        self._thread.start()
        assert self._opened.wait(60), "the streams do not open"
        told = {self.events.get(timeout=60) for _ in self._addresses}
        assert {session for session, _ in told} == {session for session, _ in self._addresses}

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._hold())
        self._loop.close()

    async def _hold(self) -> None:
        self._stop = asyncio.Event()
        held = [(session, *await _opened(url)) for session, url in self._addresses]
        tasks = [asyncio.create_task(self._listen(*each)) for each in held]
        self._opened.set()
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, session: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name = b""
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and name in (b"version", b"ended"):
                    self.events.put((session, line[6:].strip().decode()))
        finally:
            writer.close()


async def _opened(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET {address.path}?{address.query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    status = await reader.readline()
    assert b" 200 " in status, status
    return reader, writer


def point(pair: Pair, connections: Connections) -> float:
    """Milliseconds from the volunteer's press to the citizen's page that shows it."""
    with suppress(queue.Empty):
        while True:
            connections.events.get_nowait()
    began = time.perf_counter()
    path = f"/tinh-nguyen/buoi/{pair.session}"
    pair.volunteer.post(path, what="point:/requester/relation", key=f"bench-{time.monotonic_ns()}")
    version = pair.volunteer.attribute("version")
    while True:
        session, seen = connections.events.get(timeout=10)
        if session == pair.session and int(seen) >= int(version):
            break
    pair.citizen.get(pair.part)
    assert int(pair.citizen.attribute("version")) >= int(version)
    return (time.perf_counter() - began) * 1000


@contextmanager
def heartbeats(streams: Sequence[str]) -> Iterator[None]:
    """The regular reports of the citizens' open pages that they are still open.

    Where one is not taken they end, and it is raised at the end: else sessions would be measured that went silent.
    """
    stop, apart = threading.Event(), heartbeat_seconds() / SESSIONS
    faults: list[Exception] = []

    def beat(client: httpx.Client) -> None:
        try:
            for address in cycle(streams):
                if stop.wait(apart):
                    return
                answer = client.post(address)
                assert answer.status_code == 204, answer
        except (AssertionError, httpx.HTTPError) as fault:
            faults.append(fault)

    with ExitStack() as held:
        client = held.enter_context(httpx.Client(timeout=30))
        thread = threading.Thread(target=beat, args=(client,), daemon=True)
        thread.start()
        held.callback(thread.join)
        held.callback(stop.set)
        yield
    if faults:
        raise faults[0]


def measure(
    stack: RunningStack,
    wards: Sequence[Ward],
    logins: Sequence[str],
    filings: Sequence[Sequence[Sequence[Request]]],
    *,
    per_second: float,
    name: str = "",
    share: int = 1,
) -> None:
    """Prints the rows. `logins` are a resident of each ward; `filings` are rounds: one that is not counted, since its
    connections have lain idle, then without the sessions, twice beside them, twice without, and so on: what changes
    slowly meanwhile touches both alike.
    """
    with ExitStack() as held:
        pairs = [open_pair(stack, ward, login) for ward, login in zip(wards, logins, strict=True)]
        for window in (window for pair in pairs for window in (pair.citizen, pair.volunteer)):
            held.callback(window.close)
        addresses = _addresses(stack, pairs)
        with _all_open(addresses) as connections:
            times = []
            for pair in [pairs[n % len(pairs)] for n in range(POINTS // share)]:
                began = time.monotonic()
                times.append(point(pair, connections))
                time.sleep(max(0.0, 1 / POINTS_PER_SECOND - (time.monotonic() - began)))
        generator.load(stack, filings[0], per_second=per_second)
        rounds = []
        for at, filed in enumerate(filings[1:]):
            is_beside = at % 4 in (1, 2)
            with _all_open(addresses) if is_beside else nullcontext():
                time.sleep(SETTLED_SECONDS)
                rounds.append(_round(stack, filed, per_second, is_beside=is_beside))
    table.row(f"{name}point → shown, {SESSIONS} guided sessions", SESSIONS * 2, _result(times))
    print(f"{name + '  longest':40}{'':>32}{max(times):>8.1f}")
    _print_rounds(rounds, per_second, name)


@dataclass(frozen=True)
class Round:
    """Filings with the sessions beside them or without, and what the machine did meanwhile."""

    is_beside: bool
    result: dict[str, Any]
    used: dict[str, float]  # CPU seconds of each part of the stack
    elsewhere: float  # of everything else on the machine, the load generator and the sessions' clients included
    stolen: float  # what the machine's own host kept from it

    def percentile(self, share: float) -> float:
        return table.percentile(self.result["milliseconds"], share)


def _round(stack: RunningStack, filed: Sequence[Sequence[Request]], per_second: float, *, is_beside: bool) -> Round:
    cpu, machine = stack.cpu_seconds(), psutil.cpu_times()
    result = generator.load(stack, filed, per_second=per_second)
    after, then = stack.cpu_seconds(), psutil.cpu_times()
    used = {part: seconds - cpu[part] for part, seconds in after.items()}
    busy = sum(then[:3]) + then.irq + then.softirq - sum(machine[:3]) - machine.irq - machine.softirq
    return Round(is_beside, result, used, busy - sum(used.values()), then.steal - machine.steal)


def _print_rounds(rounds: Sequence[Round], per_second: float, name: str) -> None:
    """Each neighbouring pair of rounds is a ratio of its own; what is asked about is their median."""
    alone, together = ([each for each in rounds if each.is_beside is beside] for beside in (False, True))
    table.row(f"{name}submit, {per_second:.0f}/s offered, none open", "open", _together(alone))
    table.row(f"{name}submit, the same beside the sessions", "open", _together(together))
    pairs = [sorted(pair, key=lambda each: each.is_beside) for pair in zip(rounds[::2], rounds[1::2], strict=True)]
    for share in (0.5, 0.95):
        ratios = sorted(beside.percentile(share) / without.percentile(share) for without, beside in pairs)
        said = " ".join(f"{ratio:.2f}" for ratio in ratios)
        what = f"{name}  p{100 * share:.0f} beside them / without, median"
        print(f"{what:40}{'':>32}{table.median(ratios):>8.2f}   of {said}", flush=True)
    print("  each round: p50, p95 (ms); CPU s of the stack, of all else, kept by the machine's host")
    for each in rounds:
        kind = "beside" if each.is_beside else "without"
        figures = (sum(each.used.values()), each.elsewhere, each.stolen)
        print(f"    {kind:10}{each.percentile(0.5):8.1f}{each.percentile(0.95):8.1f}", *(f"{n:8.2f}" for n in figures))
    seconds = sum(each.result["seconds"] for each in together)
    more = {part: sum(each.used[part] * (1 if each.is_beside else -1) for each in rounds) for part in rounds[0].used}
    said = ", ".join(f"{part} {1000 * used / seconds:.0f}" for part, used in more.items())
    print(f"  CPU ms a second that the open sessions take beside the filings: {said}", flush=True)


@contextmanager
def _all_open(
    addresses: Sequence[tuple[str, str]],
) -> Iterator[Connections]:
    """Both connections of each session, and what their pages say by themselves."""
    connections = Connections(addresses)
    connections.open()
    try:
        with heartbeats([address for _, address in addresses[::2]]):
            yield connections
    finally:
        connections.close()


def _together(rounds: Sequence[Round]) -> dict[str, Any]:
    results = [each.result for each in rounds]
    return {
        "milliseconds": [each for one in results for each in one["milliseconds"]],
        "statuses": sum((Counter(one["statuses"]) for one in results), Counter()),
        "seconds": sum(one["seconds"] for one in results),
    }


def _addresses(stack: RunningStack, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Both sides of each session, the citizen's first."""
    keys = stack.home / "keys"
    tickets = Sealer((keys / "cookie.key").read_text().strip(), STREAM_TICKETS)
    ciphers = load_ciphers(keys / "encryption-accounts.json")
    base = pairs[0].stream.partition("?")[0]
    sessions = [(pair.ward, pair.session) for pair in pairs]
    for place, pair in enumerate(pairs):
        extra = SESSIONS // len(pairs) - 1 + (place < SESSIONS % len(pairs))
        sessions += [(pair.ward, id) for id in copies(stack, pair, extra)]
    addresses = []
    for ward, session in sessions:
        key = ciphers[ward].key_for(PRESENCE, session).hex()
        for side, presence in (("citizen", key), ("volunteer", "")):
            named = {"ward": ward, "session": session, "side": side, "presence": presence}
            addresses.append((session, f"{base}?ticket={tickets.seal(named)}"))
    return addresses


def _result(times: Sequence[float]) -> dict[str, Any]:
    return {"milliseconds": list(times), "statuses": {"200": len(times)}, "seconds": len(times) / POINTS_PER_SECOND}
