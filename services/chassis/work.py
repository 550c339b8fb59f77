"""The work of a process for a ward besides its calls: relay, subscription, the service's own loops.

It begins when the ward's tables are there and ends when they are not, as after a restore from before the last
migration. Otherwise an event that finds no table would be parked, and the work of an event that finds an old table
would be lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import structlog

log = structlog.get_logger()

#: Background work, until stopped: deliveries, certificates that are still to be issued.
Loop = Callable[[threading.Event], None]
AGAIN_SECONDS = 5.0


class Work:
    """The loops of one ward, each in a thread. They begin and end together, each time the tables come and go."""

    def __init__(
        self,
        loops: Mapping[str, Loop],
        again_seconds: float = AGAIN_SECONDS,
        broken: Callable[[], None] = lambda: None,
    ) -> None:
        """A loop that fails restarts after `again_seconds`; `broken` is called each time."""
        self._broken = broken
        self._loops = loops
        self._again_seconds = again_seconds
        self._lock = threading.Lock()
        self._is_closed = False
        self._stopped: threading.Event | None = None
        self._threads: dict[str, threading.Thread] = {}
        self.since: float | None = None  # monotonic; None while it does not run

    def begin(self) -> None:
        """Starts the loops; does nothing if they run already."""
        with self._lock:
            if self._is_closed or self._stopped is not None:
                return
            self._stopped, self.since = threading.Event(), time.monotonic()
            self._threads = {name: self._started(name, self._stopped) for name in self._loops}

    def _started(self, name: str, stopped: threading.Event) -> threading.Thread:
        before, loop = self._threads.get(name), self._loops[name]

        def run() -> None:
            if before is not None:
                before.join()  # so that no loop runs twice
            while not stopped.is_set():
                try:
                    loop(stopped)
                except Exception:
                    # A loop that fails restarts: the fault is logged and counted.
                    log.exception("loop-broke", loop=name)
                    self._broken()
                    stopped.wait(self._again_seconds)

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """Tells the loops to stop, without waiting for them. Does nothing if they do not run."""
        with self._lock:
            if self._stopped is not None:
                self._stopped.set()
            self._stopped = self.since = None

    def close(self) -> None:
        """Ends it for good."""
        self._is_closed = True
        self.end()

    def join(self, seconds: float) -> None:
        """Waits for the loops, at most `seconds` for all of them together."""
        until = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))
