"""Tokens that are valid in one ward each: a token that one ward sees opens nothing in another (docs/decisions/0047).

A person's own token is valid in their home ward and is sent nowhere else. Another ward gets a token that the home ward
has issued for that ward; the gateway asks for it once and keeps it until it expires.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from services.chassis.grpc.client import unavailable
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role

KEPT = 2048  # people at once in a process; about 1 KB for each ward that they call
#: If a home ward did not answer, it gets no questions for this time, so that nobody else waits for it.
LEFT_ALONE_SECONDS = 1.0
_LEFT = 15.0  # seconds that a kept token must still be valid
_PATIENCE = 2.0  # seconds that a request waits while another asks the same question
_EVERYWHERE = frozenset({Role.CITIZEN, Role.KIOSK})
_NO_TOKEN = (binascii.Error, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
#: Asks a home ward: (its code, the token, the wards to call) → ward → token.
Ask = Callable[[str, str, Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a token says about itself. Only the services verify it."""

    ward: str
    roles: frozenset[str]
    good_until: float
    session: str = ""
    id: str = ""

    @property
    def is_good_elsewhere(self) -> bool:
        """Whether its holder may use other wards; staff may not."""
        return not self.roles.isdisjoint(_EVERYWHERE)


def told_by(token: str) -> Told | None:
    """The claims of a token; None for text that cannot be a token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        ward, roles, until = claims["ward"], frozenset(claims["roles"]), float(claims["exp"])
        session, id = str(claims.get("sid", "")), str(claims.get("sub", ""))
        f"{session}{id}".encode()  # raises for half of a surrogate pair, which JSON can hold and no id has
    except _NO_TOKEN:
        return None
    return Told(ward, roles, until, session, id) if isinstance(ward, str) and ward.isdecimal() else None


class WardTokens:
    """For each token, the tokens that its home ward has issued for other wards."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, dict[str, str]]] = OrderedDict()  # → until when, ward → token
        self._asking: dict[str, threading.Event] = {}  # tokens for which a request is asking now
        self._away: dict[str, float] = {}  # home ward → until when it gets no questions

    def good_in(self, wards: Collection[str], token: str) -> Mapping[str, str]:
        """Ward → the token to call it with: for the home ward the given one; "" for wards that the holder may not use.

        Raises the Refusal of the home ward, or UNAVAILABLE if it does not answer.
        """
        told = told_by(token)
        if told is None:
            return dict.fromkeys(wards, token)  # the called service says that it is not a token
        others = [ward for ward in wards if ward != told.ward] if told.is_good_elsewhere else []
        known = self._with(told, token, others)
        return {ward: token if ward == told.ward else known.get(ward, "") for ward in wards}

    def _with(self, told: Told, token: str, others: Sequence[str]) -> Mapping[str, str]:
        known = self._known(token)
        if known.keys() >= set(others):
            return known
        with self._lock:
            before = self._asking.get(token)
            if before is None:
                self._asking[token] = ended = threading.Event()
        if before is not None:  # the requests of one page come at once
            before.wait(_PATIENCE)
            known = self._known(token)
            if known.keys() >= set(others):
                return known
            raise unavailable()
        try:
            return self._ask_home(told, token, [ward for ward in others if ward not in known])
        finally:
            with self._lock:
                del self._asking[token]
            ended.set()

    def _ask_home(self, told: Told, token: str, missing: Sequence[str]) -> Mapping[str, str]:
        if time.monotonic() < self._away.get(told.ward, 0.0):
            raise unavailable()
        try:
            issued = self._ask(told.ward, token, missing)
        except Refusal as no:
            if no.kind in (Kind.UNAVAILABLE, Kind.BROKEN):
                self._away[told.ward] = time.monotonic() + LEFT_ALONE_SECONDS
            raise
        known = {**self._known(token), **issued}
        with self._lock:
            self._kept[token] = told.good_until - _LEFT, known
            self._kept.move_to_end(token)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known

    def _known(self, token: str) -> Mapping[str, str]:
        with self._lock:
            until, known = self._kept.get(token, (0.0, {}))
            return known if time.time() < until else {}
