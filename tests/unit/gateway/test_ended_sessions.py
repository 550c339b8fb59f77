"""After a sign-out a copied token opens nothing."""

from __future__ import annotations

import base64
import json

import pytest

from gateway.ended_sessions import SECONDS, EndedSessions
from services.chassis.refusal import Kind, Refusal


def token(**claims: object) -> str:
    told = {"ward": "20248", "roles": ["citizen"], "exp": 4102444800, "sid": "s-1", **claims}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"


class Home:
    """The home ward, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked: list[str] = []
        self.answer: bool | Refusal = True
        self.sessions = EndedSessions(self._ask, lambda: self.now)

    def _ask(self, ward: str, _: str) -> bool:
        self.asked.append(ward)
        if isinstance(self.answer, Refusal):
            raise self.answer
        return self.answer

    def refuses(self, token: str) -> bool:
        try:
            self.sessions.refuse(token)
        except Refusal as no:
            return no.kind is Kind.UNAUTHENTICATED
        return False


@pytest.fixture
def home() -> Home:
    return Home()


def test_a_session_is_asked_for_once_in_a_few_seconds_and_its_end_is_known_then(home: Home) -> None:
    assert not home.refuses(token())
    assert not home.refuses(token())
    assert home.asked == ["20248"]
    home.answer = False
    home.now += SECONDS - 0.1
    assert not home.refuses(token())
    home.now += 0.1
    assert home.refuses(token())
    assert home.refuses(token()), "that it has ended is asked each time"
    assert not home.refuses(token(sid="")), "a computer's token belongs to no session"


def test_what_another_session_does_tells_nothing_of_this_one(home: Home) -> None:
    assert not home.refuses(token(sid="s-2"))
    home.answer = False
    assert home.refuses(token())


def test_while_the_home_ward_is_away_a_token_is_good_for_its_minutes(home: Home) -> None:
    home.answer = Refusal(Kind.UNAVAILABLE, "ward-busy", "Đang bận.")
    assert not home.refuses(token())


def test_a_forged_token_of_a_ward_that_is_away_opens_no_session_again(home: Home) -> None:
    home.answer = False
    assert home.refuses(token())
    home.answer = Refusal(Kind.UNAVAILABLE, "ward-busy", "Đang bận.")
    assert not home.refuses(token(ward="20227"))
    home.answer = False
    assert home.refuses(token()), "what another token got, or none got, says nothing of this one"


def test_an_answer_that_was_not_given_is_not_kept(home: Home) -> None:
    home.answer = Refusal(Kind.UNAVAILABLE, "ward-busy", "Đang bận.")
    assert not home.refuses(token())
    home.answer = False
    assert home.refuses(token())


def test_a_token_that_the_home_ward_refuses_is_refused(home: Home) -> None:
    home.answer = Refusal(Kind.UNAUTHENTICATED, "not-signed-in", "Xin đăng nhập.")
    assert home.refuses(token())
