"""Pages for anybody: the start, a ward's start, procedures, and the check of a certificate."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.accounts.v1.accounts_pb2 import Station
from caunoi.dossiers.v1.dossiers_pb2 import DossierSummary, Procedure
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import routing, rpcs
from gateway.limits import limited
from gateway.pages import asking, identity
from gateway.pages.refusals import raise_unless
from gateway.pages.weeks import week_of
from gateway.texts import is_draft
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("public", __name__)
_MOST_ASKED = 100  # dossiers of one person in a ward
#: The most frequent first; all others follow by code.
_OFTEN = ("1.001193", "1.000894", "1.000656", "1.004873", "2.000635")


@pages.get("/")
def start() -> ResponseReturnValue:
    who = identity.person()
    home = asking.district().wards.get(who.ward) if who else None
    return render_template("public/start.html", wards=asking.district().wards.values(), home=home)


@pages.get("/phuong")
def choose_ward() -> ResponseReturnValue:
    """Where a page's ward picker leads, for browsers without JavaScript."""
    return redirect(url_for(".ward_start", slug=asking.ward_of(request.args.get("phuong", "")).slug), 303)


@pages.get("/phuong/<slug>")
def ward_start(slug: str) -> ResponseReturnValue:
    """What can be done here, and where people are guided this week; parts that are not available now are left out."""
    ward = asking.ward_of(slug)
    if ward.is_practice:
        return redirect(url_for("pages.practice.start"), 303)
    return render_template(
        "public/ward.html", ward=ward, procedures=sorted(_procedures(ward), key=by_use), stations=_stations(ward)
    )


def _procedures(ward: Ward) -> Sequence[Procedure]:
    try:
        return asking.services_of(ward).call(rpcs.LIST_PROCEDURES).procedures
    except Refusal:
        return ()


def _stations(ward: Ward) -> Sequence[Station]:
    """A ward's start page, with the opening sessions still to come this week."""
    week = week_of("")
    days = {"since": week.today.isoformat(), "until": week.sunday.isoformat()}
    try:
        return asking.services_of(ward).call(rpcs.LIST_STATIONS, **days).stations
    except Refusal:
        return ()


def by_use(procedure: Procedure) -> tuple[int, str]:
    """The order in which a ward's procedures are listed."""
    code = procedure.code
    return (_OFTEN.index(code) if code in _OFTEN else len(_OFTEN), code)


@pages.get("/phuong/<slug>/thu-tuc/<code>")
def procedure(slug: str, code: str) -> ResponseReturnValue:
    """What to bring before starting: papers, time limit, fee, steps; then the button that starts a draft.

    A person who has already begun a draft goes on with it, unless they want another one.
    """
    ward = asking.ward_of(slug)
    found = asking.services_of(ward).call(rpcs.GET_PROCEDURE, code=code)
    return render_template("public/procedure.html", ward=ward, procedure=found, drafts=_begun(ward, code))


def _begun(ward: Ward, code: str) -> list[DossierSummary]:
    """The person's drafts of a procedure; none if they are not available now."""
    who = identity.person()
    if who is None or not who.is_citizen:
        return []
    try:
        own = asking.services_of(ward).call(rpcs.LIST_OWN_DOSSIERS, page_size=_MOST_ASKED).dossiers
    except Refusal:
        return []
    return [one for one in own if is_draft(one) and one.procedure == code]


_NO_CERTIFICATE = (Kind.NOT_FOUND, Kind.INVALID)


@pages.get("/gt/<certificate>")
@limited("verify")
def paper(certificate: str) -> ResponseReturnValue:
    """The address on a paper, scanned or typed: people get the page, programs the API."""
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return redirect(url_for("api.verifyCertificate", certificate=certificate), 303)
    return _verified(certificate)


@pages.get("/xac-minh/<certificate>")
@limited("verify")
def verify(certificate: str) -> ResponseReturnValue:
    """Whether a certificate is genuine; its id begins with the ward's code."""
    return _verified(certificate)


def _verified(certificate: str) -> ResponseReturnValue:
    ward = asking.district().cells.get(routing.ward_of_certificate(certificate) or "")
    status, mistyped = None, ""
    try:
        status = routing.verify(certificate)
    except Refusal as refusal:
        raise_unless(_NO_CERTIFICATE, refusal)
        mistyped = refusal.text if refusal.type == "mistyped-certificate" else ""
    content = render_template(
        "public/verify.html", certificate=certificate, status=status, mistyped=mistyped, ward=ward, ward_here=ward
    )
    return content, 200 if status else 404
