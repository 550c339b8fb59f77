"""How many SMS a ward pays for in a day, and which uses are served first when the budget runs out
(docs/decisions/0043).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from services.chassis.clock import VIETNAM, day_in_vietnam

#: Codes that anybody can ask for, to any phone. All other codes go to the phone of an account.
_OPEN_CODES = frozenset({"activate-account", "change-phone-new"})


class Use(StrEnum):
    NOTICE = "notice"  # waits for the next day
    OPEN_CODE = "open-code"  # opening an account, another phone
    OWN_CODE = "own-code"  # getting back in, filing


#: A use stops when all SMS of the day together have reached this percentage of the budget.
_SHARES = {Use.NOTICE: 80, Use.OPEN_CODE: 90, Use.OWN_CODE: 100}


def use_of(purpose: str) -> Use:
    """The use of a code's purpose."""
    return Use.OPEN_CODE if purpose in _OPEN_CODES else Use.OWN_CODE


def most(budget: int, use: Use) -> int:
    """This use may send while fewer than this number of SMS have been sent in the day."""
    return budget * _SHARES[use] // 100


def next_day(now: datetime) -> datetime:
    """When the budget of the next day begins: at midnight in Vietnam."""
    return datetime.combine(day_in_vietnam(now) + timedelta(days=1), time(), VIETNAM)
