"""When a message is retried, and when the retries stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


class Lane(StrEnum):
    """Messages of one lane are sent one after the other; lanes do not wait for each other.

    So a mail server that hangs holds up no SMS, and a queue of SMS holds up no one-time code.
    """

    CODE = "code"
    SMS = "sms"
    EMAIL = "email"


class Status(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"  # an e-mail to somebody who gave no address


class Result(StrEnum):
    """The result of one try."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a try, and the answer to store: the provider's without the recipient, or our own, in Vietnamese."""

    result: Result
    answer: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Pauses in seconds after the first, second, … try; with `endless` the last pause repeats until expiry."""

    pauses: tuple[float, ...]
    endless: bool = False

    def next_try(self, tries: int, now: datetime, expires_at: datetime | None, jitter: float) -> datetime | None:
        """When to try again after `tries` failed tries; None to give up.

        `jitter` (about 1) is a factor of the pause, so that messages that failed together are not retried together.
        """
        if tries > len(self.pauses) and not self.endless:
            return None
        pause = self.pauses[min(tries, len(self.pauses)) - 1]
        moment = now + timedelta(seconds=pause * jitter)
        return None if expires_at is not None and moment >= expires_at else moment


def after(
    outcome: Outcome, schedule: Schedule, tries: int, now: datetime, expires_at: datetime | None, jitter: float
) -> tuple[Status, datetime | None]:
    """The state of a message after a try: its status and, if it stays queued, when it is retried."""
    if outcome.result is Result.DELIVERED:
        return Status.DELIVERED, None
    if outcome.result is Result.SKIPPED:
        return Status.SKIPPED, None
    again = None if outcome.result is Result.PERMANENT else schedule.next_try(tries, now, expires_at, jitter)
    return (Status.FAILED, None) if again is None else (Status.QUEUED, again)
