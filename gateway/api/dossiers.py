"""A dossier as its applicant works on it, from the draft to the supplement."""

from __future__ import annotations

import json

from flask import Response, request
from werkzeug.datastructures import FileStorage

from gateway import rpc, rpcs
from gateway.acts import ACTS
from gateway.api import dossier_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.reading import refused, unstorable, wrong_media_type
from gateway.api.requests import Form, NewDossier, Submission
from gateway.files import saved_file
from gateway.models import Nothing
from gateway.wards import WardClient
from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, invalid

LARGEST_FILE = 10 * 1024 * 1024

api.relay(
    "POST",
    "/wards/<ward>/dossiers",
    rpcs.CREATE_DRAFT,
    id="createDossier",
    by=rpc.APPLICANT,
    tag="dossiers",
    summary="Start a draft",
    description="A person can have up to 20 drafts at a time in a ward.",
    body=NewDossier,
    answer=answers.Dossier,
    status=201,
    location="/wards/{ward}/dossiers/{id}",
    creates=True,
    limit="drafts",
)
api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>",
    rpcs.GET_DOSSIER,
    id="getDossier",
    tag="dossiers",
    summary="A dossier, as its applicant or the ward's staff may see it",
    description="The look is recorded and shown in the applicant's access log.",
    answer=answers.Dossier,
)
api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/history",
    rpcs.GET_HISTORY,
    id="getDossierHistory",
    tag="dossiers",
    summary="What happened to a dossier, oldest first",
    answer=answers.History,
)


api.relay(
    "DELETE",
    "/wards/<ward>/dossiers/<uuid:dossier>",
    rpcs.DELETE_DRAFT,
    id="deleteDraft",
    tag="dossiers",
    summary="Delete a draft with all that belongs to it",
    description="A filed dossier is withdrawn instead (`wrong-state`).",
    status=204,
    edits=True,
    blind=True,  # a draft can be thrown away unread
)


@api.operation(
    "PUT",
    "/wards/<ward>/dossiers/<uuid:dossier>/form",
    id="saveForm",
    calls=(rpcs.SAVE_FORM,),
    tag="dossiers",
    summary="Save what is filled in so far; returns findings per field",
    description="The given members replace the saved ones (JSON Merge Patch, RFC 7396: null removes one). Every field "
    "holds a text, a whole number, `true` or `false`. A value of another of these kinds than the field needs "
    '(`sex: 5`, `known: "yes"`, a year in words) is saved and returned as a finding. Anything else (a list, an '
    "object, a fraction, a member that the form does not have) is 400 `invalid-form`, and nothing of the request "
    "is saved.",
    body=Form,
    answer=answers.Dossier,
    edits=True,
)
def save_form(ward: WardClient, dossier: str, body: Form, version: int) -> Json:
    form = json.dumps(body.root, ensure_ascii=False)
    saved = ward.call(rpcs.SAVE_FORM, dossier_id=dossier, form_json=form, expected_version=version)
    return encode(answers.Dossier, saved)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents",
    id="addDocument",
    calls=(rpcs.ADD_DOCUMENT,),
    tag="dossiers",
    summary="Add a document to a draft, or to a dossier whose supplement was asked for",
    description="JPEG, PNG or PDF, recognised by content, at most 10 MB. Photographs are kept without their metadata.",
    upload=True,
    answer=answers.AddedDocument,
    status=201,
    location="/wards/{ward}/dossiers/{dossier}/documents/{id}",
    creates=True,
    edits=True,
    blind=True,  # it overwrites nothing
    limit="documents",
)
def add_document(ward: WardClient, dossier: str, version: int) -> Json:
    kind, file, content = _uploaded()
    name = normalised(file.filename or "")
    added = ward.call(
        rpcs.ADD_DOCUMENT, dossier_id=dossier, kind=kind, filename=name, content=content, expected_version=version
    )
    return encode(answers.AddedDocument, added)


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents/<uuid:document>",
    id="getDocument",
    calls=(rpcs.GET_DOCUMENT,),
    tag="dossiers",
    summary="A document's content",
    description="The look is recorded and shown in the applicant's access log.",
    media_types=("image/jpeg", "image/png", "application/pdf"),
)
def get_document(ward: WardClient, dossier: str, document: str) -> Response:
    found = ward.call(rpcs.GET_DOCUMENT, dossier_id=dossier, document_id=document)
    return saved_file(found.content, found.document.media_type, found.document.filename)


api.relay(
    "DELETE",
    "/wards/<ward>/dossiers/<uuid:dossier>/documents/<uuid:document>",
    rpcs.REMOVE_DOCUMENT,
    id="removeDocument",
    tag="dossiers",
    summary="Remove a document added since the dossier was last filed",
    answer=answers.Dossier,
    edits=True,
    blind=True,  # a document never changes: its id says which
)
api.relay(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/confirmations",
    rpcs.REQUEST_CONFIRMATION,
    id="requestConfirmation",
    tag="dossiers",
    summary="Send the applicant a one-time code for exactly the draft's present content",
    description="After a change to the draft the code no longer works; request a new one.",
    body=Nothing,
    answer=answers.Confirmation,
    status=201,
    creates=True,
)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/submission",
    id="submitDossier",
    calls=(rpcs.SUBMIT_DOSSIER,),
    tag="dossiers",
    summary="File the draft with the one-time code",
    description="Returns the dossier code and the tracking key. Anybody who has both can follow the dossier.",
    body=Submission,
    answer=answers.Submitted,
    creates=True,
    edits=True,
    blind=True,  # the code is good for exactly what the applicant confirmed
)
def submit_dossier(ward: WardClient, dossier: str, body: Submission, version: int) -> Json:
    filed = ward.call(
        rpcs.SUBMIT_DOSSIER,
        dossier_id=dossier,
        confirmation_id=body.confirmation,
        otp=body.otp,
        expected_version=version,
    )
    return encode(answers.Submitted, filed)


for act in ACTS.values():
    if act.tag == "dossiers":
        api.act(act)


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
