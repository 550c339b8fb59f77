"""`make bench`: a stack of its own, measured through the gateway and in its databases. Targets: docs/architecture.md.

Nothing here fails for being slow. `--quick` makes fewer requests, to see whether it works at all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from services.chassis.district import load_district
from tests.e2e.api import close_connections
from tests.load import measures, parts
from tests.load.client import Request
from tests.load.people import Citizen, prepare, residents

WARD, OTHER, RELAY_WARD = "20248", "20242", "20227"
#: Limits that protect people would measure themselves.
UNLIMITED = {
    "accounts": {"FILING_CODES_PER_HOUR": "1000000"},
    "dossiers": {"OPEN_DRAFTS_PER_PERSON": "1000000"},
    "gateway": {"LIMITS_ENABLED": "false"},
}
CLIENTS = (1, 5, 20)
SUBMISSIONS = {1: 100, 5: 250, 20: 400}  # by clients, all together
OPENINGS = {1: 500, 5: 1500, 20: 3000}
BESIDE_SECONDS = 15.0
RELAYED = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests")
    parser.add_argument("--parts", action="store_true", help="only the parts that need no running stack")
    options = parser.parse_args()
    share = 10 if options.quick else 1
    print(f"{measures.machine()} before it begins")
    if not options.parts:
        _measure_stack(share)
    parts.show(share)
    print(f"{measures.machine()} at the end")


def _measure_stack(share: int) -> None:
    with tempfile.TemporaryDirectory(prefix="caunoi-bench-") as directory:
        home = Path(directory)
        cold = _start_and_stop(home)
        stack = Stack(home, 0, more=UNLIMITED, say=_quiet)
        began = time.perf_counter()
        stack.start()
        warm = time.perf_counter() - began
        idle = stack.memory()
        try:
            _measure(stack, share).show(stack.names)
            _print_memory(idle, stack.memory())
        finally:
            close_connections()
            stack.stop()
    print(f"\nstart of all processes: cold {cold:.1f} s (databases made, migrated, seeded), warm {warm:.1f} s")


def _start_and_stop(home: Path) -> float:
    stack = Stack(home, 0, say=_quiet)
    began = time.perf_counter()
    stack.start()
    seconds = time.perf_counter() - began
    stack.stop()
    return seconds


def _quiet(_: str) -> None:
    pass


@dataclass
class Costs:
    """Processor time of each part for one request, which says what limits it; in the order in which it was measured."""

    rows: list[tuple[str, dict[str, float]]] = field(default_factory=list)

    def show(self, names: Sequence[str]) -> None:
        print(f"\n{'CPU ms a request':34}" + "".join(f"{name:>15}" for name in (*names, "together")))
        for what, used in self.rows:
            figures = [*(used[name] for name in names), sum(used.values())]
            print(f"{what:34}" + "".join(f"{each:>15.1f}" for each in figures))


def _measure(stack: Stack, share: int) -> Costs:
    url = stack.urls["gateway"]
    wards = list(load_district(ROOT / "deploy" / "district.toml").wards)
    print(f"\n{'milliseconds':34}{'clients':>8}{'count':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'per s':>8}   answers")
    costs = Costs()
    for clients in CLIENTS:
        citizens = residents(url, wards, clients, filing_in=WARD)
        _measure_level(stack, citizens, "one ward", costs, share)
    _measure_level(stack, residents(url, wards, 20), "all wards", costs, share)
    _measure_beside(stack, wards, share)
    rate = measures.relayed_per_second(stack, RELAY_WARD, RELAYED // share)
    print(f"{'relay of one ward, events':34}{'':>8}{RELAYED // share:>8}{'':>24}{rate:>8.0f}")
    return costs


def _measure_level(stack: Stack, citizens: Sequence[Citizen], where: str, costs: Costs, share: int) -> None:
    """Submissions that were prepared beforehand, then looks at the same dossiers."""
    clients = len(citizens)
    each = max(1, SUBMISSIONS[clients] // clients // share)
    prepare(citizens, each)
    _measure_row(stack, f"submit, {where}", [citizen.ready for citizen in citizens], costs)
    if where == "one ward":
        ids = [path.rsplit("/", 1)[1] for citizen in citizens for path in citizen.paths]
        _row("  filed → message written", clients, {"milliseconds": measures.milliseconds_to_message(stack, WARD, ids)})
    rounds = max(1, OPENINGS[clients] // clients // each // share)
    _measure_row(stack, f"open, {where}", [citizen.openings() * rounds for citizen in citizens], costs)


def _measure_row(stack: Stack, what: str, clients: Sequence[Sequence[Request]], costs: Costs) -> None:
    before = measures.cpu_seconds(stack)
    result = _load(stack, clients)
    after = measures.cpu_seconds(stack)
    count = len(result["milliseconds"])
    used = {name: (after[name] - before[name]) * 1000 / count for name in after}
    costs.rows.append((f"{what}, {len(clients)} clients", used))
    _row(what, len(clients), result)


def _measure_beside(stack: Stack, wards: Sequence[str], share: int) -> None:
    """A ward's looks while another ward is at full load: on one machine they share its cores all the same."""
    url, seconds = stack.urls["gateway"], max(2.0, BESIDE_SECONDS / share)
    quiet, loud = residents(url, wards, 2, filing_in=OTHER), residents(url, wards, 20, filing_in=WARD)
    prepare([*quiet, *loud], 1)
    loads = [each.openings() for each in loud]
    alone = _load(stack, [each.openings() for each in quiet], seconds)
    beside = _begin(stack, loads, seconds + 2)
    together = _load(stack, [each.openings() for each in quiet], seconds)
    others = _finish(beside)
    _row("open, a ward alone", 2, alone)
    _row("open, the same while", 2, together)
    _row("  another ward is opened", 20, others)
    ratio = _percentile(together["milliseconds"], 0.95) / _percentile(alone["milliseconds"], 0.95)
    print(f"{'  p95 beside it / alone':34}{'':>32}{ratio:>8.2f}")


