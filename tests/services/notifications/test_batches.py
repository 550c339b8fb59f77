"""Messages share a transaction where nobody waits for it, and a code never does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.notifications import service, storage
from services.notifications.adapters.channels import Channel
from services.notifications.catalogue import seal_pair
from services.notifications.domain.delivery import Lane
from services.notifications.service import channel_of
from services.notifications.settings import Settings
from services.notifications.use_cases import delivery
from tests.services.notifications.sending import DELIVERED, Killed, Recording, submit, until
from tests.services.notifications.world import PHONE, World


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


def test_a_process_that_dies_within_a_batch_sends_no_message_twice(world: World) -> None:
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
