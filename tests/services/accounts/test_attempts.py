"""Passwords are tried: slowed down by login and source, known devices apart, known and unknown logins alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from sqlalchemy import event

from services.accounts.domain.pacing import ALL_SOURCES_TRIES
from services.chassis.call import Call, reset_current, set_current
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts
from tests.services.accounts.test_passwords import add_staff

PHONE, NUMBER, UNKNOWN = "0905201101", "048155001001", "0905999999"
NEW = "sóng biển Mỹ Khê"


@contextmanager
def at(source: str) -> Iterator[None]:
    """As the gateway calls for a client of this network."""
    token = set_current(Call("test", NAM_DUONG, "r-1", source=source))
    try:
        yield
    finally:
        reset_current(token)


def sign_in(
    accounts: Accounts,
    login: str = PHONE,
    password: str = PASSWORD,
    *,
    source: str = "owner",
    devices: tuple[str, ...] = (),
    ward: str = NAM_DUONG,
) -> accounts_pb2.Session:
    request = accounts_pb2.CreateSessionRequest(login=login, password=password, devices=devices)
    with at(source):
        answer = accounts.call("CreateSession", request, ward=ward)
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def guess(accounts: Accounts, login: str = PHONE, source: str = "stranger", ward: str = NAM_DUONG) -> Refusal:
    with pytest.raises(Refusal) as no:
        sign_in(accounts, login, "không phải mật khẩu", source=source, ward=ward)
    return no.value


def flood(accounts: Accounts, clock: SettableClock, login: str = PHONE, source: str = "stranger") -> None:
    """A stranger tries until the longest wait, and again as soon as that is over."""
    for _ in range(30):
        no = guess(accounts, login, source)
        if no.retry_after == 60:
            return
        clock.advance(timedelta(seconds=no.retry_after or 0))
    raise AssertionError("the wait did not grow to a minute")


def told(no: Refusal) -> tuple[object, ...]:
    return no.kind, no.type, no.text, no.fields, no.retry_after


@pytest.mark.parametrize("login", [PHONE, NUMBER, UNKNOWN, "chua.ai-co"])
def test_wrong_passwords_slow_down_and_never_lock(
    accounts: Accounts, citizen: str, clock: SettableClock, login: str
) -> None:
    waits = []
    for _ in range(14):
        no = guess(accounts, login)
        if no.type == "wrong-login":
            no = guess(accounts, login)
        if no.type == "too-many-logins":
            assert no.kind is Kind.THROTTLED
            waits.append(no.retry_after)
            clock.advance(timedelta(seconds=no.retry_after or 0))
    assert waits[:7] == [2, 4, 8, 16, 32, 60, 60]
    assert set(waits[7:]) == {60}
    if login in (PHONE, NUMBER):
        assert sign_in(accounts, login, source="stranger").account.id == citizen


def test_a_stranger_keeps_nobody_out_who_comes_from_elsewhere(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    for login in (PHONE, NUMBER):
        flood(accounts, clock, login)
        assert guess(accounts, login, "owner").type == "wrong-login"  # a slip of the owner's
        assert sign_in(accounts, login).account.id == citizen


def test_a_known_device_is_let_in_at_once_even_from_the_network_of_who_guesses(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    device = sign_in(accounts).device
    flood(accounts, clock)
    for _ in range(4):
        with pytest.raises(Refusal, match="wrong-login"):
            sign_in(accounts, password="gõ nhầm", source="stranger", devices=(device,))
    assert sign_in(accounts, source="stranger", devices=("x", device)).account.id == citizen
    assert guess(accounts).type == "too-many-logins"  # whose wait the owner's sign-in has not ended


def test_staff_are_not_kept_out_of_their_office(accounts: Accounts, clock: SettableClock) -> None:
    id = add_staff(accounts, "hoa.nam-duong", Role.RECEPTIONIST)
    device = sign_in(accounts, "hoa.nam-duong", source="office").device
    flood(accounts, clock, "hoa.nam-duong", source="office")
    assert sign_in(accounts, "hoa.nam-duong", source="office", devices=(device,)).account.id == id
    assert sign_in(accounts, "hoa.nam-duong", source="at home").account.id == id


def test_a_device_is_one_persons_and_ends_with_the_password(
    accounts: Accounts, citizen: str, notifications: FakeNotifications, clock: SettableClock
) -> None:
    other = accounts.open(identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.last().otp)
    theirs = sign_in(accounts, "048150001002", source="other").device
    own = sign_in(accounts)
    assert own.device != sign_in(accounts).device
    clock.advance(timedelta(seconds=1))
    request = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password=NEW)
    changed = accounts.call("ChangePassword", request, token=own.access_token)
    flood(accounts, clock)
    for device in ("", ".", "a.b", theirs, own.device, changed.device[:-1], f"x{changed.device}"):
        with pytest.raises(Refusal, match="too-many-logins"):
            sign_in(accounts, password=NEW, source="stranger", devices=(device,))
    assert sign_in(accounts, password=NEW, source="stranger", devices=(changed.device,)).account.id == citizen


def test_a_known_device_waits_for_its_own_wrong_tries_alone(accounts: Accounts, citizen: str) -> None:
    device = sign_in(accounts).device
    for _ in range(5):
        with pytest.raises(Refusal, match="wrong-login"):
            sign_in(accounts, password="đoán", devices=(device,))
    with pytest.raises(Refusal, match="too-many-logins"):
        sign_in(accounts, devices=(device,))
    assert sign_in(accounts).account.id == citizen


def test_a_device_does_not_disclose_its_owner(accounts: Accounts, citizen: str) -> None:
    device = sign_in(accounts).device
    assert citizen not in device
    assert len(device) < 60
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=device)
    with pytest.raises(Refusal, match="session-ended"):
        accounts.call("RefreshSession", refresh)


def test_guesses_from_many_sources_are_few_in_a_day_for_known_and_unknown_alike(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    let_in = {}
    for login in (PHONE, UNKNOWN):
        flood(accounts, clock, login)
        answers = [guess(accounts, login, f"source {number}") for number in range(ALL_SOURCES_TRIES + 20)]
        let_in[login] = [no.type for no in answers].count("wrong-login")
    assert let_in == {PHONE: ALL_SOURCES_TRIES, UNKNOWN: ALL_SOURCES_TRIES}


def test_at_most_five_guesses_at_once_are_possible_from_any_sources(accounts: Accounts, citizen: str) -> None:
    outcomes = race(*(lambda n=n: guess(accounts, PHONE, "stranger") for n in range(14)))
    types = [outcome.type for outcome in outcomes if isinstance(outcome, Refusal)]
    assert sorted(types) == ["too-many-logins"] * 9 + ["wrong-login"] * 5
    outcomes = race(*(lambda n=n: guess(accounts, NUMBER, f"source {n % 4}") for n in range(24)))
    types = [outcome.type for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(types) == 24
    assert types.count("wrong-login") <= 5 + 4 * 2


def test_the_owner_signs_in_while_strangers_guess_at_once(accounts: Accounts, citizen: str) -> None:
    device = sign_in(accounts).device
    outcomes = race(
        *(lambda n=n: guess(accounts, PHONE, f"source {n}") for n in range(12)),
        *(lambda: sign_in(accounts, devices=(device,)) for _ in range(2)),
    )
    signed_in = [each for each in outcomes if isinstance(each, accounts_pb2.Session)]
    assert [each.account.id for each in signed_in] == [citizen, citizen]


@pytest.mark.parametrize("spelled", ["905201101", "+84 905 201 101", " 0905.201.101 "])
def test_another_spelling_of_a_login_is_no_other_login(accounts: Accounts, citizen: str, spelled: str) -> None:
    for login in (PHONE, UNKNOWN):
        other = spelled.replace("201101", "999999").replace("201 101", "999 999").replace("201.101", "999.999")
        for _ in range(5):
            assert guess(accounts, login).type == "wrong-login"
        assert guess(accounts, other if login == UNKNOWN else spelled).type == "too-many-logins"


def test_what_is_tried_at_one_login_of_a_person_does_not_show_at_their_other(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    """Otherwise it would reveal which phone belongs to which identity number."""
    flood(accounts, clock, PHONE)
    assert [told(guess(accounts, NUMBER)) for _ in range(6)] == [
        told(guess(accounts, "048155009999")) for _ in range(6)
    ]


def test_known_and_unknown_of_this_ward_and_of_another_are_answered_and_counted_alike(
    accounts: Accounts, citizen: str, notifications: FakeNotifications, clock: SettableClock
) -> None:
    other = accounts.open(ward=THANH_BINH, identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.last().otp, ward=THANH_BINH)
    pending = accounts.open(identity_number="048150001005", phone="0905 444 222")
    assert pending.account_id
    logins = (PHONE, NUMBER, UNKNOWN, "048155009999", "0905333222", "048150001002", "0905444222", "048150001005")
    answers = {login: [told(guess(accounts, login)) for _ in range(8)] for login in logins}
    assert len({tuple(each) for each in answers.values()}) == 1
    assert [each[1] for each in answers[PHONE]] == ["wrong-login"] * 5 + ["too-many-logins"] * 3


def test_a_pending_account_with_somebodys_phone_does_not_tell_if_the_phone_has_another(accounts: Accounts) -> None:
    """A stranger opens an account with a phone that is not theirs, and signs in by it with the password they chose."""
    accounts.open(identity_number="048150001005", phone="0905 444 222")
    with pytest.raises(Refusal, match="wrong-login"):
        sign_in(accounts, "0905444222")
    with pytest.raises(Refusal, match="account-pending"):
        sign_in(accounts, "048150001005")
    request = accounts_pb2.FindHomeWardRequest(login="0905444222")
    assert accounts.call("FindHomeWard", request).ward == ""


def test_each_spelling_of_a_login_that_nobody_has_is_tried_in_the_same_ward(accounts: Accounts) -> None:
    def ranks(login: str) -> list[bytes]:
        request = accounts_pb2.FindHomeWardRequest(login=login)
        return [accounts.call("FindHomeWard", request, ward=ward).rank for ward in (NAM_DUONG, THANH_BINH)]

    assert ranks("0905999999") == ranks("+84 905 999 999") == ranks("905999999")
    assert len({*ranks("0905999999"), *ranks("0905999998")}) == 4


@pytest.mark.parametrize("logins", [(PHONE, UNKNOWN, "0905333222"), (NUMBER, "048155009999", "048150001002")])
def test_known_and_unknown_logins_cost_the_same_statements(
    accounts: Accounts, citizen: str, notifications: FakeNotifications, logins: tuple[str, ...]
) -> None:
    other = accounts.open(ward=THANH_BINH, identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.last().otp, ward=THANH_BINH)
    counts: list[list[str]] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        counts[-1].append(statement.split(" WHERE ", maxsplit=1)[0])

    engine = accounts.cells[NAM_DUONG].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for login in logins:
            counts.append([])
            guess(accounts, login)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert counts[0]
    assert counts[0] == counts[1] == counts[2]
