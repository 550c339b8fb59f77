"""The browser's session: an encrypted cookie that ends with the browser, since the gateway keeps no state.

AES-256-GCM under a key derived from the gateway's secret. The cookie is HttpOnly and SameSite=Lax and carries no
expiry date, so that a shared computer forgets it; what is in it can be read by the gateway alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

COOKIE = "caunoi"
#: A cookie found later, say in a copied browser profile, opens nothing after this many seconds.
LONGEST_LIFE = 12 * 3600
_NONCE = 12


class Sealer:
    """Seals small JSON objects for the browser to carry: unreadable and unchangeable there, and of limited age."""

    def __init__(self, secret: str, purpose: str) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=f"caunoi {purpose}".encode()).derive(secret.encode())
        self._cipher = AESGCM(key)
        self._purpose = purpose.encode()

    def seal(self, data: dict[str, Any]) -> str:
        nonce = os.urandom(_NONCE)
        text = json.dumps({"at": int(time.time()), "data": data}, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), self._purpose)).decode()

    def open(self, sealed: str, *, within: int) -> dict[str, Any] | None:
        """What was sealed no more than `within` seconds ago; None for anything else."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            content = json.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], self._purpose))
        except (binascii.Error, InvalidTag, ValueError):
            return None
        fresh = 0 <= time.time() - content["at"] <= within
        data: dict[str, Any] = content["data"]
        return data if fresh else None


class EncryptedSessions(SessionInterface):
    """Flask's session in one sealed cookie, written only when it changed.

    Only then: of two responses sent at once, the later must not overwrite a renewed session with the old one.
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
