"""The home ward of a person for whom several wards have opened an account: one rule, the same in every ward.

The least claim wins. The minimum is commutative, associative and idempotent, so every ward reaches the same result, for
any order and any number of copies of the claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """An activated account: the earlier one wins; in the same microsecond, the lower ward code and account id."""

    activated_at: datetime
    ward: str
    account_id: str
