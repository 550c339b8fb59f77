"""A forgotten password is replaced with a code to the account's phone, and nobody learns who has an account."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, guidance_pb2, recovery_pb2
from sqlalchemy import event, func, select

from services.accounts.service import sending
from services.accounts.tables import OneTimeCodeRow, OutgoingRow
from services.chassis.database.tables import AuditRow, OutboxRow
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.refusal import Kind, Refusal
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts
from tests.services.accounts.station import Stations
from tests.services.accounts.test_directory import deliver
from tests.services.accounts.ward import refused

PHONE, BORN, NUMBER = "+84905201101", "1955-03-08", "048155001001"
NEW = "mùa xuân ở Sơn Trà"


class Recovery:
    """Somebody at the sign-in page, and the phone that they have in hand."""

    def __init__(self, accounts: Accounts, notifications: FakeNotifications) -> None:
        self.accounts, self.notifications = accounts, notifications

    def ask(self, login: str = "0905201101", born: str = BORN, ward: str = NAM_DUONG, key: str = "") -> str:
        request = recovery_pb2.RequestRecoveryRequest(login=login, date_of_birth=born)
        answer = self.accounts.call("RequestRecovery", request, ward=ward, key=key)
        self.accounts.hand_over()
        return str(answer.recovery_id)

    def code(self, phone: str = PHONE) -> str:
        return self.notifications.code(phone, "recover-account")

    def set(self, recovery: str, otp: str = "", new: str = NEW) -> Any:
        request = recovery_pb2.RecoverAccountRequest(recovery_id=recovery, otp=otp or self.code(), new_password=new)
        answer = self.accounts.call("RecoverAccount", request)
        self.accounts.hand_over()
        return answer


@pytest.fixture
def recovery(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> Recovery:
    return Recovery(accounts, notifications)


def wrong(code: str) -> str:
    return f"{(int(code or '0') + 1) % 1_000_000:06}"


def events_told(accounts: Accounts, payload: Any) -> list[Any]:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == event_type(payload))).all()
        return [payload.FromString(row.payload) for row in rows]


@pytest.mark.parametrize("login", ["0905201101", "905 201 101", NUMBER])
def test_a_code_to_the_phone_sets_a_new_password_and_ends_every_session(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, citizen: str, login: str
) -> None:
    before = accounts.sign_in("0905201101")
    recovery.set(recovery.ask(login))
    refused("wrong-login", accounts.sign_in, "0905201101", PASSWORD)
    assert accounts.sign_in("0905201101", NEW).account.id == citizen
    request = accounts_pb2.RefreshSessionRequest(refresh_token=before.refresh_token)
    refused("session-ended", accounts.call, "RefreshSession", request)
    assert notifications.told() == [("account-recovered", PHONE, "sau@example.com")]
    (told,) = events_told(accounts, events_pb2.AccountSignedOut)
    assert (told.account_id, told.ward) == (citizen, NAM_DUONG)


def test_who_has_set_a_new_password_signs_in_from_there_whatever_was_tried_before(
    accounts: Accounts, recovery: Recovery, citizen: str
) -> None:
    for _ in range(5):
        refused("wrong-login", accounts.sign_in, "0905201101", "quên rồi")
    refused("too-many-logins", accounts.sign_in, "0905201101")
    recovery.set(recovery.ask())
    assert accounts.sign_in("0905201101", NEW).account.id == citizen


def test_a_guided_session_of_the_account_ends_and_one_of_another_does_not(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, stations: Stations, citizen: str
) -> None:
    other = accounts.open(identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.code("+84905333222", "activate-account"))
    for account in (citizen, other.account_id):
        stations.request(accounts.token(account))
    recovery.set(recovery.ask())
    request = guidance_pb2.GetOwnGuidedSessionRequest()
    own = accounts.call("GetOwnGuidedSession", request, token=accounts.token(citizen))
    assert own.ended_because == "signed-out"
    others = accounts.call("GetOwnGuidedSession", request, token=accounts.token(other.account_id))
    assert others.id
    assert others.ended_because == ""


@pytest.mark.parametrize(
    ("login", "born"),
    [
        ("0905201101", "1955-03-09"),  # another day of birth
        (NUMBER, "1956-03-08"),
        ("0905999888", BORN),  # no account
        ("048155009999", BORN),
        ("motcua.nam-duong", BORN),  # staff
        ("không phải số", BORN),
    ],
)
def test_where_there_is_no_such_account_the_answer_is_the_same_and_nobody_gets_a_code(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, login: str, born: str
) -> None:
    before = len(notifications.sent)
    request = recovery_pb2.RequestRecoveryRequest(login=login, date_of_birth=born)
    answer = accounts.call("RequestRecovery", request)
    known = accounts.call("RequestRecovery", recovery_pb2.RequestRecoveryRequest(login=NUMBER, date_of_birth=BORN))
    assert len(answer.recovery_id) == len(known.recovery_id)
    assert answer.expires_at == known.expires_at
    accounts.hand_over()
    assert len(notifications.sent) == before + 1  # the known one's
    for otp in ("111111", "222222"):
        shown = refused("wrong-code", recovery.set, answer.recovery_id, otp)
        known_shown = refused("wrong-code", recovery.set, known.recovery_id, wrong(recovery.code()))
        assert (shown.kind, shown.text, shown.fields) == (known_shown.kind, known_shown.text, known_shown.fields)


def test_an_unknown_login_costs_the_same_statements_as_a_known_one(accounts: Accounts, recovery: Recovery) -> None:
    engine = accounts.cells[NAM_DUONG].database.engine
    counts: list[list[str]] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        counts[-1].append(statement.split(" WHERE ", maxsplit=1)[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        for login, born in (("0905201101", BORN), ("0905201101", "1955-03-09"), ("0905999888", BORN)):
            counts.append([])
            request = recovery_pb2.RequestRecoveryRequest(login=login, date_of_birth=born)
            asked = accounts.call("RequestRecovery", request).recovery_id
            set_new = recovery_pb2.RecoverAccountRequest(recovery_id=asked, otp="000000", new_password=NEW)
            with pytest.raises(Refusal):
                accounts.call("RecoverAccount", set_new)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert counts[0]
    assert counts[0] == counts[1] == counts[2]


def test_the_answer_does_not_wait_for_notifications(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, clock: SettableClock
) -> None:
    notifications.away = True
    asked = recovery.ask()
    assert recovery.code() == ""
    notifications.away = False
    clock.advance(timedelta(seconds=2))
    accounts.hand_over()
    recovery.set(asked)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutgoingRow)) == 0


def test_a_notice_waits_until_notifications_takes_it(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, clock: SettableClock
) -> None:
    asked, code = recovery.ask(), recovery.code()
    notifications.away = True
    recovery.set(asked, code)
    assert notifications.told() == []
    notifications.away = False
    for _ in range(2):
        clock.advance(timedelta(seconds=5))
        accounts.hand_over()
    assert [template for template, *_ in notifications.told()] == ["account-recovered"]


def test_the_wards_loop_sends_at_once_what_was_written(
    accounts: Accounts, notifications: FakeNotifications, citizen: str
) -> None:
    stopped = threading.Event()
    loop = threading.Thread(target=sending(accounts.parts.place, NAM_DUONG), args=[stopped])
    loop.start()
    try:
        request = recovery_pb2.RequestRecoveryRequest(login=NUMBER, date_of_birth=BORN)
        accounts.call("RequestRecovery", request)
        until = time.monotonic() + 8  # sooner than the loop looks by itself
        while not notifications.code(PHONE, "recover-account") and time.monotonic() < until:
            stopped.wait(0.02)
        assert notifications.code(PHONE, "recover-account")
    finally:
        stopped.set()
        loop.join(20)
    assert not loop.is_alive()


def test_what_cannot_be_read_holds_up_nothing_else(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery
) -> None:
    request = recovery_pb2.RequestRecoveryRequest(login=NUMBER, date_of_birth=BORN)
    accounts.call("RequestRecovery", request)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = session.scalars(select(OutgoingRow)).all()
        row.sealed = b"of another key"
    recovery.ask("0905201101")
    assert recovery.code()


def test_what_waits_is_sealed(accounts: Accounts, notifications: FakeNotifications, recovery: Recovery) -> None:
    notifications.away = True
    recovery.ask()
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = session.scalars(select(OutgoingRow)).all()
        assert b"905201101" not in row.sealed


def test_codes_to_one_phone_are_limited_and_the_caller_is_not_told(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, clock: SettableClock
) -> None:
    before = len(notifications.sent)
    for login in ("0905201101", NUMBER, "0905201101", NUMBER, "0905201101", NUMBER):
        recovery.ask(login)
    assert len(notifications.sent) == before + 6  # of this hour, three by each kind of login
    for _ in range(3):
        recovery.ask("0905999888")
    for login in ("0905201101", "0905999888"):
        no = refused("too-many-codes", recovery.ask, login)
        assert (no.kind, no.retry_after) == (Kind.THROTTLED, 3600)
    for login in ("0905201101", NUMBER, "0905201101", NUMBER):
        clock.advance(timedelta(hours=1, seconds=1))
        recovery.ask(login)
    assert len(notifications.sent) == before + 10


def test_codes_to_a_shared_phone_are_limited_together(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, clock: SettableClock
) -> None:
    """Somebody who knows the days of birth of a household does not learn that they share a phone."""
    second = accounts.open(identity_number="048155002002", date_of_birth="1980-02-02")
    accounts.activate(second.account_id, notifications.code(PHONE, "activate-account"))
    before = len(notifications.sent)
    for born in (BORN, "1980-02-02", BORN, "1980-02-02"):
        recovery.ask("0905201101", born)
    assert len(notifications.sent) == before + 3


def test_who_has_seen_the_card_does_not_keep_out_who_has_the_phone(recovery: Recovery, clock: SettableClock) -> None:
    """Number and date of birth stand on the card, and the phone's number does not."""
    for _ in range(6):
        clock.set(clock.now() + timedelta(minutes=21))
        recovery.ask("048155001001")
    clock.set(clock.now() + timedelta(minutes=1))
    recovery.set(recovery.ask("0905201101"))


