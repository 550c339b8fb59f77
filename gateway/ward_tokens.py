"""Tokens that are good in one ward each: what a ward reads of somebody opens nothing in another (docs/decisions/0047).

Somebody's own token is good in their home ward. What goes to another ward is a token that their home ward has issued to
that ward; it is asked for once and kept until it ends.
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

from services.chassis.tokens import Role

KEPT = 2048  # people at once in a process; about 1 KB for each ward that they call
_LEFT = 15.0  # seconds that a kept token is good at least
_EVERYWHERE = frozenset({Role.CITIZEN, Role.KIOSK})
_NO_TOKEN = (binascii.Error, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
#: Asks a home ward: (its code, the token, the wards to be called) → ward → token.
Ask = Callable[[str, str, Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a token says of itself. Only the services verify it."""

    ward: str
    roles: frozenset[str]
    good_until: float
    session: str = ""

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
        session = str(claims.get("sid", ""))
    except _NO_TOKEN:
        return None
    return Told(ward, roles, until, session) if isinstance(ward, str) and ward.isdecimal() else None


class WardTokens:
    """Of each token the ones that its home ward has issued to others."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asking = [threading.Lock() for _ in range(64)]
        self._kept: OrderedDict[str, tuple[float, dict[str, str]]] = OrderedDict()  # → until when, ward → token

    def good_in(self, wards: Collection[str], token: str) -> Mapping[str, str]:
        """By ward the token to call it with. It is the given one in the home ward, and where its holder has nothing to
        do elsewhere: the ward that is called refuses it. Raises the Refusal of the home ward.
        """
        told = told_by(token)
        others = [ward for ward in wards if ward != told.ward] if told and told.is_good_elsewhere else []
        if told is None or not others:
            return dict.fromkeys(wards, token)
        known = self._known(token)
        if not known.keys() >= set(others):
            with self._asking[hash(token) % len(self._asking)]:  # the requests of one page come at once
                known = self._known(token)
                missing = [ward for ward in others if ward not in known]
                if missing:
                    known = {**known, **self._ask(told.ward, token, missing)}
                    self._keep(token, told.good_until - _LEFT, known)
        return {ward: known.get(ward, token) for ward in wards}

    def _known(self, token: str) -> Mapping[str, str]:
        with self._lock:
            until, known = self._kept.get(token, (0.0, {}))
            return known if time.time() < until else {}

    def _keep(self, token: str, until: float, known: Mapping[str, str]) -> None:
        with self._lock:
            self._kept[token] = until, dict(known)
            self._kept.move_to_end(token)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
