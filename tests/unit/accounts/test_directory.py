"""Which account stays when several wards have opened one for the same person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.directory import Claim

MORNING = datetime(2020, 10, 6, 2, tzinfo=UTC)
claims = st.builds(
    Claim,
    activated_at=st.integers(0, 3).map(lambda seconds: MORNING + timedelta(seconds=seconds)),
    ward=st.sampled_from(["20227", "20230", "20248"]),
    account_id=st.uuids().map(str),
)


@given(st.lists(claims, min_size=1, max_size=6).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_every_ward_finds_the_same_home_in_any_order_and_repetition_of_claims(
    orders: tuple[list[Claim], list[Claim]],
) -> None:
    here, there = orders
    taken_one_by_one = reduce(min, [*there, *there])
    assert min(here) == taken_one_by_one


@given(st.lists(claims, min_size=1, max_size=6))
def test_no_claim_is_earlier_than_the_one_that_wins(some: list[Claim]) -> None:
    assert min(some).activated_at == min(claim.activated_at for claim in some)
