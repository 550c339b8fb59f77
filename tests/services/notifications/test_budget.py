"""A ward's SMS of a day: counted, and gone first for what can wait."""

from __future__ import annotations

from datetime import datetime

import pytest
from caunoi.dossiers.v1 import events_pb2 as dossiers
from prometheus_client import REGISTRY

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from services.chassis.service import acting_as_service
from services.notifications import storage
from services.notifications.domain.delivery import Lane, Status
from services.notifications.use_cases.codes import SendOneTimeCode, accept
from services.notifications.use_cases.unit import Unit
from tests.fakes.clock import SettableClock
from tests.race import race
from tests.services.notifications.world import NAM_DUONG, PHONE, World, facts, stamp

MORNING = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def ten(monkeypatch: pytest.MonkeyPatch, clock: SettableClock) -> None:
    """The ward has ten SMS a day: eight for notices, nine with the codes that anybody can ask for. It is morning."""
    monkeypatch.setenv(f"SMS_PER_DAY_{NAM_DUONG}", "10")
    clock.set(MORNING)


def send_code(world: World, challenge: str, purpose: str = "activate-account") -> None:
    now = world.clock.now()
    command = SendOneTimeCode(challenge, PHONE, "123456", purpose, now.replace(year=now.year + 1), "")
    with acting_as_service("test", world.cell, "r-1") as call, world.cell.database.transaction() as session:
        accept(Unit(world.cell, session, call, now, world.parts._place), command)


def refused(world: World, challenge: str, purpose: str = "activate-account") -> Refusal:
    with pytest.raises(Refusal) as no:
        send_code(world, challenge, purpose)
    return no.value


def sent(world: World) -> int:
    with world.cell.database.transaction() as session:
        return storage.sms_sent(session, world.clock.now().astimezone(VIETNAM).date())


def notices(world: World, count: int) -> None:
    account = world.accounts.add()
    for _ in range(count):
        world.tell(dossiers.DossierSubmitted(facts=facts(account, happened_at=stamp(world.clock.now()))))


def waiting(world: World) -> list[int]:
    """The tries of each SMS that waits."""
    return [row.tries for row in world.rows() if row.lane == Lane.SMS and row.status == Status.QUEUED]


def ratio() -> float | None:
    return REGISTRY.get_sample_value("caunoi_sms_budget_used_ratio", {"ward": NAM_DUONG})


def test_codes_that_anybody_can_ask_for_leave_some_for_filing_and_getting_back_in(ten: None, world: World) -> None:
    for number in range(9):
        send_code(world, f"c-{number}", "activate-account" if number % 2 else "change-phone-new")
    no = refused(world, "c-9")
    assert (no.kind, no.type, no.retry_after) == (Kind.THROTTLED, "sms-budget-used-up", 15 * 3600)
    send_code(world, "c-10", "file-dossier")
    assert refused(world, "c-11", "recover-account").type == "sms-budget-used-up"
    assert sent(world) == 10
    assert len(world.rows()) == 10  # what was refused left nothing
    assert ratio() == 1


def test_a_code_that_is_asked_for_again_counts_once(ten: None, world: World) -> None:
    for _ in range(20):
        send_code(world, "c-1")
    assert sent(world) == 1


def test_codes_at_once_are_not_over_the_budget(ten: None, world: World) -> None:
    outcomes = race(*(lambda n=n: send_code(world, f"c-{n}") for n in range(14)))
    assert [isinstance(each, Refusal) for each in outcomes].count(True) == 5
    assert sent(world) == 9


def test_notices_wait_for_midnight_in_vietnam_without_using_up_a_try(
    ten: None, world: World, clock: SettableClock
) -> None:
    notices(world, 12)
    world.deliver(Lane.SMS)
    assert len(world.received(PHONE)) == 8
    assert waiting(world) == [0, 0, 0, 0]
    assert (sent(world), ratio()) == (8, 0.8)
    clock.set(MORNING.replace(hour=23, minute=59))
    assert world.deliver(Lane.SMS) == 0
    clock.set(MORNING.replace(day=MORNING.day, hour=23, minute=59, second=59))
    world.pass_time(seconds=1)
    assert world.deliver(Lane.SMS) == 4
    assert waiting(world) == []
    assert sent(world) == 4


def test_notices_that_wait_hold_up_no_code_and_no_mail(ten: None, world: World) -> None:
    notices(world, 9)
    world.deliver(Lane.SMS)
    assert len(waiting(world)) == 1
    send_code(world, "c-1")
    assert world.deliver(Lane.CODE) == 1
    assert world.deliver(Lane.EMAIL) == 9


def test_what_the_provider_does_not_take_is_not_counted(ten: None, world: World) -> None:
    notices(world, 3)
    world.accounts.away = True
    world.deliver(Lane.SMS)
    assert sent(world) == 0
    assert waiting(world) == [1, 1, 1]


def test_one_ward_can_have_more_than_the_others(
    monkeypatch: pytest.MonkeyPatch, world: World, clock: SettableClock
) -> None:
    assert world.parts._place.sms_per_day(NAM_DUONG) == 3000
    monkeypatch.setenv(f"SMS_PER_DAY_{NAM_DUONG}", "5000")
    assert world.parts._place.sms_per_day(NAM_DUONG) == 5000
