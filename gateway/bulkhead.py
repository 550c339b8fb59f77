"""Keeps one ward's trouble from the others: a bound on its calls in flight, and a breaker that stops calling it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum


class Place:
    """A caller's place, or their turn in the queue. A caller who does not block is `told` when the place is given."""

    def __init__(self, told: Callable[[], object] | None = None) -> None:
        self.given = threading.Event()
        self._told = told

    def give(self) -> None:
        self.given.set()
        if self._told:
            self._told()


class Bulkhead:
    """At most `in_flight` calls at a time. Behind them at most `waiting` callers wait, each for `seconds`, first come
    first served.

    New callers do not overtake: if they did, those who wait would wait in vain under load.
    """

    def __init__(self, in_flight: int, waiting: int, seconds: float) -> None:
        self._free = in_flight  # 0 while somebody waits
        self._most_waiting = waiting
        self._seconds = seconds
        self._waiting: deque[Place] = deque()
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Takes a place; False if none became free in time. The caller must leave each place that was taken."""
        place = Place()
        if not self.line_up(place):
            return False
        return place.given.wait(self._seconds) or not self.withdraw(place)

    def line_up(self, place: Place) -> bool:
        """Gives the place, now or when one is free; False if too many wait already. The caller is told when the place
        is given later, and must leave it then. A caller who stops waiting must withdraw.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                place.given.set()
                return True
            if len(self._waiting) >= self._most_waiting:
                return False
            self._waiting.append(place)
            return True

    def withdraw(self, place: Place) -> bool:
        """Stops waiting; False if the place was given at the last moment."""
        with self._lock:
            if place.given.is_set():
                return False
            self._waiting.remove(place)
            return True

    def leave(self) -> None:
        """Gives the place to the caller that has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().give()
            else:
                self._free += 1


class State(StrEnum):
    CLOSED = "closed"  # calls pass
    OPEN = "open"  # calls are refused at once
    PROBING = "probing"  # one call passes, as a test


class Outcome(StrEnum):
    ANSWERED = "answered"  # any answer, also a refusal
    UNANSWERED = "unanswered"
    ABANDONED = "abandoned"  # given up by us: tells nothing about the service


class Breaker:
    """Opens after `failures` unanswered calls in a row; after `open_seconds` one call passes, as a test.

    The lock is held only for bookkeeping, never during a call (docs/decisions/0007).
    """

    def __init__(self, failures: int, open_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._failures = failures
        self._open_seconds = open_seconds
        self._now = now
        self._lock = threading.Lock()
        self._state = State.CLOSED
        self._in_a_row = 0
        self._opened_at = 0.0

    @property
    def state(self) -> State:
        return self._state

    @property
    def is_shut(self) -> bool:
        """Whether it refuses calls now."""
        return self._state is State.OPEN and self._now() < self._opened_at + self._open_seconds

    @property
    def retry_after(self) -> int:
        """Whole seconds until the next call passes, at least one."""
        left = self._opened_at + self._open_seconds - self._now()
        return max(1, round(left))

    def admit(self) -> bool:
        """Whether a call may be made now. If so, `record` must follow it."""
        with self._lock:
            if self._state is State.OPEN and self._now() >= self._opened_at + self._open_seconds:
                self._state = State.PROBING
                return True
            return self._state is State.CLOSED

    def record(self, outcome: Outcome) -> None:
        with self._lock:
            if outcome is Outcome.ANSWERED:
                self._state, self._in_a_row = State.CLOSED, 0
            elif outcome is Outcome.UNANSWERED:
                self._in_a_row += 1
                if self._state is State.PROBING or self._in_a_row >= self._failures:
                    self._state, self._opened_at = State.OPEN, self._now()
            elif self._state is State.PROBING:
                self._state = State.OPEN  # due for a test call at once
