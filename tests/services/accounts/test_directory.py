"""The resident directory: one home for a person in the whole district."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2
from sqlalchemy import select

from services.accounts.service import SERVICE
from services.accounts.tables import ResidentRow, SessionRow
from services.chassis.database.tables import AuditRow, OutboxRow
from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, event_type, to_record, topic_of
from services.chassis.events.inbox import Inbox, parked
from services.chassis.refusal import Kind, Refusal
from services.chassis.service import subscriber_name
from tests.district import DISTRICT
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts

HAI_CHAU_1 = "20236"


def activations(accounts: Accounts, ward: str) -> list[Record]:
    """The events that a ward has published to the district, as its relay puts them into the topic."""
    wanted = event_type(events_pb2.AccountActivated)
    with accounts.cells[ward].database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == wanted).order_by(OutboxRow.seq)).all()
    source = f"/wards/{ward}/accounts"
    return [
        to_record(Event(str(row.id), row.type, source, row.aggregateid, row.created_at, row.payload)) for row in rows
    ]


def deliver(accounts: Accounts, ward: str, *records: Record) -> None:
    box = Inbox(
        subscriber_name("accounts", ward),
        ward,
        accounts.cells[ward].database,
        accounts.parts.handlers(ward),
        accounts.clock,
        DISTRICT,
    )
    assert box.take(*records) == []


def home(accounts: Accounts, ward: str, login: str = "048155001001") -> str:
    answer = accounts.call("FindHomeWard", accounts_pb2.FindHomeWardRequest(login=login), ward=ward)
    assert isinstance(answer, accounts_pb2.FindHomeWardResponse)
    return answer.ward


def status(accounts: Accounts, ward: str, account_id: str) -> str:
    token = accounts.token(account_id, ward=ward)
    answer = accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), ward=ward, token=token)
    assert isinstance(answer, accounts_pb2.Account)
    return accounts_pb2.AccountStatus.Name(answer.status)


def opened_in_both(accounts: Accounts, notifications: FakeNotifications, clock: SettableClock) -> tuple[str, str]:
    """One person's accounts in Nam Dương and, a second later, in Thanh Bình, before either ward heard of the other."""
    ids = []
    for ward in (NAM_DUONG, THANH_BINH):
        ids.append(accounts.open(ward=ward).account_id)
        accounts.activate(ids[-1], notifications.last().otp, ward=ward)
        clock.advance(timedelta(seconds=1))
    return ids[0], ids[1]


def test_every_ward_listens_to_the_accounts_of_the_whole_district(accounts: Accounts) -> None:
    topics = [topic for topic in SERVICE.subscribes_to(NAM_DUONG, accounts.settings) if ".accounts." in topic]
    assert len(topics) == 13
    assert {f"caunoi.{NAM_DUONG}.accounts.v1", f"caunoi.{THANH_BINH}.accounts.v1"} <= set(topics)


def test_a_person_at_home_in_one_ward_is_known_in_the_other_by_number_alone(accounts: Accounts, citizen: str) -> None:
    assert home(accounts, THANH_BINH) == ""
    deliver(accounts, THANH_BINH, *activations(accounts, NAM_DUONG))
    assert home(accounts, THANH_BINH) == NAM_DUONG
    assert home(accounts, THANH_BINH, "0905201101") == ""  # phones stay at home
    assert home(accounts, NAM_DUONG, "0905201101") == NAM_DUONG
    with accounts.cells[THANH_BINH].database.transaction() as session:
        assert session.scalars(select(ResidentRow.account_id)).all() == [citizen]


def test_a_second_account_in_another_ward_is_refused_without_naming_the_first(accounts: Accounts, citizen: str) -> None:
    deliver(accounts, THANH_BINH, *activations(accounts, NAM_DUONG))
    with pytest.raises(Refusal) as no:
        accounts.open(ward=THANH_BINH)
    assert (no.value.kind, no.value.type) == (Kind.EXISTS, "account-exists")
    assert "Nam Dương" not in no.value.text


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_earlier_of_two_accounts_opened_at_once_stays_in_any_order_of_events(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock, order: tuple[int, ...]
) -> None:
    earlier, later = opened_in_both(accounts, notifications, clock)
    session = accounts.sign_in("048155001001", ward=THANH_BINH)
    told = [*activations(accounts, NAM_DUONG), *activations(accounts, THANH_BINH)]
    told.append(told[0])
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *(told[place] for place in order))
        assert home(accounts, ward) == NAM_DUONG
    assert status(accounts, NAM_DUONG, earlier) == "ACCOUNT_STATUS_ACTIVE"
    assert status(accounts, THANH_BINH, later) == "ACCOUNT_STATUS_CLOSED"

    assert accounts.sign_in("048155001001").account.id == earlier
    with pytest.raises(Refusal) as no:
        accounts.sign_in("048155001001", "sai mật khẩu", ward=THANH_BINH)
    assert no.value.type == "wrong-login"
    with pytest.raises(Refusal) as no:
        accounts.sign_in("048155001001", PASSWORD, ward=THANH_BINH)
    assert (no.value.kind, no.value.type) == (Kind.CONFLICT, "account-elsewhere")
    assert "phường Nam Dương" in no.value.text
    with pytest.raises(Refusal) as no:
        accounts.call(
            "RefreshSession", accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token), ward=THANH_BINH
        )
    assert no.value.type == "session-ended"


