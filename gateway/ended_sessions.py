"""After a sign-out a token that somebody has copied opens nothing, though it has minutes left.

Only the home ward knows which sessions go on, so it is asked; its answer is kept for a few seconds, because a page
takes several calls. Where it is away a token is good for its minutes: a sign-out could not be told to it either.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from gateway.ward_tokens import Told, told_by
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import unauthenticated

#: How long the answer is kept: so long is a copied token good after the sign-out, at most.
SECONDS = 3.0
KEPT = 8192  # sessions
#: Asks the home ward whether the session of a token goes on: (its code, the token).
Ask = Callable[[str, str], bool]


class EndedSessions:
    def __init__(self, ask: Ask, seconds: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open_until: OrderedDict[str, float] = OrderedDict()

    def refuse(self, token: str) -> None:
        """Raises a Refusal (UNAUTHENTICATED) for a token whose session has ended."""
        told = told_by(token)
        if told is None or not told.session or self._is_known_open(told):
            return
        try:
            is_open = self._ask(told.ward, token)
        except Refusal as no:
            if no.kind not in (Kind.UNAVAILABLE, Kind.BROKEN):
                raise
            is_open = True
        if not is_open:
            raise unauthenticated()
        with self._lock:
            self._open_until[told.session] = self._seconds() + SECONDS
            self._open_until.move_to_end(told.session)
            while len(self._open_until) > KEPT:
                self._open_until.popitem(last=False)

    def _is_known_open(self, told: Told) -> bool:
        with self._lock:
            return self._seconds() < self._open_until.get(told.session, 0.0)
