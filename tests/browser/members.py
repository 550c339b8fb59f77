"""Members of a ward's staff whom no other test signs in as, and the authenticators that they hold."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import pyotp

from tests.e2e.api import Api, sign_in

CHOSEN = "mùa xuân ở Sơn Trà"  # each one's password


@dataclass(frozen=True)
class Member:
    id: str
    login: str
    ward: str


class App:
    """An authenticator app, which shows each code to its owner once."""

    def __init__(self, secret: str) -> None:
        self._app, self._shown = pyotp.TOTP(secret), 0

    def code(self) -> str:
        """The code of a step after the last one: the next code may be used half a minute early."""
        step = max(int(time.time()) // 30, self._shown + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(1)
        self._shown = step
        return self._app.generate_otp(step)


def new_member(url: str, ward: str, slug: str, *roles: str) -> Member:
    """Somebody whom the ward's administrator has added, and who has set a password."""
    administrator = sign_in(url, f"quantri.{slug}", ward)
    body = {
        "full_name": "Lê Thị Thu Hà",
        "title": "Công chức",
        "roles": list(roles),
        "capacity": "deputy" if "signer" in roles else "",
        "username": f"ha.{secrets.token_hex(4)}",
        "email": "thu.ha@example.com",
    }
    made = administrator.post(f"/wards/{ward}/administration/staff", body)
    ticket = made["link"].partition("#")[2]
    opened = Api(url).post(f"/wards/{ward}/staff-accounts", {"ticket": ticket, "password": CHOSEN})
    return Member(made["member"]["id"], opened["username"], ward)


def make_signer(url: str, slug: str, member: Member) -> None:
    """The administrator lets somebody sign, too, beside what they do."""
    administrator = sign_in(url, f"quantri.{slug}", member.ward)
    path = f"/wards/{member.ward}/administration/staff/{member.id}"
    now = administrator.get(path)
    body = {name: now[name] for name in ("full_name", "title")}
    administrator.put(path, body | {"roles": [*now["roles"], "signer"], "capacity": "deputy"})


def set_up(url: str, member: Member) -> tuple[str, list[str]]:
    """Sets up an app for somebody who needs none and has none; returns its id and the recovery codes, each good for one
    sign-in.
    """
    caller = sign_in(url, member.login, member.ward, CHOSEN)
    ticket = {"ticket": caller.post("/me/second-factor")["ticket"]}
    begun = caller.post("/sessions/authenticators", ticket | {"kind": "totp", "name": "Điện thoại", "password": CHOSEN})
    id, code = begun["id"], App(begun["secret"]).code()
    done = caller.post("/sessions/authenticators/confirmation", ticket | {"authenticator": id, "code": code})
    return id, done["recovery_codes"]
