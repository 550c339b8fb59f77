"""Delivery under faults: once where that can be had, at least once everywhere, and always recorded."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.events.envelope import event_type
from services.chassis.grpc.client import unavailable
from services.notifications import service, storage
from services.notifications.adapters.channels import Channel, Outgoing
from services.notifications.catalogue import seal_pair
from services.notifications.domain.delivery import Lane, Outcome, Result, Status
from services.notifications.service import channel_of, lane_settings
from services.notifications.settings import Settings
from services.notifications.tables import MessageRow
from services.notifications.use_cases import delivery, settling
from services.notifications.use_cases.delivery import Courier
from services.notifications.use_cases.settling import Try
from tests.fakes.accounts import FakeAccounts
from tests.fakes.channel import InMemoryChannel
from tests.services.notifications.world import ADDRESS, NAM_DUONG, PHONE, THANH_BINH, World, facts, stamp

DELIVERED, FAILED = event_type(events.MessageDelivered), event_type(events.MessageFailed)


def submit(world: World, dossier_id: str = "", email: str = ADDRESS) -> None:
    account = world.accounts.add(email)
    world.tell(dossiers.DossierSubmitted(facts=facts(account, dossier_id, happened_at=stamp(world.clock.now()))))


def queue_code(world: World, challenge_id: str = "c-1") -> None:
    id, now = uuid4(), world.clock.now()
    with world.cell.database.transaction() as session:
        storage.queue_sealed(
            session,
            id=id,
            lane=Lane.CODE,
            channel="sms",
            template="code-file-dossier",
            template_version=1,
            event_id=None,
            challenge_id=challenge_id,
            account_id="",
            account_ward="",
            dossier_id="",
            data={},
            sealed=seal_pair(world.cell.cipher, id, PHONE, "123456"),
            expires_at=now + timedelta(minutes=10),
            try_at=now,
            created_at=now,
            request_id="req-1",
        )


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


class Killed(BaseException):
    """Stands for kill -9: no handler of ours catches it."""


def test_a_mail_server_that_was_down_gets_each_letter_once_when_it_is_back_and_each_try_is_recorded(
    world: World,
) -> None:
    submit(world)
    world.catcher.stop()
    assert world.deliver(Lane.EMAIL) == 1
    assert world.deliver(Lane.EMAIL) == 0, "the second try has its time"
    world.pass_time(seconds=7)
    assert world.deliver(Lane.EMAIL) == 1
    world.catcher.start()
    world.pass_time(seconds=40)
    assert world.deliver(Lane.EMAIL) == 1
    world.pass_time(days=3)
    assert world.deliver(Lane.EMAIL) == 0
    assert len(world.received(ADDRESS)) == 1
    email = world.row("email")
    assert email.status == "delivered"
    assert world.attempts(email) == [
        (False, "ConnectionRefusedError"),
        (False, "ConnectionRefusedError"),
        (True, "250 taken"),
    ]


def test_a_mail_server_that_is_down_holds_up_no_sms(world: World) -> None:
    world.catcher.faults.answer_next("email", *[450] * 20)
    submit(world)
    world.deliver()
    assert len(world.received(PHONE)) == 1


def test_a_permanent_refusal_is_told_at_once_and_not_tried_again(world: World) -> None:
    world.catcher.faults.answer_next("email", 550)
    submit(world)
    world.deliver()
    world.pass_time(days=3)
    assert world.deliver() == 0
    email = world.row("email")
    assert email.status == "failed"
    (attempt,) = world.attempts(email)
    assert attempt == (False, "550 no mailbox for <…> now")
    outcomes = {row.type: row.payload for row in world.outbox()}
    assert set(outcomes) == {DELIVERED, FAILED}
    failed = events.MessageFailed.FromString(outcomes[FAILED])
    assert (failed.message_id, failed.dossier_id, failed.channel) == (str(email.id), email.dossier_id, "email")


def test_behind_the_last_try_a_message_is_given_up_and_that_is_told(world: World) -> None:
    submit(world, email="")
    world.deliver(Lane.EMAIL)
    tries = len(world.settings.delivery_backoff_seconds) + 1
    world.catcher.faults.answer_next("sms", *[503] * (tries + 5))
    count = 0
    for _ in range(tries + 5):
        count += world.deliver(Lane.SMS)
        world.pass_time(hours=20)
    assert count == tries == len(world.attempts(world.row("sms")))
    assert world.row("sms").status == "failed"
    assert [row.type for row in world.outbox()] == [FAILED]
    assert world.received(PHONE) == []


def test_while_accounts_is_away_messages_wait_for_it(world: World) -> None:
    submit(world, email="")
    world.accounts.fault = unavailable()
    world.deliver(Lane.SMS)
    world.accounts.fault = None
    world.pass_time(seconds=7)
    world.deliver(Lane.SMS)
    assert len(world.received(PHONE)) == 1
    assert [succeeded for succeeded, _ in world.attempts(world.row("sms"))] == [False, True]


def test_an_account_that_is_gone_is_told_as_a_failure(world: World) -> None:
    submit(world)
    world.accounts.contacts.clear()
    world.deliver()
    assert {row.status for row in world.rows()} == {"failed"}
    assert {row.type for row in world.outbox()} == {FAILED}


def test_a_wrong_address_of_a_ward_gives_no_message_up(
    world: World, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a ward moves, its address may be another ward's: that one knows of no such ward, not of no such account."""
    elsewhere = FakeAccounts(keys, world.clock, [NAM_DUONG])
    monkeypatch.setenv(f"ACCOUNTS_ADDRESS_{THANH_BINH}", elsewhere.address)
    submit(world)
    world.deliver()
    assert {row.status for row in world.rows()} == {"queued"}
    monkeypatch.delenv(f"ACCOUNTS_ADDRESS_{THANH_BINH}")
    world.pass_time(seconds=10)
    world.deliver()
    assert {row.status for row in world.rows()} == {"delivered"}
    elsewhere.stop()


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


