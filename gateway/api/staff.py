"""Second factors of staff, and who works for a ward."""

from __future__ import annotations

from caunoi.accounts.v1 import staff_pb2

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.caller import home_ward, token
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.sessions import options_of, second_factor_of, session_of, ticketed
from gateway.api.staff_requests import (
    ChangedStaff,
    ChosenPassword,
    FactorReset,
    NewAuthenticator,
    NewStaff,
    ShownAuthenticator,
    ShownFactor,
)
from gateway.staff_links import staff_link
from gateway.wards import WardClient, wards
from services.chassis.refusal import not_found

_STAFF = "/wards/<ward>/administration/staff"
_MEMBER = _STAFF + "/<uuid:staff>"


def _factor(code: str, assertion: str) -> staff_pb2.Factor:
    return staff_pb2.Factor(code=code, assertion=assertion)


@api.operation(
    "POST",
    "/sessions/second-factor",
    id="completeSession",
    calls=(rpcs.PASS_SECOND_FACTOR,),
    tag="sessions",
    summary="Complete a sign-in with the second factor",
    description="With the ticket of `createSession`. A code of an app and a recovery code each work once. Five wrong "
    "factors, ten minutes or another password end the ticket (401 `second-factor-over`): start again with the "
    "password. Wrong factors slow down the next try by at most a minute.",
    signed_in=False,
    body=ShownFactor,
    answer=answers.Session,
    limit="sessions",
)
def complete_session(body: ShownFactor) -> Json:
    ward, ticket = ticketed(body.ticket)
    return session_of(ward.call(rpcs.PASS_SECOND_FACTOR, ticket=ticket, factor=_factor(body.code, body.assertion)))


@api.operation(
    "POST",
    "/sessions/authenticators",
    id="startAuthenticator",
    calls=(rpcs.START_AUTHENTICATOR,),
    tag="sessions",
    summary="Start to set up an authenticator",
    description="While signing in, with the ticket of `createSession` if it has `to_enrol`. Else with the ticket of "
    "`askSecondFactor` and a factor, or the password if there is no factor yet.",
    signed_in=False,
    body=NewAuthenticator,
    answer=answers.StartedAuthenticator,
    status=201,
    limit="sessions",
)
def start_authenticator(body: NewAuthenticator) -> Json:
    ward, ticket = ticketed(body.ticket)
    factor = _factor(body.code, body.assertion) if body.code or body.assertion else None
    begun = ward.call(
        rpcs.START_AUTHENTICATOR,
        ticket=ticket,
        kind=body.kind,
        name=body.name,
        factor=factor,
        password=body.password,
    )
    return encode(answers.StartedAuthenticator, begun) | options_of(begun.webauthn_options)


@api.operation(
    "POST",
    "/sessions/authenticators/confirmation",
    id="confirmAuthenticator",
    calls=(rpcs.CONFIRM_AUTHENTICATOR,),
    tag="sessions",
    summary="Finish setting up an authenticator: it has shown that it works",
    description="With the ticket with which the set-up was started. The code that an app shows here cannot be used to "
    "sign in.",
    signed_in=False,
    body=ShownAuthenticator,
    answer=answers.ConfirmedAuthenticator,
    limit="sessions",
)
def confirm_authenticator(body: ShownAuthenticator) -> Json:
    ward, ticket = ticketed(body.ticket)
    done = ward.call(
        rpcs.CONFIRM_AUTHENTICATOR,
        ticket=ticket,
        authenticator_id=body.authenticator,
        code=body.code,
        attestation=body.attestation,
    )
    return {
        "authenticator": encode(answers.Authenticator, done.authenticator),
        "recovery_codes": list(done.recovery_codes),
        "session": session_of(done.session) if done.HasField("session") else None,
    }


api.relay(
    "GET",
    "/me/authenticators",
    rpcs.LIST_AUTHENTICATORS,
    id="listAuthenticators",
    tag="me",
    summary="The caller's authenticators",
    answer=answers.Authenticators,
)


@api.operation(
    "POST",
    "/me/second-factor",
    id="askSecondFactor",
    calls=(rpcs.ASK_SECOND_FACTOR,),
    tag="me",
    summary="Ask the caller for a factor once more, before a change of their authenticators",
    answer=answers.SecondFactor,
    status=201,
    limit="sessions",
)
def ask_second_factor() -> Json:
    ward = home_ward()
    return second_factor_of(wards().client(ward, token()).call(rpcs.ASK_SECOND_FACTOR), ward)


@api.operation(
    "POST",
    "/me/authenticators/<uuid:authenticator>/removal",
    id="removeAuthenticator",
    calls=(rpcs.REMOVE_AUTHENTICATOR,),
    tag="me",
    summary="Remove an authenticator",
    description="The last one cannot be removed if a second factor is compulsory.",
    body=ShownFactor,
    status=204,
    limit="sessions",
)
def remove_authenticator(authenticator: str, body: ShownFactor) -> None:
    _, ticket = ticketed(body.ticket)
    wards().client(home_ward(), token()).call(
        rpcs.REMOVE_AUTHENTICATOR,
        authenticator_id=authenticator,
        ticket=ticket,
        factor=_factor(body.code, body.assertion),
    )


