"""Throttling: how often something may be requested."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` within `window`, and `apart` from one to the next."""

    times: int
    window: timedelta
    apart: timedelta = timedelta(0)


def seconds_to_wait(limit: Limit, earlier: Sequence[datetime], now: datetime) -> int:
    """Whole seconds until the next one is allowed; 0 if it is allowed now. `earlier` in any order."""
    inside = sorted(moment for moment in earlier if moment > now - limit.window)
    allowed = now
    if len(inside) >= limit.times:
        allowed = inside[-limit.times] + limit.window
    if inside and limit.apart:  # else a request that another process made a moment after `now` would count as a wait
        allowed = max(allowed, inside[-1] + limit.apart)
    return max(0, math.ceil((allowed - now).total_seconds()))


def spoken_wait(seconds: int) -> str:
    """How long somebody is asked to wait, in words; rounded up."""
    if seconds < 120:
        return f"{seconds} giây"
    return f"{-(-seconds // 60)} phút" if seconds <= 7200 else f"{-(-seconds // 3600)} giờ"
