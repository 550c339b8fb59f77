"""A token that is sent to a ward is good only there, and one's own token goes only to the home ward
(docs/decisions/0047).
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway import ward_tokens
from gateway.ward_tokens import WardTokens, told_by
from services.chassis.refusal import Kind, Refusal

HOME, OTHER, THIRD = "20248", "20227", "20236"


def token(*roles: str, **claims: object) -> str:
    told = {"ward": HOME, "roles": roles or ("citizen",), "exp": 4102444800, **claims}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"


class Home:
    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []
        self.fault: Refusal | None = None
        self.answers = threading.Event()
        self.answers.set()
        self.tokens = WardTokens(self._ask)

    def _ask(self, ward: str, _: str, wards: Sequence[str]) -> Mapping[str, str]:
        assert ward == HOME
        self.asked.append(wards)
        self.answers.wait(10)
        if self.fault:
            raise self.fault
        return {each: f"for-{each}" for each in wards}


@pytest.fixture
def home() -> Home:
    return Home()


def test_each_ward_gets_its_own_token_which_is_asked_for_once(home: Home) -> None:
    own = token()
    for _ in range(2):
        assert home.tokens.good_in([HOME, OTHER], own) == {HOME: own, OTHER: f"for-{OTHER}"}
    assert home.tokens.good_in([OTHER, THIRD], own) == {OTHER: f"for-{OTHER}", THIRD: f"for-{THIRD}"}
    assert home.asked == [[OTHER], [THIRD]]


@pytest.mark.parametrize(
    "role", ["volunteer", "receptionist", "civil_status_officer", "signer", "ward_admin", "visitor"]
)
def test_a_token_of_staff_is_sent_to_no_other_ward(home: Home, role: str) -> None:
    own = token(role)
    assert home.tokens.good_in([HOME, OTHER], own) == {HOME: own, OTHER: ""}
    assert home.asked == []


def test_a_token_that_is_about_to_end_is_not_kept(home: Home) -> None:
    own = token(exp=1)
    for _ in range(2):
        home.tokens.good_in([OTHER], own)
    assert home.asked == [[OTHER], [OTHER]]


def test_a_home_ward_that_does_not_answer_is_left_alone_for_a_moment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.fault = Refusal(Kind.UNAVAILABLE, "ward-busy", "Đang bận.")
    for _ in range(3):
        with pytest.raises(Refusal):
            home.tokens.good_in([OTHER], token())
    assert len(home.asked) == 1
    monkeypatch.setattr(ward_tokens, "LEFT_ALONE_SECONDS", 0)
    later = Home()
    later.fault = home.fault
    with pytest.raises(Refusal):
        later.tokens.good_in([OTHER], token())
    later.fault = None
    assert later.tokens.good_in([OTHER], token()) == {OTHER: f"for-{OTHER}"}


def test_the_requests_of_one_page_ask_once_and_those_of_others_do_not_wait_for_them(home: Home) -> None:
    home.answers.clear()
    with ThreadPoolExecutor(5) as pool:
        mine = [pool.submit(home.tokens.good_in, [OTHER], token()) for _ in range(3)]
        while not home.asked:
            pass
        others = pool.submit(home.tokens.good_in, [OTHER], token(sid="s-2"))
        while len(home.asked) < 2:
            pass
        home.answers.set()
        assert [one.result(10) for one in (*mine, others)] == [{OTHER: f"for-{OTHER}"}] * 4
    assert home.asked == [[OTHER], [OTHER]]


@pytest.mark.parametrize("exp", ["bald", None, [], int("1" + "0" * 400)])
def test_what_cannot_be_a_token_names_nobody(exp: object) -> None:
    """A number that no float can hold used to cause our own error, for any sender."""
    assert told_by(token(exp=exp)) is None


@pytest.mark.parametrize("claim", ["sid", "sub"])
def test_a_token_with_half_a_character_names_nobody(claim: str) -> None:
    """Its session or person used to be counted, which no encoding can, for any sender."""
    assert told_by(token(**{claim: "\ud800"})) is None
