"""Several acts at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_SECONDS_TO_THE_START = 60


def race(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts at once; returns what each returned or raised, in order."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait(_SECONDS_TO_THE_START)
        try:
            return act()
        except Exception as fault:  # the test checks any exception
            return fault

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
