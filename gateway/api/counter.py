"""What the desk does for somebody who came in or wrote: enters and files the dossier, compares originals, looks up
residences.
"""

from __future__ import annotations

from gateway import rpc, rpcs
from gateway.api import dossier_answers as answers
from gateway.api.operations import api
from gateway.api.requests import Compared, CounterDossier, CounterSubmission, LookedUp

api.relay(
    "POST",
    "/wards/<ward>/desk/dossiers",
    rpcs.CREATE_DRAFT,
    id="createCounterDossier",
    by=rpc.DESK,
    tag="desk",
    summary="Start a draft for somebody who came in or wrote",
    description="The ward's desk fills it in, adds documents, files, supplements and withdraws it by the same paths.",
    body=CounterDossier,
    answer=answers.Dossier,
    status=201,
    location="/wards/{ward}/dossiers/{id}",
    creates=True,
    limit="drafts",
)
api.relay(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/counter-submission",
    rpcs.SUBMIT_AT_COUNTER,
    id="submitAtCounter",
    tag="desk",
    summary="File a draft that the desk entered for somebody who has signed the form on paper",
    description="Returns the dossier code and the tracking key; both are on the receipt that the person takes home.",
    body=CounterSubmission,
    answer=answers.Submitted,
    creates=True,
    edits=True,
)
api.relay(
    "PUT",
    "/wards/<ward>/dossiers/<uuid:dossier>/comparisons/<kind>",
    rpcs.COMPARE_DOCUMENT,
    id="compareDocument",
    tag="desk",
    summary="Record that the original of a paper was shown and compared, by kind of document",
    description="A new comparison replaces the earlier one. Nothing is handed over at the office until each paper has "
    "been compared.",
    body=Compared,
    answer=answers.Dossier,
    edits=True,
)
api.relay(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/residence-lookups",
    rpcs.RECORD_RESIDENCE,
    id="recordResidence",
    tag="desk",
    summary="Record where a declared residence was looked up, and what was found",
    description="From 1/1/2023 (NĐ 104/2022). All records are kept; the last one counts. A paper is relied on, or "
    "asked for, only after `not-possible`.",
    body=LookedUp,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
