"""Starting a practice as an invented person. After that the ordinary paths are used, with the practice ward's code."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.caller import token
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.sessions import session_of
from gateway.wards import wards


@api.operation(
    "POST",
    "/practice",
    id="openPractice",
    calls=(rpcs.OPEN_PRACTICE,),
    tag="practice",
    summary="Start to practise as an invented person",
    description="The answer is a session in the practice ward, whose code is its `ward`. Its dossiers use the paths of "
    "every ward, by the same rules, and the office answers by itself within a minute. Its tokens do not work in a "
    "real ward, nor theirs here. A copy can be made only of something that this person has registered here "
    "before; otherwise its dossier is stopped. Repeating the call makes another person. Everything is deleted "
    "after seven days.",
    signed_in=False,
    answer=answers.Session,
    status=201,
    limit="practices",
)
def open_practice() -> Json:
    return session_of(wards().client(wards().district.practice.code).call(rpcs.OPEN_PRACTICE))


@api.operation(
    "GET",
    "/practice/messages",
    id="listPracticeMessages",
    calls=(rpcs.LIST_PRACTICE_MESSAGES,),
    tag="practice",
    summary="The messages that would have come to the invented person's phone, one-time codes too, newest first",
    answer=answers.PracticeMessages,
)
def list_practice_messages() -> Json:
    ward = wards().client(wards().district.practice.code, token())
    return encode(answers.PracticeMessages, ward.call(rpcs.LIST_PRACTICE_MESSAGES))
