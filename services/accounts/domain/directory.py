"""Where a person is at home when several wards have opened an account: one rule, the same in every ward.

The least claim stays. Taking the least is commutative, associative and idempotent, so every ward comes to the same
answer in whatever order, and however often, the claims arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """An account that was activated: the earlier stays; of the same microsecond, the lower ward code and account id."""

    activated_at: datetime
    ward: str
    account_id: str


def home_of(claims: Iterable[Claim]) -> Claim:
    """The claim that stays. Raises ValueError where there is none."""
    return min(claims)
