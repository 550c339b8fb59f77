"""A dossier as its applicant works on it, from the draft to the supplement."""

from __future__ import annotations

import json
import unicodedata

from caunoi.dossiers.v1 import dossiers_pb2
from flask import Response, request
from werkzeug.datastructures import FileStorage

from gateway.api import answers, encode
from gateway.api.caller import expected_version, idempotency_key, token
from gateway.api.files import file_response
from gateway.api.models import Form, NewDossier, Submission, Supplement, Withdrawal
from gateway.api.operations import PREFIX, Nothing, Reply, api
from gateway.api.reading import refused, unstorable, wrong_media_type
from gateway.cells import cells
from services.chassis.refusal import FieldFault, invalid

DOCUMENT_SECONDS = 15.0  # 10 MB to be opened, re-encoded and stored
CODE_SECONDS = 8.0  # an SMS is handed over meanwhile
LARGEST_FILE = 10 * 1024 * 1024


@api.operation(
    "POST",
    "/wards/<ward>/dossiers",
    id="createDossier",
    tag="dossiers",
    summary="Start a draft",
    description="One person has up to 20 at a time in a ward.",
    body=NewDossier,
    answer=answers.Dossier,
    status=201,
    creates=True,
    limit="drafts",
)
def create_dossier(ward: str, body: NewDossier) -> Reply:
    created = cells().ask(
        ward,
        cells().dossiers(ward).CreateDraft,
        dossiers_pb2.CreateDraftRequest(procedure=body.procedure),
        token=token(),
        idempotency_key=idempotency_key(),
    )
    return Reply(encode.dossier(created), location=f"{PREFIX}/wards/{ward}/dossiers/{created.id}")


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>",
    id="getDossier",
    tag="dossiers",
    summary="A dossier, as its applicant or the ward's staff may see it",
    description="The look is recorded and shown in the applicant's access log.",
    answer=answers.Dossier,
)
def get_dossier(ward: str, dossier: str) -> answers.Dossier:
    request = dossiers_pb2.GetDossierRequest(dossier_id=dossier)
    rpc = cells().dossiers(ward).GetDossier
    return encode.dossier(cells().ask(ward, rpc, request, token=token(), repeatable=True))


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/history",
    id="getDossierHistory",
    tag="dossiers",
    summary="What happened to a dossier, oldest first",
    answer=answers.History,
)
def get_dossier_history(ward: str, dossier: str) -> answers.History:
    request = dossiers_pb2.GetHistoryRequest(dossier_id=dossier)
    rpc = cells().dossiers(ward).GetHistory
    found = cells().ask(ward, rpc, request, token=token(), repeatable=True)
    return answers.History(entries=[encode.history_entry(each) for each in found.entries])


@api.operation(
    "PUT",
    "/wards/<ward>/dossiers/<uuid:dossier>/form",
    id="saveForm",
    tag="dossiers",
    summary="Save what is filled in so far; answers findings per field",
    description="The members given replace those saved (JSON Merge Patch, RFC 7396: null removes one).",
    body=Form,
    answer=answers.Dossier,
    edits=True,
)
def save_form(ward: str, dossier: str, body: Form) -> answers.Dossier:
    request = dossiers_pb2.SaveFormRequest(
        dossier_id=dossier,
        form_json=json.dumps(body.root, ensure_ascii=False),
        expected_version=expected_version(),
    )
    return encode.dossier(cells().ask(ward, cells().dossiers(ward).SaveForm, request, token=token()))


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents",
    id="addDocument",
    tag="dossiers",
    summary="Add a document to a draft, or to a dossier whose supplement was asked for",
    description="JPEG, PNG or PDF, recognised by content, at most 10 MB; photographs are kept without their metadata.",
    upload=True,
    answer=answers.Document,
    status=201,
    creates=True,
    limit="documents",
)
def add_document(ward: str, dossier: str) -> Reply:
    kind, file, content = _uploaded()
    added = cells().ask(
        ward,
        cells().dossiers(ward).AddDocument,
        dossiers_pb2.AddDocumentRequest(
            dossier_id=dossier,
            kind=kind,
            filename=unicodedata.normalize("NFC", file.filename or "")[:200],
            content=content,
        ),
        seconds=DOCUMENT_SECONDS,
        token=token(),
        idempotency_key=idempotency_key(),
    )
    location = f"{PREFIX}/wards/{ward}/dossiers/{dossier}/documents/{added.id}"
    return Reply(encode.document(added), location=location)


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents/<uuid:document>",
    id="getDocument",
    tag="dossiers",
    summary="A document's content",
    description="The look is recorded and shown in the applicant's access log.",
    media_types=("image/jpeg", "image/png", "application/pdf"),
)
def get_document(ward: str, dossier: str, document: str) -> Response:
    request = dossiers_pb2.GetDocumentRequest(dossier_id=dossier, document_id=document)
    rpc = cells().dossiers(ward).GetDocument
    found = cells().ask(ward, rpc, request, seconds=DOCUMENT_SECONDS, token=token(), repeatable=True)
    return file_response(found.content, found.document.media_type, found.document.filename)


