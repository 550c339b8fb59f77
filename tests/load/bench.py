"""`make bench`: a stack of its own, measured through the gateway and in its databases; prints tables.

With `--beside PATH` the stack of another checkout runs at the same time (`make setup` there first): each row is
measured on the one and then on the other, and the last table has what both cost and the ratio. `make bench
BESIDE=PATH` does the same. Nothing here fails for being slow. `--quick` makes fewer requests, to see whether it works
at all; `--parts` measures only what needs no running stack.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.process import ROOT
from services.chassis.district import load_district
from tests.e2e.api import close_connections
from tests.load import generator, guidance, measures, parts, table
from tests.load.client import Request
from tests.load.people import Citizen, prepare, residents
from tests.load.stacks import RunningStack, running_stack

WARD, OTHER, RELAY_WARD = "20248", "20242", "20227"
CLIENTS = (1, 5, 20)
SUBMISSIONS = {1: 100, 5: 250, 20: 400}  # by clients, all together
OPENINGS = {1: 500, 5: 1500, 20: 3000}
OFFERED_PER_SECOND, OFFERED = 20, 600
BESIDE_SECONDS = 15.0
IDLE_SECONDS = 10.0
RELAYED = 20_000
GUIDED_OFFERED, GUIDED_ROUNDS = 200, 21  # filings a round: one to warm up, ten without the sessions, ten beside them


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests")
    parser.add_argument("--parts", action="store_true", help="only the parts that need no running stack")
    parser.add_argument("--guidance", action="store_true", help="only the guided sessions")
    parser.add_argument("--beside", type=Path, metavar="PATH", help="a checkout to be measured beside this one")
    options = parser.parse_args()
    share = 10 if options.quick else 1
    print(f"{table.machine()} before it begins")
    if options.guidance:
        _measure_guidance_alone(share)
    elif not options.parts:
        _measure_stacks(options.beside, share)
    if options.beside is None and not options.guidance:
        parts.show(share)
    print(f"{table.machine()} at the end")


@dataclass(frozen=True)
class Measured:
    """A stack, what it is called in the rows, and the figures of each row: milliseconds, and CPU by part."""

    name: str
    stack: RunningStack
    times: dict[str, Sequence[float]] = field(default_factory=dict)
    used: dict[str, dict[str, float]] = field(default_factory=dict)


def _measure_stacks(beside: Path | None, share: int) -> None:
    checkouts = {"": ROOT} if beside is None else {"before ": beside.resolve(), "now ": ROOT}
    wards = list(load_district(ROOT / "deploy" / "district.toml").wards)
    with ExitStack() as stacks:
        cold, warm, both = {}, {}, []
        for name, checkout in checkouts.items():
            home = Path(stacks.enter_context(tempfile.TemporaryDirectory(prefix="caunoi-bench-")))
            with running_stack(home, checkout=checkout) as first:
                cold[name] = first.seconds
            both.append(Measured(name, stacks.enter_context(running_stack(home, checkout=checkout))))
            warm[name] = both[-1].stack.seconds
        stacks.callback(close_connections)
        idle = {each.name: each.stack.memory() for each in both}
        _measure(both, wards, share)
        for each in both:
            _print_costs(each)
            _print_memory(each.name, idle[each.name], each.stack.memory())
        if len(both) > 1:
            _print_ratios(*both)
    for name in checkouts:
        print(f"\n{name}start of all processes: cold {cold[name]:.1f} s (databases made, migrated, seeded), ", end="")
        print(f"warm {warm[name]:.1f} s")


def _measure(both: Sequence[Measured], wards: Sequence[str], share: int) -> None:
    for each in both:
        _measure_idle(each)
    table.head()
    for clients in CLIENTS:
        for each in both:
            _measure_level(each, residents(each.stack.gateway, wards, clients, filing_in=WARD), "one ward", share)
    for each in both:
        _measure_level(each, residents(each.stack.gateway, wards, 20), "all wards", share)
    for each in both:
        citizens = residents(each.stack.gateway, wards, 20, filing_in=WARD)
        prepare(citizens, max(1, OFFERED // 20 // share))
        offered = [citizen.ready for citizen in citizens]
        _measure_row(each, f"submit, {OFFERED_PER_SECOND}/s offered", offered, per_second=OFFERED_PER_SECOND)
    for each in both:
        _measure_beside(each, wards, share)
    _measure_guidance(both[-1], share)  # the checkout beside this one may be from before there were guided sessions
    for each in both:
        rate = measures.relayed_per_second(each.stack, RELAY_WARD, RELAYED // share)
        print(f"{each.name + 'relay of one ward, events':40}{'':>8}{RELAYED // share:>8}{'':>24}{rate:>8.0f}")


def _measure_idle(each: Measured) -> None:
    """The processor time of each part while nothing happens: part of the cost of every request, and more of slow
    requests.
    """
    before = each.stack.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    after = each.stack.cpu_seconds()
    each.used["(idle, ms a second)"] = {name: (after[name] - before[name]) * 1000 / IDLE_SECONDS for name in after}


def _measure_level(each: Measured, citizens: Sequence[Citizen], where: str, share: int) -> None:
    """Submissions that were prepared beforehand, then looks at the same dossiers."""
    clients = len(citizens)
    own = max(1, SUBMISSIONS[clients] // clients // share)
    prepare(citizens, own)
    _measure_row(each, f"submit, {where}", [citizen.ready for citizen in citizens])
    if where == "one ward":
        ids = [path.rsplit("/", 1)[1] for citizen in citizens for path in citizen.paths]
        result = {"milliseconds": measures.milliseconds_to_message(each.stack, WARD, ids)}
        each.times[f"  filed → message written, {clients}"] = result["milliseconds"]
        table.row(f"{each.name}  filed → message written", clients, result)
    rounds = max(1, OPENINGS[clients] // clients // own // share)
    _measure_row(each, f"open, {where}", [citizen.openings() * rounds for citizen in citizens])


def _measure_row(
    each: Measured, what: str, clients: Sequence[Sequence[Request]], *, per_second: float | None = None
) -> None:
    before = each.stack.cpu_seconds()
    result = generator.load(each.stack, clients, per_second=per_second)
    after = each.stack.cpu_seconds()
    count = len(result["milliseconds"])
    key = what if per_second else f"{what}, {len(clients)}"
    each.used[key] = {name: (after[name] - before[name]) * 1000 / count for name in after}
    each.times[key] = result["milliseconds"]
    table.row(each.name + what, "open" if per_second else len(clients), result)


def _measure_beside(each: Measured, wards: Sequence[str], share: int) -> None:
    """A ward's looks while another ward is at full load: in the same processes they still share the cores."""
    url, seconds = each.stack.gateway, max(2.0, BESIDE_SECONDS / share)
    quiet, loud = residents(url, wards, 2, filing_in=OTHER), residents(url, wards, 20, filing_in=WARD)
    prepare([*quiet, *loud], 1)
    looks = [[one.openings() for one in citizens] for citizens in (quiet, loud)]
    generator.measure_beside(each.stack, looks[0], each.stack, looks[1], seconds, name=each.name)


