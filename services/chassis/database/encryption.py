"""Encryption of identity numbers and other secrets at rest, and the keyed fingerprints that find them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Cipher:
    """AES-256-GCM for values, HMAC-SHA256 for finding them; one set of keys for each ward.

    A ciphertext is `<key id>:` followed by 12 bytes of nonce and the sealed value. Old keys stay readable after a new
    one becomes current. `context` binds a ciphertext to its place, so that a copy in another row cannot be decrypted.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str, fingerprint_key: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current
        self._fingerprint_key = fingerprint_key

    @property
    def mark(self) -> bytes:
        """The prefix of each value that is encrypted with the current key."""
        return self._current.encode() + b":"

    def encrypt(self, plain: str, context: str) -> bytes:
        nonce = os.urandom(12)
        sealed = self._ciphers[self._current].encrypt(nonce, plain.encode(), context.encode())
        return self.mark + nonce + sealed

    def decrypt(self, sealed: bytes, context: str) -> str:
        """Raises cryptography.exceptions.InvalidTag if the value was altered or belongs to another place."""
        key_id, _, rest = sealed.partition(b":")
        return self._ciphers[key_id.decode()].decrypt(rest[:12], rest[12:], context.encode()).decode()

    def fingerprint(self, value: str) -> bytes:
        """32 bytes, equal for equal values (the caller normalises), and the same in every real ward of the district."""
        return hmac.new(self._fingerprint_key, value.encode(), hashlib.sha256).digest()

    def key_for(self, purpose: str, holder: str) -> bytes:
        """32 bytes that are given to a caller who may act as `holder`: equal for equal values, and the same in every
        real ward.

        It is made with a subkey of this purpose (HKDF), since it leaves the service: for no values is it equal to a
        fingerprint, or to a key for another purpose.
        """
        subkey = HKDF(SHA256(), 32, salt=None, info=f"caunoi:{purpose}".encode()).derive(self._fingerprint_key)
        return hmac.new(subkey, holder.encode(), hashlib.sha256).digest()


def load_ciphers(path: Path) -> dict[str, Cipher]:
    """Reads the encryption keys file: {"fingerprint": b64, "wards": {code: {"current": id, "keys": {id: b64}}}}.

    The practice ward has a `fingerprint` of its own beside its keys, so that data typed there find no real person.
    """
    data = json.loads(path.read_text())
    return {
        ward: Cipher(
            {key_id: base64.b64decode(key) for key_id, key in entry["keys"].items()},
            entry["current"],
            base64.b64decode(entry.get("fingerprint", data["fingerprint"])),
        )
        for ward, entry in data["wards"].items()
    }
