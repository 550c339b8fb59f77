"""Tokens that are good in one ward each: what a ward reads of somebody opens nothing in another (docs/decisions/0047).

Somebody's own token is good in their home ward and is sent nowhere else. What goes to another ward is a token that
their home ward has issued to that ward; it is asked for once and kept until it ends.
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
#: After a home ward has not answered it is left alone for so long: nobody else waits for it meanwhile.
LEFT_ALONE_SECONDS = 1.0
_LEFT = 15.0  # seconds that a kept token is good at least
_PATIENCE = 2.0  # seconds that a request waits for the same question of another one
_EVERYWHERE = frozenset({Role.CITIZEN, Role.KIOSK})
_NO_TOKEN = (binascii.Error, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
#: Asks a home ward: (its code, the token, the wards to be called) → ward → token.
Ask = Callable[[str, str, Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a token says of itself. Only the services verify it."""

    ward: str
    roles: frozenset[str]
    good_until: float
    session: str = ""
    id: str = ""

    @property
    def is_good_elsewhere(self) -> bool:
        """Whether its holder has anything to do in other wards; staff do not."""
        return not self.roles.isdisjoint(_EVERYWHERE)


def told_by(token: str) -> Told | None:
    """None for what cannot be a token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        ward, roles, until = claims["ward"], frozenset(claims["roles"]), float(claims["exp"])
        session, id = str(claims.get("sid", "")), str(claims.get("sub", ""))
    except _NO_TOKEN:
        return None
    return Told(ward, roles, until, session, id) if isinstance(ward, str) and ward.isdecimal() else None


class WardTokens:
    """Of each token the ones that its home ward has issued to others."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, dict[str, str]]] = OrderedDict()  # → until when, ward → token
        self._asking: dict[str, threading.Event] = {}  # by the token of the request that asks just now
        self._away: dict[str, float] = {}  # home ward → until when it is left alone

    def good_in(self, wards: Collection[str], token: str) -> Mapping[str, str]:
        """By ward the token to call it with: in the home ward the given one, and "" where its holder has nothing to do.

        Raises the Refusal of the home ward, or UNAVAILABLE where it does not answer.
        """
        told = told_by(token)
        if told is None:
            return dict.fromkeys(wards, token)  # whoever is called says that it is none
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
