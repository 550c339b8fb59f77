"""One process of the stack: how it is begun, and how it and all it began are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.local.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
_TETHER = str(Path(__file__).with_name("tether.py"))


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    parting: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Begins a program in a session of its own, so that a Ctrl-C at the terminal reaches the supervisor alone.

    Its output is added to `log`. `environment` is added to this process's own. It gets the signal `parting` when the
    *thread* that calls this ends (that is how Linux defines it), so call it from one that lives as long as the program
    should.
    """
    tether = [sys.executable, "-I", "-S", _TETHER, str(os.getpid()), str(int(parting)), user or "-"]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*tether, *command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], parting: signal.Signals, seconds: float) -> bool:
    """Asks the program to end, and ends it and its group by force after `seconds`; True where asking was enough."""
    if process.poll() is None:
        process.send_signal(parting)
    gone = wait_until(lambda: process.poll() is not None, seconds)
    kill_group(process)
    return gone


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the program and whatever of its group is still there."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
