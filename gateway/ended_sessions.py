"""After a sign-out a token that somebody has copied opens nothing, though it has minutes left.

Only the home ward knows which sessions go on, so it is asked; its answer is kept for a few seconds, because a page
takes several calls. Where it is away a token is good for its minutes: a sign-out could not be told to it either.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from gateway.metrics import SESSIONS_UNASKED as UNASKED
from gateway.ward_tokens import told_by
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import unauthenticated

#: How long the answer is kept: so long is a copied token good after the sign-out, at most.
SECONDS = 3.0
KEPT = 8192  # tokens, of about 1 KB
#: Asks the home ward whether the session of a token goes on: (its code, the token).
Ask = Callable[[str, str], bool]


class EndedSessions:
    def __init__(self, ask: Ask, seconds: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        # By the whole token: what it says of its session is not verified here.
        self._open_until: OrderedDict[str, float] = OrderedDict()

    def refuse(self, token: str) -> None:
        """Raises a Refusal (UNAUTHENTICATED) for a token whose session has ended."""
        told = told_by(token)
        if told is None or not told.session or self._is_known_open(token):
            return
        try:
            is_open = self._ask(told.ward, token)
        except Refusal as no:
            if no.kind not in (Kind.UNAVAILABLE, Kind.BROKEN):
                raise
            UNASKED.labels(told.ward).inc()
            return
        if not is_open:
            raise unauthenticated()
        with self._lock:
            self._open_until[token] = self._seconds() + SECONDS
            self._open_until.move_to_end(token)
            while len(self._open_until) > KEPT:
                self._open_until.popitem(last=False)

    def _is_known_open(self, token: str) -> bool:
        with self._lock:
            return self._seconds() < self._open_until.get(token, 0.0)
