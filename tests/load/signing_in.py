"""`make bench-sign-in`: how long a sign-in takes that asks all thirteen wards, all well, one hanging, and after that.

A ward hangs where its database does: its tables are locked by another transaction, so that its accounts service takes
the call and gives no answer. The gateway waits for it as long as it lets a spread call wait (1.5 s), until the ward's
breaker opens; then it is not asked. `--count` is how many sign-ins each row has.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.api import PASSWORD
from tests.load import table
from tests.load.stacks import UNLIMITED, RunningStack, running_stack

LOGIN, HANGING = "motcua.nam-duong", "20227"
CLIENTS = 8
#: The rows that a ward reads when it is asked for a login.
TABLES = "accounts, staff"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.signing_in", description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    print(f"{table.machine()} before it begins")
    with tempfile.TemporaryDirectory(prefix="caunoi-sign-in-") as home, running_stack(Path(home), more=UNLIMITED) as it:
        signed_in(it, options.count, 1)  # warms caches and connections
        table.head()
        for clients in (1, CLIENTS):
            table.row("sign-in, all wards well", clients, signed_in(it, options.count, clients))
        with hanging(it, HANGING):
            table.row("the first 10 while one hangs", 1, signed_in(it, 10, 1))
            for clients in (1, CLIENTS):
                table.row("then, while one hangs", clients, signed_in(it, options.count, clients))
        time.sleep(6)  # the breaker tries again
        table.row("after it is back", 1, signed_in(it, options.count, 1))
    print(f"{table.machine()} at the end")


def signed_in(stack: RunningStack, count: int, clients: int) -> dict[str, Any]:
    """So many sign-ins of one member of staff, in a closed loop of clients."""
    statuses: Counter[str] = Counter()

    def one(client: httpx.Client) -> float:
        began = time.perf_counter()
        answer = client.post("/api/v1/sessions", json={"login": LOGIN, "password": PASSWORD})
        statuses[str(answer.status_code)] += 1
        return (time.perf_counter() - began) * 1000

    began = time.perf_counter()
    with httpx.Client(base_url=stack.gateway, timeout=30) as client, ThreadPoolExecutor(clients) as pool:
        milliseconds = list(pool.map(lambda _: one(client), range(count)))
    return {"milliseconds": milliseconds, "seconds": time.perf_counter() - began, "statuses": statuses}


@contextmanager
def hanging(stack: RunningStack, ward: str) -> Iterator[None]:
    with stack.connect("accounts", ward) as holder:
        holder.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE")
        yield
        holder.rollback()


if __name__ == "__main__":
    main()