def _load(stack: Stack, clients: Sequence[Sequence[Request]], seconds: float | None = None) -> dict[str, Any]:
    return _finish(_begin(stack, clients, seconds))


def _begin(stack: Stack, clients: Sequence[Sequence[Request]], seconds: float | None) -> Callable[[], tuple[str, int]]:
    """Begins the load generator; answers what waits for its end."""
    address = urlsplit(stack.urls["gateway"])
    plan = {"host": address.hostname, "port": address.port, "clients": clients, "seconds": seconds}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(plan))
    process.stdin.close()
    process.stdin = None

    def finish() -> tuple[str, int]:
        output, _ = process.communicate(timeout=600)
        return output, process.returncode

    return finish


def _finish(finish: Callable[[], tuple[str, int]]) -> dict[str, Any]:
    output, code = finish()
    assert code == 0, "the load generator failed"
    result: dict[str, Any] = json.loads(output)
    return result


def _row(what: str, clients: int, result: dict[str, Any]) -> None:
    times = result["milliseconds"]
    figures = "".join(f"{_percentile(times, share):8.1f}" for share in (0.5, 0.95, 0.99))
    rate = f"{len(times) / result['seconds']:8.1f}" if "seconds" in result else " " * 8
    statuses = " ".join(f"{status}×{count}" for status, count in sorted(result.get("statuses", {}).items()))
    print(f"{what:34}{clients:>8}{len(times):>8}{figures}{rate}   {statuses}", flush=True)


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _print_memory(idle: dict[str, int], loaded: dict[str, int]) -> None:
    print(f"\n{'memory, MB (PSS)':34}{'started':>8}{'loaded':>8}")
    for name in [*loaded, "together"]:
        before, after = (sum(each.values()) if name == "together" else each.get(name, 0) for each in (idle, loaded))
        print(f"{name:34}{before / 1e6:>8.0f}{after / 1e6:>8.0f}")


if __name__ == "__main__":
    main()
