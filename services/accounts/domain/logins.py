"""Log-ins: every account that a login may mean, likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.accounts.domain.identity import normal_form, read_number
from services.chassis.letters import normalised

Means = Literal["identity", "phone", "username"]
_USERNAME = re.compile(r"[a-z0-9]+([.\-][a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class LoginKey:
    means: Means
    value: str  # normal form of a number, E.164, or a user name in small letters


def login_keys(login: str, read_phone: Callable[[str], str | None]) -> list[LoginKey]:
    """Nine digits may be a CMND, a foreign passport, or a phone whose zero was left out: the paper comes first."""
    typed = normalised(login, "NFKC").strip()
    keys: list[LoginKey] = []
    for kind in ("cccd", "cmnd", "passport"):
        number = read_number(kind, typed)
        if number:
            keys.append(LoginKey("identity", normal_form(kind, number)))
    phone = read_phone(typed)
    if phone:
        keys.append(LoginKey("phone", phone))
    if _USERNAME.fullmatch(typed.lower()):
        keys.append(LoginKey("username", typed.lower()))
    return keys