@api.operation(
    "DELETE",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents/<uuid:document>",
    id="removeDocument",
    tag="dossiers",
    summary="Remove a document added since the dossier was last filed",
    answer=answers.Dossier,
)
def remove_document(ward: str, dossier: str, document: str) -> answers.Dossier:
    request = dossiers_pb2.RemoveDocumentRequest(dossier_id=dossier, document_id=document)
    return encode.dossier(cells().ask(ward, cells().dossiers(ward).RemoveDocument, request, token=token()))


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/confirmations",
    id="requestConfirmation",
    tag="dossiers",
    summary="Send the applicant a one-time code for exactly what now stands in the draft",
    description="A change to the draft after this makes the code useless; ask for a new one.",
    body=Nothing,
    answer=answers.Confirmation,
    status=201,
    creates=True,
)
def request_confirmation(ward: str, dossier: str) -> answers.Confirmation:
    sent = cells().ask(
        ward,
        cells().dossiers(ward).RequestConfirmation,
        dossiers_pb2.RequestConfirmationRequest(dossier_id=dossier),
        seconds=CODE_SECONDS,
        token=token(),
        idempotency_key=idempotency_key(),
    )
    return encode.confirmation(sent)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/submission",
    id="submitDossier",
    tag="dossiers",
    summary="File the draft with the one-time code",
    description="Answers the dossier code and the tracking key: with both, anyone can follow the dossier.",
    body=Submission,
    answer=answers.Submitted,
    creates=True,
    edits=True,
    blind=True,  # the code is good for exactly what the applicant confirmed
)
def submit_dossier(ward: str, dossier: str, body: Submission) -> answers.Submitted:
    filed = cells().ask(
        ward,
        cells().dossiers(ward).SubmitDossier,
        dossiers_pb2.SubmitDossierRequest(
            dossier_id=dossier,
            confirmation_id=body.confirmation,
            otp=body.otp,
            expected_version=expected_version(blind=True),
        ),
        seconds=5,
        token=token(),
        idempotency_key=idempotency_key(),
    )
    return encode.submitted(filed)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/supplement",
    id="supplementDossier",
    tag="dossiers",
    summary="Send in what a supplement request asked for",
    description="Only fields that were asked for may change; documents asked for are added beforehand.",
    body=Supplement,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def supplement_dossier(ward: str, dossier: str, body: Supplement) -> answers.Dossier:
    request = dossiers_pb2.SupplementDossierRequest(
        dossier_id=dossier,
        form_json=json.dumps(body.form, ensure_ascii=False) if body.form else "",
        expected_version=expected_version(),
    )
    rpc = cells().dossiers(ward).SupplementDossier
    return encode.dossier(cells().ask(ward, rpc, request, token=token(), idempotency_key=idempotency_key()))


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/withdrawal",
    id="withdrawDossier",
    tag="dossiers",
    summary="The applicant takes the dossier back",
    body=Withdrawal,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def withdraw_dossier(ward: str, dossier: str, body: Withdrawal) -> answers.Dossier:
    request = dossiers_pb2.WithdrawDossierRequest(
        dossier_id=dossier,
        reason=body.reason,
        request_signed=body.request_signed,
        expected_version=expected_version(),
    )
    rpc = cells().dossiers(ward).WithdrawDossier
    return encode.dossier(cells().ask(ward, rpc, request, token=token(), idempotency_key=idempotency_key()))


def _uploaded() -> tuple[str, FileStorage, bytes]:
    """The parts `kind` and `file` of a multipart body, and the file's content."""
    if request.mimetype != "multipart/form-data":
        raise wrong_media_type("multipart/form-data")
    unknown = sorted({*request.form, *request.files} - {"kind", "file"})
    faults = [FieldFault(name, "ở đây không có mục này") for name in unknown if not unstorable(name)]
    kinds, files = request.form.getlist("kind"), request.files.getlist("file")
    faults += [FieldFault("kind", "cần có đúng một mục này")] if len(kinds) != 1 else []
    faults += [FieldFault("file", "cần có đúng một tệp")] if len(files) != 1 else []
    faults += [FieldFault("kind", "có ký tự không lưu được")] if any(unstorable(kind) for kind in kinds) else []
    if faults or unknown:
        raise refused(faults)
    content = files[0].stream.read()
    if len(content) > LARGEST_FILE:
        text = "Tệp lớn hơn 10 MB. Xin chụp lại ở cỡ nhỏ hơn hoặc tách tệp."
        raise invalid("file-too-large", text, FieldFault("file", text))
    if unstorable(files[0].filename or ""):
        raise refused([FieldFault("file", "tên tệp có ký tự không lưu được")])
    return kinds[0], files[0], content
