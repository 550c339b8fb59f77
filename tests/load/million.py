"""`make bench-million`: a ward with a million dossiers beside one with a thousand, in one stack.

`fill.py` makes both. Each act is done on the one and on the other in turn, so that whatever else the machine does
falls on both alike. What is shown is as long in both wards unless `rows` says otherwise: what a list costs has to
follow from what it shows. `--dossiers` fills fewer, `--rounds` measures longer, `--home` keeps what it filled in a
folder for the next run, `--only` measures what a regular expression finds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import cycle
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psutil

from deploy.local.keys import SERVICES
from deploy.local.process import ROOT
from services.chassis.clock import VIETNAM
from services.chassis.district import Ward, load_district
from tests.e2e.api import close_connections, sign_in
from tests.load import table
from tests.load.fill import FILENAME, Plan, fill
from tests.load.jobs import Jobs
from tests.load.names import RARE
from tests.load.people import Citizen, bearer, residents_of
from tests.load.stacks import UNLIMITED, RunningStack, running_stack

SMALL, LARGE = "20227", "20248"  # wards
DOSSIERS = 1_000_000
FEW = 1_000
JOB_SHARE = 4  # of that many rounds a job has one: a year's book takes a second
LISTS = ("own dossiers", "desk", "births", "books")
MOST_MILLISECONDS, MOST_RATIO = 60, 1.1  # at p95 of a list; where as many rows are shown
COMMON, ABSENT = "nguyen", "khong he co ai"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.million", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--home", type=Path, help="keeps the stack here: the next run measures without filling")
    parser.add_argument("--only", default="", help="measures only what this regular expression finds by its name")
    options = parser.parse_args()
    print(f"{table.machine()} before it begins")
    wards = load_district(ROOT / "deploy" / "district.toml").wards
    with ExitStack() as open_until_the_end:
        home = options.home or Path(open_until_the_end.enter_context(TemporaryDirectory(prefix="caunoi-million-")))
        here = {"WARDS": f"{SMALL},{LARGE}"}
        more = {name: {**UNLIMITED.get(name, {}), **here} for name in (*SERVICES, "gateway")}
        stack = open_until_the_end.enter_context(running_stack(home, more=more))
        open_until_the_end.callback(close_connections)
        sizes = {SMALL: FEW, LARGE: options.dossiers}
        for code, count in sizes.items():
            _fill(stack, wards[code], count)
        both = [_filled(stack, wards[code], count) for code, count in sizes.items()]
        _print_head(both)
        jobs = Jobs.of(stack, list(sizes))
        open_until_the_end.callback(jobs.close)
        rows = [(what, acts, options.rounds) for what, acts in _acts(both, options.rounds)]
        for what, job in jobs.acts():
            rows.append((what, [partial(job, code) for code in sizes], ceil(options.rounds / JOB_SHARE)))
        wanted = [row for row in rows if re.search(options.only, row[0])]
        missed = list(filter(None, (_measure(both, *row) for row in wanted)))
        print(f"\nMissed: {'; '.join(missed) or 'nothing'}")
    print(f"{table.machine()} at the end")


@dataclass(frozen=True)
class Filled:
    """A ward that was filled, and the people who look into it."""

    stack: RunningStack
    ward: Ward
    count: int
    citizen: Citizen
    citizen_id: str
    officer: dict[str, str]  # headers
    reception: dict[str, str]
    connection: http.client.HTTPConnection

    def database_milliseconds(self) -> dict[int, float]:
        """Processor time of the ward's connections to its dossiers, by process of PostgreSQL."""
        mark, used = f" dossiers_{self.ward.code} [local]", {}
        for each in psutil.Process(self.stack.pids["postgres"]).children():
            with suppress(psutil.NoSuchProcess, OSError):  # it ended meanwhile
                if mark in "".join(each.cmdline()):
                    used[each.pid] = int(Path(f"/proc/{each.pid}/schedstat").read_text().split()[0]) / 1e6
        return used

    def ask(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
        """The answer to a request, which must succeed."""
        sent = None if body is None else json.dumps(body)
        headers = {**headers, "Content-Type": "application/json"} if sent else headers
        self.connection.request(method, path, sent, headers)
        answer = self.connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status < 300, content
        return content


def _fill(stack: RunningStack, ward: Ward, count: int) -> None:
    """Fills a ward, unless an earlier run in the same folder did."""
    done = stack.home / f"{ward.code}.filled"
    if done.exists():
        assert done.read_text() == str(count), f"{ward.name} was filled with {done.read_text()} dossiers"
        return
    officer = sign_in(stack.gateway, f"hotich.{ward.slug}", ward.code)
    applicant = sign_in(stack.gateway, residents_of(stack.gateway, ward.code)[0].login)
    plan = Plan(
        url=stack.database_url("dossiers", ward.code),
        keys=Path(psutil.Process(stack.pids["dossiers"]).environ()["ENCRYPTION_KEYS_FILE"]),
        ward=ward,
        count=count,
        now=datetime.now(VIETNAM),
        applicant=applicant.get("/me")["id"],
        officers=(officer.get("/me")["id"],),
    )
    began = time.perf_counter()
    fill(plan)
    done.write_text(str(count))
    print(f"{ward.name}: {count:,} dossiers in {time.perf_counter() - began:.0f} s", flush=True)


def _filled(stack: RunningStack, ward: Ward, count: int) -> Filled:
    """Signs people in: after the filling, which may take longer than a session."""
    officer, reception = (sign_in(stack.gateway, f"{name}.{ward.slug}", ward.code) for name in ("hotich", "motcua"))
    citizen = residents_of(stack.gateway, ward.code)[0]
    address = urlsplit(stack.gateway)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    citizen_id = sign_in(stack.gateway, citizen.login).get("/me")["id"]
    return Filled(stack, ward, count, citizen, citizen_id, bearer(officer), bearer(reception), connection)


Act = Callable[[], int]  # returns how many rows it showed


def _acts(both: Sequence[Filled], rounds: int) -> list[tuple[str, list[Act]]]:
    """The measured requests, by ward."""
    lists = [(what, [_list(each, path, who) for each in both]) for what, path, who in _lists()]
    searches = [(what, [_search(each, register, body) for each in both]) for what, register, body in _searches()]
    return [
        ("submit", [_submissions(each, rounds) for each in both]),
        ("open", [_openings(each) for each in both]),
        ("own dossiers", [_list(each, "/api/v1/me/dossiers", "citizen") for each in both]),
        *lists,
        *searches,
        ("books of the year", [_list(each, f"/api/v1/wards/{each.ward.code}/books", "officer") for each in both]),
    ]


#: Ends the path of a searched list, before the words: the words are posted, and are in no address.
_SEARCHED = "search for "


def _lists() -> list[tuple[str, str, str]]:
    """The desk's lists: what is looked for, and by whom."""
    finals = "status=3&status=7&status=8&status=10"
    filters = {
        "all in work": "",
        "overdue": "due=overdue",
        "due today": "due=today",
        **{f"status {status}": f"status={status}" for status in (1, 5, 9, 3, 7, 10)},
        "four final statuses": finals,
        "mine": "assigned=me",
        "nobody's": "assigned=none",
        "nobody's, handed over": "assigned=none&status=10",
    }
    words = {"common word": COMMON, "rare name": RARE.text, "absent word": ABSENT, "two": "nguyen tuan"}
    rows = [(f"desk: {what}", query, "officer") for what, query in filters.items()]
    rows.append(("desk: mine, where nothing is", "assigned=me&" + finals, "reception"))
    for what, query in words.items():
        rows.append((f"desk: {what}", f"{_SEARCHED}{query}", "officer"))
        rows.append((f"desk: {what}, four final statuses", f"{finals}&{_SEARCHED}{query}", "officer"))
    rows.append(("desk: last four digits", f"{_SEARCHED}0417", "officer"))
    rows.append(("desk: a queue", "queue=to-decide", "officer"))
    rows.append(("desk: a procedure, handed over", "procedure=1.004873&status=10", "officer"))
    return [(what, "/api/v1/wards/{ward}/desk?" + query, who) for what, query, who in rows]


def _searches() -> list[tuple[str, str, dict[str, Any]]]:
    year = datetime.now(VIETNAM).year
    bodies: dict[str, dict[str, Any]] = {
        "newest": {},
        "a year": {"year": year},
        "a number": {"number": 1},  # both wards have it in each year
        "a common word": {"q": COMMON},
        "a common word in a year": {"q": COMMON, "year": year},
        "two words": {"q": "nguyen tuan"},
        "a rare name": {"q": RARE.text},
        "an absent word": {"q": ABSENT},
        "an absent word in a year": {"q": ABSENT, "year": year},
    }
    return [(f"births: {what}", "birth", body) for what, body in bodies.items()]


def _list(of: Filled, path: str, who: str) -> Act:
    headers = {"officer": of.officer, "reception": of.reception}.get(who) or bearer(
        sign_in(of.stack.gateway, of.citizen.login)
    )
    path = path.replace("{ward}", of.ward.code)
    path, searched, query = path.partition(_SEARCHED)
    if searched:
        path += "search=" + of.ask("POST", f"/api/v1/wards/{of.ward.code}/desk/searches", headers, {"q": query})["id"]
    return lambda: len(next(iter(of.ask("GET", path, headers).values())))


def _search(of: Filled, register: str, body: dict[str, Any]) -> Act:
    path = f"/api/v1/wards/{of.ward.code}/registers/{register}/searches"
    return lambda: len(of.ask("POST", path, of.officer, {**body, "reason": "Đo tốc độ tra cứu"})["entries"])


def _submissions(of: Filled, rounds: int) -> Act:
    def filings() -> Iterator[int]:
        of.citizen.prepare(rounds + 1)
        for method, path, headers, body in of.citizen.ready:
            of.ask(method, path, headers, json.loads(body))
            yield 1

    return partial(next, filings())


def _openings(of: Filled) -> Act:
    """Looks at the citizen's dossiers that the filling made, one after another."""
    headers = bearer(sign_in(of.stack.gateway, of.citizen.login))
    with of.stack.connect("dossiers", of.ward.code) as connection:
        filed = "SELECT dossier_id FROM documents JOIN dossiers ON dossiers.id = dossier_id"
        query = f"{filed} WHERE applicant_id = %s AND filename = %s ORDER BY created_at"
        mine = [str(id) for (id,) in connection.execute(query, (of.citizen_id, FILENAME))]
    turns = cycle(mine)

    def look() -> int:
        of.ask("GET", f"/api/v1/wards/{of.ward.code}/dossiers/{next(turns)}", headers)
        return 1

    return look


def _print_head(both: Sequence[Filled]) -> None:
    print("\nmilliseconds; database: processor time of PostgreSQL for the ward; ratio: of the medians, large to small")
    print(f"{'':44}" + "".join(f"{f'{each.count:,} dossiers':>35}" for each in both))
    print(f"{'':44}" + f"{'rows':>8}{'p50':>9}{'p95':>9}{'database':>9}" * 2 + f"{'ratio':>8}{'database':>9}")


def _measure(both: Sequence[Filled], what: str, acts: Sequence[Act], rounds: int) -> str:
    """Prints what an act takes in both wards: in turn, so that a noisy moment falls on both. Returns what it misses."""
    rows = [act() for act in acts]  # the first time pays for what is read once
    times: list[list[float]] = [[] for _ in acts]
    before = [each.database_milliseconds() for each in both]
    for round in range(rounds):
        for at in (0, 1) if round % 2 else (1, 0):
            began = time.perf_counter()
            acts[at]()
            times[at].append((time.perf_counter() - began) * 1000)
    spent = [
        sum(used - earlier.get(pid, 0) for pid, used in each.database_milliseconds().items()) / rounds
        for each, earlier in zip(both, before, strict=True)
    ]
    figures = "".join(
        f"{count:>8}{table.median(own):>9.1f}{table.percentile(own, 0.95):>9.1f}{used:>9.2f}"
        for count, own, used in zip(rows, times, spent, strict=True)
    )
    ratio = table.median(times[1]) / table.median(times[0])
    each_row = f"   {ratio * rows[0] / rows[1]:.2f} a row" if rows[0] != rows[1] and all(rows) else ""
    print(f"{what:44}{figures}{ratio:>8.2f}{spent[1] / spent[0]:>9.2f}{each_row}", flush=True)
    late = max(table.percentile(own, 0.95) for own in times)
    if what.startswith(LISTS) and late > MOST_MILLISECONDS:
        return f"{what} (p95 {late:.0f} ms)"
    return f"{what} (ratio {ratio:.2f})" if rows[0] == rows[1] and ratio > MOST_RATIO else ""


if __name__ == "__main__":
    main()
