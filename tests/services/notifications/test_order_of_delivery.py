"""Messages of one dossier go out in order, and no other dossier waits for them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.notifications import storage
from services.notifications.adapters.channels import Channel
from services.notifications.domain.delivery import Lane, Outcome, Result
from services.notifications.service import channel_of, lane_settings
from services.notifications.settings import Settings
from services.notifications.tables import MessageRow
from services.notifications.use_cases import settling
from services.notifications.use_cases.settling import Try
from tests.services.notifications.sending import Recording, submit, until
from tests.services.notifications.world import NAM_DUONG, PHONE, World, facts, stamp


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
