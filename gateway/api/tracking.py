"""Following a dossier without an account."""

from __future__ import annotations

from gateway import routing, rpcs
from gateway.api import dossier_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import Tracking


@api.operation(
    "POST",
    "/tracking",
    id="trackDossier",
    calls=(rpcs.TRACK_DOSSIER,),
    tag="public",
    summary="Status of a dossier for anybody who has its code and tracking key; names nobody",
    signed_in=False,
    body=Tracking,
    answer=answers.Tracked,
    limit="tracking",
)
def track_dossier(body: Tracking) -> Json:
    return encode(answers.Tracked, routing.track(body.code, body.key))
