"""Stacks to be measured, each of a checkout of this repository: this one, or another one beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from deploy.local.process import ROOT

#: Limits that protect people would measure themselves.
UNLIMITED = {
    "accounts": {"FILING_CODES_PER_HOUR": "1000000"},
    "dossiers": {"OPEN_DRAFTS_PER_PERSON": "1000000"},
    "gateway": {"LIMITS_ENABLED": "false"},
}
_SECONDS_TO_STOP = 60


@dataclass(frozen=True)
class RunningStack:
    """The measured parts of a running stack."""

    home: Path
    urls: Mapping[str, str]
    pids: Mapping[str, int]
    database: str  # a URL with `{database}` in it
    seconds: float  # from its start until all of it was ready

    @property
    def gateway(self) -> str:
        return self.urls["gateway"]

    def database_url(self, service: str, ward: str) -> str:
        return self.database.replace("{database}", f"{service}_{ward}")

    def connect(self, service: str, ward: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.database_url(service, ward))

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time that each part has used so far, with its children, those that have ended included."""
        used: dict[str, float] = {}
        for name in self.pids:
            seconds = 0.0
            for each in self._processes(name):
                with suppress(psutil.NoSuchProcess):
                    times = each.cpu_times()
                    seconds += times.user + times.system + times.children_user + times.children_system
            used[name] = seconds
        return used

    def memory(self) -> dict[str, int]:
        """Bytes of memory of each part; pages that several processes share are counted once."""
        used = dict.fromkeys(self.pids, 0)
        for name in self.pids:
            for each in self._processes(name):
                with suppress(psutil.Error):
                    used[name] += each.memory_full_info().pss
        return used

    def _processes(self, name: str) -> list[psutil.Process]:
        """The first process last: by then it has counted in what ended while the others were looked at."""
        first = psutil.Process(self.pids[name])
        return [*first.children(recursive=True), first]


@contextmanager
def running_stack(
    home: Path,
    *,
    checkout: Path = ROOT,
    more: Mapping[str, Mapping[str, str]] | None = None,
    group: Path | None = None,
) -> Iterator[RunningStack]:
    """The stack of a checkout that has been set up (`make setup`), until the block ends."""
    plan = {"home": str(home), "more": UNLIMITED if more is None else more, "group": str(group) if group else None}
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # on SIGTERM the stack is stopped first
    script = (ROOT / "tests" / "load" / "host.py").read_text()
    host = subprocess.Popen(
        [checkout / ".venv" / "bin" / "python", "-c", script, json.dumps(plan)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout), str(checkout / "generated")])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the stack in order
    )
    assert host.stdin is not None
    assert host.stdout is not None
    try:
        said = host.stdout.readline()
        if not said:
            raise RuntimeError(f"the stack of {checkout} did not start; its logs are in {home / 'logs'}")
        yield RunningStack(home, **json.loads(said))
    finally:
        host.stdin.close()
        try:
            host.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(host.pid, signal.SIGKILL)  # what it began ends with it
            host.wait()
