"""After a sign-out a copied token opens nothing, even if it is valid for some more minutes.

Only the home ward knows which sessions go on, so the gateway asks it. The answer is kept for a few seconds, because a
page takes several calls, but only until some process of the gateway ends the session (ended_marks.py). If the home ward
does not answer, the token stays good until it expires: a sign-out could not reach that ward either.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from google.protobuf.message import Message

from gateway import ended_marks
from gateway.ended_marks import Marks, number_of
from gateway.metrics import SESSIONS_UNASKED as UNASKED
from gateway.ward_tokens import Told, told_by
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import unauthenticated

#: How long the answer is kept. A token may stay good for this time if the gateway did not learn whose session ended,
#: such as by a link or a code, or if another pod could not be told.
SECONDS = 3.0
KEPT = 8192  # tokens, of about 1 KB
#: Asks a home ward whether the session of a token goes on: (the ward's code, the token).
Ask = Callable[[str, str], bool]
#: RPCs that end all sessions of a person → the field of the request that names them; "": the caller.
_ENDS_ALL: Mapping[str, str] = {
    "ChangePassword": "",
    "ChangeStaff": "staff_id",
    "EndStaff": "staff_id",
    "ResetSecondFactor": "staff_id",
    "RenewPassword": "volunteer_id",
    "CloseAccount": "account_id",
}


class EndedSessions:
    def __init__(
        self,
        ask: Ask,
        seconds: Callable[[], float] = time.monotonic,
        marks: Marks = ended_marks.SHARED,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`tell` tells a number to other pods."""
        self._ask = ask
        self._seconds = seconds
        self._marks = marks
        self._tell = tell
        self._lock = threading.Lock()
        # By the whole token, since its content is not verified here: until when it is kept, its numbers, their marks.
        self._open: OrderedDict[str, tuple[float, tuple[int, ...], tuple[int, ...]]] = OrderedDict()

    def refuse(self, token: str) -> None:
        """Raises a Refusal (UNAUTHENTICATED) for a token whose session has ended."""
        if self._is_known_open(token):
            return
        told = told_by(token)
        if told is None or not told.session:
            return
        numbers = _numbers(told)
        marks = self._marks.of(numbers)  # a session that ends during the question changes them
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
            self._open[token] = (self._seconds() + SECONDS, numbers, marks)
            self._open.move_to_end(token)
            while len(self._open) > KEPT:
                self._open.popitem(last=False)

    def note(self, rpc: str, request: Message, token: str) -> None:
        """Call it after an RPC was answered. If the RPC ended sessions, no process uses what it kept about them once
        this returns.
        """
        ended = _ended_by(rpc, request, token)
        if ended:
            number = number_of(ended)
            self._marks.change(number)
            self._tell(number)

    def _is_known_open(self, token: str) -> bool:
        with self._lock:
            kept = self._open.get(token)
        return kept is not None and self._seconds() < kept[0] and self._marks.of(kept[1]) == kept[2]


def _numbers(told: Told) -> tuple[int, ...]:
    return number_of(told.session), number_of(told.id)


def _ended_by(rpc: str, request: Message, token: str) -> str:
    """The session or person that an RPC has ended; empty where it ends none."""
    if rpc == "EndSession":
        # Ward, session, secret; an older token has no session in it.
        parts = str(getattr(request, "refresh_token", "")).split(".")
        return parts[1] if len(parts) == 3 else ""
    if rpc not in _ENDS_ALL:
        return ""
    field = _ENDS_ALL[rpc]
    if field:
        return str(getattr(request, field))
    told = told_by(token)
    return told.id if told else ""
