"""What was typed on a page that has no draft to save it in, until the person comes back to it.

It lies sealed in a cookie of its own, which ends with the browser; whoever leaves a station's computer leaves none.
"""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response

from gateway.pages import identity
from gateway.pages.forms import Values
from gateway.sealer import Sealer

COOKIE = "caunoi-typed"
LONGEST = 3800  # bytes: browsers take no larger cookie than 4096 with its name and marks
_SECONDS = 12 * 3600
_STRANGERS_SECONDS = 3600  # where nobody is signed in, whoever comes next at the browser is taken for the same person


def keep(response: Response, values: Values, page: str = "") -> bool:
    """Keeps what was typed on this page, or on several under one name, with the response; False where it is too long
    for that.
    """
    sealed = _sealer().seal({"who": _who(), "page": page or request.path, "values": values})
    if len(sealed) > LONGEST:
        return False
    response.set_cookie(COOKIE, sealed, secure=_is_secure(), httponly=True, samesite="Lax")
    return True


def is_kept_by(response: Response) -> bool:
    """Whether this response keeps something."""
    return any(one.startswith(f"{COOKIE}=") for one in response.headers.getlist("Set-Cookie"))


def kept(page: str = "") -> Values:
    """What the person had typed on this page, or under this name; empty where nothing is kept."""
    who = _who()
    found = _sealer().open(request.cookies.get(COOKIE, ""), within=_SECONDS if who else _STRANGERS_SECONDS) or {}
    is_theirs = found.get("who") == who and found.get("page") == (page or request.path)
    values: Values = found["values"] if is_theirs else {}
    return values


def _who() -> str:
    """Whose it is: nobody else's who signs in at the same browser, nor of one who is not signed in."""
    who = identity.person()
    return who.id if who else ""


def drop_strangers(response: Response) -> None:
    """Deletes what was typed before anybody had signed in: what the person who signs in leaves is not for the next."""
    found = _sealer().open(request.cookies.get(COOKIE, ""), within=_SECONDS)
    if found is not None and not found["who"]:
        drop(response)


def is_there() -> bool:
    """Whether this browser carries something typed, whoever typed it."""
    return COOKIE in request.cookies


def drop(response: Response) -> None:
    if is_there():
        response.delete_cookie(COOKIE, secure=_is_secure(), httponly=True, samesite="Lax")


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions["typed"]
    return found
