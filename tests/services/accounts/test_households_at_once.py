"""Several acts on households at the same moment."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.accounts.v1 import guidance_pb2

from services.chassis.refusal import Refusal
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.family import EIGHT, NAMES, NINE, SEVEN, SIX, TEN, Family
from tests.services.accounts.service import Accounts
from tests.services.accounts.test_desk import Desk
from tests.services.accounts.ward import came_of


def faults(results: list[object]) -> set[str]:
    """The types of the refusals among the results of several acts at once; any other exception fails."""
    for each in results:
        assert isinstance(each, Refusal) or not isinstance(each, Exception), each
    return {each.type for each in results if isinstance(each, Refusal)}


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
            assert family.seen_by(SEVEN) == [(NAMES[SEVEN], True, False)]
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
    assert family.seen_by(EIGHT) == [(NAMES[EIGHT], True, False)]
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
