"""Recovering an account, changing it, and what the desk does with accounts."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.encode import Json
from gateway.api.operations import api
from gateway.api.requests import (
    ChangedAddress,
    ChangedEmail,
    ChangedPhone,
    ClosedAccount,
    ConfirmedIdentity,
    IdentityPaper,
    LostPhone,
    NewIdentityPaper,
    PhoneChangeAsked,
    RecoveryAsked,
    RecoveryCompleted,
    ReplacedPhone,
)
from gateway.routing import recover, request_recovery
from services.chassis.clock import VIETNAM

_DESK = "For receptionists and officers of the account's home ward."


@api.operation(
    "POST",
    "/recoveries",
    id="requestRecovery",
    calls=(rpcs.REQUEST_RECOVERY,),
    refuses="503 wards-unavailable",
    tag="sessions",
    summary="Recover an account whose password was forgotten: a one-time code goes to its phone",
    description="The answer is the same whether or not there is an account with this login and date of birth, and so "
    "are the refusals. `unanswered` are the wards that did not answer: for an account in one of them, repeat the "
    "call later. A phone gets at most three codes an hour and six a day for each kind of login: by its number, "
    "and by the number of the identity paper.",
    signed_in=False,
    body=RecoveryAsked,
    answer=answers.Recovery,
    status=201,
    limit="accounts",
)
def ask_for_recovery(body: RecoveryAsked) -> Json:
    asked = request_recovery(body.login, body.date_of_birth)
    return {
        "recovery": asked.sealed,
        "expires_at": asked.expires_at.astimezone(VIETNAM).isoformat(timespec="milliseconds"),
        "unanswered": [{"code": ward.code, "name": ward.name} for ward in asked.silent],
    }


@api.operation(
    "POST",
    "/recoveries/completion",
    id="recoverAccount",
    calls=(rpcs.RECOVER_ACCOUNT,),
    refuses="503 wards-unavailable",
    tag="sessions",
    summary="Set a new password with that code",
    description="Every session of the account ends; sign in with the new password. A refused password uses up neither "
    "the code nor a try.",
    signed_in=False,
    body=RecoveryCompleted,
    status=204,
    limit="activation",
)
def complete_recovery(body: RecoveryCompleted) -> None:
    recover(body.recovery, body.otp, body.new_password)


api.relay(
    "POST",
    "/me/phone-changes",
    rpcs.REQUEST_PHONE_CHANGE,
    id="requestPhoneChange",
    tag="me",
    summary="Start to change the phone: a code goes to the present one, and another code to the new one",
    description="A wrong `password` slows down the next try.",
    body=PhoneChangeAsked,
    answer=answers.PhoneChange,
    status=201,
    limit="sessions",
)
api.relay(
    "PUT",
    "/me/phone",
    rpcs.CHANGE_PHONE,
    id="changePhone",
    tag="me",
    summary="Change the phone with both codes",
    description="Both phones and the e-mail address are notified. For 24 hours no code confirms a filing "
    "(`filing_from`); drafts stay.",
    body=ChangedPhone,
    answer=answers.Account,
    limit="activation",
    unversioned="the codes belong to one `change`, which works once.",
)
api.relay(
    "PUT",
    "/me/email",
    rpcs.CHANGE_EMAIL,
    id="changeEmail",
    tag="me",
    summary="Change or remove the e-mail address",
    description="The old and the new address and the phone are notified.",
    body=ChangedEmail,
    answer=answers.Account,
    limit="sessions",
    unversioned="it is the caller's own address, the call needs the password, and the old address is notified.",
)
api.relay(
    "PUT",
    "/me/address",
    rpcs.CHANGE_ADDRESS,
    id="changeAddress",
    tag="me",
    summary="Change the caller's address within the ward",
    description="Dossiers that were filed keep the address they were filed with.",
    body=ChangedAddress,
    answer=answers.Account,
    limit="sessions",
    unversioned="it is the caller's own address, and the call needs the password.",
)
api.relay(
    "POST",
    "/wards/<ward>/desk/accounts/searches",
    rpcs.FIND_ACCOUNT,
    id="findAccount",
    tag="desk",
    summary="The account with the identity number of a person at the desk",
    description=f"{_DESK} The look is recorded.",
    body=IdentityPaper,
    answer=answers.AccountAtDesk,
)
api.relay(
    "GET",
    "/wards/<ward>/desk/accounts/<uuid:account>",
    rpcs.GET_ACCOUNT,
    id="getAccountAtDesk",
    tag="desk",
    summary="The same account, by its id",
    description=f"{_DESK} The look is recorded.",
    answer=answers.AccountAtDesk,
)
api.relay(
    "POST",
    "/wards/<ward>/desk/accounts/<uuid:account>/identity-confirmation",
    rpcs.CONFIRM_IDENTITY,
    id="confirmIdentity",
    tag="desk",
    summary="Record that the original of the identity paper was seen: level 2; a wrong name or date of birth is "
    "corrected",
    description=f"{_DESK} A `full_name` or `date_of_birth` that differs from the account's replaces it; its "
    "phone and e-mail address are notified. Dossiers that were filed keep their data.",
    body=ConfirmedIdentity,
    answer=answers.AccountAtDesk,
    creates=True,
)
api.relay(
    "POST",
    "/wards/<ward>/desk/accounts/<uuid:account>/phone-replacements",
    rpcs.REQUEST_PHONE_REPLACEMENT,
    id="requestPhoneReplacement",
    tag="desk",
    summary="Start to replace a lost phone: a code goes to the new one",
    description=_DESK,
    body=LostPhone,
    answer=answers.PhoneChange,
    status=201,
    creates=True,
)
api.relay(
    "PUT",
    "/wards/<ward>/desk/accounts/phone",
    rpcs.REPLACE_PHONE,
    id="replacePhone",
    tag="desk",
    summary="Replace the phone with that code",
    description=f"{_DESK} By the person who has seen the original. Both phones and the e-mail address are "
    "notified. Every session of the account ends, its password no longer works (`requestRecovery` sets a new one), "
    "and for 24 hours no code confirms a filing.",
    body=ReplacedPhone,
    answer=answers.AccountAtDesk,
    unversioned="the code belongs to one `change`, which works once.",
)
api.relay(
    "POST",
    "/wards/<ward>/desk/accounts/<uuid:account>/identity-paper",
    rpcs.REPLACE_IDENTITY_PAPER,
    id="replaceIdentityPaper",
    tag="desk",
    summary="Record a person's identity paper with another number",
    description=f"{_DESK} The account gets level 2. Phone, password and sessions stay, and filings need not wait. Its "
    "phone and e-mail address are notified. A number that another account has is refused: `account-exists` in this "
    "ward, `account-elsewhere` in another. At most three changes a day for an account.",
    body=NewIdentityPaper,
    answer=answers.AccountAtDesk,
    creates=True,
)
api.relay(
    "POST",
    "/wards/<ward>/desk/accounts/<uuid:account>/closure",
    rpcs.CLOSE_ACCOUNT,
    id="closeAccount",
    tag="desk",
    summary="Close an account that somebody else opened with this person's number, or that is their second one",
    description=f"{_DESK} The number becomes free in the whole district; the account's dossiers continue. Its phone "
    "and e-mail address are notified.",
    body=ClosedAccount,
    answer=answers.AccountAtDesk,
    creates=True,
)
