"""Signing in and out."""

from __future__ import annotations

import json

from caunoi.accounts.v1 import accounts_pb2

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.caller import home_ward, token
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import ChangedPassword, RefreshToken, SignIn
from gateway.routing import sign_in
from gateway.wards import WardClient, wards
from services.chassis.refusal import Kind, Refusal


@api.operation(
    "POST",
    "/sessions",
    id="createSession",
    calls=(rpcs.FIND_HOME_WARD, rpcs.CREATE_SESSION),
    refuses="404 unknown-ward 503 wards-unavailable",
    tag="sessions",
    summary="Sign in",
    description="The access token goes into `Authorization: Bearer …`. Unknown logins and wrong passwords get the same "
    "answer, and slow down the next try by at most a minute. All wards are asked for the login; `ward` chooses "
    "one if people of several wards have it, such as a phone. If some wards did not answer, a wrong login or "
    "password gets 503. A password that the ward's administrator gave out (409 `password-to-change`) works only "
    "with a `new_password`; if that answer was lost, sign in with the new one. For staff who have or need a "
    "second factor, the answer has no token: they continue with `second_factor`, and `completeSession` or "
    "`startAuthenticator`.",
    signed_in=False,
    body=SignIn,
    answer=answers.CreatedSession,
    status=201,
    limit="sessions",
)
def create_session(body: SignIn) -> Json:
    session, ward = sign_in(body.login, body.password, body.ward or "", body.new_password)
    if not session.HasField("second_factor"):
        return session_of(session) | {"second_factor": None}
    nothing = dict.fromkeys(("access_token", "token_type", "expires_in", "refresh_token"))
    due = second_factor_of(session.second_factor, ward)
    return {**nothing, "ward": ward, "account": None, "second_factor": due}


@api.operation(
    "PUT",
    "/me/password",
    id="changePassword",
    calls=(rpcs.CHANGE_PASSWORD,),
    tag="sessions",
    summary="Set another password",
    description="Every session that was opened with the old password ends: its access tokens stop working at once, as "
    "after a sign-out. The answer is a new session; if that answer was lost, sign in with the new password. A "
    "wrong `password` slows down the next try.",
    body=ChangedPassword,
    answer=answers.Session,
    limit="sessions",
    unversioned="`password` has to be the present one, and it changes with the call.",
)
def change_password(body: ChangedPassword) -> Json:
    ward = wards().client(home_ward(), token())
    return session_of(ward.call(rpcs.CHANGE_PASSWORD, password=body.password, new_password=body.new_password))


@api.operation(
    "POST",
    "/sessions/refresh",
    id="refreshSession",
    calls=(rpcs.REFRESH_SESSION,),
    tag="sessions",
    summary="Exchange a refresh token, once, for a new pair of tokens",
    description="Repeated within 30 seconds, as after a lost answer, it returns the same refresh token with another "
    "access token, as long as that refresh token is unused. A used refresh token at any other time ends the "
    "session.",
    signed_in=False,
    body=RefreshToken,
    answer=answers.Session,
    limit="refresh",
)
def refresh_session(body: RefreshToken) -> Json:
    ward, secret = _parted(body.refresh_token)
    if ward is None:
        raise Refusal(Kind.UNAUTHENTICATED, "session-ended", "Phiên làm việc đã kết thúc. Xin đăng nhập lại.")
    return session_of(ward.call(rpcs.REFRESH_SESSION, refresh_token=secret))


@api.operation(
    "POST",
    "/sessions/end",
    id="endSession",
    calls=(rpcs.END_SESSION,),
    tag="sessions",
    summary="Sign out: the refresh token no longer works",
    description="Once this is answered, every process of the gateway refuses the session's access tokens; a process "
    "that could not be told does so within three seconds. Only while the home ward does not answer do they last "
    "for their `expires_in`. Unknown tokens get the same answer.",
    signed_in=False,
    body=RefreshToken,
    status=204,
    limit="refresh",
)
def end_session(body: RefreshToken) -> None:
    ward, secret = _parted(body.refresh_token)
    if ward is not None:
        ward.call(rpcs.END_SESSION, refresh_token=secret)


def session_of(session: accounts_pb2.Session) -> Json:
    ward = session.account.ward
    # The gateway keeps no state: the ward's code in front of the token says which ward to call.
    own = {"refresh_token": f"{ward}.{session.refresh_token}"}
    return encode(answers.Session, session, token_type="Bearer", ward=ward) | own  # noqa: S106  a scheme (RFC 6750)


def second_factor_of(due: accounts_pb2.SecondFactor, ward: str) -> Json:
    """The ticket with its ward's code in front, as in a refresh token."""
    own = {"ticket": f"{ward}.{due.ticket}"}
    return encode(answers.SecondFactor, due) | own | options_of(due.webauthn_options)


def options_of(text: str) -> Json:
    return {"webauthn_options": json.loads(text) if text else None}


def ticketed(ticket: str) -> tuple[WardClient, str]:
    """The ward that gave a ticket, and that ward's own. Raises a Refusal (UNAUTHENTICATED, `second-factor-over`)."""
    ward, secret = _parted(ticket)
    if ward is None:
        text = "Bước xác thực này đã quá lâu hoặc đã dùng rồi. Xin làm lại từ đầu."
        raise Refusal(Kind.UNAUTHENTICATED, "second-factor-over", text)
    return ward, secret


def _parted(refresh_token: str) -> tuple[WardClient | None, str]:
    """The ward that gave the token, and that ward's own token; no ward if the token is not ours."""
    ward, _, secret = refresh_token.partition(".")
    return (wards().client(ward), secret) if ward in wards().district.cells and secret else (None, "")
