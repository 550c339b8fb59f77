"""After a sign-out a copied token opens nothing."""

from __future__ import annotations

import base64
import json
import multiprocessing
from collections.abc import Callable

import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2

from gateway.ended_marks import NUMBERS, Marks, number_of, read_number
from gateway.ended_sessions import SECONDS, EndedSessions
from services.chassis.refusal import Kind, Refusal

SESSION, PERSON = "0191f7a2-0000-7000-8000-00000000000a", "0191f7a2-0000-7000-8000-00000000000b"


def token(**claims: object) -> str:
    told = {"ward": "20248", "roles": ["citizen"], "exp": 4102444800, "sid": SESSION, "sub": PERSON, **claims}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"


class Home:
    """The home ward, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked: list[str] = []
        self.answer: bool | Refusal = True
        self.marks = Marks()
        self.told: list[int] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.sessions, self.elsewhere = (
            EndedSessions(self._ask, lambda: self.now, self.marks, self.told.append) for _ in range(2)
        )

    def _ask(self, ward: str, _: str) -> bool:
        self.asked.append(ward)
        answer = self.answer
        self.meanwhile()
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def end(self, session: str = SESSION) -> None:
        """In another process."""
        self.answer = False
        refresh = f"20248.{session.replace('-', '')}.secret"
        self.elsewhere.note("EndSession", accounts_pb2.EndSessionRequest(refresh_token=refresh), "")

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


def test_after_a_sign_out_in_another_process_a_copied_token_opens_nothing_at_once(home: Home) -> None:
    assert not home.refuses(token())
    home.end()
    assert home.refuses(token())
    assert home.told == [number_of(SESSION)], "and other pods are told"


def test_a_sign_out_while_the_ward_is_asked_is_not_overheard(home: Home) -> None:
    home.meanwhile = home.end  # after the ward has looked
    assert not home.refuses(token())
    home.meanwhile = lambda: None
    assert home.refuses(token())


def test_the_end_of_one_session_has_no_other_asked_for_again(home: Home) -> None:
    assert not home.refuses(token())
    other = next(
        id for id in (f"0191f7a2-0000-7000-8000-{n:012}" for n in range(9)) if number_of(id) != number_of(SESSION)
    )
    home.end(other)
    assert not home.refuses(token())
    assert len(home.asked) == 1


def test_what_ends_all_sessions_of_a_person_counts_at_once(home: Home) -> None:
    change, end = accounts_pb2.ChangePasswordRequest(), staff_pb2.EndStaffRequest(staff_id=PERSON)
    for rpc, request, by in (("ChangePassword", change, token()), ("EndStaff", end, "")):
        home.answer = True
        assert not home.refuses(token())
        home.answer = False
        assert not home.refuses(token())
        home.elsewhere.note(rpc, request, by)
        assert home.refuses(token())


def test_what_ends_nothing_and_a_refresh_token_from_before_change_no_mark(home: Home) -> None:
    home.sessions.note("RefreshSession", accounts_pb2.RefreshSessionRequest(refresh_token="20248.a.b"), "")
    home.sessions.note("EndSession", accounts_pb2.EndSessionRequest(refresh_token="20248.secret"), "")
    assert home.told == []


def test_marks_are_shared_with_what_was_forked() -> None:
    marks = Marks()
    before = marks.of([7])
    child = multiprocessing.get_context("fork").Process(target=marks.change, args=(7,))
    child.start()
    child.join()
    assert marks.of([7]) != before
    assert marks.of([8]) == (0,)


@pytest.mark.parametrize("text", ["", "-1", str(NUMBERS), "9" * 4000, "٣", "1.0", "a"])
def test_text_that_is_not_a_number_is_ignored(text: str) -> None:
    assert read_number(text) is None
