"""Households: how people start, join and leave them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import households_pb2

from services.accounts.domain.households import CHANGES_A_DAY, MOST_MEMBERS, TRIES, TRIES_A_DAY, WARD_TRIES
from services.accounts.tables import TryRow
from services.chassis.refusal import Kind, Refusal
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.family import EIGHT, NAMES, NINE, SEVEN, SIX, VERSION, Family, other_code
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.ward import refused

# --- starting and joining


def test_who_is_in_no_household_is_told_so(family: Family) -> None:
    refused("no-household", family.see, SIX)
    refused("no-household", family.code, SIX)
    refused("no-household", family.leave, SIX)
    refused("no-household", family.set_group, SIX, 3)


def test_a_household_is_started_by_its_head_and_joined_with_the_code_that_is_read_out(family: Family) -> None:
    started = family.start(SIX)
    assert [(one.full_name, one.is_head, one.is_caller) for one in started.members] == [(NAMES[SIX], True, True)]
    code = family.code(SIX)
    assert len(code) == 8
    joined = family.join(SEVEN, f"{code[:4]} {code[4:]}")
    assert [(one.full_name, one.is_head, one.is_caller) for one in joined.members] == [
        (NAMES[SIX], True, False),
        (NAMES[SEVEN], False, True),
    ]
    assert family.seen_by(SIX) == [(NAMES[SIX], True, False), (NAMES[SEVEN], False, False)]
    family.hold()


def test_the_head_is_told_that_somebody_joined_and_no_name_is_sent(family: Family) -> None:
    family.together(SIX, SEVEN)
    assert family.told() == [("account-household-joined", family.phone(SIX))]
    notice = next(iter(family.notifications.notices.values()))
    assert NAMES[SEVEN] not in str(notice)


def test_joining_with_the_same_code_again_is_the_same_household(family: Family) -> None:
    """A browser that got no answer sends it again."""
    family.start(SIX)
    code = family.code(SIX)
    first = family.join(SEVEN, code)
    assert family.join(SEVEN, code) == first
    assert family.told() == [("account-household-joined", family.phone(SIX))]
    family.leave(SEVEN)
    refused("wrong-household-code", family.join, SEVEN, code)


def test_a_wrong_a_used_an_old_and_a_replaced_code_get_one_answer(family: Family, clock: SettableClock) -> None:
    family.start(SIX)
    replaced = family.code(SIX)
    used = family.code(SIX)
    family.join(SEVEN, used)
    old = family.code(SIX)
    clock.advance(timedelta(minutes=10))
    answers = [refused("wrong-household-code", family.join, EIGHT, each) for each in (used, old, other_code(old))]
    answers += [refused("wrong-household-code", family.join, EIGHT, replaced)]
    assert len({(no.kind, no.text, no.fields) for no in answers}) == 1
    family.hold()


def test_a_code_of_another_ward_is_a_wrong_one(
    family: Family, accounts: Accounts, notifications: FakeNotifications
) -> None:
    family.start(SIX)
    code = family.code(SIX)
    there = Family(accounts, notifications, THANH_BINH)
    there.people = [accounts.open(ward=THANH_BINH, identity_number="048155001099", phone="0905 201 199").account_id]
    accounts.activate(there.people[0], notifications.last().otp, ward=THANH_BINH)
    here = refused("wrong-household-code", family.join, SEVEN, other_code(code))
    no = refused("wrong-household-code", there.join, 0, code)
    assert (no.kind, no.text) == (here.kind, here.text)
    request = households_pb2.JoinHouseholdRequest(text_version=VERSION, code=code)
    with pytest.raises(Refusal) as strange:
        accounts.call("JoinHousehold", request, token=accounts.token(there.people[0], ward=THANH_BINH))
    assert strange.value.kind in (Kind.UNAUTHENTICATED, Kind.FORBIDDEN)


def test_who_is_in_a_household_is_told_so_before_the_code_is_looked_at(family: Family) -> None:
    family.together(SIX, SEVEN)
    family.start(EIGHT)
    code = family.code(EIGHT)
    answers = [refused("in-household", family.join, SEVEN, each) for each in (code, other_code(code))]
    assert answers[0].text == answers[1].text
    assert family.count(TryRow) == 1 + 2  # two people who started or joined, and no guess
    refused("in-household", family.start, SEVEN)
    family.join(NINE, code)


def test_nobody_joins_on_a_text_that_is_not_in_force(family: Family) -> None:
    refused("text-changed", family.start, SIX, "2020-01-01")
    family.start(SIX)
    refused("text-changed", family.join, SEVEN, family.code(SIX), "2020-01-01")
    assert family.lives().popitem()[1] == [(SIX, True)]


def test_a_household_has_twenty_members_at_most(family: Family) -> None:
    family.add(*[f"Lê Văn {letter}" for letter in "ABCDEFGHIKLMNOPQ"])
    family.start(SIX)
    for who in range(1, MOST_MEMBERS):
        family.join(who, family.code(SIX))
    refused("household-full", family.code, SIX)
    assert len(family.see(SIX).members) == MOST_MEMBERS


# --- guessing


def test_guesses_of_one_account_are_few(family: Family, clock: SettableClock) -> None:
    family.start(SIX)
    code = family.code(SIX)
    for _ in range(TRIES.times):
        refused("wrong-household-code", family.join, SEVEN, other_code(code))
    no = refused("too-many-codes-tried", family.join, SEVEN, code)
    assert no.retry_after == 600
    family.join(EIGHT, code)  # nobody else waits
    for _ in range(2):
        clock.advance(timedelta(minutes=11))
        for _ in range(TRIES.times):
            refused("wrong-household-code", family.join, SEVEN, other_code(code))
    clock.advance(timedelta(minutes=11))
    no = refused("too-many-codes-tried", family.join, SEVEN, family.code(SIX))
    assert no.retry_after is not None
    assert no.retry_after > timedelta(hours=23).total_seconds() - 3600
    assert TRIES_A_DAY.times == 30


def test_a_slip_in_typing_costs_no_try(family: Family) -> None:
    for _ in range(TRIES.times + 1):
        refused("wrong-household-code", family.join, SEVEN, "1234 567")
    assert family.count(TryRow) == 0


def test_who_guesses_with_many_accounts_keeps_nobody_out_who_has_the_code(
    family: Family, accounts: Accounts, clock: SettableClock
) -> None:
    family.start(SIX)
    code = family.code(SIX)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.add_all(TryRow(subject="households", at=clock.now()) for _ in range(WARD_TRIES.times))
    refused("wrong-household-code", family.join, SEVEN, other_code(code))
    refused("too-many-codes-tried", family.join, SEVEN, code)
    family.join(EIGHT, code)


def test_nobody_is_told_of_households_all_day(family: Family) -> None:
    """Each joining is a message to somebody."""
    family.start(SIX)
    for _ in range(CHANGES_A_DAY.times):
        family.join(SEVEN, family.code(SIX))
        family.leave(SEVEN)
    no = refused("too-many-changes", family.join, SEVEN, family.code(SIX))
    assert "hộ" in no.text.split(), "they changed no account"
    family.hold()


# --- leaving, removing, handing over


def test_a_member_leaves_and_sees_and_is_seen_no_more(family: Family) -> None:
    family.together(SIX, SEVEN)
    family.leave(SEVEN)
    refused("no-household", family.see, SEVEN)
    assert family.seen_by(SIX) == [(NAMES[SIX], True, False)]
    refused("no-household", family.leave, SEVEN)
    family.hold()


def test_when_the_head_leaves_the_member_there_longest_becomes_head_and_is_told(
    family: Family, clock: SettableClock
) -> None:
    family.start(SIX)
    for who in (EIGHT, SEVEN):
        clock.advance(timedelta(minutes=1))
        family.join(who, family.code(SIX))
    code = family.code(SIX)
    family.leave(SIX)
    assert family.seen_by(SEVEN) == [(NAMES[EIGHT], True, False), (NAMES[SEVEN], False, False)]
    assert ("account-household-head", family.phone(EIGHT)) in family.told()
    refused("wrong-household-code", family.join, NINE, code)
    family.hold()


def test_when_the_last_leaves_the_household_is_dissolved(family: Family, accounts: Accounts) -> None:
    family.start(SIX)
    code = family.code(SIX)
    family.leave(SIX)
    refused("wrong-household-code", family.join, SEVEN, code)
    family.start(SIX)
    assert len(family.lives()) == 1
    family.hold()


def test_the_head_removes_a_member_who_is_told(family: Family) -> None:
    family.together(SIX, SEVEN, EIGHT)
    family.remove(SIX, family.member(SIX, SEVEN))
    refused("no-household", family.see, SEVEN)
    assert ("account-household-removed", family.phone(SEVEN)) in family.told()
    assert ("remove-household-member") in [action for _, action in family.looks(SEVEN)]
    family.hold()


def test_who_was_removed_does_not_come_back_with_a_code_that_they_have_heard(family: Family) -> None:
    family.together(SIX, SEVEN)
    code = family.code(SIX)
    family.remove(SIX, family.member(SIX, SEVEN))
    refused("wrong-household-code", family.join, SEVEN, code)


def test_only_the_head_lets_in_removes_and_hands_over(family: Family) -> None:
    family.together(SIX, SEVEN, EIGHT)
    refused("not-head-of-household", family.code, SEVEN)
    for act in (family.remove, family.hand_over):
        refused("not-head-of-household", act, SEVEN, family.member(SEVEN, EIGHT))
        refused("invalid-field", act, SIX, family.member(SIX, SIX))
        for nobody in (str(uuid4()), "", "x"):
            refused("unknown-household-member", act, SIX, nobody)
    assert len(family.see(SIX).members) == 3


def test_a_head_reaches_no_member_of_another_household(family: Family) -> None:
    family.together(SIX, SEVEN)
    family.together(EIGHT, NINE)
    theirs = family.member(EIGHT, NINE)
    for act in (family.remove, family.hand_over):
        refused("unknown-household-member", act, SIX, theirs)
    family.hold()
    assert len(family.see(NINE).members) == 2


def test_the_head_hands_the_role_over_and_the_code_before_is_void(family: Family) -> None:
    family.together(SIX, SEVEN)
    code = family.code(SIX)
    family.hand_over(SIX, family.member(SIX, SEVEN))
    assert family.seen_by(SIX) == [(NAMES[SEVEN], True, False), (NAMES[SIX], False, False)]
    assert ("account-household-head", family.phone(SEVEN)) in family.told()
    refused("wrong-household-code", family.join, EIGHT, code)
    refused("not-head-of-household", family.code, SIX)
    family.join(EIGHT, family.code(SEVEN))
    family.hold()


def test_a_repeated_request_gets_the_first_answer(family: Family) -> None:
    assert family.start(SIX, key="k1") == family.start(SIX, key="k1")
    assert family.leave(SIX, key="k2") == family.leave(SIX, key="k2")
