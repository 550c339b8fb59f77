"""Processes that an earlier stack may have left running, if its supervisor was killed."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil

_SECONDS_TO_STOP = 15


class Pids:
    """Files `<name>.pid` in `directory`, each with the id and the start time of a process."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def note(self, name: str, pid: int) -> None:
        with suppress(psutil.NoSuchProcess):
            began = psutil.Process(pid).create_time()
            (self._directory / f"{name}.pid").write_text(f"{pid} {began}")

    def forget(self) -> None:
        """Removes the files, after all processes have ended in order."""
        for file in self._directory.glob("*.pid"):
            file.unlink(missing_ok=True)

    def end_all(self) -> int:
        """Ends processes that still run, and returns how many. Ignores an id that another process has now."""
        left = [process for file in self._directory.glob("*.pid") if (process := _same(file)) is not None]
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)
        _, stubborn = psutil.wait_procs(left, timeout=_SECONDS_TO_STOP)
        for process in stubborn:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(stubborn, timeout=5)
        self.forget()
        return len(left)


def _same(file: Path) -> psutil.Process | None:
    try:
        pid, began = file.read_text().split()
        process = psutil.Process(int(pid))
        return process if abs(process.create_time() - float(began)) < 1 else None
    except (ValueError, psutil.NoSuchProcess):
        return None