def test_who_knows_a_login_alone_does_not_use_up_its_owners_tries(recovery: Recovery) -> None:
    for _ in range(3):
        recovery.ask(born="1955-01-01")
    refused("too-many-codes", recovery.ask, born="1955-01-01")
    recovery.set(recovery.ask())


def test_a_wrong_code_five_times_ends_the_challenge(recovery: Recovery, accounts: Accounts, citizen: str) -> None:
    asked, code = recovery.ask(), recovery.code()
    for _ in range(5):
        refused("wrong-code", recovery.set, asked, wrong(code))
    refused("too-many-tries", recovery.set, asked, code)
    assert accounts.sign_in("0905201101").account.id == citizen


@pytest.mark.parametrize("new", ["ngắn", "12345678", "x" * 129, "0905201101", NUMBER])
def test_a_password_that_cannot_be_taken_costs_neither_code_nor_try(recovery: Recovery, new: str) -> None:
    asked = recovery.ask()
    for _ in range(6):
        no = refused("invalid-password", recovery.set, asked, recovery.code(), new)
        assert [fault.field for fault in no.fields] == ["new_password"]
    recovery.set(asked)


def test_a_password_tells_nothing_to_who_has_not_the_code(recovery: Recovery) -> None:
    refused("wrong-code", recovery.set, recovery.ask(), wrong(recovery.code()), "0905201101")


