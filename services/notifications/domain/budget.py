"""How many SMS a ward pays for in a day, and who is served first as it runs out (docs/decisions/0043)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from services.chassis.clock import VIETNAM, day_in_vietnam

#: Codes that anybody can ask for, to whichever phone. All others go to the phone of an account.
_OPEN_CODES = frozenset({"activate-account", "change-phone-new"})


class Use(StrEnum):
    NOTICE = "notice"  # waits for the next day
    OPEN_CODE = "open-code"  # opening an account, another phone
    OWN_CODE = "own-code"  # getting back in, filing


#: In percent of the budget: what has been sent in a day, for whatever use, when a use has to stop.
_SHARES = {Use.NOTICE: 80, Use.OPEN_CODE: 90, Use.OWN_CODE: 100}


def use_of(purpose: str) -> Use:
    """Of a code's purpose."""
    return Use.OPEN_CODE if purpose in _OPEN_CODES else Use.OWN_CODE


def most(budget: int, use: Use) -> int:
    """Up to how many SMS of a day this use may send."""
    return budget * _SHARES[use] // 100


def next_day(now: datetime) -> datetime:
    """When the budget of the next day begins: at midnight in Vietnam."""
    return datetime.combine(day_in_vietnam(now) + timedelta(days=1), time(), VIETNAM)
