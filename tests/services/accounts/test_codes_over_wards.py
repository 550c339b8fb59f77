"""A phone's codes are counted over all wards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2
from sqlalchemy import select

from services.accounts.tables import CodeElsewhereRow
from services.chassis.database.tables import OutboxRow
from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.refusal import Kind, Refusal
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.test_directory import deliver

PHONE, OTHER = "0905 444 222", "0905 444 223"


def told(accounts: Accounts, ward: str) -> list[Record]:
    """The codes that a ward has reported, as its relay puts them into the topic."""
    wanted = event_type(events_pb2.CodeIssued)
    with accounts.cells[ward].database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == wanted).order_by(OutboxRow.seq)).all()
    source = f"/wards/{ward}/accounts"
    return [
        to_record(Event(str(row.id), row.type, source, row.aggregateid, row.created_at, row.payload)) for row in rows
    ]


def open_accounts(accounts: Accounts, ward: str, first: int, count: int, phone: str = PHONE) -> None:
    for number in range(first, first + count):
        accounts.open(ward=ward, phone=phone, identity_number=f"0481550020{number:02}")


def refused(accounts: Accounts, ward: str, number: int, phone: str = PHONE) -> Refusal:
    with pytest.raises(Refusal) as no:
        open_accounts(accounts, ward, number, 1, phone)
    return no.value


def test_a_phone_gets_eight_codes_a_day_from_all_wards_together(accounts: Accounts, clock: SettableClock) -> None:
    open_accounts(accounts, NAM_DUONG, 0, 5)
    deliver(accounts, THANH_BINH, *told(accounts, NAM_DUONG))
    open_accounts(accounts, THANH_BINH, 10, 3)
    no = refused(accounts, THANH_BINH, 13)
    assert (no.kind, no.type, no.retry_after) == (Kind.THROTTLED, "too-many-codes", 24 * 3600)
    deliver(accounts, NAM_DUONG, *told(accounts, THANH_BINH))
    clock.advance(timedelta(hours=2))  # the hour's limit is over
    assert refused(accounts, NAM_DUONG, 20).type == "too-many-codes"
    open_accounts(accounts, NAM_DUONG, 21, 1, OTHER)
    clock.advance(timedelta(hours=22))
    open_accounts(accounts, NAM_DUONG, 22, 1)


def test_a_ward_that_is_away_stops_no_other(accounts: Accounts) -> None:
    """Its events come later, or twice; what is not heard of is not counted."""
    open_accounts(accounts, NAM_DUONG, 0, 5)
    open_accounts(accounts, THANH_BINH, 10, 2)
    records = told(accounts, NAM_DUONG)
    deliver(accounts, THANH_BINH, *records)
    deliver(accounts, THANH_BINH, *records)
    with accounts.cells[THANH_BINH].database.transaction() as session:
        assert len(session.scalars(select(CodeElsewhereRow)).all()) == 5
    open_accounts(accounts, THANH_BINH, 12, 1)
    assert refused(accounts, THANH_BINH, 13).type == "too-many-codes"


def test_a_wards_own_codes_are_counted_once(accounts: Accounts) -> None:
    open_accounts(accounts, NAM_DUONG, 0, 4)
    deliver(accounts, NAM_DUONG, *told(accounts, NAM_DUONG))
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalars(select(CodeElsewhereRow)).all() == []


def test_an_event_carries_no_phone(accounts: Accounts) -> None:
    open_accounts(accounts, NAM_DUONG, 0, 1)
    (record,) = told(accounts, NAM_DUONG)
    assert b"905444222" not in record.value
    payload = events_pb2.CodeIssued.FromString(record.value)
    assert (payload.ward, len(payload.phone_fingerprint)) == (NAM_DUONG, 32)


def test_who_uses_up_the_codes_that_anybody_can_ask_for_keeps_the_owner_from_no_filing(
    accounts: Accounts, notifications: FakeNotifications, citizen: str, clock: SettableClock
) -> None:
    for number in range(7):
        clock.advance(timedelta(minutes=20))
        open_accounts(accounts, NAM_DUONG, number, 1, "0905 201 101")
    clock.advance(timedelta(hours=1))
    assert refused(accounts, NAM_DUONG, 30, "0905 201 101").type == "too-many-codes"
    request = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"x" * 32)
    accounts.call("IssueOneTimeCode", request, token=accounts.token(citizen))
    assert notifications.last().purpose == "file-dossier"


def test_who_hears_that_the_wards_messages_are_used_up_is_told_to_come_tomorrow(
    accounts: Accounts, notifications: FakeNotifications
) -> None:
    notifications.used_up = True
    no = refused(accounts, NAM_DUONG, 1)
    assert (no.kind, no.type, no.retry_after) == (Kind.UNAVAILABLE, "code-not-sent", 36000)
    assert "ngày mai" in no.text
