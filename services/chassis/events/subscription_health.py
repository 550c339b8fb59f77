"""Tells from librdkafka's statistics whether a subscription reads.

An empty poll proves nothing: an idle topic and a consumer that never returns to its group look alike. The statistics
tell them apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any


class Condition(Enum):
    READING = "reading"
    AWAY = "away"  # no broker is connected, or it has none of the topics yet
    STUCK = "stuck"  # a broker is connected, but the consumer is not in its group or does not fetch all partitions


class Health:
    """The condition of one consumer, by its statistics. Starts with the condition of its predecessor."""

    def __init__(self, condition: Condition = Condition.AWAY) -> None:
        self.condition = condition
        self._deaf_since: int | None = None
        self._has_met = False  # since it last read: a broker was away and is connected now
        self._now = 0

    def note(self, statistics: str) -> None:
        """Takes librdkafka's statistics (JSON).

        Their own time is used (`ts`, microseconds), because after a pause of polling many arrive at once.
        """
        told = json.loads(statistics)
        before, self.condition, self._now = self.condition, condition(told), told["ts"]
        if self.condition is Condition.READING:
            self._deaf_since, self._has_met = None, False
        elif self._deaf_since is None:
            self._deaf_since = self._now
        elif (before, self.condition) == (Condition.AWAY, Condition.STUCK) and not self._has_met:
            self._deaf_since, self._has_met = self._now, True

    @property
    def deaf_seconds(self) -> float:
        """How long this consumer has not been reading, for any reason.

        It counts again, once, from when a broker is back: the consumer then needs time to return to its group.
        """
        return 0.0 if self._deaf_since is None else (self._now - self._deaf_since) / 1e6


def condition(told: Mapping[str, Any]) -> Condition:
    if not any(broker["state"] == "UP" for broker in told["brokers"].values()) or not told["topics"]:
        return Condition.AWAY
    group = told.get("cgrp", {})
    if (group.get("state"), group.get("join_state")) != ("up", "steady"):
        return Condition.STUCK
    return Condition.READING if _fetched(told) >= group["assignment_size"] else Condition.STUCK


def _fetched(told: Mapping[str, Any]) -> int:
    """How many partitions are fetched, or have no leader at the moment."""
    partitions = [each for topic in told["topics"].values() for each in topic["partitions"].values()]
    return sum(
        1 for each in partitions if each["partition"] >= 0 and (each["fetch_state"] == "active" or each["leader"] < 0)
    )