@pytest.mark.parametrize(("lane", "to"), [(Lane.SMS, PHONE), (Lane.EMAIL, ADDRESS)])
def test_a_process_that_dies_between_the_hand_over_and_its_record_doubles_nothing_at_the_recipient(
    world: World, lane: Lane, to: str
) -> None:
    sent: list[str] = []

    def die() -> None:
        raise Killed

    def dying(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), sent, die)

    def counting(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), sent)

    submit(world)
    first, second = world.replica(dying), world.replica(counting)
    with pytest.raises(Killed):
        first.deliver(lane)
    world.pass_time(minutes=5)
    assert second.deliver(lane) == 1
    assert len(sent) == 2
    assert len(set(sent)) == 1, "the same id, by which the provider knows it"
    assert len(world.received(to)) == 1
    assert [row.type for row in world.outbox()] == [DELIVERED]
    first.close()
    second.close()


@pytest.mark.parametrize(("lane", "to"), [(Lane.SMS, PHONE), (Lane.EMAIL, ADDRESS)])
def test_where_repeats_are_not_dropped_two_with_one_id_arrive_and_one_delivery_is_told(
    world: World, lane: Lane, to: str
) -> None:
    """What a death between the hand-over and its record costs at most: the same words again, never others."""

    def die() -> None:
        raise Killed

    def dying(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), [], die)

    world.catcher.store.keeps_repeats = True
    submit(world)
    first = world.replica(dying)
    with pytest.raises(Killed):
        first.deliver(lane)
    world.pass_time(minutes=5)
    assert world.deliver(lane) == 1
    arrived = world.catcher.store.newest(to, 10)
    row = world.row(lane)
    assert len(arrived) == 2
    (same,) = {(message.id, message.text) for message in arrived}
    assert str(row.id) in same[0], "the same id, by which a provider or mailbox can know it"
    assert [row.type for row in world.outbox()] == [DELIVERED]
    assert row.status == "delivered"
    assert [succeeded for succeeded, _ in world.attempts(row)] == [None, True]
    assert world.deliver(lane) == 0
    first.close()


def test_what_a_process_is_still_trying_is_not_taken_over_however_long_it_takes(world: World) -> None:
    other = world.replica()
    waited = 0.0

    class Slow:
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

        def release(self) -> float:
            return math.inf

        def close(self) -> None:
            pass

    slow = world.replica(lambda *_: Slow())
    submit(world, email="")
    assert slow.deliver(Lane.SMS) == 1
    assert world.attempts(world.row("sms")) == [(True, "taken")]
    slow.close()
    other.close()


