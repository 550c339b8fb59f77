"""What a process does for a ward besides its calls: relay, subscription, the service's own loops.

It begins when the ward's tables are there and ends when they are not, as after a restore from before the last
migration: an event that meets no table would be parked, and one that meets an old table done where nobody keeps it.
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
    """The loops of one ward, each in a thread, begun and ended together, as often as the tables come and go."""

    def __init__(
        self,
        loops: Mapping[str, Loop],
        again_seconds: float = AGAIN_SECONDS,
        broken: Callable[[], None] = lambda: None,
    ) -> None:
        """A loop that breaks begins again after so long; `broken` is told each time."""
        self._broken = broken
        self._loops = loops
        self._again_seconds = again_seconds
        self._lock = threading.Lock()
        self._is_closed = False
        self._stopped: threading.Event | None = None
        self._threads: dict[str, threading.Thread] = {}
        self.since: float | None = None  # monotonic; None while it does not go on

    def begin(self) -> None:
        """Nothing where it goes on already."""
        with self._lock:
            if self._is_closed or self._stopped is not None:
                return
            self._stopped, self.since = threading.Event(), time.monotonic()
            self._threads = {name: self._started(name, self._stopped) for name in self._loops}

    def _started(self, name: str, stopped: threading.Event) -> threading.Thread:
        before, loop = self._threads.get(name), self._loops[name]

        def run() -> None:
            if before is not None:
                before.join()  # so that a loop is never there twice
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
        """Tells the loops to stop, and waits for none. Nothing where it does not go on."""
        with self._lock:
            if self._stopped is not None:
                self._stopped.set()
            self._stopped = self.since = None

    def close(self) -> None:
        """Ends it for good."""
        self._is_closed = True
        self.end()

    def join(self, seconds: float) -> None:
        """Waits for the loops, so long at most for all of them."""
        until = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))
