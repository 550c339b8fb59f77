"""What was typed on a page without a draft to save it in, kept until the person comes back.

It lies sealed in a cookie of its own, which ends with the browser and is deleted when somebody leaves a station's
computer. Several pages may be open at a time: each has its own there, and none pushes another's out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from gateway.pages import identity
from gateway.pages.form_pages import Values
from gateway.sealer import Sealer

COOKIE = "caunoi-typed"
LONGEST = 3800  # bytes: browsers take no larger cookie than 4096 with its name and marks
_SECONDS = 12 * 3600
_STRANGERS_SECONDS = 3600  # if nobody is signed in, the next visitor at the browser counts as the same person


def keep(response: Response, values: Values, page: str = "") -> bool:
    """Keeps what was typed on this page, or on several under one name, in a cookie of the response, beside what the
    person typed on others. If it is too long together, returns False and changes nothing.
    """
    where = page or request.path
    return _write(response, {**_others(where), where: {"at": int(time.time()), "values": values}})


def is_kept_by(response: Response) -> bool:
    """Whether this response keeps something."""
    return any(one.startswith(f"{COOKIE}=") for one in response.headers.getlist("Set-Cookie"))


def kept(page: str = "") -> Values:
    """What the person had typed on this page, or under this name; empty if nothing is kept."""
    values: Values = _pages(_who()).get(page or request.path, {}).get("values", {})
    return values


def let_go(response: Response, page: str = "") -> None:
    """Deletes what was typed on this page, or under this name; what was typed on others stays."""
    if kept(where := page or request.path):
        others = _others(where)
        if others:
            _write(response, others)
        else:
            drop(response)


def _others(page: str) -> dict[str, Any]:
    return {where: one for where, one in _pages(_who()).items() if where != page}


def _pages(who: str) -> dict[str, Any]:
    """What the browser keeps of this person, by page: the values, and when they were typed."""
    found = _opened()
    pages = found.get("pages", {}) if found.get("who") == who else {}
    oldest = time.time() - (_SECONDS if who else _STRANGERS_SECONDS)
    return {where: one for where, one in pages.items() if one["at"] >= oldest}


def _write(response: Response, pages: Mapping[str, Any]) -> bool:
    sealed = _sealer().seal({"who": _who(), "pages": pages})
    if len(sealed) > LONGEST:
        return False
    response.set_cookie(COOKIE, sealed, secure=_is_secure(), httponly=True, samesite="Lax")
    return True


def _opened() -> dict[str, Any]:
    return _sealer().open(request.cookies.get(COOKIE, ""), within=_SECONDS) or {}


def _who() -> str:
    """The owner's key: another person who signs in at the same browser has another one, and so has somebody not signed
    in.
    """
    who = identity.person()
    return who.id if who else ""


def drop_strangers(response: Response) -> None:
    """Deletes what was typed before sign-in, so that the next person at the browser does not get it."""
    if _opened().get("who") == "":
        drop(response)


def is_there() -> bool:
    """Whether this browser keeps something typed, by any person."""
    return COOKIE in request.cookies


def drop(response: Response) -> None:
    """Deletes all that was typed, on any page."""
    if is_there():
        response.delete_cookie(COOKIE, secure=_is_secure(), httponly=True, samesite="Lax")


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions["typed"]
    return found