def _measure_guidance_alone(share: int) -> None:
    with ExitStack() as held:
        home = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="caunoi-bench-")))
        held.callback(close_connections)
        stack = held.enter_context(running_stack(home))
        table.head()
        _measure_guidance(Measured("", stack), share)


def _measure_guidance(each: Measured, share: int) -> None:
    """Open guided sessions with both their connections, one pair of people in each ward, and filings beside them."""
    district = list(load_district(ROOT / "deploy" / "district.toml").wards.values())
    wards = [ward.code for ward in district]
    logins = [citizen.login for citizen in residents(each.stack.gateway, wards, len(wards))]
    rounds = []
    for _ in range(GUIDED_ROUNDS):
        citizens = residents(each.stack.gateway, wards, 20, filing_in=WARD)
        prepare(citizens, max(1, GUIDED_OFFERED // 20 // share))
        rounds.append([citizen.ready for citizen in citizens])
    guidance.measure(each.stack, district, logins, rounds, per_second=OFFERED_PER_SECOND, name=each.name, share=share)


def _print_costs(each: Measured) -> None:
    """Processor time of each part for one request, which says what limits it."""
    print(f"\n{each.name + 'CPU ms a request':40}" + "".join(f"{name:>14}" for name in (*each.stack.pids, "together")))
    for what, used in each.used.items():
        print(f"{what:40}" + "".join(f"{figure:>14.1f}" for figure in (*used.values(), sum(used.values()))))


def _print_ratios(before: Measured, now: Measured) -> None:
    columns = ("p50 before", "now", "ratio", "p95 before", "now", "ratio", "CPU before", "now", "ratio")
    print(f"\n{'before and now, ms':40}" + "".join(f"{name:>12}" for name in columns))
    for what, times in before.times.items():
        pairs = [(table.percentile(times, share), table.percentile(now.times[what], share)) for share in (0.5, 0.95)]
        if what in before.used:
            pairs.append((sum(before.used[what].values()), sum(now.used[what].values())))
        print(f"{what:40}" + "".join(f"{old:>12.1f}{new:>12.1f}{new / old:>12.2f}" for old, new in pairs))


def _print_memory(name: str, idle: dict[str, int], loaded: dict[str, int]) -> None:
    print(f"\n{name + 'memory, MB (PSS)':40}{'started':>8}{'loaded':>8}")
    for part in [*loaded, "together"]:
        before, after = (sum(each.values()) if part == "together" else each.get(part, 0) for each in (idle, loaded))
        print(f"{part:40}{before / 1e6:>8.0f}{after / 1e6:>8.0f}")


if __name__ == "__main__":
    main()
