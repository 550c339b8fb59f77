"""The load generator: a process of its own that reads a plan from its input and prints what it measured.

Plan (JSON): {"host", "port", "clients": [[[method, path, headers, body], …], …], "seconds"?, "per_second"?}. Each
client is a thread with one connection.

- Closed loop: a client makes its requests one after another; with `seconds` it repeats them until these have passed.
- Open loop, with `per_second`: the requests of all clients begin at this rate, whether the ones before have been
  answered or not; with `seconds` they are repeated until these have passed. A request is measured from the moment at
  which it was to begin, so that a stall counts for all that it keeps waiting.

Answer (JSON): {"milliseconds": […], "statuses": {"200": …}, "seconds"}. A request that gets no answer counts as its
fault.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, cycle, islice, repeat
from typing import Any

Request = tuple[str, str, dict[str, str], str]
#: Connections of an open loop: more requests than these are never in flight, they begin late.
MOST_IN_FLIGHT = 64


@dataclass
class Measured:
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


class Client:
    """One connection, and what was measured over it."""

    def __init__(self, host: str, port: int) -> None:
        self.measured = Measured()
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self._connection.connect()

    def send(self, request: Request, began: float | None = None) -> None:
        """Makes a request; `began` is when it was to begin, now where nothing is said."""
        method, path, headers, body = request
        began = time.perf_counter() if began is None else began
        try:
            self._connection.request(method, path, body.encode() or None, headers)
            answer = self._connection.getresponse()
            status = _status(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as fault:
            status = type(fault).__name__
            self._connection.close()  # the next request opens it again
        self.measured.milliseconds.append((time.perf_counter() - began) * 1000)
        self.measured.statuses[status] += 1


def _status(status: int, content: bytes) -> str:
    """The status, and of a problem document its type."""
    return str(status) if status < 400 else f"{status} {json.loads(content)['type'].rsplit('/', 1)[1]}"


def closed_loop(clients: Sequence[Client], requests: Sequence[Sequence[Request]], seconds: float | None) -> None:
    """Each client makes its own requests, one after another."""

    def work(client: Client, own: Iterable[Request], start: threading.Barrier) -> None:
        start.wait()
        until = time.perf_counter() + (seconds or float("inf"))
        for request in own if seconds is None else chain.from_iterable(repeat(own)):
            if time.perf_counter() > until:
                break
            client.send(request)

    _together(clients, work, requests)


def open_loop(clients: Sequence[Client], requests: Sequence[Request], per_second: float) -> None:
    """All requests at a constant rate, each by the first client that is free."""
    turns = iter(list(enumerate(requests)))
    turn = threading.Lock()
    origin: list[float] = []

    def next_turn() -> tuple[int, Request] | None:
        with turn:
            origin.append(time.perf_counter())  # the first is when all are ready
            return next(turns, None)

    def work(client: Client, _: Iterable[Request], start: threading.Barrier) -> None:
        start.wait()
        while (mine := next_turn()) is not None:
            at, request = mine
            due = origin[0] + at / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            client.send(request, due)

    _together(clients, work, [()] * len(clients))


def _together(clients: Sequence[Client], work: Any, requests: Sequence[Iterable[Request]]) -> None:
    start = threading.Barrier(len(clients))
    threads = [
        threading.Thread(target=work, args=(client, own, start)) for client, own in zip(clients, requests, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _in_turn(requests: Sequence[Sequence[Request]]) -> Iterator[Request]:
    """The first request of each client, then the second of each, and so on."""
    for round in range(max(map(len, requests))):
        yield from (own[round] for own in requests if round < len(own))


def main() -> None:
    plan = json.load(sys.stdin)
    requests: list[list[Request]] = [[tuple(request) for request in client] for client in plan["clients"]]
    seconds, per_second = plan.get("seconds"), plan.get("per_second")
    clients = [Client(plan["host"], plan["port"]) for _ in (range(MOST_IN_FLIGHT) if per_second else requests)]
    began = time.perf_counter()
    if per_second:
        once = list(_in_turn(requests))
        open_loop(clients, list(islice(cycle(once), int(seconds * per_second))) if seconds else once, per_second)
    else:
        closed_loop(clients, requests, seconds)
    took = time.perf_counter() - began
    milliseconds = [each for client in clients for each in client.measured.milliseconds]
    statuses = sum((client.measured.statuses for client in clients), Counter[str]())
    json.dump({"milliseconds": milliseconds, "statuses": statuses, "seconds": took}, sys.stdout)


if __name__ == "__main__":
    main()
