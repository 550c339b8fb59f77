"""What households show: to their members, to the ward, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, households_pb2
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from sqlalchemy import RowMapping, Table, select, text, update

from services.accounts.domain.households import KEPT
from services.accounts.storage import households as storage
from services.accounts.storage.households import Coverage
from services.accounts.tables import Base, HouseholdCodeRow, HouseholdMemberRow, HouseholdRow
from services.chassis.database.tables import AuditRow, ChassisBase, IdempotencyRow, OutboxRow
from services.chassis.refusal import Kind
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.race import race
from tests.services.accounts.family import EIGHT, NAMES, NINE, SEVEN, SIX, TEN, VERSION, Family, other_code
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.ward import came_of, refused

# --- to members


def test_members_see_names_and_who_can_do_it_alone_and_nothing_else(family: Family) -> None:
    family.together(SIX, SEVEN, EIGHT)
    assert not family.see(SIX).covered
    family.learn(SEVEN, "helped")
    family.learn(EIGHT, "station")
    for who in (SIX, SEVEN, EIGHT):
        assert set(family.seen_by(who)) == {
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


def test_two_simultaneous_changes_of_the_same_group_conflict(family: Family) -> None:
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
def test_only_citizens_of_the_ward_can_use_the_calls_of_households(
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


# --- to the ward


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