def test_a_running_process_renews_what_it_has_in_hand(living_world: World) -> None:
    quick = living_world.settings.model_copy(update={"delivery_lease_seconds": 0.6})
    done = threading.Event()

    class Slow:
        def send(self, message: Outgoing) -> str:
            done.wait(10)
            return "taken"

        def release(self) -> float:
            return math.inf

        def close(self) -> None:
            pass

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

    class Hanging:
        def send(self, message: Outgoing) -> str:
            with world.cell.database.connect() as connection:
                for _ in range(40):
                    world.pass_time(seconds=5)
                    hanging.watch.renew(connection)
            assert other.deliver(Lane.SMS) == 1
            raise Killed

        def release(self) -> float:
            return math.inf

        def close(self) -> None:
            pass

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
    submit(world, email="")
    lane = lane_settings(world.settings, Lane.SMS)
    claims = []
    for _ in range(2):
        with world.cell.database.transaction() as session:
            claims += storage.claim(session, Lane.SMS, world.clock.now(), lane.lease, lane.patience)
        world.pass_time(seconds=lane.lease.total_seconds())
    late, current = claims
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

    class Slow:
        def send(self, message: Outgoing) -> str:
            world.pass_time(seconds=settings_lease + 1)
            assert other.deliver(Lane.SMS) == 1
            from services.notifications.adapters.channels import PermanentFault

            raise PermanentFault("too late")

        def release(self) -> float:
            return math.inf

        def close(self) -> None:
            pass

    settings_lease = lane.lease.total_seconds()
    late = world.replica(slow)
    late.deliver(Lane.SMS)
    assert world.row("sms").status == "delivered"
    assert [succeeded for succeeded, _ in world.attempts(world.row("sms"))] == [False, True]
    assert [row.type for row in world.outbox()] == [DELIVERED]
    late.close()
    other.close()


def test_a_database_that_is_away_for_a_moment_after_the_hand_over_costs_no_second_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(world, email="")
    settle = settling.settle
    away = iter([True])

    def settle_after_a_fault(*arguments: object) -> object:
        if next(away, False):
            raise OperationalError("", {}, Exception())
        return settle(*arguments)  # type: ignore[arg-type]  # passed on as they come

    monkeypatch.setattr(delivery, "settle", settle_after_a_fault)
    assert world.deliver(Lane.SMS) == 1
    assert world.row("sms").status == "delivered"
    assert world.row("sms").tries == 1


def test_messages_that_are_due_together_are_recorded_in_one_transaction(world: World) -> None:
    for dossier_id in ("d-1", "d-2", "d-3"):
        submit(world, dossier_id)
    assert world.deliver(Lane.SMS) == 3
    with world.cell.database.transaction() as session:
        written_by = "SELECT count(DISTINCT xmin::text) FROM message WHERE lane = 'sms'"
        assert session.execute(text(written_by)).scalar_one() == 1
    assert [row.aggregateid for row in world.outbox()] == ["d-1", "d-2", "d-3"]
    tries = [world.attempts(row) for row in world.rows() if row.lane == Lane.SMS]
    assert [[succeeded for succeeded, _ in each] for each in tries] == [[True]] * 3


def test_messages_sent_before_a_long_try_are_recorded_before_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONG_SECONDS", 0.0)
    seen: list[list[str]] = []
    sent: list[str] = []

    def look() -> None:
        seen.append([row.status for row in world.rows() if row.lane == Lane.SMS])

    def looking(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), sent, look)

    other = world.replica(looking)
    for dossier_id in ("d-1", "d-2"):
        submit(world, dossier_id)
    assert other.deliver(Lane.SMS) == 2
    assert seen == [["queued", "queued"], ["delivered", "queued"]]
    other.close()


def test_a_code_is_claimed_alone_so_that_another_replica_delivers_the_next(world: World) -> None:
    for number in range(5):
        queue_code(world, f"c-{number}")
    other = world.replica()
    by_other: list[int] = []

    def waiting(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), [], lambda: by_other.append(other.deliver(Lane.CODE)))

    slow = world.replica(waiting)
    assert slow.deliver(Lane.CODE) == 1
    assert by_other == [4]
    slow.close()
    other.close()


