"""From an event of a dossier to an SMS and an e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events

from services.chassis.clock import VIETNAM
from services.chassis.events.envelope import event_type
from services.notifications.catalogue import Catalogue
from services.notifications.events import steps
from tests.services.notifications.world import (
    ADDRESS,
    CODE,
    NAM_DUONG,
    PHONE,
    THANH_BINH,
    World,
    facts,
    stamp,
)

STEPS = steps(Catalogue("").current)
DUE = datetime(2020, 10, 6, 17, 30, tzinfo=VIETNAM)


def test_an_acceptance_reaches_the_applicant_by_sms_and_email_with_day_and_hour(world: World) -> None:
    account = world.accounts.add()
    now = stamp(world.clock.now())
    world.tell(dossiers.DossierAccepted(facts=facts(account, status=2, due_at=stamp(DUE), happened_at=now)))
    assert world.deliver() == 2
    assert world.received(PHONE) == [f"Ho so {CODE}: da tiep nhan. Han tra 17h30 06/10/2020. UBND phuong Nam Duong"]
    (letter,) = world.received(ADDRESS)
    assert letter.startswith("Kính gửi ông/bà Trần Thị Bảy,")
    assert "trước 17 giờ 30 ngày 06/10/2020" in letter
    assert "https://caunoi.example" in letter


@pytest.mark.parametrize("payload", list(STEPS), ids=lambda payload: payload.__name__)
def test_at_each_step_a_message_goes_out(world: World, payload: Any) -> None:
    world.tell(payload(facts=facts(world.accounts.add(), status=4, happened_at=stamp(world.clock.now()))))
    world.deliver()
    assert len(world.received(PHONE)) == len(world.received(ADDRESS)) == 1
    assert {row.template for row in world.rows()} == {STEPS[payload]}


@pytest.mark.parametrize("payload", [dossiers.DossierResultAnnulled, dossiers.DossierResultRestored])
def test_an_annulment_that_was_marked_later_is_told_with_the_time_of_its_note(world: World, payload: Any) -> None:
    """docs/decisions/0053: the sweep marks what the release before noted, perhaps weeks later."""
    marked = stamp(datetime(2020, 11, 5, 10, tzinfo=VIETNAM))
    told = facts(world.accounts.add(), status=9, happened_at=marked)
    world.tell(payload(facts=told, noted_at=stamp(datetime(2020, 10, 6, 9, 15, tzinfo=VIETNAM))))
    world.deliver()
    (letter,) = world.received(ADDRESS)
    assert "Lúc 9 giờ 15 ngày 06/10/2020" in letter
    assert "05/11/2020" not in letter


def test_what_the_law_has_people_told_has_a_message() -> None:
    """NĐ 87/2020 Đ12: what is missing, the appointment, what is owed, an apology with the new time, and the result."""
    told = {payload.__name__ for payload in STEPS}
    assert told >= {
        "DossierSupplementRequested",
        "DossierAccepted",
        "DossierFeeRequested",
        "DossierExtended",
        "DossierRefused",
        "DossierSigned",
    }


def test_an_approval_after_a_return_is_told_once(world: World) -> None:
    account = world.accounts.add()
    for renewed in (False, True):
        told = facts(account, status=4, happened_at=stamp(world.clock.now()))
        world.tell(dossiers.DossierApproved(facts=told, renewed=renewed))
    assert [row.channel for row in world.rows()] == ["sms", "email"]


def test_overdue_before_acceptance_means_a_late_answer(world: World) -> None:
    now = stamp(world.clock.now())
    for status in (1, 2):
        world.tell(dossiers.DossierMarkedOverdue(facts=facts(world.accounts.add(), status=status, happened_at=now)))
    assert [row.template for row in world.rows() if row.channel == "sms"] == [
        "dossier-reception-overdue",
        "dossier-marked-overdue",
    ]


def test_the_contact_is_asked_in_the_home_ward_in_the_name_of_the_handling_ward_and_once_a_step(world: World) -> None:
    account = world.accounts.add()
    world.tell(dossiers.DossierSubmitted(facts=facts(account, happened_at=stamp(world.clock.now()))))
    world.deliver()
    assert world.accounts.asked == [(THANH_BINH, "service:notifications", NAM_DUONG, account)]


def test_an_event_that_comes_twice_is_told_once(world: World) -> None:
    payload = dossiers.DossierSubmitted(facts=facts(world.accounts.add(), happened_at=stamp(world.clock.now())))
    event = world.tell(payload)
    world.tell(payload, event_id=event.id)
    assert len(world.rows()) == 2


def test_an_event_that_is_replayed_after_the_inbox_forgot_it_is_told_once(world: World) -> None:
    payload = dossiers.DossierSubmitted(facts=facts(world.accounts.add(), happened_at=stamp(world.clock.now())))
    event = world.tell(payload)
    with world.cell.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM inbox")
    world.tell(payload, event_id=event.id)
    assert len(world.rows()) == 2


def test_handling_an_event_needs_neither_accounts_nor_a_provider(world: World) -> None:
    account = world.accounts.add()
    world.accounts.stop()
    world.catcher.stop()
    world.tell(dossiers.DossierSubmitted(facts=facts(account, happened_at=stamp(world.clock.now()))))
    assert [row.status for row in world.rows()] == ["queued", "queued"]


def test_a_dossier_from_the_counter_without_an_account_is_told_to_nobody(world: World) -> None:
    world.tell(dossiers.DossierSubmitted(facts=facts("")))
    assert world.rows() == []


def test_a_person_without_an_address_gets_only_the_sms_and_that_is_recorded(world: World) -> None:
    account = world.accounts.add(email="")
    world.tell(dossiers.DossierSubmitted(facts=facts(account, happened_at=stamp(world.clock.now()))))
    world.deliver()
    assert len(world.received(PHONE)) == 1
    email = world.row("email")
    assert email.status == "skipped"
    assert world.attempts(email) == [(False, "người nộp không có địa chỉ thư điện tử")]
    assert [row.type for row in world.outbox()] == [event_type(events.MessageDelivered)]


def test_a_delivery_event_has_the_key_of_its_dossier_and_no_personal_data(world: World) -> None:
    told = facts(world.accounts.add(email=""), happened_at=stamp(world.clock.now()))
    world.tell(dossiers.DossierSubmitted(facts=told))
    world.deliver()
    (row,) = world.outbox()
    assert row.aggregateid == told.dossier_id
    assert row.request_id == "req-1"
    sms = world.row("sms")
    assert events.MessageDelivered.FromString(row.payload) == events.MessageDelivered(
        message_id=str(sms.id),
        ward=NAM_DUONG,
        dossier_id=told.dossier_id,
        channel="sms",
        template="dossier-submitted",
        delivered_at=stamp(world.clock.now()),
    )


def test_nothing_in_the_database_names_a_person(world: World) -> None:
    world.tell(dossiers.DossierSubmitted(facts=facts(world.accounts.add(), happened_at=stamp(world.clock.now()))))
    world.catcher.faults.answer_next("sms", 503)
    world.catcher.faults.answer_next("email", 550)
    world.deliver()
    with world.cell.database.transaction() as session:
        dumped = "".join(
            str(row)
            for table in ("message", "attempt", "outbox", "audit", "inbox")
            for row in session.connection().exec_driver_sql(f"SELECT {table}::text FROM {table}")
        )
    assert "dossier-submitted" in dumped
    for personal in ("905123456", "bay@", "Bảy", "Trần"):
        assert personal not in dumped
