"""The station's computer at which somebody sits: its credential, its token, and the idle clock of a shared computer.

The credential lies in a cookie of its own, which no sign-out touches. The time of the last use is in another sealed
cookie and not in the session's, since a request that only says that somebody types must not overwrite tokens that were
renewed meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import structlog
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from flask import (
    Response,
    current_app,
    g,
    has_request_context,
    make_response,
    render_template,
    request,
    session,
    url_for,
)

from gateway import rpcs
from gateway.limits import count
from gateway.pages import identity, typed
from gateway.sealer import Sealer
from gateway.settings import Settings
from gateway.wards import wards
from services.chassis.refusal import Kind, Refusal

log = structlog.get_logger()

COOKIE = "caunoi-kiosk"
IDLE = "khong-dung"  # in ?vi= of the start: the last session ended because nobody used the computer
USED_COOKIE = "caunoi-used"
COOKIE_SECONDS = 365 * 24 * 3600
_RENEW_BEFORE = 60.0  # seconds before the computer's token ends
_ASK_SECONDS = 1.0  # the longest wait for a token
_ASK_AGAIN = 5.0  # seconds, if accounts gave no answer
_REFUSED_SECONDS = 30.0  # a refused credential is not asked about again for this time
_OPENS_NOTHING = (Kind.UNAUTHENTICATED, Kind.INVALID, Kind.NOT_FOUND)  # refusals of an invalid credential
_MOST_KNOWN = 1000  # credentials; many may be made up
#: The longest time a request may take after the browser's own clock has run out.
_GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A station's computer: ids, names, GSO code of its ward, and the token that goes beside a person's own.

    While accounts gives no answer, the token and all that is unknown are empty: it is still a shared computer.
    """

    ward: str
    token: str = ""
    id: str = ""
    name: str = ""
    station_id: str = ""
    station_name: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    kiosk: Kiosk | None  # None: the credential was refused
    token_until: float
    ask_after: float


def kiosk() -> Kiosk | None:
    """The computer of this browser; None if it is not, or no longer, a station's."""
    if not has_request_context():
        return None
    if "kiosk" not in g:
        g.kiosk = None  # also for the page that says that too many credentials were tried
        g.kiosk = _find(request.cookies.get(COOKIE, ""))
    found: Kiosk | None = g.kiosk
    return found


def token() -> str:
    """The computer's token for calls of this request; empty if this is not a station's computer."""
    here = kiosk()
    return here.token if here else ""


def renewed_token() -> str:
    """A new token, if the ward no longer takes the remembered one; empty if it gives none."""
    _kiosks().pop(_key(request.cookies.get(COOKIE, "")), None)
    g.pop("kiosk", None)
    return token()


def _find(credential: str) -> Kiosk | None:
    ward = credential.partition(".")[0]
    if ward not in wards().district.wards:
        return None
    known, key, now = _kiosks(), _key(credential), time.time()
    held = known.get(key)
    if held is None:
        count("device_sessions")  # made-up credentials cost the ward no more here than through the API
    if held is None or now >= held.ask_after:
        try:
            held = _known(ward, _ask(ward, credential), now)
        except Refusal as refusal:
            if refusal.kind in _OPENS_NOTHING:
                held = _Known(None, now, now + _REFUSED_SECONDS)
            elif held is None:
                return Kiosk(ward)
            else:
                held = replace(held, ask_after=now + _ASK_AGAIN)
        if len(known) >= _MOST_KNOWN:
            for refused in [key for key, one in known.items() if one.kiosk is None]:
                del known[refused]
        known[key] = held
    if held.kiosk is None or now < held.token_until:
        return held.kiosk
    return replace(held.kiosk, token="")


def _kiosks() -> dict[bytes, _Known]:
    found: dict[bytes, _Known] = current_app.extensions.setdefault("kiosks", {})
    return found


def _key(credential: str) -> bytes:
    return sha256(credential.encode()).digest()


def _ask(ward: str, credential: str) -> stations_v1.DeviceSession:
    asked = stations_v1.OpenDeviceSessionRequest(credential=credential)
    return wards().send(ward, rpcs.OPEN_DEVICE_SESSION, asked, seconds=_ASK_SECONDS)


