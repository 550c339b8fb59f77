"""Signing in without naming a ward: for the API and the pages alike."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2

from gateway.cells import Cells, no_answer_from

FIND_SECONDS = 1.5
SIGN_IN_SECONDS = 5.0  # argon2 takes its time, by design


def sign_in(cells: Cells, login: str, password: str, ward: str = "") -> accounts_pb2.Session:
    """A session in `ward` or, where none is named, in the home ward of the login.

    A login that no ward knows is tried all the same, in one that answered: so it costs the time of, and is answered
    like, a wrong password. Where no ward knows it and some did not answer, raises UNAVAILABLE naming these.
    """
    ward = ward or _home_ward(cells, login)
    request = accounts_pb2.CreateSessionRequest(login=login, password=password)
    return cells.ask(ward, cells.accounts(ward).CreateSession, request, seconds=SIGN_IN_SECONDS)


def _home_ward(cells: Cells, login: str) -> str:
    answers = cells.ask_all(
        lambda ward: cells.accounts(ward).FindHomeWard,
        accounts_pb2.FindHomeWardRequest(login=login),
        seconds=FIND_SECONDS,
        enough=lambda answer: bool(answer.ward),
    )
    for answer in answers.answered.values():
        if answer.ward:
            return answer.ward
    if answers.silent:
        raise no_answer_from(answers.silent)
    return next(iter(answers.at_least_one().answered))
