"""The load generator: a process of its own that reads a plan from its input and prints what it measured.

Plan (JSON): {"host", "port", "clients": [[[method, path, headers, body], …], …], "seconds"?}. Each client is a thread
with one connection that makes its requests one after another; with `seconds` it begins them again until these have
passed. Answer (JSON): {"milliseconds": […], "statuses": {"200": …}, "seconds"}.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

Request = tuple[str, str, dict[str, str], str]


@dataclass
class Measured:
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def run(host: str, port: int, requests: Sequence[Request], seconds: float | None, start: threading.Barrier) -> Measured:
    measured = Measured()
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.connect()
    start.wait()
    until = time.perf_counter() + (seconds or float("inf"))
    for method, path, headers, body in _rounds(requests, seconds):
        began = time.perf_counter()
        if began > until:
            break
        connection.request(method, path, body.encode() or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        measured.milliseconds.append((time.perf_counter() - began) * 1000)
        measured.statuses[_told(answer.status, content)] += 1
    connection.close()
    return measured


def _told(status: int, content: bytes) -> str:
    """The status, and of a problem document its type."""
    return str(status) if status < 400 else f"{status} {json.loads(content)['type'].rsplit('/', 1)[1]}"


def _rounds(requests: Sequence[Request], seconds: float | None) -> Iterator[Request]:
    return iter(requests) if seconds is None else chain.from_iterable(repeat(requests))


def main() -> None:
    plan = json.load(sys.stdin)
    clients: list[list[Request]] = [[tuple(request) for request in client] for client in plan["clients"]]
    start = threading.Barrier(len(clients) + 1)
    results: list[Measured] = []

    def client(requests: Sequence[Request]) -> None:
        results.append(run(plan["host"], plan["port"], requests, plan.get("seconds"), start))

    threads = [threading.Thread(target=client, args=(requests,)) for requests in clients]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    milliseconds = [each for result in results for each in result.milliseconds]
    statuses = sum((result.statuses for result in results), Counter[str]())
    json.dump({"milliseconds": milliseconds, "statuses": statuses, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
