"""Delivery under faults: once where that can be had, at least once everywhere, and always recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from caunoi.notifications.v1 import events_pb2 as events
from sqlalchemy.exc import OperationalError

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.grpc.client import unavailable
from services.notifications.adapters.channels import Channel
from services.notifications.domain.delivery import Lane
from services.notifications.service import channel_of
from services.notifications.settings import Settings
from services.notifications.use_cases import delivery, settling
from tests.fakes.accounts import FakeAccounts
from tests.services.notifications.sending import DELIVERED, FAILED, Killed, Recording, submit, until
from tests.services.notifications.world import ADDRESS, NAM_DUONG, PHONE, THANH_BINH, World


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
    """While a ward moves, its address may be another ward's: that ward answers that the ward, not the account, is
    unknown.
    """
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
    """If a process dies between the hand-over and its record, at most the same words are sent again, never others."""

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


def test_a_message_that_cannot_be_rendered_does_not_stop_the_lane(world: World) -> None:
    submit(world)
    submit(world)
    with world.cell.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE message SET template = 'unknown' WHERE seq = (SELECT min(seq) FROM message WHERE lane = 'sms')"
        )
    world.deliver(Lane.SMS)
    assert len(world.received(PHONE)) == 1


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
