"""One process of the stack: how it starts, and how it ends with its children."""

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
    """Starts a program in its own session, so that Ctrl-C at the terminal reaches only the supervisor.

    Its output is appended to `log`. `environment` is added to this process's own. The program gets the signal `parting`
    when the *thread* that calls this ends (as Linux defines it), so call it from a thread that lives as long as the
    program should.
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
    """Sends `parting` and, after `seconds`, kills the program and its group; True if the signal was enough."""
    if process.poll() is None:
        process.send_signal(parting)
    gone = wait_until(lambda: process.poll() is not None, seconds)
    kill_group(process)
    return gone


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the program and the rest of its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
