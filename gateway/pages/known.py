"""What a browser got at earlier sign-ins, so that it is recognised at the next one: then wrong passwords that others
try do not slow it down (docs/decisions/0042).

It lies sealed in a cookie of its own, which outlives the session and tells nobody who has signed in here. A station's
computer keeps none.
"""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response

from gateway.pages import kiosk
from gateway.sealer import Sealer

COOKIE = "caunoi-known"
SECONDS = 180 * 24 * 3600
MOST = 5  # people who share a computer


def devices() -> list[str]:
    """What this browser got, newest first."""
    found = _sealer().open(request.cookies.get(COOKIE, ""), within=SECONDS) or {}
    return [str(device) for device in found.get("devices", ())][:MOST]


def keep(response: Response, device: str) -> None:
    """Adds what a sign-in gave to the cookie; what others got who sign in here stays, up to `MOST`."""
    if not device or kiosk.kiosk() is not None:
        return
    sealed = _sealer().seal({"devices": [device, *devices()][:MOST]})
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, sealed, max_age=SECONDS, secure=secure, httponly=True, samesite="Strict")


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions["known"]
    return found
