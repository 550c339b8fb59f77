"""A limit for work that takes so much memory or processor time that only a few callers may do it at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.call import seconds_left
from services.chassis.grpc.client import unavailable


class Places:
    """A fixed number of places. The next caller waits up to `longest_wait` seconds, or until the deadline of the call
    if that is sooner.
    """

    def __init__(self, count: int, longest_wait: float) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._longest_wait = longest_wait

    @contextmanager
    def one(self) -> Iterator[None]:
        """Holds a place. Raises a Refusal (UNAVAILABLE) if none becomes free in time, or the caller has gone."""
        if seconds_left() <= 0 or not self._free.acquire(timeout=max(0.0, min(self._longest_wait, seconds_left()))):
            raise unavailable()
        try:
            yield
        finally:
            self._free.release()
