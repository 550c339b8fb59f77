"""Signing in and out."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2

from gateway.api import answers, encode
from gateway.api.models import RefreshToken, SignIn
from gateway.api.operations import api
from gateway.cells import cells
from gateway.sign_in import sign_in
from services.chassis.refusal import Kind, Refusal


@api.operation(
    "POST",
    "/sessions",
    id="createSession",
    tag="sessions",
    summary="Sign in",
    description="The access token goes into `Authorization: Bearer …`. Unknown logins and wrong passwords are answered "
    "alike. Without `ward` all wards are asked for the login; where it was not found and some did not answer: 503.",
    signed_in=False,
    body=SignIn,
    answer=answers.Session,
    status=201,
    limit="sessions",
)
def create_session(body: SignIn) -> answers.Session:
    return _session(sign_in(cells(), body.login, body.password, body.ward or ""))


@api.operation(
    "POST",
    "/sessions/refresh",
    id="refreshSession",
    tag="sessions",
    summary="A new pair of tokens for a refresh token, once",
    description="Asked again within half a minute, as after an answer that was lost, it gives the same refresh token, "
    "unless that was used. A refresh token that was used before ends the session.",
    signed_in=False,
    body=RefreshToken,
    answer=answers.Session,
    limit="refresh",
)
def refresh_session(body: RefreshToken) -> answers.Session:
    ward, secret = _parted(body.refresh_token)
    if not ward:
        raise Refusal(Kind.UNAUTHENTICATED, "session-ended", "Phiên làm việc đã kết thúc. Xin đăng nhập lại.")
    request = accounts_pb2.RefreshSessionRequest(refresh_token=secret)
    return _session(cells().ask(ward, cells().accounts(ward).RefreshSession, request, repeatable=True))


@api.operation(
    "POST",
    "/sessions/end",
    id="endSession",
    tag="sessions",
    summary="Sign out: the refresh token is good for nothing any more",
    description="Unknown tokens are answered alike.",
    signed_in=False,
    body=RefreshToken,
    status=204,
    limit="refresh",
)
def end_session(body: RefreshToken) -> None:
    ward, secret = _parted(body.refresh_token)
    if ward:
        request = accounts_pb2.EndSessionRequest(refresh_token=secret)
        cells().ask(ward, cells().accounts(ward).EndSession, request, repeatable=True)


def _session(session: accounts_pb2.Session) -> answers.Session:
    return answers.Session(
        access_token=session.access_token,
        token_type="Bearer",  # noqa: S106  the name of a scheme (RFC 6750), no secret
        expires_in=session.expires_in,
        # The ward in front tells the gateway, which remembers nothing, whom to ask.
        refresh_token=f"{session.account.ward}.{session.refresh_token}",
        ward=session.account.ward,
        account=encode.account(session.account),
    )


def _parted(refresh_token: str) -> tuple[str, str]:
    """Ward and the service's own token; no ward where it is none of ours."""
    ward, _, secret = refresh_token.partition(".")
    return (ward, secret) if ward in cells().district.wards and secret else ("", "")
