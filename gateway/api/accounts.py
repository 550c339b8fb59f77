"""Opening and activating an e-citizen account."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.operations import api
from gateway.api.requests import Activation, OpenAccount
from gateway.models import Nothing

api.relay(
    "POST",
    "/wards/<ward>/accounts",
    rpcs.OPEN_ACCOUNT,
    id="openAccount",
    tag="accounts",
    summary="Open an account; a one-time code goes to the phone",
    description="The account is `pending` until it is activated with the code. Without a token, a key belongs to the "
    "request: the same key with another body opens another account, which replaces a pending one of the same "
    "person.",
    signed_in=False,
    body=OpenAccount,
    answer=answers.OpenedAccount,
    status=201,
    creates=True,
    limit="accounts",
    sends_code=True,
)
api.relay(
    "POST",
    "/wards/<ward>/accounts/<uuid:account>/activation",
    rpcs.ACTIVATE_ACCOUNT,
    id="activateAccount",
    tag="accounts",
    summary="Activate a pending account with the one-time code",
    signed_in=False,
    body=Activation,
    answer=answers.Account,
    limit="activation",
)
api.relay(
    "POST",
    "/wards/<ward>/accounts/<uuid:account>/activation-code",
    rpcs.RESEND_ACTIVATION_CODE,
    id="resendActivationCode",
    tag="accounts",
    summary="Send a new activation code",
    signed_in=False,
    body=Nothing,
    answer=answers.OpenedAccount,
    creates=True,
    limit="activation",
)
