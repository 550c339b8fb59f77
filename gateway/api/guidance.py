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
    "Ask again every second or two while the session is open, and compare `version`. No limit counts these questions; "
    "the stream of events by which the system's own pages learn of changes is not part of the API."
)

api.relay(
    "POST",
    "/wards/<ward>/visits",
    rpcs.OPEN_VISIT,
    id="openVisit",
    tag="guidance",
    summary="Somebody who has no account yet sits down; with the computer's token as bearer",
    description="The token of the answer is a bearer for guided sessions of their own, and for nothing else.",
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
    summary="The account that was opened during a visit takes over its guided sessions and consents",
    description="With the token of the person who opened it, at the same computer. Once more changes nothing. The "
    "answer is the same where there was nothing to take over: another computer's visit, or one of another account.",
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
    summary="The citizen at a station's computer agrees to the text, and gets a code for the volunteer",
    description="`{ward}` is the station's ward; the citizen may be of any ward, or somebody with the "
    "token of a visit (`openVisit`), who has no account yet. An earlier session of the citizen, or "
    "at this computer, ends.",
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
    summary="The citizen's own session; an ended one for a minute longer",
    description=f"{_AGAIN} A citizen whose client is silent is not ended: `citizen_silent` tells the volunteer.",
    answer=answers.OwnGuidedSession,
)
api.relay(
    "PUT",
    _SESSION + "/place",
    rpcs.SHOW_PLACE,
    id="showPlace",
    tag="guidance",
    summary="The citizen's page has changed: what the volunteer may know of it",
    description="Names of pages, questions, papers and checks alone. Name only what the dossier's `tellable` lists, "
    "and only what `harmless` checks find: that a question is asked, or needs another look, can tell an answer. On "
    "what is not `tellable`, keep the place of the nearest question or paper before it that is: a change would tell as "
    "much. "
    "What has another shape than such names is refused; whether a name is `tellable` is not checked. Of an ended "
    "session no place is kept: it is returned as it is.",
    body=ShownPlace,
    answer=answers.OwnGuidedSession,
    unversioned="it is the caller's own page, and the last one counts.",
)
api.relay(
    "POST",
    _SESSION + "/end",
    rpcs.END_GUIDED_SESSION,
    id="endGuidedSession",
    tag="guidance",
    summary="The citizen or the volunteer ends the session; one that has ended stays as it is",
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
    summary="The volunteer on duty joins the session whose code the citizen read out",
    description="Of two volunteers with one code the first gets the session. Again by the same volunteer: the same "
    "session. Wrong codes are counted by station.",
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
    summary="The volunteer points at a field, sends a phrase, explains a term, or notes what was explained",
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
    summary="Note that a draft of one's own is filled in during a guided session",
    description="`{ward}` is the dossier's, `station_ward` and `session_id` say which session. How long, and over how "
    "many pages, and whether there was such a session, is asked of the station's ward when the dossier is filed; what "
    "that ward does not know of is forgotten then.",
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
    summary="Withdraw a consent; a guided session that rests on it ends",
    description="`{ward}` is the ward that keeps it. Of the purpose `household`: the caller leaves the household.",
    answer=answers.Consent,
    creates=True,
)
