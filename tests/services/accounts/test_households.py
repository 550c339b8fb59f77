"""Households: started, joined, left; seen by their members and by nobody else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, guidance_pb2, households_pb2
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from sqlalchemy import RowMapping, Table, select, text, update

from services.accounts.domain.households import CHANGES_A_DAY, KEPT, MOST_MEMBERS, TRIES, TRIES_A_DAY, WARD_TRIES
from services.accounts.storage import households as storage
from services.accounts.storage.households import Coverage
from services.accounts.tables import Base, HouseholdCodeRow, HouseholdMemberRow, HouseholdRow, TryRow
from services.chassis.database.tables import AuditRow, ChassisBase, IdempotencyRow, OutboxRow
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.family import NAMES, VERSION, Family
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.test_desk import Desk
from tests.services.accounts.test_directory import deliver, opened_in_both
from tests.services.accounts.test_recovery import told_by
from tests.services.accounts.ward import came_of, refused

SIX, SEVEN, EIGHT, NINE, TEN = range(5)


@pytest.fixture
def family(accounts: Accounts, notifications: FakeNotifications) -> Family:
    """Five people of Nam Dương, in no household."""
    found = Family(accounts, notifications)
    found.add(*NAMES)
    return found


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def faults(results: list[object]) -> set[str]:
    """The types of the refusals among the results of several acts at once; any other exception fails."""
    for each in results:
        assert isinstance(each, Refusal) or not isinstance(each, Exception), each
    return {each.type for each in results if isinstance(each, Refusal)}


def seen_by(family: Family, who: int) -> list[tuple[str, bool, bool]]:
    return [(one.full_name, one.is_head, one.able_alone) for one in family.see(who).members]


# --- started and joined


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
    assert seen_by(family, SIX) == [(NAMES[SIX], True, False), (NAMES[SEVEN], False, False)]
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


# --- what is seen


def test_members_see_names_and_who_can_do_it_alone_and_nothing_else(family: Family) -> None:
    family.together(SIX, SEVEN, EIGHT)
    assert not family.see(SIX).covered
    family.learn(SEVEN, "helped")
    family.learn(EIGHT, "station")
    for who in (SIX, SEVEN, EIGHT):
        assert set(seen_by(family, who)) == {
            (NAMES[SIX], True, False),
            (NAMES[SEVEN], False, False),
            (NAMES[EIGHT], False, True),
        }
        assert family.see(who).covered
    shown = str(family.see(SIX))
    for secret in (*family.people, "905201", "48155001", "example.com"):
        assert secret not in shown
    assert {each.name for each in households_pb2.HouseholdMember.DESCRIPTOR.fields} == {
        *("id", "full_name", "joined_at", "able_alone", "is_head", "is_caller")
    }


def test_the_residential_group_is_seen_by_the_head_alone(family: Family) -> None:
    family.together(SIX, SEVEN)
    family.set_group(SIX, 12)
    assert [family.see(who).residential_group for who in (SIX, SEVEN)] == [12, 0]
    refused("not-head-of-household", family.set_group, SEVEN, 7)
    refused("invalid-field", family.set_group, SIX, 301)
    family.set_group(SIX, 0)
    assert family.see(SIX).residential_group == 0


def test_a_residential_group_that_was_changed_meanwhile_is_not_overwritten_unseen(family: Family) -> None:
    family.start(SIX)
    family.set_group(SIX, 12, shown=0)
    no = refused("residential-group-changed", family.set_group, SIX, 7, 0)
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.CONFLICT, ["residential_group"])
    family.set_group(SIX, 12, shown=0)  # again, after an answer that was lost
    refused("residential-group-changed", family.set_group, SIX, 0, 7)
    assert family.see(SIX).residential_group == 12
    family.set_group(SIX, 0, shown=12)
    refused("residential-group-changed", family.set_group, SIX, 7, 12)
    family.set_group(SIX, 7, shown=0)
    assert family.see(SIX).residential_group == 7


def test_of_two_who_change_what_they_both_saw_one_is_told_that_it_was_changed(family: Family) -> None:
    family.start(SIX)
    for group in (10, 20, 30):
        shown = family.see(SIX).residential_group
        results = race(*[partial(family.set_group, SIX, group + more, shown) for more in (1, 2)])
        assert [each.type for each in results if isinstance(each, Exception)] == ["residential-group-changed"]  # type: ignore[attr-defined] # a Refusal


def test_a_member_reads_who_has_seen_them_once_a_day(family: Family, accounts: Accounts) -> None:
    family.together(SIX, SEVEN)
    for _ in range(3):
        family.see(SIX)
        family.see(SEVEN)
    assert family.looks(SIX) == [(family.people[SEVEN], "view-household")]
    assert family.looks(SEVEN) == [(family.people[SIX], "view-household")]
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(AuditRow).values(at=text("at - interval '25 hours'")))
    family.see(SIX)
    assert family.looks(SEVEN) == [(family.people[SIX], "view-household")] * 2


def every_request(family: Family) -> dict[str, Message]:
    """A request of each RPC of households that the head, or who is in none, would be granted."""
    given = {"text_version": VERSION, "code": family.code(SIX), "member_id": family.member(SIX, SEVEN)}
    made: dict[str, Message] = {}
    for rpc in households_pb2.DESCRIPTOR.services_by_name["HouseholdsService"].methods:
        request = GetMessageClass(rpc.input_type)
        made[rpc.name] = request(**{name: given[name] for name in rpc.input_type.fields_by_name if name in given})
    return made


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CITIZEN, Role.SERVICE)])
def test_nobody_but_a_citizen_of_the_ward_has_to_do_with_households(
    family: Family, accounts: Accounts, role: Role
) -> None:
    """Neither an officer, a volunteer, an administrator nor a computer, not even with the id of a member."""
    family.together(SIX, SEVEN)
    requests = every_request(family)
    assert len(requests) == 8
    for account in (family.people[SIX], str(uuid4())):
        for rpc, request in requests.items():
            no = came_of(partial(accounts.call, rpc, request, token=accounts.token(account, role)))
            assert (rpc, no.kind) == (rpc, Kind.FORBIDDEN)
    there = accounts.token(family.people[SIX], ward=THANH_BINH)
    for rpc, request in requests.items():
        no = came_of(partial(accounts.call, rpc, request, token=there))
        assert no.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED), rpc
    assert family.lives().popitem()[1] == [(SIX, True), (SEVEN, False)]


def test_no_event_and_no_stored_answer_tells_of_a_household(family: Family, accounts: Accounts) -> None:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        before = len(session.scalars(select(OutboxRow.seq)).all())
    family.start(SIX, key="bắt đầu".encode().hex())
    code = family.code(SIX, key="mã".encode().hex())
    assert family.code(SIX, key="mã".encode().hex()) == code
    family.join(SEVEN, code)
    family.hand_over(SIX, family.member(SIX, SEVEN))
    family.leave(SIX)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert len(session.scalars(select(OutboxRow.seq)).all()) == before
        kept = b"".join(session.scalars(select(IdempotencyRow.response)).all())
    assert code.encode() not in kept
    assert NAMES[SEVEN].encode() not in kept


def test_the_code_is_nowhere_in_the_clear(family: Family, accounts: Accounts) -> None:
    """Neither given out, nor typed wrong or right: in no column of any table."""
    family.start(SIX)
    code = family.code(SIX, key="mã".encode().hex())
    refused("wrong-household-code", family.join, SEVEN, other_code(code))
    family.join(SEVEN, code)
    found = {
        (table.name, column)
        for table, row in every_row(accounts)
        for column, value in row.items()
        if any(one in as_text(value) for one in (code, other_code(code)))
    }
    assert found == set()


def every_row(accounts: Accounts) -> Iterator[tuple[Table, RowMapping]]:
    """The content of all tables of the ward's database, including the chassis's."""
    tables = [*Base.metadata.tables.values(), *ChassisBase.metadata.tables.values()]
    assert {"household_codes", "audit", "outbox", "idempotency"} <= {table.name for table in tables}
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        for table in tables:
            yield from ((table, row) for row in session.execute(select(table)).mappings())


def as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


# --- leaving, removing, handing over


def test_a_member_leaves_and_sees_and_is_seen_no_more(family: Family) -> None:
    family.together(SIX, SEVEN)
    family.leave(SEVEN)
    refused("no-household", family.see, SEVEN)
    assert seen_by(family, SIX) == [(NAMES[SIX], True, False)]
    refused("no-household", family.leave, SEVEN)
    family.hold()


def test_when_the_head_leaves_whoever_has_been_there_longest_is_head_and_told(
    family: Family, clock: SettableClock
) -> None:
    family.start(SIX)
    for who in (EIGHT, SEVEN):
        clock.advance(timedelta(minutes=1))
        family.join(who, family.code(SIX))
    code = family.code(SIX)
    family.leave(SIX)
    assert seen_by(family, SEVEN) == [(NAMES[EIGHT], True, False), (NAMES[SEVEN], False, False)]
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
    assert seen_by(family, SIX) == [(NAMES[SEVEN], True, False), (NAMES[SIX], False, False)]
    assert ("account-household-head", family.phone(SEVEN)) in family.told()
    refused("wrong-household-code", family.join, EIGHT, code)
    refused("not-head-of-household", family.code, SIX)
    family.join(EIGHT, family.code(SEVEN))
    family.hold()


def test_a_repeated_request_gets_the_first_answer(family: Family) -> None:
    assert family.start(SIX, key="k1") == family.start(SIX, key="k1")
    assert family.leave(SIX, key="k2") == family.leave(SIX, key="k2")


# --- consents


def test_being_in_a_household_is_a_consent_that_leaving_withdraws(family: Family) -> None:
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SEVEN)
    assert (consent.purpose, consent.text_version, consent.station_name) == ("household", VERSION, "")
    assert not consent.HasField("withdrawn_at")
    family.leave(SEVEN)
    (consent,) = family.consents(SEVEN)
    assert consent.HasField("withdrawn_at")


def test_withdrawing_the_consent_leaves_the_household(family: Family) -> None:
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SIX)
    withdrawn = family.withdraw(SIX, consent.id)
    assert withdrawn.HasField("withdrawn_at")
    assert family.withdraw(SIX, consent.id).withdrawn_at == withdrawn.withdrawn_at
    refused("no-household", family.see, SIX)
    assert seen_by(family, SEVEN) == [(NAMES[SEVEN], True, False)]
    family.hold()


def test_an_earlier_consent_that_is_withdrawn_again_does_not_leave_the_present_household(family: Family) -> None:
    family.start(SIX)
    (earlier,) = family.consents(SIX)
    family.leave(SIX)
    family.start(SIX)
    family.withdraw(SIX, earlier.id)
    assert len(family.see(SIX).members) == 1


def test_nobody_withdraws_the_consent_of_another(family: Family, accounts: Accounts) -> None:
    """Neither a member, nor the same id in another ward, nor a visitor."""
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SIX)
    refused("unknown-consent", family.withdraw, SEVEN, consent.id)
    strangers = [
        accounts.token(family.people[SIX], ward=THANH_BINH),
        accounts.token(str(uuid4()), Role.VISITOR),
    ]
    for token in strangers:
        request = guidance_pb2.WithdrawConsentRequest(id=consent.id)
        refused("unknown-consent", accounts.call, "WithdrawConsent", request, token=token)
    assert len(family.see(SIX).members) == 2


def test_another_ward_that_vouches_for_a_member_reads_neither_consents_nor_who_looked(
    family: Family, accounts: Accounts
) -> None:
    """Ids of accounts are in events that every ward reads: a ward that was broken into is to learn nothing by them."""
    family.together(SIX, SEVEN)
    asked = accounts_pb2.ListOwnAccessLogRequest()
    own = accounts.call("ListOwnAccessLog", asked, token=accounts.token(family.people[SIX]))
    assert "view-household" in [entry.action for entry in own.entries]
    there = accounts.token(family.people[SIX], ward=THANH_BINH)
    refused("not-signed-in", accounts.call, "ListOwnAccessLog", asked, token=there)
    assert not accounts.call("ListOwnConsents", guidance_pb2.ListOwnConsentsRequest(), token=there).consents


def test_the_text_that_is_agreed_to_is_public(family: Family, accounts: Accounts) -> None:
    text = accounts.call("GetConsentText", guidance_pb2.GetConsentTextRequest(purpose="household"))
    assert (text.purpose, text.version) == ("household", VERSION)
    assert accounts.call("GetConsentText", guidance_pb2.GetConsentTextRequest()).purpose == "guided-session"


# --- accounts that end


def test_a_closed_account_leaves_and_its_token_shows_nothing_more(
    family: Family, accounts: Accounts, notifications: FakeNotifications
) -> None:
    family.together(SIX, SEVEN)
    Desk(accounts, notifications).close(family.people[SIX], family.number(SIX))
    assert seen_by(family, SEVEN) == [(NAMES[SEVEN], True, False)]
    assert ("account-household-head", family.phone(SEVEN)) in family.told()
    for act in (family.see, family.start, family.code, family.leave):
        with pytest.raises(Refusal) as no:
            act(SIX)
        assert no.value.kind is Kind.UNAUTHENTICATED
    with pytest.raises(Refusal) as no:
        family.join(SIX, family.code(SEVEN))
    assert no.value.kind is Kind.UNAUTHENTICATED
    assert family.standing(SIX) == 0
    assert [action for actor, action in family.looks(SEVEN) if actor != family.people[SIX]] == []
    family.hold()


def test_an_account_that_has_to_move_leaves(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    """If two are opened at one moment, the earlier stays; the household of the other continues."""
    _, later = opened_in_both(accounts, notifications, clock)
    there = Family(accounts, notifications, THANH_BINH)
    there.people = [later]
    second = accounts.open(ward=THANH_BINH, identity_number=Family.number(1), phone="0905 201 102", full_name="Lê Ba")
    accounts.activate(second.account_id, notifications.last().otp, ward=THANH_BINH)
    there.people.append(second.account_id)
    there.together(0, 1)
    there.learn(0)
    assert covered(there) == (1, 1)
    deliver(accounts, THANH_BINH, *told_by(accounts, events_pb2.AccountActivated))
    assert [one.full_name for one in there.see(1).members] == ["Lê Ba"]
    assert there.see(1).members[0].is_head
    assert ("account-household-head", "+84905201102") in there.told()
    assert covered(there) == (1, 0), "who can do it alone is counted where they live"
    assert there.standing(0) == 0
    there.hold()


def covered(family: Family) -> tuple[int, int]:
    """How many households the ward has, and how many of them are covered."""
    with family.accounts.cells[family.ward].database.transaction() as session:
        (found,) = storage.coverage(session)
    return found.households, found.covered


# --- at the same moment


def test_of_two_who_join_with_one_code_one_is_in(family: Family) -> None:
    for _ in range(4):
        family.start(SIX)
        code = family.code(SIX)
        results = race(partial(family.join, SEVEN, code), partial(family.join, EIGHT, code))
        (no,) = (each for each in results if isinstance(each, Exception))
        assert isinstance(no, Refusal)
        assert no.type == "wrong-household-code"
        family.hold()
        for who in (SIX, SEVEN, EIGHT):
            came_of(partial(family.leave, who))


def test_one_who_sends_a_code_twice_at_once_is_in_once(family: Family) -> None:
    family.start(SIX)
    code = family.code(SIX)
    results = race(partial(family.join, SEVEN, code), partial(family.join, SEVEN, code))
    assert faults(results) == set()
    family.hold()
    assert len(family.see(SIX).members) == 2


def test_one_who_starts_twice_at_once_has_one_household(family: Family) -> None:
    results = race(partial(family.start, SIX), partial(family.start, SIX))
    assert [each.type for each in results if isinstance(each, Refusal)] == ["in-household"]
    assert len(family.lives()) == 1
    family.hold()


def test_the_head_leaves_while_somebody_joins(family: Family) -> None:
    for _ in range(4):
        family.start(SIX)
        code = family.code(SIX)
        left, joined = race(partial(family.leave, SIX), partial(family.join, SEVEN, code))
        assert faults([left]) == set()
        family.hold()
        assert faults([joined]) <= {"wrong-household-code"}
        if not isinstance(joined, Refusal):
            assert seen_by(family, SEVEN) == [(NAMES[SEVEN], True, False)]
            family.leave(SEVEN)


def test_of_two_hand_overs_at_once_one_counts(family: Family) -> None:
    family.together(SIX, SEVEN, EIGHT)
    seven, eight = family.member(SIX, SEVEN), family.member(SIX, EIGHT)
    results = race(partial(family.hand_over, SIX, seven), partial(family.hand_over, SIX, eight))
    assert [each.type for each in results if isinstance(each, Refusal)] == ["not-head-of-household"]
    family.hold()


def test_a_member_is_removed_while_they_leave(family: Family) -> None:
    for _ in range(4):
        family.together(SIX, SEVEN)
        (_, consent) = (family.consents(who)[0] for who in (SIX, SEVEN))
        results = race(
            partial(family.remove, SIX, family.member(SIX, SEVEN)),
            partial(family.leave, SEVEN),
            partial(family.withdraw, SEVEN, consent.id),
        )
        assert faults(results) <= {"no-household", "unknown-household-member"}
        assert family.lives().popitem()[1] == [(SIX, True)]
        family.hold()
        family.leave(SIX)


def test_the_role_is_handed_to_somebody_who_leaves(family: Family) -> None:
    for _ in range(4):
        family.together(SIX, SEVEN, EIGHT)
        results = race(partial(family.hand_over, SIX, family.member(SIX, SEVEN)), partial(family.leave, SEVEN))
        assert faults(results) <= {"unknown-household-member"}
        family.hold()
        for who in (SIX, EIGHT):
            family.leave(who)


def test_an_account_is_closed_beside_joining(
    family: Family, accounts: Accounts, notifications: FakeNotifications
) -> None:
    desk = Desk(accounts, notifications)
    family.start(SIX)
    for who in (SEVEN, EIGHT, NINE, TEN):
        code = family.code(SIX)
        close = partial(desk.close, family.people[who], family.number(who))
        closed, joined = race(close, partial(family.join, who, code))
        assert faults([closed]) == set()
        assert faults([joined]) <= {"not-signed-in"}
        family.hold()
        assert family.lives().popitem()[1] == [(SIX, True)]


def test_the_head_and_a_member_are_closed_at_once(
    family: Family, accounts: Accounts, notifications: FakeNotifications
) -> None:
    desk = Desk(accounts, notifications)
    family.together(SIX, SEVEN, EIGHT)
    results = race(*[partial(desk.close, family.people[who], family.number(who)) for who in (SIX, SEVEN)])
    assert faults(results) == set()
    assert seen_by(family, EIGHT) == [(NAMES[EIGHT], True, False)]
    family.hold()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_five_people_do_each_household_has_one_head_and_nobody_is_in_two(
    family: Family, clock: SettableClock, seed: int
) -> None:
    chance = random.Random(seed)
    codes = ["00000000"]
    for _ in range(60):
        who = chance.randrange(len(family.people))
        clock.advance(timedelta(minutes=30))
        own = came_of(partial(family.see, who))
        members = [] if isinstance(own, Refusal) else [one.id for one in own.members]
        chosen = chance.choice(["start", "code", "join", "join", "leave", "remove", "hand_over", "withdraw"])
        acts: dict[str, Any] = {
            "start": partial(family.start, who),
            "code": partial(family.code, who),
            "join": partial(family.join, who, codes[-1]),
            "leave": partial(family.leave, who),
            "remove": partial(family.remove, who, chance.choice(members or [""])),
            "hand_over": partial(family.hand_over, who, chance.choice(members or [""])),
            "withdraw": partial(family.withdraw, who, (family.consents(who) or [guidance_pb2.Consent()])[0].id),
        }
        done = came_of(acts[chosen])
        codes += [done] if chosen == "code" and isinstance(done, str) else []
        family.hold()


# --- the ward


def test_the_ward_counts_households_and_those_with_somebody_able_by_residential_group(
    family: Family, accounts: Accounts
) -> None:
    family.together(SIX, SEVEN)
    family.start(EIGHT)
    family.start(NINE)
    family.start(TEN)
    for head, group in ((SIX, 12), (EIGHT, 12), (NINE, 3)):
        family.set_group(head, group)
    family.learn(SEVEN)
    family.learn(SEVEN, "helped")
    family.learn(TEN, "station")
    family.learn(NINE, "helped")

    def counted() -> list[Coverage]:
        with accounts.cells[NAM_DUONG].database.transaction() as session:
            return storage.coverage(session)

    assert counted() == [Coverage(3, 1, 0), Coverage(12, 2, 1), Coverage(None, 1, 1)]
    family.leave(SEVEN)
    family.leave(NINE)
    assert counted() == [Coverage(12, 2, 0), Coverage(None, 1, 1)]


def test_who_left_is_forgotten_after_a_month_and_an_empty_household_with_them(
    family: Family, accounts: Accounts, clock: SettableClock
) -> None:
    family.together(SIX, SEVEN)
    family.start(EIGHT)
    family.leave(EIGHT)
    family.leave(SEVEN)
    family.code(SIX)

    def purge() -> tuple[int, int, int]:
        with accounts.cells[NAM_DUONG].database.transaction() as session:
            storage.purge(session, clock.now())
        return tuple(family.count(row) for row in (HouseholdRow, HouseholdMemberRow, HouseholdCodeRow))  # type: ignore[return-value] # three

    assert purge() == (2, 3, 1)
    clock.advance(timedelta(hours=2))
    assert purge() == (2, 3, 0)
    clock.advance(KEPT)
    assert purge() == (1, 1, 0)
    assert len(family.see(SIX).members) == 1


def test_what_is_open_to_everybody_names_no_household(family: Family, accounts: Accounts) -> None:
    """Somebody who knows a person's number learns their home ward, as before, but not with whom they live."""
    family.together(SIX, SEVEN)
    home = accounts.call("FindHomeWard", accounts_pb2.FindHomeWardRequest(login=family.number(SIX)))
    assert [field.name for field, _ in home.ListFields()] == ["ward", "rank"]  # the rank depends only on the login
