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
    summary="End a sign-in with the second factor",
    description="With the ticket of `createSession`. A code of an app is good once, a recovery code too. Five wrong "
    "factors, ten minutes or another password end the ticket (401 `second-factor-over`): the password is due again. "
    "Wrong ones slow down the next try, by at most a minute.",
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
    summary="Begin to set an authenticator up",
    description="While signing in with the ticket of `createSession` where `to_enrol`; else with that of "
    "`askSecondFactor` and, beside it, a factor, or where there is none yet the password.",
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
    summary="End setting an authenticator up: it has shown that it works",
    description="With the ticket with which it was begun. The code that an app shows here signs nobody in.",
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
    summary="Be asked once more, before a change of one's authenticators",
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
    description="The last one stays where it is compulsory.",
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
    summary="Everybody who works for the ward, volunteers too; who has left stands last",
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
    summary="One of them, with the ETag that a change names; who has left, too",
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
    description="With other roles, another capacity, name or title they sign in anew. Nobody changes their own roles "
    "and capacity. A volunteer stays one: their `roles` are empty. The last administrator stays one.",
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
    summary="Somebody works for the ward no more: their sessions end at once",
    description="The last administrator stays.",
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
    summary="How many dossiers a member of staff works on; they are nobody's when the work ends",
    answer=answers.Workload,
)


@api.operation(
    "POST",
    _MEMBER + "/link",
    id="renewStaffLink",
    calls=(rpcs.RENEW_STAFF_LINK,),
    tag="administration",
    summary="A new link for somebody who has lost theirs or forgotten the password",
    description="Told to the person. What they have is good until it is used; another password that they set "
    "themselves voids it.",
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
    summary="Remove the second factors of somebody who has lost them",
    description="Kept with its reason; their sessions end, and they are told. Nobody does it for themselves.",
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
    summary="Set one's password with the ticket of a link",
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