def test_a_move_ends_sessions_and_is_in_the_audit_under_the_services_name(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    _, later = opened_in_both(accounts, notifications, clock)
    accounts.sign_in("048155001001", ward=THANH_BINH)
    deliver(accounts, THANH_BINH, *activations(accounts, NAM_DUONG))
    with accounts.cells[THANH_BINH].database.transaction() as session:
        assert session.scalars(select(SessionRow.ended_because)).all() == ["moved"]
        row = session.scalars(select(AuditRow).where(AuditRow.action == "move-account")).one()
    assert (row.actor_id, row.role, row.person_id) == ("service:accounts", "service", later)


def test_the_owner_of_an_account_that_has_to_move_is_told_once_at_both_addresses_where_it_went(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    _, later = opened_in_both(accounts, notifications, clock)
    told = activations(accounts, NAM_DUONG)
    for _ in range(2):
        deliver(accounts, THANH_BINH, *told)
        accounts.hand_over()
    (notice,) = notifications.notices.values()
    assert (notice.template, notice.account_id, notice.other_ward) == ("account-moved", later, NAM_DUONG)
    assert (notice.phone, notice.email) == ("+84905201101", "sau@example.com")


def test_who_turns_out_to_be_at_home_in_a_third_ward_is_told_so(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    """The claim of the third is the least, and is heard of last."""
    opened_in_both(accounts, notifications, clock)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        fingerprint = session.scalars(select(ResidentRow.identity_fingerprint)).one()
    least = events_pb2.AccountActivated(account_id=str(uuid4()), ward=HAI_CHAU_1, identity_fingerprint=fingerprint)
    least.activated_at.FromDatetime(clock.now() - timedelta(days=1))
    type, source = event_type(events_pb2.AccountActivated), f"/wards/{HAI_CHAU_1}/accounts"
    event = Event(str(uuid4()), type, source, least.account_id, clock.now(), least.SerializeToString())
    deliver(accounts, THANH_BINH, *activations(accounts, NAM_DUONG))
    clock.advance(timedelta(seconds=1))
    deliver(accounts, THANH_BINH, to_record(event))
    accounts.hand_over()
    told = sorted(notifications.notices.values(), key=lambda one: one.happened_at.ToDatetime())
    assert [(one.template, one.other_ward) for one in told] == [
        ("account-moved", NAM_DUONG),
        ("account-moved", HAI_CHAU_1),
    ]


def test_an_account_still_pending_when_another_ward_is_home_is_sent_there(
    accounts: Accounts, notifications: FakeNotifications, citizen: str
) -> None:
    pending = accounts.open(ward=THANH_BINH)
    otp = notifications.last().otp
    deliver(accounts, THANH_BINH, *activations(accounts, NAM_DUONG))
    for _ in range(2):  # repeated, it is answered alike
        with pytest.raises(Refusal) as no:
            accounts.activate(pending.account_id, otp, ward=THANH_BINH)
        assert (no.value.kind, no.value.type) == (Kind.CONFLICT, "account-elsewhere")
    assert activations(accounts, THANH_BINH) == []


@pytest.mark.parametrize(
    ("topic", "source", "payload"),
    [
        (THANH_BINH, THANH_BINH, HAI_CHAU_1),  # names another ward in what it tells
        (THANH_BINH, HAI_CHAU_1, HAI_CHAU_1),  # and as its source too: the topic is the only one that it may write
        (THANH_BINH, HAI_CHAU_1, THANH_BINH),
    ],
)
def test_a_ward_cannot_speak_for_another(
    accounts: Accounts, citizen: str, topic: str, source: str, payload: str
) -> None:
    """The writer of a topic writes the whole record: a claim that a third ward was home first would close a real
    account.
    """
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        fingerprint = session.scalars(select(ResidentRow.identity_fingerprint)).one()
    forged = events_pb2.AccountActivated(account_id="x", ward=payload, identity_fingerprint=fingerprint)
    forged.activated_at.FromDatetime(datetime(2000, 1, 1))  # long before the real one
    type, told = event_type(events_pb2.AccountActivated), forged.SerializeToString()
    record = to_record(Event("1", type, f"/wards/{source}/accounts", "x", accounts.clock.now(), told))
    deliver(accounts, NAM_DUONG, replace(record, topic=topic_of(topic, "accounts")))
    assert home(accounts, NAM_DUONG) == NAM_DUONG
    assert status(accounts, NAM_DUONG, citizen) == "ACCOUNT_STATUS_ACTIVE"
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = parked(session, subscriber_name("accounts", NAM_DUONG))
    assert "a ward speaks for its" in row.error
