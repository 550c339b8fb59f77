"""The papers of a dossier."""

from __future__ import annotations

from gateway import rpcs
from gateway.api.operations import api
from gateway.api.requests import Days

api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/papers/<kind>",
    rpcs.GET_PAPER,
    id="getPaper",
    tag="dossiers",
    summary="Receipt, slip or certificate as PDF",
    description="`papers` of the dossier names the kinds that can be fetched now.",
    media_types=("application/pdf",),
)
api.relay(
    "GET",
    "/wards/<ward>/tracking-book",
    rpcs.GET_TRACKING_BOOK,
    id="getTrackingBook",
    tag="desk",
    summary="The tracking book of some days as PDF, for the ward's staff",
    description="What was taken in from one day to another (TT 01/2018, form 06); at most 31 days and 500 dossiers.",
    query=Days,
    media_types=("application/pdf",),
)
