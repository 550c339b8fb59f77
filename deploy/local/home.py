"""The directory in which a stack keeps its data: held by one stack at a time, with room on its disk."""

from __future__ import annotations

import errno
import fcntl
import shutil
from pathlib import Path
from typing import IO

from deploy.local.leftovers import Pids

LEAST_FREE_BYTES = 500_000_000
_NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)


class StackFault(Exception):
    """The stack cannot run; the text says what is wrong and what to do."""


class Home:
    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: IO[str] | None = None

    @property
    def pids(self) -> Pids:
        """The processes that a stack has started here."""
        return Pids(self.path / "run")

    def take(self) -> int:
        """Takes the directory for this stack; returns how many processes of an earlier one had to be ended.

        Raises StackFault where another stack runs here, or the disk is nearly full.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            lock.close()
            raise StackFault(
                f"A stack runs in {self.path} already ({holder}). Stop it with Ctrl-C where it was started,\n"
                "or start a second one beside it: CAUNOI_HOME=.local/second CAUNOI_PORT=0 make run"
            ) from None
        self._lock = lock
        free = shutil.disk_usage(self.path).free
        if free < LEAST_FREE_BYTES:
            raise StackFault(
                f"Only {free // 1_000_000} MB are free where the data would lie ({self.path}); the stack needs "
                f"{LEAST_FREE_BYTES // 1_000_000} MB.\n"
                "Free some space, or put the data elsewhere: CAUNOI_HOME=/… make run"
            )
        return self.pids.end_all()

    def leave(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def name_holder(self, text: str) -> None:
        """Writes down which process runs here, for somebody who finds the directory taken."""
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.write(text)
            self._lock.flush()

    def empty(self) -> None:
        """Deletes the data; files of the set-up stay."""
        kept = {"lock", "setup.lock", "kafka"}
        for path in [*(self.path / "kafka").glob("*"), *self.path.iterdir()]:
            if path.is_dir() and path.name not in kept | {"lib"}:
                shutil.rmtree(path)
            elif path.is_file() and path.name not in kept:
                path.unlink()

    def room_note(self) -> str:
        """A warning if the disk is nearly full, with a line break before it; else empty."""
        free = shutil.disk_usage(self.path).free
        if free > LEAST_FREE_BYTES // 10:
            return ""
        return f"\nThe disk is nearly full: {free // 1_000_000} MB are free where the data lie ({self.path})."

    def explained(self, fault: OSError) -> OSError | StackFault:
        """Advice about a fault of the system, if there is any; else the fault itself."""
        if fault.errno == errno.ENOSPC:
            return StackFault(f"The disk is full: {fault}. Free some space and start again.")
        if fault.errno in _NOT_OURS:
            return StackFault(
                f"{fault}.\nThe data are in {self.path}, and whoever starts the stack must be able to write there. "
                "Was it started by root before, or is the disk read-only?\n"
                "Give the directory to yourself, or put the data elsewhere: CAUNOI_HOME=/… make run"
            )
        return fault
