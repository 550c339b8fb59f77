"""The working days of Việt Nam: the holidays library, and a table of ours that wins over it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

OVERRIDES = Path(__file__).parent / "working_days.toml"


class VietnamCalendar:
    """Says which days the offices of the State work."""

    @classmethod
    def load(cls, overrides: Path = OVERRIDES) -> VietnamCalendar:
        """ValueError names what is wrong in the table."""
        raise NotImplementedError

    def is_working_day(self, day: date) -> bool:
        raise NotImplementedError
