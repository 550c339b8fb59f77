"""Following a dossier without an account."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from gateway.api import answers, encode
from gateway.api.models import Tracking
from gateway.api.operations import api
from gateway.cells import Cells, cells
from services.chassis.refusal import not_found


def track(cells: Cells, code: str, key: str) -> dossiers_pb2.TrackedDossier:
    """The dossier of a code, from the ward whose agency id opens it. A code of no ward is answered as a wrong key."""
    agency_id = code.strip().upper().rsplit("-", 2)[0]
    ward = cells.district.by_agency(agency_id)
    if ward is None:
        # In the words of the wards: nobody is to learn which half was wrong.
        text = "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại hai dòng đó trên giấy tiếp nhận."
        raise not_found("unknown-tracking", text)
    request = dossiers_pb2.TrackDossierRequest(code=code.strip().upper(), key=key.strip())
    return cells.ask(ward.code, cells.dossiers(ward.code).TrackDossier, request, repeatable=True)


@api.operation(
    "POST",
    "/tracking",
    id="trackDossier",
    tag="public",
    summary="Status of a dossier for whoever holds its code and tracking key; names nobody",
    signed_in=False,
    body=Tracking,
    answer=answers.Tracked,
    limit="tracking",
)
def track_dossier(body: Tracking) -> answers.Tracked:
    return encode.tracked(track(cells(), body.code, body.key))
