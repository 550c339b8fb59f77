"""The private key of a seal: in a file in development, in a token (PKCS#11) in production."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Protocol

import pkcs11
import structlog
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, Session, SignMixin, TokenFlag

from services.chassis.refusal import Kind, Refusal

log = structlog.get_logger()

# Wrong PINs lock a token: after one of these errors the PIN is not tried again.
_PIN_REFUSED = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked, pkcs11.PinExpired)
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo before a SHA-256 (RFC 8017)
# Modules run without their own locking, so the whole process may make one call at a time.
_ONE_CALL = threading.Lock()


class SealKey(Protocol):
    """A key that signs; thread-safe."""

    def sign(self, data: bytes) -> bytes:
        """A signature over the SHA-256 of `data` in the form of CMS: ECDSA in DER, or RSA with PKCS#1 v1.5.

        Refusal UNAVAILABLE `seal-unavailable` if the key cannot be reached now, BROKEN `seal-broken` if it needs an
        operator.
        """


class FileKey:
    """A key in this process's memory, read from a PEM text."""

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise ValueError("A seal's key is EC or RSA")  # noqa: TRY004  # a wrong file, not a wrong type
        self._key = key

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ec.ECDSA(SHA256()))


class TokenKey:
    """A key that never leaves its token (HSM, smart card), reached through the maker's PKCS#11 module.

    One session is kept open. If the token has lost it (reset, restarted, removed and put back), a new one is opened,
    once per signature.
    """

    def __init__(self, module: Path, *, token: str, label: str, pin: str) -> None:
        """`module` is the shared library; `token` and `label` are the labels of the token and of its key.

        Opens nothing yet. Raises ValueError if there is no such library.
        """
        if not module.is_file():
            raise ValueError(f"There is no PKCS#11 module {module}")
        self._module, self._token, self._label, self._pin = str(module), token, label, pin
        self._session: Session | None = None
        self._key: SignMixin | None = None
        self._pin_refused = False

    def sign(self, data: bytes) -> bytes:
        digest = hashlib.sha256(data).digest()
        with _ONE_CALL:
            try:
                return self._signed(digest)
            except pkcs11.PKCS11Error as error:
                self._give_up(error)
            try:
                return self._signed(digest)
            except pkcs11.PKCS11Error as error:
                self._give_up(error)
                raise _unavailable() from error

    def _signed(self, digest: bytes) -> bytes:
        key = self._key = self._key or self._open()
        # Mechanisms that take a digest exist in every token.
        if key.key_type == KeyType.RSA:
            return bytes(key.sign(_SHA256_INFO + digest, mechanism=Mechanism.RSA_PKCS))
        plain = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
        half = len(plain) // 2
        return encode_dss_signature(int.from_bytes(plain[:half]), int.from_bytes(plain[half:]))

    def _open(self) -> SignMixin:
        if self._pin_refused:
            raise seal_broken()
        token = pkcs11.lib(self._module).get_token(token_label=self._token)
        if TokenFlag.USER_PIN_COUNT_LOW in token.flags:
            self._pin_refused = True
            log.error("seal-pin-wrong-before", token=self._token)
            raise seal_broken()
        try:
            self._session = token.open(user_pin=self._pin)
        except pkcs11.UserAlreadyLoggedIn:  # by another key of this process in the same token
            self._session = token.open()
        found = list(
            self._session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: self._label})
        )
        if len(found) != 1 or not isinstance(found[0], SignMixin):
            log.error("seal-key-not-in-token", token=self._token, label=self._label, found=len(found))
            self._close()
            raise seal_broken()
        return found[0]

    def _give_up(self, error: pkcs11.PKCS11Error) -> None:
        log.warning("seal-token-error", token=self._token, error=type(error).__name__)
        self._close()
        if isinstance(error, _PIN_REFUSED):
            self._pin_refused = True
            raise seal_broken() from error

    def _close(self) -> None:
        session, self._session, self._key = self._session, None, None
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                log.debug("seal-session-was-gone", token=self._token)


def _unavailable() -> Refusal:
    return Refusal(
        Kind.UNAVAILABLE,
        "seal-unavailable",
        "Con dấu điện tử của phường tạm thời không dùng được. Xin thử lại sau ít phút; những gì đã lưu vẫn còn.",
        retry_after=30,
    )


def seal_broken() -> Refusal:
    return Refusal(
        Kind.BROKEN,
        "seal-broken",
        "Con dấu điện tử của phường cần người quản trị kiểm tra. Xin báo cho phường; những gì đã lưu vẫn còn.",
    )
