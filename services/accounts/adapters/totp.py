"""Time-based one-time passwords (RFC 6238), as every authenticator app makes them: SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from services.accounts.domain.second_factor import DRIFT, STEP_SECONDS

ISSUER = "Cầu Nối"


def make_secret() -> str:
    """160 random bits, in Base32."""
    return pyotp.random_base32(32)


def address(secret: str, username: str) -> str:
    """As a QR code carries it to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, within the allowed drift; the latest if there are two."""
    present = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    found = None
    for step in (present + drift for drift in DRIFT):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            found = step
    return found
