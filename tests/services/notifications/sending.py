"""Messages to be sent, and channels that remember what they were handed."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events

from services.chassis.events.envelope import event_type
from services.notifications.adapters.channels import Channel, Outgoing
from tests.services.notifications.world import ADDRESS, World, facts, stamp

DELIVERED, FAILED = event_type(events.MessageDelivered), event_type(events.MessageFailed)


def submit(world: World, dossier_id: str = "", email: str = ADDRESS) -> None:
    account = world.accounts.add(email)
    world.tell(dossiers.DossierSubmitted(facts=facts(account, dossier_id, happened_at=stamp(world.clock.now()))))


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Waits for a condition that other threads bring about; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        pause.wait(0.01)


class Recording:
    """A channel that counts what is handed over, before the provider drops doubles."""

    def __init__(self, channel: Channel, sent: list[str], after: Callable[[], None] = lambda: None) -> None:
        self._channel = channel
        self._sent = sent
        self._after = after

    def send(self, message: Outgoing) -> str:
        answer = self._channel.send(message)
        self._sent.append(message.id)
        self._after()
        return answer

    def release(self) -> float:
        return self._channel.release()

    def close(self) -> None:
        self._channel.close()


class WithoutConnection:
    """A channel that holds nothing which is released or closed."""

    def release(self) -> float:
        return math.inf

    def close(self) -> None:
        pass


class Killed(BaseException):
    """Stands for kill -9: no handler of ours catches it."""
