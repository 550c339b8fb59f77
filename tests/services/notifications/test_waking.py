"""New messages wake the sender."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from services.notifications.domain.delivery import Lane
from services.notifications.use_cases.delivery import Courier
from tests.fakes.channel import InMemoryChannel
from tests.services.notifications.sending import submit, until
from tests.services.notifications.world import ADDRESS, PHONE, World


def test_a_running_delivery_is_woken_by_the_commit(living_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between two looks are made longer than the test waits."""
    monkeypatch.setattr("services.notifications.use_cases.delivery.LONGEST_PAUSE", 3600.0)
    looks = {lane: threading.Event() for lane in Lane}
    seconds_to_wait = Courier._seconds_to_wait

    def note(courier: Courier, session: Session) -> float:
        seconds = seconds_to_wait(courier, session)
        looks[courier._lane].set()
        return seconds

    monkeypatch.setattr(Courier, "_seconds_to_wait", note)
    with living_world.running():
        for look in looks.values():
            assert look.wait(10)
        until(lambda: not any(event.is_set() for event in living_world.watch.woken.values()))
        submit(living_world)
        until(lambda: len(living_world.received(PHONE)) == len(living_world.received(ADDRESS)) == 1, 5)


def test_a_new_message_wakes_the_couriers_of_its_lane_alone(living_world: World) -> None:
    woken = living_world.watch.woken
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(living_world.watch.run, stopped)
        try:
            until(lambda: all(event.is_set() for event in woken.values()))  # for what was written before
            for event in woken.values():
                event.clear()
            submit(living_world)
            until(lambda: woken[Lane.SMS].is_set() and woken[Lane.EMAIL].is_set())
            assert not woken[Lane.CODE].is_set()
        finally:
            stopped.set()
        watching.result(10)


@pytest.mark.parametrize(
    ("told", "woken"), [((), set(Lane)), (("sms", ""), set(Lane)), (("sms", "email"), {Lane.SMS, Lane.EMAIL})]
)
def test_a_courier_that_may_be_meant_is_woken(world: World, told: tuple[str, ...], woken: set[Lane]) -> None:
    """A database that is not migrated yet names none."""
    world.watch.ring(*told)
    assert {lane for lane, event in world.watch.woken.items() if event.is_set()} == woken


def test_a_courier_without_messages_releases_its_channel_when_it_is_due(living_world: World) -> None:
    released = threading.Event()

    class Kept(InMemoryChannel):
        def release(self) -> float:
            if self.sent and not released.is_set():
                self.looks += 1
                if self.looks == 2:
                    released.set()
                return 0.2
            return math.inf

        looks = 0

    world = living_world.replica(lambda *_: Kept())
    with world.running():
        submit(world)
        assert released.wait(5), "the next look would be in half a minute"
    world.close()
