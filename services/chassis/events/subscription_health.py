"""Whether a subscription reads, told from librdkafka's statistics.

A poll that brings nothing says nothing: a topic without news and a consumer that never comes back into its group look
alike. The statistics tell them apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any


class Condition(Enum):
    READING = "reading"
    AWAY = "away"  # no broker is connected, or it has none of the topics yet
    STUCK = "stuck"  # a broker is connected, and yet the consumer is not in its group or fetches not all it was given


class Health:
    """What one consumer has told of itself. Begins with the condition that the one before it was in."""

    def __init__(self, condition: Condition = Condition.AWAY) -> None:
        self.condition = condition
        self._deaf_since: int | None = None
        self._now = 0

    def note(self, statistics: str) -> None:
        """Takes librdkafka's statistics (JSON).

        Time is theirs (`ts`, microseconds): where nobody has polled for a while, many come at once.
        """
        told = json.loads(statistics)
        self.condition, self._now = condition(told), told["ts"]
        if self.condition is Condition.READING:
            self._deaf_since = None
        elif self._deaf_since is None:
            self._deaf_since = self._now

    @property
    def deaf_seconds(self) -> float:
        """For how long this consumer has not been reading, without a break and for whatever reason."""
        return 0.0 if self._deaf_since is None else (self._now - self._deaf_since) / 1e6


def condition(told: Mapping[str, Any]) -> Condition:
    if not any(broker["state"] == "UP" for broker in told["brokers"].values()) or not told["topics"]:
        return Condition.AWAY
    group = told.get("cgrp", {})
    if (group.get("state"), group.get("join_state")) != ("up", "steady"):
        return Condition.STUCK
    return Condition.READING if _fetched(told) >= group["assignment_size"] else Condition.STUCK


def _fetched(told: Mapping[str, Any]) -> int:
    """How many partitions are fetched, or cannot be because they have no leader just now."""
    partitions = [each for topic in told["topics"].values() for each in topic["partitions"].values()]
    return sum(
        1 for each in partitions if each["partition"] >= 0 and (each["fetch_state"] == "active" or each["leader"] < 0)
    )