@api.operation(
    "POST",
    "/me/recovery-codes",
    id="renewRecoveryCodes",
    calls=(rpcs.RENEW_RECOVERY_CODES,),
    tag="me",
    summary="New recovery codes",
    body=ShownFactor,
    answer=answers.RecoveryCodes,
    limit="sessions",
)
def renew_recovery_codes(body: ShownFactor) -> Json:
    _, ticket = ticketed(body.ticket)
    made = (
        wards()
        .client(home_ward(), token())
        .call(rpcs.RENEW_RECOVERY_CODES, ticket=ticket, factor=_factor(body.code, body.assertion))
    )
    return encode(answers.RecoveryCodes, made)


api.relay(
    "GET",
    _STAFF,
    rpcs.LIST_ADMINISTERED_STAFF,
    id="listAdministeredStaff",
    tag="administration",
    summary="Everybody who works for the ward, volunteers too; people who have left come last",
    answer=answers.AllStaff,
)


@api.operation(
    "POST",
    _STAFF,
    id="addStaff",
    calls=(rpcs.ADD_STAFF,),
    tag="administration",
    summary="Add a member of staff, who opens their account with the link",
    body=NewStaff,
    answer=answers.StaffLink,
    status=201,
    creates=True,
)
def add_staff(ward: WardClient, body: NewStaff) -> Json:
    return _linked(ward, ward.call(rpcs.ADD_STAFF, **body.model_dump()))


@api.operation(
    "GET",
    _MEMBER,
    id="getAdministeredStaff",
    calls=(rpcs.LIST_ADMINISTERED_STAFF,),
    refuses="404 unknown-staff",
    tag="administration",
    summary="A member of staff, also one who has left, with the ETag for a change",
    answer=answers.AdministeredStaff,
)
def get_administered_staff(ward: WardClient, staff: str) -> Json:
    for one in ward.call(rpcs.LIST_ADMINISTERED_STAFF).staff:
        if one.id == staff:
            return encode(answers.AdministeredStaff, one)
    raise not_found("unknown-staff", "Phường không có người này.")


api.relay(
    "PUT",
    _MEMBER,
    rpcs.CHANGE_STAFF,
    id="changeStaff",
    tag="administration",
    summary="Change a member of staff",
    description="If roles, capacity, name or title change, the person has to sign in again. Nobody changes their own "
    "roles and capacity. A volunteer stays a volunteer: their `roles` are empty. The last administrator keeps "
    "that role.",
    body=ChangedStaff,
    answer=answers.AdministeredStaff,
    creates=True,
    edits=True,
)
api.relay(
    "POST",
    _MEMBER + "/end",
    rpcs.END_STAFF,
    id="endStaff",
    tag="administration",
    summary="Record that somebody no longer works for the ward: their sessions end at once",
    description="The last administrator cannot leave.",
    answer=answers.AdministeredStaff,
    creates=True,
    edits=True,
)
api.relay(
    "GET",
    _MEMBER + "/workload",
    rpcs.GET_WORKLOAD,
    id="getWorkload",
    tag="administration",
    summary="How many dossiers a member of staff works on; when their work ends, these are assigned to nobody",
    answer=answers.Workload,
)


@api.operation(
    "POST",
    _MEMBER + "/link",
    id="renewStaffLink",
    calls=(rpcs.RENEW_STAFF_LINK,),
    tag="administration",
    summary="Make a new link for a person who has lost theirs or forgotten the password",
    description="The person is notified. Their present password works until the link is used; if they set another "
    "password themselves, the link becomes void.",
    answer=answers.StaffLink,
    status=201,
    creates=True,
)
def renew_staff_link(ward: WardClient, staff: str) -> Json:
    return _linked(ward, ward.call(rpcs.RENEW_STAFF_LINK, staff_id=staff))


api.relay(
    "POST",
    _MEMBER + "/second-factor-reset",
    rpcs.RESET_SECOND_FACTOR,
    id="resetSecondFactor",
    tag="administration",
    summary="Remove the second factors of a person who has lost them",
    description="The reason is recorded; the person's sessions end, and they are notified. Nobody can do it for "
    "themselves.",
    body=FactorReset,
    answer=answers.AdministeredStaff,
    creates=True,
)


@api.operation(
    "POST",
    "/wards/<ward>/staff-accounts",
    id="openStaffAccount",
    calls=(rpcs.OPEN_STAFF_ACCOUNT,),
    tag="sessions",
    summary="Set a password with the ticket of a link",
    signed_in=False,
    body=ChosenPassword,
    answer=answers.OpenedStaffAccount,
    limit="activation",
)
def open_staff_account(ward: WardClient, body: ChosenPassword) -> Json:
    return encode(answers.OpenedStaffAccount, ward.call(rpcs.OPEN_STAFF_ACCOUNT, **body.model_dump()))


def _linked(ward: WardClient, made: staff_pb2.StaffLink) -> Json:
    link = staff_link(wards().ward(ward.code), made.ticket)
    return encode(answers.StaffLink, made, link=link)
