"""The page after an act that made a paper or passed the dossier to the signer: what to print, and the next dossier that
waits.
"""

from __future__ import annotations

from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.act import OfferedAct
from gateway.acts import ACCEPTANCE, ACTS, APPROVAL, REFUSAL, SIGNATURE
from gateway.pages import desk, identity
from gateway.pages.dossier import Opened
from gateway.pages.refusals import DONE_WITHOUT, raise_unless
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("done_at_desk", __name__)
pages.before_request(identity.require_office)

#: After these acts comes the next dossier that waits for the same act; after others, the next for the officer's roles.
_RECEIVED = (ACCEPTANCE, REFUSAL)


@pages.get("/can-bo/ho-so/<uuid:id>/xong/<act>")
def show(id: UUID, act: str) -> ResponseReturnValue:
    """What was done, its papers, and where to go on. It reads the dossier, so the page can be opened again."""
    if act not in ACTS or not (ACTS[act].papers or ACTS[act] is APPROVAL):
        raise not_found("unknown-act", "Không có thao tác này.")
    opened = desk.read_at_desk(id)
    found = _next(opened, ACTS[act])
    return render_template(
        "desk/done.html",
        opened=opened,
        dossier=opened.dossier,
        act=ACTS[act],
        papers=issued(ACTS[act], opened.dossier),
        is_done=ACTS[act] is not ACCEPTANCE or opened.dossier.accepted_at.seconds > 0,  # else a fee is due first
        following=found.dossier if found.dossier.id else None,
        href=_place_of(found),
    )


def issued(act: OfferedAct, dossier: dossiers_v1.Dossier) -> list[str]:
    """The kinds of papers that an act has left with a dossier."""
    return [kind for kind in act.papers if kind in dossier.papers]


def _next(opened: Opened, act: OfferedAct) -> dossiers_v1.FindNextDossierResponse:
    waits_for = ACCEPTANCE.name if act in _RECEIVED else ""
    try:
        return opened.services.call(rpcs.FIND_NEXT_DOSSIER, act=waits_for, after_dossier_id=opened.dossier.id)
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return dossiers_v1.FindNextDossierResponse()


def _place_of(found: dossiers_v1.FindNextDossierResponse) -> str:
    place = "pages.signing.show" if found.act == SIGNATURE.name else "pages.desk.dossier"
    return url_for(place, id=found.dossier.id) if found.dossier.id else ""
