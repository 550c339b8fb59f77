"""The papers of a dossier."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import register_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import BlankOffset, Days
from gateway.wards import WardClient
from services.chassis.refusal import not_found

api.relay(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/papers/<kind>",
    rpcs.GET_PAPER,
    id="getPaper",
    tag="dossiers",
    summary="Receipt, slip or certificate as PDF",
    description="`papers` of the dossier names the kinds that can be fetched now. `certificate-on-blank`, for the "
    "ward's staff, has only the values, for the Ministry's printed form; each fetch counts as a print. The same "
    "holds for `copies-on-blank`, for copies that were asked for with a birth.",
    media_types=("application/pdf",),
)
api.relay(
    "GET",
    "/wards/<ward>/tracking-book",
    rpcs.GET_TRACKING_BOOK,
    id="getTrackingBook",
    tag="desk",
    summary="The tracking book of some days as PDF, for the ward's staff",
    description="The dossiers accepted from one day to another (TT 01/2018, form 06); at most 31 days and 500 "
    "dossiers.",
    query=Days,
    media_types=("application/pdf",),
)
api.relay(
    "GET",
    "/wards/<ward>/blanks",
    rpcs.LIST_BLANKS,
    id="listBlanks",
    tag="desk",
    summary="The Ministry's printed forms, and by how much the ward corrects its printer on each",
    answer=answers.Blanks,
)


@api.operation(
    "GET",
    "/wards/<ward>/blanks/<blank>",
    id="getBlank",
    calls=(rpcs.LIST_BLANKS,),
    refuses="404 unknown-blank",
    tag="desk",
    summary="One of the printed forms, with the ETag for a correction",
    answer=answers.Blank,
)
def get_blank(ward: WardClient, blank: str) -> Json:
    for one in ward.call(rpcs.LIST_BLANKS).blanks:
        if one.name == blank:
            return encode(answers.Blank, one)
    raise not_found("unknown-blank", "Không có loại phôi này.")


api.relay(
    "PUT",
    "/wards/<ward>/blanks/<blank>/offset",
    rpcs.SET_BLANK_OFFSET,
    id="setBlankOffset",
    tag="desk",
    summary="Correct the printer's offset on a printed form, in tenths of a millimetre; it holds for every print of "
    "the ward",
    body=BlankOffset,
    answer=answers.Blank,
    edits=True,
)
api.relay(
    "GET",
    "/wards/<ward>/blanks/<blank>/calibration",
    rpcs.GET_CALIBRATION_PAGE,
    id="getCalibrationPage",
    tag="desk",
    summary="A test page as PDF for plain paper, to hold against a printed form: rulers, crosses, places of the values",
    media_types=("application/pdf",),
)
