"""Each message is in one process's hands at a time, and comes back from a process that died or stopped."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.notifications import storage
from services.notifications.adapters.channels import Channel, Outgoing
from services.notifications.domain.delivery import Lane, Outcome, Result, Status
from services.notifications.service import channel_of, lane_settings
from services.notifications.settings import Settings
from services.notifications.tables import MessageRow
from services.notifications.use_cases import settling
from services.notifications.use_cases.settling import Try
from tests.services.notifications.sending import DELIVERED, Killed, Recording, WithoutConnection, submit, until
from tests.services.notifications.world import NAM_DUONG, PHONE, World


def claimed_twice(world: World) -> list[MessageRow]:
    """The two claims of an SMS; the lease of the first ended before the second."""
    submit(world, email="")
    lane = lane_settings(world.settings, Lane.SMS)
    claims = []
    for _ in range(2):
        with world.cell.database.transaction() as session:
            claims += storage.claim(session, Lane.SMS, world.clock.now(), lane.lease, lane.patience)
        world.pass_time(seconds=lane.lease.total_seconds())
    return claims


def test_a_message_claimed_by_a_process_that_died_is_taken_over_after_the_lease(world: World) -> None:
    submit(world)
    lane = lane_settings(world.settings, Lane.SMS)
    with world.cell.database.transaction() as session:
        assert storage.claim(session, Lane.SMS, world.clock.now(), lane.lease, lane.patience)
    other = world.replica()
    world.pass_time(seconds=lane.lease.total_seconds() - 1)
    assert other.deliver(Lane.SMS) == 0, "it may still be on its way"
    world.pass_time(seconds=1)
    assert other.deliver(Lane.SMS) == 1
    assert len(world.received(PHONE)) == 1
    (first, second) = world.attempts(world.row("sms"))
    assert first == (None, "")
    assert second[0] is True
    other.close()


def test_what_a_process_is_still_trying_is_not_taken_over_however_long_it_takes(world: World) -> None:
    other = world.replica()
    waited = 0.0

    class Slow(WithoutConnection):
        def send(self, message: Outgoing) -> str:
            nonlocal waited
            lease = lane_settings(world.settings, Lane.SMS).lease.total_seconds()
            with world.cell.database.connect() as connection:
                while waited < 60:
                    world.pass_time(seconds=lease / 2)
                    waited += lease / 2
                    slow.watch.renew(connection)
                    assert other.deliver(Lane.SMS) == 0
            return "taken"

    slow = world.replica(lambda *_: Slow())
    submit(world, email="")
    assert slow.deliver(Lane.SMS) == 1
    assert world.attempts(world.row("sms")) == [(True, "taken")]
    slow.close()
    other.close()


def test_a_running_process_renews_what_it_has_in_hand(living_world: World) -> None:
    quick = living_world.settings.model_copy(update={"delivery_lease_seconds": 0.6})
    done = threading.Event()

    class Slow(WithoutConnection):
        def send(self, message: Outgoing) -> str:
            done.wait(10)
            return "taken"

    parts = (living_world.cell, living_world.clock, living_world.catcher, living_world.accounts)
    world = World(quick, *parts, channel_of=lambda *_: Slow())
    with world.running():
        submit(world, email="")
        until(lambda: world.row("sms").tries == 1)
        first = world.row("sms").try_at
        until(lambda: world.row("sms").try_at > first + timedelta(seconds=1.2))
        done.set()
        until(lambda: world.row("sms").status == "delivered")
    assert len(world.attempts(world.row("sms"))) == 1


def test_a_try_that_hangs_for_good_is_taken_over_in_the_end(world: World) -> None:
    other = world.replica()

    class Hanging(WithoutConnection):
        def send(self, message: Outgoing) -> str:
            with world.cell.database.connect() as connection:
                for _ in range(40):
                    world.pass_time(seconds=5)
                    hanging.watch.renew(connection)
            assert other.deliver(Lane.SMS) == 1
            raise Killed

    hanging = world.replica(lambda *_: Hanging())
    submit(world, email="")
    with pytest.raises(Killed):
        hanging.deliver(Lane.SMS)
    assert len(world.received(PHONE)) == 1
    hanging.close()
    other.close()


def test_the_lease_of_a_try_that_has_ended_is_not_renewed(world: World) -> None:
    submit(world, email="")
    lane = lane_settings(world.settings, Lane.SMS)
    now = world.clock.now()
    with world.cell.database.transaction() as session:
        (claimed,) = storage.claim(session, Lane.SMS, now, lane.lease, lane.patience)
        failed = Try(claimed, Outcome(Result.TEMPORARY, "later"))
        assert settling.settle(session, NAM_DUONG, [failed], lane.schedule, now) == [Status.QUEUED]
    due = world.row("sms").try_at
    with world.cell.database.connect() as connection:
        assert not storage.renew(connection, [claimed], now + 2 * lane.lease)
    assert world.row("sms").try_at == due


def test_a_failure_after_the_lease_leaves_the_message_to_its_new_holder(world: World) -> None:
    late, current = claimed_twice(world)
    lane = lane_settings(world.settings, Lane.SMS)
    with world.cell.database.transaction() as session:
        never = Try(late, Outcome(Result.PERMANENT, "550 never"))
        assert settling.settle(session, NAM_DUONG, [never], lane.schedule, world.clock.now()) == [Status.QUEUED]
    row = world.row("sms")
    assert (row.status, row.tries, row.try_at) == ("queued", 2, current.try_at)
    assert world.attempts(row) == [(False, "550 never"), (None, "")]
    assert world.outbox() == []


def test_a_try_that_ends_after_its_lease_does_not_undo_what_the_next_one_did(world: World) -> None:
    submit(world)
    lane = lane_settings(world.settings, Lane.SMS)
    other = world.replica()

    def slow(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Slow()

    class Slow(WithoutConnection):
        def send(self, message: Outgoing) -> str:
            world.pass_time(seconds=settings_lease + 1)
            assert other.deliver(Lane.SMS) == 1
            from services.notifications.adapters.channels import PermanentFault

            raise PermanentFault("too late")

    settings_lease = lane.lease.total_seconds()
    late = world.replica(slow)
    late.deliver(Lane.SMS)
    assert world.row("sms").status == "delivered"
    assert [succeeded for succeeded, _ in world.attempts(world.row("sms"))] == [False, True]
    assert [row.type for row in world.outbox()] == [DELIVERED]
    late.close()
    other.close()


def test_a_stop_gives_back_what_was_not_tried(world: World) -> None:
    stopped = threading.Event()

    def stopping(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), [], stopped.set)

    for dossier_id in ("d-1", "d-2", "d-3"):
        submit(world, dossier_id)
    first, other = world.replica(stopping), world.replica()
    first.couriers[Lane.SMS].run(stopped)
    rows = [row for row in world.rows() if row.lane == Lane.SMS]
    assert [(row.status, row.tries, len(world.attempts(row))) for row in rows] == [
        ("delivered", 1, 1),
        ("queued", 0, 0),
        ("queued", 0, 0),
    ]
    assert other.deliver(Lane.SMS) == 2, "without waiting for the lease"
    assert [row.tries for row in world.rows() if row.lane == Lane.SMS] == [1, 1, 1]
    first.close()
    other.close()


def test_what_a_stop_gives_back_wakes_the_couriers_of_its_lane_in_other_replicas(living_world: World) -> None:
    stopped, ended = threading.Event(), threading.Event()

    def stopping(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), [], stopped.set)

    for dossier_id in ("d-1", "d-2"):
        submit(living_world, dossier_id)
    first, woken = living_world.replica(stopping), living_world.watch.woken
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(living_world.watch.run, ended)
        try:
            until(lambda: all(event.is_set() for event in woken.values()))  # for what was written before
            for event in woken.values():
                event.clear()
            first.couriers[Lane.SMS].run(stopped)
            until(woken[Lane.SMS].is_set, 5)
            assert not woken[Lane.EMAIL].is_set()
        finally:
            ended.set()
        watching.result(10)
    first.close()


def test_a_message_whose_lease_was_lost_is_not_given_back(world: World) -> None:
    late, current = claimed_twice(world)
    with world.cell.database.transaction() as session:
        storage.give_back(session, Lane.SMS, [late])
    row = world.row("sms")
    assert (row.tries, row.try_at) == (2, current.try_at)
    assert len(world.attempts(row)) == 2


def test_a_message_that_another_process_has_claimed_since_is_not_given_back_twice(world: World) -> None:
    """As after a commit whose answer was lost: the new claim has the same number, and another lease."""
    submit(world)
    lane = lane_settings(world.settings, Lane.SMS)
    claims = []
    for _ in range(2):
        with world.cell.database.transaction() as session:
            claims += storage.claim(session, Lane.SMS, world.clock.now(), lane.lease, lane.patience)
        with world.cell.database.transaction() as session:
            storage.give_back(session, Lane.SMS, claims[:1])
        world.pass_time(seconds=1)
    first, current = claims
    row = world.row("sms")
    assert (first.tries, row.tries, row.try_at) == (1, 1, current.try_at)
    assert len(world.attempts(row)) == 1
