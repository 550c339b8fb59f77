"""A provider of messages in memory; tests/contracts holds it to what the real ones do."""

from __future__ import annotations

import math

from services.notifications.adapters.channels import Outgoing, PermanentFault, TemporaryFault


class InMemoryChannel:
    """A provider in this process; `faults` are raised one by one by the next sends."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.faults: list[TemporaryFault | PermanentFault] = []

    def send(self, message: Outgoing) -> str:
        if self.faults:
            raise self.faults.pop(0)
        if all(earlier.id != message.id for earlier in self.sent):
            self.sent.append(message)
        return "taken"

    def release(self) -> float:
        return math.inf

    def close(self) -> None:
        pass