def test_a_code_is_good_once_and_for_ten_minutes(recovery: Recovery, clock: SettableClock) -> None:
    asked, code = recovery.ask(), recovery.code()
    recovery.set(asked, code)
    refused("code-used", recovery.set, asked, code, "một câu khác hẳn")
    refused("code-used", recovery.set, asked, wrong(code))
    later = recovery.ask()
    clock.advance(timedelta(minutes=10))
    refused("code-expired", recovery.set, later)


def test_a_password_that_was_set_is_answered_so_again_and_set_once(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery
) -> None:
    """The answer was lost, or the button was pressed twice."""
    asked, code = recovery.ask(), recovery.code()
    both = race(*[partial(recovery.set, asked, code)] * 2)
    assert [each for each in both if isinstance(each, Exception)] == []
    recovery.set(asked, code)
    assert [template for template, *_ in notifications.told()] == ["account-recovered"]
    session = accounts.sign_in("0905201101", NEW)
    for _ in range(5):
        refused("code-used", recovery.set, asked, code, "một câu khác hẳn")
    refused("code-used", recovery.set, asked, code)  # and it does not allow endless tries of passwords
    request = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    accounts.call("RefreshSession", request)


def test_a_password_that_was_replaced_since_is_not_called_set(
    accounts: Accounts, recovery: Recovery, clock: SettableClock, citizen: str
) -> None:
    asked, code = recovery.ask(), recovery.code()
    recovery.set(asked, code)
    clock.advance(timedelta(seconds=1))
    request = accounts_pb2.ChangePasswordRequest(password=NEW, new_password="con đò sang sông")
    accounts.call("ChangePassword", request, token=accounts.token(citizen))
    refused("code-used", recovery.set, asked, code)


def test_a_code_from_before_another_new_password_recovers_nothing(
    accounts: Accounts, recovery: Recovery, clock: SettableClock
) -> None:
    """Somebody who read it on the locked phone could take the account back from its owner."""
    first = recovery.ask()
    read = recovery.code()
    clock.set(clock.now() + timedelta(minutes=1))
    recovery.set(recovery.ask())
    refused("wrong-code", recovery.set, first, read, "con thuyền khác")
    accounts.sign_in("0905201101", NEW)


def test_a_code_for_another_purpose_recovers_nothing(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, citizen: str
) -> None:
    asked = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
    filing = accounts.call("IssueOneTimeCode", asked, token=accounts.token(citizen)).challenge_id
    refused("unknown-recovery", recovery.set, filing, notifications.last().otp)
    refused("unknown-recovery", recovery.set, "nothing", "123456")
    recovered = recovery.ask()
    redeem = accounts_pb2.RedeemOneTimeCodeRequest(
        challenge_id=recovered, otp=recovery.code(), binding=b"", redemption="d-1"
    )
    refused("unknown-challenge", accounts.call, "RedeemOneTimeCode", redeem, token=accounts.token(citizen))


