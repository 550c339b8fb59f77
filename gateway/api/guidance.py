"""Guided sessions at a ward's stations, for the citizen and the volunteer, and what people have agreed to."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import guidance_answers as answers
from gateway.api.caller import token, wards_of_caller
from gateway.api.encode import Json, encode
from gateway.api.guidance_requests import (
    GuidedSessionCode,
    GuidedSessionEnd,
    NewGuidance,
    NewGuidedSession,
    NotedGuidedSession,
    ShownPlace,
    TextVersion,
    VisitToken,
)
from gateway.api.operations import api
from gateway.models import Nothing
from gateway.spread import newest_first
from gateway.wards import wards

_SESSIONS = "/wards/<ward>/guided-sessions"
_SESSION = _SESSIONS + "/<uuid:session>"
_AGAIN = (
    "Poll every second or two while the session is open, and compare `version`. These calls count towards no limit. "
    "The stream of events that the system's own pages use is not part of the API."
)

api.relay(
    "POST",
    "/wards/<ward>/visits",
    rpcs.OPEN_VISIT,
    id="openVisit",
    tag="guidance",
    summary="Start a visit of somebody who has no account yet; with the computer's token as bearer",
    description="The token in the answer is good only for the visitor's own guided sessions.",
    body=Nothing,
    answer=answers.Visit,
    status=201,
    limit="guidance",
)
api.relay(
    "POST",
    "/wards/<ward>/visits/claim",
    rpcs.CLAIM_VISIT,
    id="claimVisit",
    tag="guidance",
    summary="Let the account that was opened during a visit take over its guided sessions and consents",
    description="With the token of the person who opened it, at the same computer. Repeating the call changes nothing. "
    "The answer is the same if there was nothing to take over, as for another computer's visit or one of another "
    "account.",
    at_kiosk=True,
    body=VisitToken,
    status=204,
    creates=True,
)
api.relay(
    "POST",
    _SESSIONS,
    rpcs.REQUEST_GUIDED_SESSION,
    id="requestGuidedSession",
    tag="guidance",
    summary="Agree to the text, as a citizen at a station's computer, and get a code for the volunteer",
    description="`{ward}` is the station's ward. The citizen may be of any ward, or may have no account yet and use "
    "the token of a visit (`openVisit`). An earlier session of the citizen, or at this computer, ends.",
    at_kiosk=True,
    body=NewGuidedSession,
    answer=answers.RequestedGuidedSession,
    status=201,
    location="/wards/{ward}/guided-sessions/own",
    creates=True,
    limit="guidance",
)
api.relay(
    "GET",
    _SESSIONS + "/own",
    rpcs.GET_OWN_GUIDED_SESSION,
    id="getOwnGuidedSession",
    tag="guidance",
    summary="The citizen's own session; for a minute longer after it has ended",
    description=f"{_AGAIN} If the citizen's client is silent, the session stays open and `citizen_silent` is true.",
    answer=answers.OwnGuidedSession,
)
api.relay(
    "PUT",
    _SESSION + "/place",
    rpcs.SHOW_PLACE,
    id="showPlace",
    tag="guidance",
    summary="Report that the citizen's page has changed, with what the volunteer may know of it",
    description="Only names of pages, questions, papers and checks. Name only what the dossier's `tellable` lists, and "
    "only findings of `harmless` checks: the fact that a question is asked, or needs another look, can disclose "
    "an answer. While something that is not `tellable` is shown, keep the place of the nearest `tellable` "
    "question or paper before it, because a change would disclose as much. Names of another shape are refused; it "
    "is not checked whether a name is `tellable`. For a session that has ended, no place is stored, and the "
    "session is returned as it is.",
    body=ShownPlace,
    answer=answers.OwnGuidedSession,
    unversioned="it is the caller's own page, and the latest one counts.",
)
api.relay(
    "POST",
    _SESSION + "/end",
    rpcs.END_GUIDED_SESSION,
    id="endGuidedSession",
    tag="guidance",
    summary="End the session, as the citizen or the volunteer; one that has ended stays as it is",
    body=GuidedSessionEnd,
    status=204,
    creates=True,
)
api.relay(
    "POST",
    _SESSIONS + "/joining",
    rpcs.JOIN_GUIDED_SESSION,
    id="joinGuidedSession",
    tag="guidance",
    summary="Join the session whose code the citizen read out, as a volunteer on duty",
    description="If two volunteers use one code, the first gets the session. Repeating the call as the same volunteer "
    "returns the same session. Wrong codes are counted by station.",
    body=GuidedSessionCode,
    answer=answers.GuidedSession,
    limit="guidance",
)
api.relay(
    "GET",
    _SESSIONS,
    rpcs.LIST_GUIDED_SESSIONS,
    id="listGuidedSessions",
    tag="guidance",
    summary="The sessions that the volunteer holds now",
    answer=answers.GuidedSessions,
)
api.relay(
    "GET",
    _SESSION,
    rpcs.GET_GUIDED_SESSION,
    id="getGuidedSession",
    tag="guidance",
    summary="A session as its volunteer sees it",
    description=_AGAIN,
    answer=answers.GuidedSession,
)
api.relay(
    "POST",
    _SESSION + "/guidance",
    rpcs.GUIDE,
    id="guide",
    tag="guidance",
    summary="Point at a field, send a phrase, explain a term, or note what was explained, as the volunteer",
    body=NewGuidance,
    answer=answers.GuidedSession,
    status=201,
    location="/wards/{ward}/guided-sessions/{session}",
    creates=True,
)
api.relay(
    "GET",
    "/wards/<ward>/terms",
    rpcs.LIST_TERMS,
    id="listTerms",
    tag="guidance",
    summary="The terms that volunteers explain, in plain words",
    signed_in=False,
    answer=answers.Terms,
)
api.relay(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/guided-sessions",
    rpcs.NOTE_GUIDED_SESSION,
    id="noteGuidedSession",
    tag="guidance",
    summary="Note that the caller's own draft is filled in during a guided session",
    description="`{ward}` is the dossier's ward; `station_ward` and `session_id` identify the session. When the "
    "dossier is filed, the station's ward is asked whether there was such a session, how long it took and over "
    "how many pages. A session that it does not know is then dropped.",
    body=NotedGuidedSession,
    status=204,
    creates=True,
)
api.relay(
    "GET",
    "/wards/<ward>/consent-text",
    rpcs.GET_CONSENT_TEXT,
    id="getConsentText",
    tag="guidance",
    summary="What people agree to for a purpose",
    signed_in=False,
    query=TextVersion,
    answer=answers.ConsentText,
)


@api.operation(
    "GET",
    "/me/consents",
    id="listMyConsents",
    calls=(rpcs.LIST_OWN_CONSENTS,),
    refuses="503 wards-unavailable",
    tag="me",
    summary="What the caller has agreed to, in all wards, newest first",
    answer=answers.OwnConsents,
)
def list_my_consents() -> Json:
    rpc = rpcs.LIST_OWN_CONSENTS
    found = wards().send_all(rpc, dict.fromkeys(wards_of_caller(), rpc.request()), token=token()).at_least_one()
    items = [(ward, each) for ward, answer in found.answered.items() for each in answer.consents]
    return {
        "consents": [encode(answers.Consent, each) for _, each in newest_first(items, "given_at")],
        "unanswered": [{"code": ward.code, "name": ward.name} for ward in found.missing(wards().district)],
    }


api.relay(
    "POST",
    "/wards/<ward>/consents/<uuid:consent>/withdrawal",
    rpcs.WITHDRAW_CONSENT,
    id="withdrawConsent",
    tag="me",
    summary="Withdraw a consent; a guided session that is based on it ends",
    description="`{ward}` is the ward that keeps it. With a consent for `household`, the caller leaves the household.",
    answer=answers.Consent,
    creates=True,
)
