"""The browser's session: an encrypted cookie that ends with the browser, since the gateway keeps no state.

The cookie is HttpOnly and SameSite=Lax and has no expiry date, so that a shared computer forgets it; only the gateway
can read its content.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

from gateway.sealer import Sealer

COOKIE = "caunoi"
#: A cookie found later, such as in a copied browser profile, is invalid after this many seconds.
LONGEST_LIFE = 12 * 3600


class EncryptedSessions(SessionInterface):
    """Flask's session in one sealed cookie, written only when it changed.

    Otherwise, of two responses sent at once, the later could overwrite a renewed session with the old one.
    """

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._sealer = Sealer(secret, "session")
        self._secure = secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        if COOKIE not in request.headers.get("Cookie", ""):  # such as every call of the API
            return SecureCookieSession()
        return SecureCookieSession(self._sealer.open(request.cookies.get(COOKIE, ""), within=LONGEST_LIFE) or {})

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if not session.modified:
            return
        response.vary.add("Cookie")
        if not session:
            response.delete_cookie(COOKIE, secure=self._secure, httponly=True, samesite="Lax")
            return
        response.set_cookie(
            COOKIE, self._sealer.seal(dict(session)), secure=self._secure, httponly=True, samesite="Lax"
        )
