"""The load generator as a measurement starts it, and a ward that is measured beside another one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.load import table
from tests.load.client import Request
from tests.load.stacks import RunningStack


def load(
    stack: RunningStack,
    clients: Sequence[Sequence[Request]],
    seconds: float | None = None,
    *,
    per_second: float | None = None,
    group: Path | None = None,
) -> dict[str, Any]:
    """The measurements of `tests.load.client`."""
    return begin(stack, clients, seconds, per_second=per_second, group=group)()


def begin(
    stack: RunningStack,
    clients: Sequence[Sequence[Request]],
    seconds: float | None = None,
    *,
    per_second: float | None = None,
    group: Path | None = None,
) -> Callable[[], dict[str, Any]]:
    """Starts the generator, in a cgroup where one is given; returns what waits for its end."""
    address = urlsplit(stack.gateway)
    plan = {"host": address.hostname, "port": address.port, "clients": clients}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if group is not None:
        (group / "cgroup.procs").write_text(str(process.pid))
    assert process.stdin is not None
    process.stdin.write(json.dumps({**plan, "seconds": seconds, "per_second": per_second}))
    process.stdin.close()
    process.stdin = None

    def finish() -> dict[str, Any]:
        output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, "the load generator failed"
        result: dict[str, Any] = json.loads(output)
        return result

    return finish


def measure_beside(
    stack: RunningStack,
    quiet: Sequence[Sequence[Request]],
    other: RunningStack,
    loud: Sequence[Sequence[Request]],
    seconds: float,
    *,
    name: str = "",
    per_second: float | None = None,
    groups: tuple[Path | None, Path | None] = (None, None),
) -> float:
    """A ward's requests alone, and while another ward is at full load; prints both, and returns p95 beside / alone.

    The first ward's come at a constant rate where `per_second` is given.
    """
    alone = load(stack, quiet, seconds, per_second=per_second, group=groups[0])
    beside = begin(other, loud, seconds + 2, group=groups[1])
    together = load(stack, quiet, seconds, per_second=per_second, group=groups[0])
    others = beside()
    clients: int | str = len(quiet) if per_second is None else "open"
    table.row(f"{name}open, a ward alone", clients, alone)
    table.row(f"{name}open, the same while", clients, together)
    table.row(f"{name}  another ward is opened", len(loud), others)
    ratio = table.percentile(together["milliseconds"], 0.95) / table.percentile(alone["milliseconds"], 0.95)
    print(f"{name + '  p95 beside it / alone':40}{'':>32}{ratio:>8.2f}", flush=True)
    return ratio