def test_the_date_of_birth_tells_apart_people_who_share_a_phone(
    accounts: Accounts, notifications: FakeNotifications, recovery: Recovery, citizen: str
) -> None:
    other = accounts.open(identity_number="048150001002", date_of_birth="1950-01-02", full_name="Trần Văn Năm")
    accounts.activate(other.account_id, notifications.code(PHONE, "activate-account"))
    recovery.set(recovery.ask("0905201101", "1950-01-02"))
    assert accounts.sign_in("048150001002", NEW).account.id == other.account_id
    assert accounts.sign_in(NUMBER, PASSWORD).account.id == citizen


def test_a_pending_account_is_not_recovered(accounts: Accounts, notifications: FakeNotifications) -> None:
    accounts.open()
    Recovery(accounts, notifications).ask()
    assert notifications.code(PHONE, "recover-account") == ""


@pytest.mark.parametrize(("login", "born", "field"), [("", BORN, "login"), ("0905201101", "hôm qua", "date_of_birth")])
def test_what_is_left_out_is_named(recovery: Recovery, login: str, born: str, field: str) -> None:
    no = refused("invalid-recovery", recovery.ask, login, born)
    assert [fault.field for fault in no.fields] == [field]


def test_of_two_at_once_with_one_code_one_sets_the_password(accounts: Accounts, recovery: Recovery) -> None:
    asked, code = recovery.ask(), recovery.code()
    words = [f"câu thứ {number} thật dài" for number in range(4)]
    results = race(*(partial(recovery.set, asked, code, word) for word in words))
    refusals = [each for each in results if isinstance(each, Refusal)]
    assert [no.type for no in refusals] == ["code-used"] * 3
    (winner,) = [word for word, each in zip(words, results, strict=True) if not isinstance(each, Refusal)]
    assert accounts.sign_in("0905201101", winner)


def test_who_signs_in_at_the_same_moment_with_the_old_password_is_signed_out(
    accounts: Accounts, recovery: Recovery
) -> None:
    for number in range(3):
        old, new = (PASSWORD if number == 0 else f"câu số {number - 1} thật dài"), f"câu số {number} thật dài"
        asked, code = recovery.ask(), recovery.code()
        signed_in, _ = race(partial(accounts.sign_in, "0905201101", old), partial(recovery.set, asked, code, new))
        if isinstance(signed_in, accounts_pb2.Session):
            request = accounts_pb2.RefreshSessionRequest(refresh_token=signed_in.refresh_token)
            refused("session-ended", accounts.call, "RefreshSession", request)
        else:
            assert isinstance(signed_in, Refusal)
            assert signed_in.type == "wrong-login"
        assert accounts.sign_in("0905201101", new)


def test_another_ward_ends_the_guided_sessions_of_its_stations(
    accounts: Accounts, recovery: Recovery, clock: SettableClock, citizen: str
) -> None:
    there = Stations(accounts, clock, THANH_BINH)
    there.request(accounts.token(citizen))
    recovery.set(recovery.ask())
    deliver(accounts, THANH_BINH, *told_by(accounts, events_pb2.AccountSignedOut))
    own = accounts.call(
        "GetOwnGuidedSession",
        guidance_pb2.GetOwnGuidedSessionRequest(),
        ward=THANH_BINH,
        token=accounts.token(citizen),
    )
    assert own.ended_because == "signed-out"


def told_by(accounts: Accounts, *payloads: Any, ward: str = NAM_DUONG) -> list[Any]:
    """The events that a ward has published about these, as its relay puts them into the topic."""
    wanted = [event_type(payload) for payload in payloads]
    with accounts.cells[ward].database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type.in_(wanted)).order_by(OutboxRow.seq)).all()
    source = f"/wards/{ward}/accounts"
    return [
        to_record(Event(str(row.id), row.type, source, row.aggregateid, row.created_at, row.payload)) for row in rows
    ]


def test_the_owner_reads_that_somebody_asked(accounts: Accounts, recovery: Recovery, citizen: str) -> None:
    recovery.ask()
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        asked = select(AuditRow.person_id).where(AuditRow.action == "request-recovery")
        assert session.scalars(asked).all() == [citizen]


def test_the_code_is_nowhere_in_the_clear(accounts: Accounts, recovery: Recovery) -> None:
    recovery.ask()
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = session.scalars(select(OneTimeCodeRow).where(OneTimeCodeRow.purpose == "recover-account")).all()
        assert recovery.code().encode() not in row.code_digest
