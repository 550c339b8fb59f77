"""One-time codes: six digits, five tries, one use, ten minutes, one binding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.codes import (
    TRIES,
    Challenge,
    Outcome,
    code_text,
    make_code,
    read_code,
    refusal_of,
    try_code,
)
from services.chassis.refusal import Kind, Refusal

NOW = datetime(2020, 10, 6, 2, tzinfo=UTC)
CHALLENGE = Challenge(digest=b"right", binding=b"draft", expires_at=NOW + timedelta(minutes=10), tries=0)


def attempt(
    challenge: Challenge,
    *,
    digest: bytes = b"right",
    binding: bytes = b"draft",
    redemption: str = "one",
    now: datetime = NOW,
) -> Outcome:
    return try_code(challenge, digest=lambda: digest, binding=binding, redemption=redemption, now=now)


def but(**changes: object) -> Challenge:
    return replace(CHALLENGE, **changes)  # type: ignore[arg-type] # each test names real fields


def test_a_code_is_six_digits_and_hardly_ever_the_same() -> None:
    codes = {make_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdecimal() and code.isascii() for code in codes)
    assert len(codes) > 190


def test_a_code_may_be_typed_in_groups() -> None:
    assert read_code(" 123-456 ") == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_text_that_cannot_be_a_code_is_an_error_at_the_field(typed: str) -> None:
    with pytest.raises(Refusal) as no:
        read_code(typed)
    assert (no.value.kind, no.value.type, no.value.fields[0].field) == (Kind.INVALID, "wrong-code", "otp")


def test_a_code_counts_for_its_challenge_alone() -> None:
    assert code_text("a", "123456") != code_text("b", "123456")


def test_the_right_code_in_time_is_redeemed() -> None:
    assert attempt(CHALLENGE) is Outcome.REDEEMED
    assert attempt(but(tries=TRIES - 1)) is Outcome.REDEEMED


def test_after_five_wrong_tries_the_right_code_is_of_no_use() -> None:
    assert attempt(but(tries=TRIES - 1), digest=b"wrong") is Outcome.WRONG
    assert attempt(but(tries=TRIES)) is Outcome.EXHAUSTED


def test_a_code_ends_on_the_second_it_expires() -> None:
    assert attempt(CHALLENGE, now=CHALLENGE.expires_at - timedelta(seconds=1)) is Outcome.REDEEMED
    assert attempt(CHALLENGE, now=CHALLENGE.expires_at) is Outcome.EXPIRED


def test_a_code_that_could_not_be_sent_opens_nothing() -> None:
    assert attempt(but(voided=True)) is Outcome.EXPIRED


def test_a_used_code_succeeds_again_only_for_its_own_redemption_even_after_expiry() -> None:
    used = but(redemption="one")
    late = NOW + timedelta(days=1)
    assert attempt(used, redemption="one", now=late) is Outcome.REPEATED
    assert attempt(used, redemption="two") is Outcome.USED
    assert attempt(used, redemption="one", digest=b"wrong") is Outcome.USED


@given(
    digest=st.sampled_from([b"right", b"wrong"]), tries=st.integers(0, TRIES), redemption=st.sampled_from([None, "one"])
)
def test_after_a_change_of_the_draft_no_code_works_and_none_is_judged(
    digest: bytes, tries: int, redemption: str | None
) -> None:
    """docs/architecture.md, rule 3: the confirmation is bound to exactly what is filed."""
    assert attempt(but(tries=tries, redemption=redemption), digest=digest, binding=b"changed") is Outcome.OTHER_BINDING


def test_each_outcome_has_its_stable_answer() -> None:
    types = {outcome: getattr(refusal_of(outcome, 1), "type", None) for outcome in Outcome}
    assert types == {
        Outcome.REDEEMED: None,
        Outcome.REPEATED: None,
        Outcome.WRONG: "wrong-code",
        Outcome.EXPIRED: "code-expired",
        Outcome.USED: "code-used",
        Outcome.EXHAUSTED: "too-many-tries",
        Outcome.OTHER_BINDING: "code-for-other-content",
    }
