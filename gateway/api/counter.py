"""What the desk does for somebody who came in or wrote: enters and files their dossier, compares their originals."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from gateway.api import answers, encode
from gateway.api.caller import expected_version, idempotency_key, token
from gateway.api.models import Compared, CounterDossier, CounterSubmission
from gateway.api.operations import PREFIX, Reply, api
from gateway.cells import cells


@api.operation(
    "POST",
    "/wards/<ward>/desk/dossiers",
    id="createCounterDossier",
    tag="desk",
    summary="Start a draft for somebody who came in or wrote",
    description="The ward's desk fills it in, adds documents, files, supplements and withdraws it by the same paths.",
    body=CounterDossier,
    answer=answers.Dossier,
    status=201,
    creates=True,
    limit="drafts",
)
def create_counter_dossier(ward: str, body: CounterDossier) -> Reply:
    request = dossiers_pb2.CreateDraftRequest(procedure=body.procedure, channel=body.channel)
    rpc = cells().dossiers(ward).CreateDraft
    created = cells().ask(ward, rpc, request, token=token(), idempotency_key=idempotency_key())
    return Reply(encode.dossier(created), location=f"{PREFIX}/wards/{ward}/dossiers/{created.id}")


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/counter-submission",
    id="submitAtCounter",
    tag="desk",
    summary="File what the desk entered for somebody, who has signed the form on paper",
    description="Answers the dossier code and the tracking key; both stand on the receipt that the person takes home.",
    body=CounterSubmission,
    answer=answers.Submitted,
    creates=True,
    edits=True,
)
def submit_at_counter(ward: str, dossier: str, body: CounterSubmission) -> answers.Submitted:
    request = dossiers_pb2.SubmitAtCounterRequest(
        dossier_id=dossier, form_signed=body.form_signed, expected_version=expected_version()
    )
    rpc = cells().dossiers(ward).SubmitAtCounter
    return encode.submitted(cells().ask(ward, rpc, request, token=token(), idempotency_key=idempotency_key()))


@api.operation(
    "PUT",
    "/wards/<ward>/dossiers/<uuid:dossier>/comparisons/<kind>",
    id="compareDocument",
    tag="desk",
    summary="The original of a paper was shown and compared; by kind of document",
    description="Comparing again replaces it. Nothing is handed over at the office before each paper is compared.",
    body=Compared,
    answer=answers.Dossier,
    edits=True,
)
def compare_document(ward: str, dossier: str, kind: str, body: Compared) -> answers.Dossier:
    request = dossiers_pb2.CompareDocumentRequest(
        dossier_id=dossier, kind=kind, agrees=body.agrees, note=body.note, expected_version=expected_version()
    )
    return encode.dossier(cells().ask(ward, cells().dossiers(ward).CompareDocument, request, token=token()))
