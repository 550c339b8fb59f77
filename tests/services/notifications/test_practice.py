"""Nothing leaves the practice ward: what would be sent is shown on the page of whom it is for (docs/decisions/0036)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import events_pb2 as dossiers
from sqlalchemy import select

from deploy.local.catcher import Catcher
from services.chassis.cells import Cells
from services.chassis.clock import VIETNAM
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.events.inbox import Inbox
from services.chassis.practice import KEPT
from services.chassis.service import acting_as_service, cells_of
from services.notifications.adapters.page import PageChannel
from services.notifications.domain.delivery import Lane
from services.notifications.service import SERVICE, Notifications, channel_of
from services.notifications.settings import Settings
from services.notifications.storage import delete_messages
from services.notifications.tables import Base, PracticeMessageRow
from services.notifications.use_cases.codes import SendOneTimeCode, accept
from services.notifications.use_cases.practice import wipe
from tests.district import DISTRICT, PRACTICE
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.wiped import all_tables, rows, wiped_tables

NAM_DUONG = "20248"
PUPIL = "0c000000-0000-4000-8000-000000000001"


class Practice:
    """The practice ward beside a real one, in a process whose settings name a provider and a mail server."""

    def __init__(self, settings: Settings, cells: Cells, clock: SettableClock) -> None:
        self.settings, self.cells, self.clock = settings, cells, clock
        self.cell = cells[PRACTICE]
        self.parts = Notifications(settings, cells, clock)
        self.watch = self.parts.watch(PRACTICE)
        self.couriers = self.parts.couriers(PRACTICE, self.watch)
        handlers = self.parts.handlers(PRACTICE)
        self.inbox = Inbox("test", PRACTICE, self.cell.database, handlers, clock, DISTRICT)

    def event(self, ward: str) -> Event:
        facts = dossiers.DossierFacts(
            dossier_id=str(uuid4()),
            dossier_code="000.01.01.H17-261129-0001",
            ward=ward,
            applicant_account_id=PUPIL,
            applicant_ward=ward,
            status=5,
        )
        payload = dossiers.DossierSupplementRequested(facts=facts)
        type, source = event_type(type_of(payload)), f"/wards/{ward}/dossiers"
        return Event(str(uuid4()), type, source, facts.dossier_id, self.clock.now(), payload.SerializeToString())

    def code(self) -> None:
        with acting_as_service("test", self.cell, "r-1"), self.parts._place.unit() as unit:
            command = SendOneTimeCode(
                str(uuid4()), "+84510123456", "480248", "file-dossier", unit.now + timedelta(minutes=5), PUPIL
            )
            accept(unit, command)

    def deliver(self) -> None:
        for courier in self.couriers:
            courier.deliver_due()

    def shown(self) -> list[tuple[str, str]]:
        with self.cell.database.transaction() as session:
            found = session.scalars(select(PracticeMessageRow).order_by(PracticeMessageRow.at)).all()
            return [(row.account_id, row.text) for row in found]


def type_of(payload: object) -> type:
    return type(payload)


@pytest.fixture
def practice(
    settings: Settings,
    database_url: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    accounts: FakeAccounts,
) -> Iterator[Practice]:
    """`settings` has set the provider and the mail server that a real ward uses."""
    monkeypatch.setenv("WARDS", f"{NAM_DUONG},{PRACTICE}")
    monkeypatch.setenv("DATABASE_URL", database_url("notifications", NAM_DUONG, PRACTICE))
    own = Settings()
    clock = SettableClock(datetime.now(VIETNAM))
    world = Practice(own, cells_of(SERVICE, own), clock)
    accounts.contacts[PUPIL] = accounts_pb2.Contact(
        account_id=PUPIL, full_name="Nguyễn Thị Tập Mai", phone="+84510123456", email="somebody@example.com"
    )
    yield world
    world.parts.close()
    for cell in world.cells.values():
        cell.database.close()


@pytest.fixture
def accounts(keys: object, clock: SettableClock) -> Iterator[FakeAccounts]:
    service = FakeAccounts(keys, clock, [NAM_DUONG, PRACTICE])  # type: ignore[arg-type]
    yield service
    service.stop()


def test_codes_and_steps_are_shown_and_nothing_is_sent(practice: Practice, catcher: Catcher) -> None:
    practice.code()
    practice.deliver()
    practice.clock.advance(timedelta(seconds=1))
    assert practice.inbox.take(to_record(practice.event(PRACTICE))) == []
    practice.deliver()
    (whose, code), *steps = practice.shown()
    assert whose == PUPIL
    assert code.startswith("TAP THU: ")
    assert "480248" in code
    assert [account for account, _ in steps] == [PUPIL, PUPIL]  # as SMS and as e-mail
    assert "can bo sung" in steps[0][1] + steps[1][1]
    assert all("TAP THU" in text or "TẬP THỬ" in text for _, text in steps)
    assert catcher.store.newest("", 1000) == []


def test_every_lane_of_practice_ends_on_the_page_whatever_the_settings_say(practice: Practice) -> None:
    assert practice.settings.sms_url.startswith("http")
    for lane in Lane:
        assert isinstance(channel_of(practice.settings, practice.cells[PRACTICE], practice.clock, lane), PageChannel)
        real = channel_of(practice.settings, practice.cells[NAM_DUONG], practice.clock, lane)
        assert not isinstance(real, PageChannel)
        real.close()


def test_a_real_ward_shows_no_message_on_a_page(practice: Practice) -> None:
    with pytest.raises(ValueError, match="a real ward"):
        PageChannel(practice.cells[NAM_DUONG], practice.clock)


def test_an_event_from_across_the_border_is_not_handled_and_not_kept(practice: Practice) -> None:
    assert practice.inbox.take(to_record(practice.event(NAM_DUONG))) == []
    cell = practice.cells[NAM_DUONG]
    real = Inbox("test", NAM_DUONG, cell.database, practice.parts.handlers(NAM_DUONG), practice.clock, DISTRICT)
    assert real.take(to_record(practice.event(PRACTICE))) == []
    for ward in (NAM_DUONG, PRACTICE):
        assert {name: count for name, count in rows(practice.cells[ward], Base.metadata).items() if count} == {}


def test_after_seven_days_nothing_is_left_in_any_table(practice: Practice) -> None:
    practice.code()
    practice.inbox.take(to_record(practice.event(PRACTICE)))
    practice.deliver()
    before = rows(practice.cell, Base.metadata)
    assert {name for name, count in before.items() if count} >= {"message", "attempt", "practice_messages", "outbox"}
    practice.clock.advance(timedelta(days=6, hours=23))
    assert wipe(practice.cell)(practice.clock.now() - KEPT) == 0
    assert rows(practice.cell, Base.metadata) == before
    practice.clock.advance(timedelta(hours=2))
    assert wipe(practice.cell)(practice.clock.now() - KEPT) == 3
    assert {name: count for name, count in rows(practice.cell, Base.metadata).items() if count} == {}
    with pytest.raises(ValueError, match="no practice ward"):
        wipe(practice.cells[NAM_DUONG])(practice.clock.now())


def test_each_table_is_wiped_or_cannot_have_a_row_in_practice(practice: Practice) -> None:
    gone = wiped_tables(practice.cell, lambda: wipe(practice.cell)(practice.clock.now()), Base.metadata)
    assert gone == all_tables(Base.metadata)


def test_another_wards_database_is_never_wiped_whatever_the_cell_is_called(practice: Practice) -> None:
    called_practice = replace(practice.cell, database=practice.cells[NAM_DUONG].database)
    with pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
        wipe(called_practice)(practice.clock.now())
    with called_practice.database.transaction() as session, pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
        delete_messages(called_practice, session, practice.clock.now())