def test_while_tries_take_long_another_replica_delivers_the_other_messages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONG_SECONDS", 0.0)
    other = world.replica()
    by_other: list[int] = []

    def waiting(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), [], lambda: by_other.append(other.deliver(Lane.SMS)))

    for dossier_id in ("d-1", "d-2", "d-3", "d-4"):
        submit(world, dossier_id)
    slow = world.replica(waiting)
    assert slow.deliver(Lane.SMS) == 2
    assert by_other == [0, 2], "the first batch is claimed whole; then as many as were tried in time"
    tries = [world.attempts(row) for row in world.rows() if row.lane == Lane.SMS]
    assert [[succeeded for succeeded, _ in each] for each in tries] == [[True]] * 4
    slow.close()
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
    submit(world)
    lane = lane_settings(world.settings, Lane.SMS)
    claims = []
    for _ in range(2):
        with world.cell.database.transaction() as session:
            claims += storage.claim(session, Lane.SMS, world.clock.now(), lane.lease, lane.patience)
        world.pass_time(seconds=lane.lease.total_seconds())
    late, current = claims
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


def test_a_process_that_dies_between_two_messages_of_a_batch_doubles_none_at_the_recipient(world: World) -> None:
    sent: list[str] = []

    def die_at_the_second() -> None:
        if len(sent) == 2:
            raise Killed

    def dying(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), sent, die_at_the_second)

    for dossier_id in ("d-1", "d-2", "d-3"):
        submit(world, dossier_id)
    first = world.replica(dying)
    with pytest.raises(Killed):
        first.deliver(Lane.SMS)
    assert world.deliver(Lane.SMS) == 0, "they may still be on their way"
    world.pass_time(minutes=5)
    assert world.deliver(Lane.SMS) == 3
    assert len(world.received(PHONE)) == 3
    assert [row.type for row in world.outbox()] == [DELIVERED] * 3
    first.close()


def test_only_messages_about_dossiers_wait_for_others_to_share_a_transaction(
    living_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "GATHERING_SECONDS", 60.0)
    parts = (living_world.settings, living_world.cell, living_world.clock, living_world.catcher, living_world.accounts)
    world = World(*parts)
    with world.running():
        until(lambda: all(courier._pause > 0 for courier in world.couriers.values()))  # each has looked once
        submit(world)
        queue_code(world)
        until(lambda: len(world.received(PHONE)) == 1)
        assert [row.status for row in world.rows() if row.lane != Lane.CODE] == ["queued", "queued"]


def test_events_of_one_dossiers_messages_are_numbered_in_the_order_of_their_commits(living_world: World) -> None:
    """Its SMS and its e-mail are recorded by two couriers at once, and their events have one key."""
    world = living_world
    submit(world, "d-1")
    submit(world, "d-2")
    now, lease, patience = world.clock.now(), timedelta(seconds=10), timedelta(0)
    schedule = lane_settings(world.settings, Lane.SMS).schedule
    with world.cell.database.transaction() as session:
        claimed = {lane: storage.claim(session, lane, now, lease, patience, most=2) for lane in (Lane.SMS, Lane.EMAIL)}

    def settle(session: Session, *rows: MessageRow) -> None:
        tries = [Try(row, Outcome(Result.DELIVERED, "202")) for row in rows]
        settling.settle(session, NAM_DUONG, tries, schedule, now)

    def record(*rows: MessageRow) -> None:
        with world.cell.database.transaction() as session:
            settle(session, *rows)

    def one_waits() -> bool:
        with world.cell.database.transaction() as session:
            query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            waiting: int = session.execute(query).scalar_one()
            return waiting == 1

    of_other = next(row for row in claimed[Lane.EMAIL] if row.dossier_id == "d-2")
    of_same = next(row for row in claimed[Lane.EMAIL] if row.dossier_id == "d-1")
    sms = next(row for row in claimed[Lane.SMS] if row.dossier_id == "d-1")
    with ThreadPoolExecutor(1) as pool:
        with world.cell.database.transaction() as session:
            settle(session, sms)
            record(of_other)  # another dossier's does not wait
            ended = pool.submit(record, of_same)
            until(one_waits)
            assert not ended.done()
        ended.result(10)
    told = [events.MessageDelivered.FromString(row.payload) for row in world.outbox()]
    assert [(one.dossier_id, one.channel) for one in told] == [("d-1", "sms"), ("d-2", "email"), ("d-1", "email")]


