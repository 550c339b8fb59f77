"""Messages of the payment provider: a payment, and its signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: How far the timestamp of a signed message may be from our clock: enough for retries, too little to replay an old one.
WINDOW = timedelta(minutes=5)
LONGEST_NUMBER = 100  # characters of a transaction's number or a reference


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that the provider received: its transaction number, our reference, the amount in đồng, and when."""

    transaction: str
    reference: str
    amount: int
    paid_at: datetime

    @classmethod
    def read(cls, data: Any) -> Payment:
        """From the provider's JSON; ValueError if a member is missing or of another type."""
        if not isinstance(data, dict) or not all(_is_short(data.get(name)) for name in ("transaction", "reference")):
            raise ValueError("a payment is an object with the short texts transaction and reference")
        amount, paid_at = data.get("amount"), data.get("paid_at")
        if type(amount) is not int or not 0 < amount < 10**15 or not isinstance(paid_at, str):
            raise ValueError("amount is a number of đồng, paid_at a moment")
        moment = datetime.fromisoformat(paid_at)
        if moment.tzinfo is None:
            raise ValueError("paid_at has an offset")
        return cls(data["transaction"], data["reference"], amount, moment.astimezone(UTC))


def _is_short(text: object) -> bool:
    return isinstance(text, str) and text.isprintable() and 0 < len(text) <= LONGEST_NUMBER


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the timestamp (Unix seconds), a full stop, and the body's bytes."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(key: str, timestamp: str, given: str, body: bytes, now: datetime) -> bool:
    """Whether the body was signed with the key just now; False without a key."""
    if not key or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > WINDOW:
        return False
    return hmac.compare_digest(signature(key, timestamp, body).encode(), given.encode("utf-8", "replace"))


def told(body: bytes, merchant: str) -> Payment:
    """The payment in a genuine message; ValueError if it has none, or if it is for another merchant."""
    data = json.loads(body)
    if not isinstance(data, dict) or data.get("event") != "paid" or data.get("merchant") != merchant:
        raise ValueError("no payment of this merchant")
    return Payment.read(data)
