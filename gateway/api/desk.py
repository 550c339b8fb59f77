"""The ward office's work on dossiers."""

from __future__ import annotations

from gateway import rpcs
from gateway.acts import ACTS
from gateway.api import account_answers, dossier_answers
from gateway.api.operations import api
from gateway.api.requests import DeskQuery, DeskSearch, NextQuery, PreviewQuery

api.relay(
    "GET",
    "/wards/<ward>/desk",
    rpcs.LIST_DESK,
    id="listDesk",
    tag="desk",
    summary="The ward's work list, most urgent first",
    query=DeskQuery,
    answer=dossier_answers.WorkList,
)
api.relay(
    "POST",
    "/wards/<ward>/desk/searches",
    rpcs.START_SEARCH,
    id="searchDesk",
    tag="desk",
    summary="Search the work list for a name or a number; `search` of the work list then shows the result, together "
    "with its other filters",
    body=DeskSearch,
    answer=dossier_answers.StartedSearch,
    status=201,
    location="/wards/{ward}/desk?search={id}",
)
api.relay(
    "GET",
    "/wards/<ward>/desk/queues",
    rpcs.LIST_QUEUES,
    id="listQueues",
    tag="desk",
    summary="How many dossiers wait for the caller's roles, by queue",
    answer=dossier_answers.Queues,
)
api.relay(
    "GET",
    "/wards/<ward>/desk/next",
    rpcs.FIND_NEXT_DOSSIER,
    id="findNextDossier",
    tag="desk",
    summary="The next dossier that waits for the caller, most urgent first",
    query=NextQuery,
    answer=dossier_answers.NextDossier,
)
api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/signing",
    rpcs.GET_SIGNING,
    id="getSigning",
    tag="desk",
    summary="What a signer reads before signing: the entry's lines beside the declaration",
    description="For people who may sign it. Refused like the signature itself if signing is not possible now.",
    answer=dossier_answers.Signing,
)
api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/paper-preview",
    rpcs.GET_PAPER_PREVIEW,
    id="getPaperPreview",
    tag="desk",
    summary="The paper that the signature will seal, as PDF, still without number and code",
    description="For people who may sign it. Each page says that it is not signed.",
    query=PreviewQuery,
    media_types=("application/pdf",),
)
api.relay(
    "GET",
    "/wards/<ward>/desk/staff",
    rpcs.LIST_STAFF,
    id="listStaff",
    tag="desk",
    summary="The colleagues in the ward's office to whom a dossier can be handed on",
    answer=account_answers.Staff,
)
for act in ACTS.values():
    if act.tag == "desk":
        api.act(act)
api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/messages",
    rpcs.LIST_DOSSIER_MESSAGES,
    id="listDossierMessages",
    tag="desk",
    summary="The messages about a dossier with their attempts, for the ward's staff",
    answer=account_answers.Messages,
)