def _known(ward: str, answer: stations_v1.DeviceSession, now: float) -> _Known:
    device, station = answer.device, answer.station
    until = now + answer.expires_in
    if device.kind != "kiosk":  # a scanner's credential makes no browser a station's computer
        return _Known(None, until, now + _REFUSED_SECONDS)
    found = Kiosk(ward, answer.token, device.id, device.name, station.id, station.name)
    return _Known(found, until, until - _RENEW_BEFORE)


# The cookie


def enrol(response: Response, credential: str) -> None:
    """Makes this browser a station's computer, until a year after its last start."""
    _set(response, COOKIE, credential, COOKIE_SECONDS)


def keep(response: Response) -> None:
    enrol(response, request.cookies[COOKIE])


def is_refused() -> bool:
    """Whether this browser sends a credential that is no longer valid."""
    return bool(request.cookies.get(COOKIE)) and kiosk() is None


def refused_page() -> Response:
    """Says what to do at a computer that was revoked; forgets the signed-in person and the credential."""
    identity.forget()
    response = make_response(render_template("kiosk/refused.html"), 403)
    for name in (COOKIE, USED_COOKIE):
        _delete(response, name)
    typed.drop(response)
    return response


def _set(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax")


def _delete(response: Response, name: str) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")


# The clock


def clock() -> dict[str, int]:
    """Seconds without use after which a page warns and wipes; `reload` is for a page without scripts, later than the
    server's own limit.
    """
    settings = _settings()
    return {
        "warn": settings.kiosk_warn_seconds,
        "wipe": settings.kiosk_wipe_seconds,
        "reload": settings.kiosk_wipe_seconds + _GRACE_SECONDS + 1,
    }


def is_left() -> bool:
    """Whether somebody has left this computer without signing out: it was unused for too long."""
    is_somebodys = set(session) - {"csrf_token"} or typed.is_there()
    if kiosk() is None or not is_somebodys:
        return False
    seconds = _settings().kiosk_wipe_seconds + _GRACE_SECONDS
    return _sealer().open(request.cookies.get(USED_COOKIE, ""), within=seconds) is None


def note_used(response: Response, *, by_script: bool = False) -> None:
    """Restarts the clock if a person has asked for this page; a page that reloads by itself does not count."""
    if session and kiosk() and (by_script or _is_asked_for()):
        _set(response, USED_COOKIE, _sealer().seal({}))


def _is_asked_for() -> bool:
    if request.method == "POST":  # whatever its headers, which the service worker changes
        return True
    headers = request.headers
    is_page = headers.get("Sec-Fetch-Dest", "document") == "document"
    return is_page and ("Sec-Fetch-Mode" not in headers or headers.get("Sec-Fetch-User") == "?1")


def leave(*, idle: bool = False) -> Response:
    """Signs out, ends a guided session, lets the scanner's agent clear what is left, and goes to the start. If nobody
    has used the computer (`idle`), the start says so.

    `Clear-Site-Data` does not name cookies, since the computer's own must stay; the others are deleted by name.
    """
    here = kiosk()
    identity.forget()
    if here:
        have_cleared(here)
    start = url_for("pages.kiosk.start", vi=IDLE if idle else None)
    response = make_response(render_template("kiosk/left.html", start=start))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    _delete(response, USED_COOKIE)
    typed.drop(response)
    return response


def have_cleared(here: Kiosk) -> None:
    """Lets the agent empty downloads and print queue; an agent that does not hear it does so within two hours."""
    fault = "no-token"
    if here.token:
        try:
            wards().client(here.ward, here.token).call(rpcs.CLEAR_KIOSK)
            return
        except Refusal as refusal:
            fault = refusal.type
    log.warning("kiosk-not-cleared", ward=here.ward, kiosk=here.id, fault=fault)


def unremembered(view: Mapping[str, Any]) -> dict[str, Any]:
    """A field's parameters; at a station's computer such that the browser keeps nothing typed or chosen."""
    params: dict[str, Any] = view["params"]
    if kiosk() is None or view["macro"] == "radios":
        return params
    off = {"autocomplete": "off"}
    if view["macro"] == "select":  # its macro knows no `autocomplete`
        return {**params, "attributes": {**params.get("attributes", {}), **off}}
    if view["macro"] == "date":
        return {**params, "items": [{**item, **off} for item in params["items"]]}
    return {**params, **off}


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions["used"]
    return found
