"""What keeps one ward's trouble from the others: a bound on its calls in flight, and a breaker that leaves it alone."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum


class Place:
    """A caller's place, or their turn to have it. Whoever does not sit and wait for it is `told` when it is given."""

    def __init__(self, told: Callable[[], object] | None = None) -> None:
        self.given = threading.Event()
        self._told = told

    def give(self) -> None:
        self.given.set()
        if self._told:
            self._told()


class Bulkhead:
    """At most `in_flight` calls at a time and `waiting` callers, each for `seconds`, behind them, served as they came.

    Nobody overtakes: where new callers did, those who wait would wait in vain under load.
    """

    def __init__(self, in_flight: int, waiting: int, seconds: float) -> None:
        self._free = in_flight  # none while somebody waits
        self._most_waiting = waiting
        self._seconds = seconds
        self._waiting: deque[Place] = deque()
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Takes a place; False where none came free in time. Every place taken has to be left again."""
        place = Place()
        if not self.line_up(place):
            return False
        return place.given.wait(self._seconds) or not self.withdraw(place)

    def line_up(self, place: Place) -> bool:
        """Gives the place, now or when it is free; False where too many wait already. One that was given is told of
        where that was later, and has to be left; one that was not has to be withdrawn.
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
        """Waits no longer; False where the place was given in the last moment."""
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
    CLOSED = "closed"  # calls go through
    OPEN = "open"  # calls are refused at once
    PROBING = "probing"  # one call is let through to see


class Outcome(StrEnum):
    ANSWERED = "answered"  # whatever the answer was
    UNANSWERED = "unanswered"
    ABANDONED = "abandoned"  # given up by us: says nothing


class Breaker:
    """Opens after `failures` unanswered calls in a row; after `open_seconds` lets one call through to see.

    The lock is held for bookkeeping alone, never during a call (docs/decisions/0007).
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
        """Whether it would let no call through now."""
        return self._state is State.OPEN and self._now() < self._opened_at + self._open_seconds

    @property
    def retry_after(self) -> int:
        """Whole seconds until a call is let through again, at least one."""
        left = self._opened_at + self._open_seconds - self._now()
        return max(1, round(left))

    def admit(self) -> bool:
        """Whether a call may be made now; one that may has to be followed by `record`."""
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
                self._state = State.OPEN  # and due for a probe at once
