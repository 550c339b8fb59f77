"""Opening and activating an e-citizen account."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2

from gateway.api import answers, encode
from gateway.api.caller import idempotency_key
from gateway.api.models import Activation, OpenAccount
from gateway.api.operations import Nothing, Reply, api
from gateway.cells import cells


@api.operation(
    "POST",
    "/wards/<ward>/accounts",
    id="openAccount",
    tag="accounts",
    summary="Open an account; a one-time code goes to the phone",
    description="The account is `pending` until it is activated with the code.",
    signed_in=False,
    body=OpenAccount,
    answer=answers.OpenedAccount,
    status=201,
    creates=True,
    limit="accounts",
)
def open_account(ward: str, body: OpenAccount) -> Reply:
    opened = cells().ask(
        ward,
        cells().accounts(ward).OpenAccount,
        accounts_pb2.OpenAccountRequest(**body.model_dump()),
        seconds=5,
        idempotency_key=idempotency_key(),
    )
    return Reply(encode.opened_account(opened, ward))


@api.operation(
    "POST",
    "/wards/<ward>/accounts/<uuid:account>/activation",
    id="activateAccount",
    tag="accounts",
    summary="Activate a pending account with the one-time code",
    signed_in=False,
    body=Activation,
    answer=answers.Account,
    limit="activation",
)
def activate_account(ward: str, account: str, body: Activation) -> answers.Account:
    request = accounts_pb2.ActivateAccountRequest(account_id=account, otp=body.otp)
    return encode.account(cells().ask(ward, cells().accounts(ward).ActivateAccount, request))


@api.operation(
    "POST",
    "/wards/<ward>/accounts/<uuid:account>/activation-code",
    id="resendActivationCode",
    tag="accounts",
    summary="Send a new activation code",
    signed_in=False,
    body=Nothing,
    answer=answers.OpenedAccount,
    creates=True,
    limit="activation",
)
def resend_activation_code(ward: str, account: str) -> answers.OpenedAccount:
    request = accounts_pb2.ResendActivationCodeRequest(account_id=account)
    rpc = cells().accounts(ward).ResendActivationCode
    return encode.opened_account(cells().ask(ward, rpc, request, seconds=5, idempotency_key=idempotency_key()), ward)
