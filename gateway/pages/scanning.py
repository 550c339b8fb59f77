"""How a paper can be captured here: with the scanners beside a station's computer, or the citizen's own phone."""

from __future__ import annotations

from typing import Any

from caunoi.accounts.v1.stations_pb2 import Scanner
from flask import url_for

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.asking import services_here
from gateway.pages.dossier import Opened
from gateway.pages.refusals import DONE_WITHOUT, raise_unless
from services.chassis.refusal import Refusal


def may_capture(opened: Opened) -> bool:
    """Whether the signed-in person can capture pages for this dossier: they are its applicant, online."""
    who = identity.person()
    return who is not None and who.is_citizen and not opened.at_desk


def waiting_pages(opened: Opened) -> list[dict[str, Any]]:
    """Pages that have arrived and are in no document yet, by kind of paper, each with a link."""
    titles = {one.kind: one.title for one in opened.procedure.documents}
    return [
        {
            "kind": one.kind,
            "title": titles.get(one.kind, one.kind),
            "pages": one.pages,
            "href": url_for("pages.captures.tray", kind=one.kind, capture=one.id, **opened.where),
        }
        for one in opened.dossier.open_captures
    ]


def scanners_here() -> list[Scanner]:
    """The scanners beside this computer; none at home, and none while the station's ward does not respond."""
    here = services_here()
    if here is None or identity.in_practice():  # the scanner's ward accepts nothing for the practice ward
        return []
    try:
        return list(here.call(rpcs.LIST_SCANNERS).scanners)
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return []
