"""The caller's own household, which only its members see."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import account_answers as answers
from gateway.api.operations import api
from gateway.api.requests import HouseholdAgreed, HouseholdJoined, ResidentialGroup

api.relay(
    "GET",
    "/me/household",
    rpcs.GET_OWN_HOUSEHOLD,
    id="getMyHousehold",
    tag="household",
    summary="The caller's household, as its members see one another",
    description="Only for its members: no officer, volunteer or administrator sees who is in which household. Each "
    "member's access log records, once a day, that another member saw them. 404 (`no-household`) if the caller is "
    "in none.",
    answer=answers.Household,
)
api.relay(
    "POST",
    "/me/household",
    rpcs.START_HOUSEHOLD,
    id="startHousehold",
    tag="household",
    summary="Agree, and start a household",
    description="The caller is its head, and its only member.",
    body=HouseholdAgreed,
    answer=answers.Household,
    status=201,
    location="/me/household",
    creates=True,
)
api.relay(
    "POST",
    "/me/household/codes",
    rpcs.ISSUE_HOUSEHOLD_CODE,
    id="issueHouseholdCode",
    tag="household",
    summary="Get a code that the head reads out to a person who joins",
    description="For one person and ten minutes; the code before it becomes void.",
    answer=answers.HouseholdCode,
    status=201,
    creates=True,
)
api.relay(
    "POST",
    "/me/household/joining",
    rpcs.JOIN_HOUSEHOLD,
    id="joinHousehold",
    tag="household",
    summary="Agree, and join the household whose head has read out the code",
    description="The head is told. A wrong, used or expired code and a code of another ward all get the same answer. "
    "Repeated with the same code, the call returns the same household.",
    body=HouseholdJoined,
    answer=answers.Household,
    limit="activation",
)
api.relay(
    "POST",
    "/me/household/leaving",
    rpcs.LEAVE_HOUSEHOLD,
    id="leaveHousehold",
    tag="household",
    summary="Leave the household, and withdraw the consent",
    description="If the head leaves, the member who has been there longest becomes the head, and is told.",
    status=204,
    creates=True,
)
api.relay(
    "DELETE",
    "/me/household/members/<uuid:member>",
    rpcs.REMOVE_HOUSEHOLD_MEMBER,
    id="removeHouseholdMember",
    tag="household",
    summary="Remove another member, who is told",
    description="For the head.",
    status=204,
    unversioned="the member is named by an id, and nobody else is affected.",
)
api.relay(
    "POST",
    "/me/household/members/<uuid:member>/handover",
    rpcs.HAND_OVER_HOUSEHOLD,
    id="handOverHousehold",
    tag="household",
    summary="Hand the head's role to another member, who is told",
    description="For the head.",
    status=204,
    creates=True,
)
api.relay(
    "PUT",
    "/me/household/residential-group",
    rpcs.SET_RESIDENTIAL_GROUP,
    id="setResidentialGroup",
    tag="household",
    summary="Set the residential group (tổ dân phố) of the household",
    description="For the head, who alone sees it; the ward's figures are counted by it. 409 "
    "(`residential-group-changed`) if it is no longer `shown_group`: read it again.",
    body=ResidentialGroup,
    status=204,
    unversioned="`shown_group` says which group was read.",
)