def test_messages_of_one_dossier_go_out_in_the_order_of_its_events(world: World) -> None:
    account = world.accounts.add()
    for payload in (dossiers.DossierSubmitted, dossiers.DossierAccepted, dossiers.DossierSigned):
        world.tell(payload(facts=facts(account, "d-1", happened_at=stamp(world.clock.now()))))
    world.catcher.faults.answer_next("sms", 503)
    world.deliver(Lane.SMS)
    assert world.received(PHONE) == [], "the later ones wait for the first"
    world.pass_time(seconds=7)
    world.deliver(Lane.SMS)
    assert [text.split(":")[1].split(".")[0] for text in world.received(PHONE)] == [
        " da nop, UBND phuong Nam Duong dang kiem tra",
        " da tiep nhan",
        " da xong",
    ]


def test_a_message_that_fails_on_and_on_does_not_silence_its_dossier(world: World) -> None:
    submit(world, "d-1")
    world.catcher.faults.answer_next("sms", *[503] * 7)
    for seconds in (7, 40, 50, 50, 50, 80, 0):
        world.deliver(Lane.SMS)
        world.pass_time(seconds=seconds)
    world.tell(dossiers.DossierAccepted(facts=facts(world.accounts.add(), "d-1", happened_at=stamp(world.clock.now()))))
    world.deliver(Lane.SMS)
    assert world.received(PHONE) == []
    world.pass_time(seconds=world.settings.order_patience_seconds + 1)
    world.deliver(Lane.SMS)
    (text,) = world.received(PHONE)
    assert "da tiep nhan" in text


def test_other_dossiers_do_not_wait(world: World) -> None:
    world.catcher.faults.answer_next("sms", 503)
    submit(world, "d-1")
    submit(world, "d-2")
    world.deliver(Lane.SMS)
    assert [row.status for row in world.rows() if row.channel == "sms"] == ["queued", "delivered"]


def test_a_message_that_cannot_be_rendered_does_not_stop_the_lane(world: World) -> None:
    submit(world)
    submit(world)
    with world.cell.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE message SET template = 'unknown' WHERE seq = (SELECT min(seq) FROM message WHERE lane = 'sms')"
        )
    world.deliver(Lane.SMS)
    assert len(world.received(PHONE)) == 1


def test_two_replicas_send_no_message_twice_and_keep_the_order_of_each_dossier(living_world: World) -> None:
    sent: list[str] = []

    def counting(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
        return Recording(channel_of(settings, cell, clock, lane), sent)

    replicas = [living_world.replica(counting) for _ in range(2)]
    accounts = [living_world.accounts.add(f"a{number}@example.vn", f"+8490512345{number}") for number in range(5)]
    with replicas[0].running(), replicas[1].running():
        for payload in (dossiers.DossierSubmitted, dossiers.DossierAccepted, dossiers.DossierSigned):
            for number, account in enumerate(accounts):
                now = stamp(living_world.clock.now())
                living_world.tell(payload(facts=facts(account, f"d-{number}", happened_at=now)))
        until(lambda: len(sent) >= 30, 30)
        until(lambda: all(row.status == "delivered" for row in living_world.rows()))
    assert len(living_world.rows()) == 30
    assert Counter(sent) == {str(row.id): 1 for row in living_world.rows()}
    assert all(len(living_world.attempts(row)) == 1 for row in living_world.rows())
    for number in range(5):
        texts = living_world.received(f"+8490512345{number}")
        assert ["da nop" in texts[0], "da tiep nhan" in texts[1], "da xong" in texts[2]] == [True] * 3
    for replica in replicas:
        replica.close()


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


def test_a_retry_comes_by_itself_when_it_falls_due(
    living_world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("services.notifications.use_cases.delivery.LONGEST_PAUSE", 3600.0)
    quick = settings.model_copy(update={"delivery_backoff_seconds": (0.2, 0.2)})
    world = World(quick, living_world.replica().cell, living_world.clock, living_world.catcher, living_world.accounts)
    world.catcher.faults.answer_next("sms", 503)
    with world.running():
        submit(world)
        until(lambda: len(world.received(PHONE)) == 1, 5)
    assert len(world.attempts(world.row("sms"))) == 2
    world.close()
