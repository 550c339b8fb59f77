"""The papers of a dossier."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2
from flask import Response

from gateway.api.caller import token
from gateway.api.files import file_response
from gateway.api.models import Days
from gateway.api.operations import api
from gateway.cells import cells

PAPER_SECONDS = 10.0  # one that was missed is made at the first look


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/papers/<kind>",
    id="getPaper",
    tag="dossiers",
    summary="Receipt, slip or certificate as PDF",
    description="`papers` of the dossier names the kinds that can be fetched now.",
    media_types=("application/pdf",),
)
def get_paper(ward: str, dossier: str, kind: str) -> Response:
    request = dossiers_pb2.GetPaperRequest(dossier_id=dossier, kind=kind)
    rpc = cells().dossiers(ward).GetPaper
    paper = cells().ask(ward, rpc, request, seconds=PAPER_SECONDS, token=token(), repeatable=True)
    return file_response(paper.content, "application/pdf", paper.filename)


@api.operation(
    "GET",
    "/wards/<ward>/tracking-book",
    id="getTrackingBook",
    tag="desk",
    summary="The tracking book of some days as PDF, for the ward's staff",
    description="What was taken in from one day to another (TT 01/2018, form 06); at most 31 days and 500 dossiers.",
    query=Days,
    media_types=("application/pdf",),
)
def get_tracking_book(ward: str, query: Days) -> Response:
    request = dossiers_pb2.GetTrackingBookRequest(from_day=query.from_day, to_day=query.to_day)
    rpc = cells().dossiers(ward).GetTrackingBook
    book = cells().ask(ward, rpc, request, seconds=PAPER_SECONDS, token=token(), repeatable=True)
    return file_response(book.content, "application/pdf", book.filename)
