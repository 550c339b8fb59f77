"""Small JSON objects that a browser carries and only the gateway can read: AES-256-GCM with a key derived from its
secret.
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

#: Purpose of the tickets in the addresses of streams, which the pages seal and `streams.py` opens.
STREAM_TICKETS = "stream"
_NONCE = 12


class Sealer:
    """Seals small JSON objects for the browser to carry: it cannot read or change them, and they expire."""

    def __init__(self, secret: str, purpose: str) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=f"caunoi {purpose}".encode()).derive(secret.encode())
        self._cipher = AESGCM(key)
        self._purpose = purpose.encode()

    def seal(self, data: dict[str, Any]) -> str:
        nonce = os.urandom(_NONCE)
        text = json.dumps({"at": int(time.time()), "data": data}, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), self._purpose)).decode()

    def open(self, sealed: str, *, within: int) -> dict[str, Any] | None:
        """The object, if it was sealed no more than `within` seconds ago; else None."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            content = json.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], self._purpose))
        except (binascii.Error, InvalidTag, ValueError):
            return None
        fresh = 0 <= time.time() - content["at"] <= within
        data: dict[str, Any] = content["data"]
        return data if fresh else None
