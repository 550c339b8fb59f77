"""Rules of households: codes, who is head after whom, residential groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain import households as rules
from services.chassis.clock import VIETNAM
from services.chassis.refusal import Refusal

START = datetime(2020, 10, 6, 9, 0, tzinfo=VIETNAM)


@dataclass(frozen=True)
class Member:
    id: int
    joined_at: datetime


@pytest.mark.parametrize("typed", ["48291307", "4829 1307", " 4829-1307 ", "48.29.13.07"])
def test_a_code_is_read_however_it_is_grouped(typed: str) -> None:
    assert rules.read_code(typed) == "48291307"


@pytest.mark.parametrize("typed", ["", "4829130", "482913077", "4829130x", "４８２９１３０７"])
def test_what_cannot_be_a_code_is_named_as_a_slip(typed: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.read_code(typed)
    assert (no.value.type, [fault.field for fault in no.value.fields]) == ("wrong-household-code", ["code"])


def test_codes_have_eight_digits_and_are_read_as_they_are() -> None:
    codes = {rules.make_code() for _ in range(200)}
    assert len(codes) > 190
    assert {rules.read_code(code) for code in codes} == codes


@given(st.lists(st.integers(0, 1000)))
def test_the_member_there_longest_follows_the_head(minutes: list[int]) -> None:
    members = [Member(place, START + timedelta(minutes=each)) for place, each in enumerate(minutes)]
    heir = rules.successor(members)
    assert rules.successor(reversed(members)) == heir
    if heir is None:
        assert members == []
    else:
        assert heir in members
        assert all(heir.joined_at <= each.joined_at for each in members)


def test_a_residential_group_is_a_small_number_or_none() -> None:
    assert [rules.read_group(number) for number in (0, 1, 300)] == [None, 1, 300]
    for number in (-1, 301):
        with pytest.raises(Refusal) as no:
            rules.read_group(number)
        assert no.value.type == "invalid-field"
