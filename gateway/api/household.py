"""The caller's own household: seen by its members alone."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.caller import home_ward, idempotency_key, token
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import HouseholdAgreed, HouseholdJoined, ResidentialGroup
from gateway.wards import WardClient, wards


def _own(key: str = "") -> WardClient:
    return wards().client(home_ward(), token(), key)


@api.operation(
    "GET",
    "/me/household",
    id="getMyHousehold",
    tag="household",
    summary="The caller's household, as its members see one another",
    description="For its members alone: no officer, volunteer or administrator sees who is in which household. That "
    "the others were seen is recorded in their access log, once a day. 404 (`no-household`) for who is in none.",
    answer=answers.Household,
)
def get_my_household() -> Json:
    return encode(answers.Household, _own().call(rpcs.GET_OWN_HOUSEHOLD))


@api.operation(
    "POST",
    "/me/household",
    id="startHousehold",
    tag="household",
    summary="Agree, and start a household",
    description="The caller is its head, and its only member.",
    body=HouseholdAgreed,
    answer=answers.Household,
    status=201,
    creates=True,
)
def start_household(body: HouseholdAgreed) -> Json:
    started = _own(idempotency_key()).call(rpcs.START_HOUSEHOLD, text_version=body.text_version)
    return encode(answers.Household, started)


@api.operation(
    "POST",
    "/me/household/codes",
    id="issueHouseholdCode",
    tag="household",
    summary="A code for the head to read out to somebody who joins",
    description="For one person, for ten minutes; the code before it is void.",
    answer=answers.HouseholdCode,
    status=201,
    creates=True,
)
def issue_household_code() -> Json:
    return encode(answers.HouseholdCode, _own(idempotency_key()).call(rpcs.ISSUE_HOUSEHOLD_CODE))


@api.operation(
    "POST",
    "/me/household/joining",
    id="joinHousehold",
    tag="household",
    summary="Agree, and join the household whose head has read out the code",
    description="The head is told. A wrong, used or expired code, and that of another ward, get one answer. Sent once "
    "more with the same code, it returns the same household.",
    body=HouseholdJoined,
    answer=answers.Household,
    limit="activation",
)
def join_household(body: HouseholdJoined) -> Json:
    joined = _own().call(rpcs.JOIN_HOUSEHOLD, text_version=body.text_version, code=body.code)
    return encode(answers.Household, joined)


@api.operation(
    "POST",
    "/me/household/leaving",
    id="leaveHousehold",
    tag="household",
    summary="Leave the household, and withdraw the consent",
    description="If the head leaves, whoever has been there longest is head, and is told.",
    status=204,
    creates=True,
)
def leave_household() -> None:
    _own(idempotency_key()).call(rpcs.LEAVE_HOUSEHOLD)


@api.operation(
    "DELETE",
    "/me/household/members/<uuid:member>",
    id="removeHouseholdMember",
    tag="household",
    summary="Take somebody else out of the household, who is told",
    description="For the head.",
    status=204,
)
def remove_household_member(member: str) -> None:
    _own().call(rpcs.REMOVE_HOUSEHOLD_MEMBER, member_id=member)


@api.operation(
    "POST",
    "/me/household/members/<uuid:member>/handover",
    id="handOverHousehold",
    tag="household",
    summary="Hand the head's role to another member, who is told",
    description="For the head.",
    status=204,
    creates=True,
)
def hand_over_household(member: str) -> None:
    _own(idempotency_key()).call(rpcs.HAND_OVER_HOUSEHOLD, member_id=member)


@api.operation(
    "PUT",
    "/me/household/residential-group",
    id="setResidentialGroup",
    tag="household",
    summary="To which residential group (tổ dân phố) the household belongs",
    description="For the head, who alone sees it; the ward has counts by it. 409 "
    "(`residential-group-changed`) where it is another than `shown_group`: read it again.",
    body=ResidentialGroup,
    status=204,
)
def set_residential_group(body: ResidentialGroup) -> None:
    _own().call(
        rpcs.SET_RESIDENTIAL_GROUP, residential_group=body.residential_group or 0, shown_group=body.shown_group or 0
    )
