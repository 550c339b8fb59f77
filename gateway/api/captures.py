"""Papers captured page by page with a scanner or a phone, and kept as a document of a draft or a supplement."""

from __future__ import annotations

from flask import Response, request

from gateway import rpcs
from gateway.api import capture_answers, dossier_answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import CaptureEnd, NewCapture
from gateway.files import saved_file
from gateway.models import Nothing
from gateway.wards import WardClient

_OF_DOSSIER = "/wards/<ward>/dossiers/<uuid:dossier>/captures"

api.relay(
    "POST",
    _OF_DOSSIER,
    rpcs.START_CAPTURE,
    id="startCapture",
    tag="dossiers",
    summary="Start to capture a paper with a scanner or a phone, or continue",
    description="The secret `ticket` is good for adding pages for ten minutes; an earlier one for the same paper no "
    "longer works. Pages that were neither kept nor discarded are still there. Refused while a scanner sends "
    "pages.",
    body=NewCapture,
    answer=capture_answers.StartedCapture,
    creates=True,
    limit="documents",
)
api.relay(
    "GET",
    f"{_OF_DOSSIER}/<uuid:capture>",
    rpcs.GET_CAPTURE,
    id="getCapture",
    tag="dossiers",
    summary="A capture with the pages that have come",
    answer=capture_answers.Capture,
)


@api.operation(
    "GET",
    f"{_OF_DOSSIER}/<uuid:capture>/pages/<uuid:page>",
    id="getCapturePage",
    calls=(rpcs.GET_CAPTURE_PAGE,),
    tag="dossiers",
    summary="The picture of a page, as it will be kept",
    media_types=("image/jpeg",),
)
def get_page(ward: WardClient, dossier: str, capture: str, page: str) -> Response:
    found = ward.call(rpcs.GET_CAPTURE_PAGE, dossier_id=dossier, capture_id=capture, page_id=page)
    return saved_file(found.content, found.media_type, "")


api.relay(
    "POST",
    f"{_OF_DOSSIER}/<uuid:capture>/pages/<uuid:page>/turn",
    rpcs.TURN_CAPTURE_PAGE,
    id="turnCapturePage",
    tag="dossiers",
    summary="Turn a page by a quarter, clockwise",
    body=Nothing,
    answer=capture_answers.Capture,
    creates=True,
)
api.relay(
    "DELETE",
    f"{_OF_DOSSIER}/<uuid:capture>/pages/<uuid:page>",
    rpcs.REMOVE_CAPTURE_PAGE,
    id="removeCapturePage",
    tag="dossiers",
    summary="Remove a page",
    answer=capture_answers.Capture,
    unversioned="the page is named by its id, and other pages stay as they are.",
)
api.relay(
    "POST",
    f"{_OF_DOSSIER}/<uuid:capture>/document",
    rpcs.KEEP_CAPTURE,
    id="keepCapture",
    tag="dossiers",
    summary="Make one document of the pages: a JPEG if there is one page, a PDF if there are several",
    description="At most 10 MB: larger pages are reduced until they fit. Refused while a scanner sends pages "
    "(`scanning`).",
    body=Nothing,
    answer=dossier_answers.AddedDocument,
    status=201,
    location="/wards/{ward}/dossiers/{dossier}/documents/{id}",
    creates=True,
    limit="documents",
)
api.relay(
    "DELETE",
    f"{_OF_DOSSIER}/<uuid:capture>",
    rpcs.DISCARD_CAPTURE,
    id="discardCapture",
    tag="dossiers",
    summary="Discard the pages",
    answer=capture_answers.Capture,
    unversioned="pages that were kept as a document stay.",
)


api.relay(
    "GET",
    "/wards/<ward>/captures/ticket",
    rpcs.GET_CAPTURE_TICKET,
    id="getCaptureTicket",
    tag="captures",
    summary="Which paper a ticket is for",
    answer=capture_answers.CaptureTicket,
    ticket=True,
)


@api.operation(
    "PUT",
    "/wards/<ward>/captures/pages/<int:number>",
    id="addCapturePage",
    calls=(rpcs.ADD_CAPTURE_PAGE,),
    tag="captures",
    summary="Add a page",
    description="`number` counts the pages sent with this ticket, from 1. A page that is sent again under its number "
    "is stored once, and stays removed if it was removed. At most 60 pages; a phone's ticket is used up by its "
    "first page.",
    takes=("image/jpeg", "image/png"),
    answer=capture_answers.CaptureTicket,
    ticket=True,
    limit="captures",
    unversioned="only one sender has the ticket, and a page that is sent again under its number is stored once.",
)
def add_page(ward: WardClient, ticket: str, number: str) -> Json:
    added = ward.call(rpcs.ADD_CAPTURE_PAGE, ticket=ticket, number=min(int(number), 9999), content=request.get_data())
    return encode(capture_answers.CaptureTicket, added)


api.relay(
    "POST",
    "/wards/<ward>/captures/end",
    rpcs.END_CAPTURE,
    id="endCapture",
    tag="captures",
    summary="Report that all pages were sent, or why not",
    description="Uses the ticket up. Repeating the call changes nothing.",
    body=CaptureEnd,
    answer=capture_answers.CaptureTicket,
    ticket=True,
)
