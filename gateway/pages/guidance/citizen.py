"""A citizen asks a volunteer for guidance, at a station's computer: consent, code, the volunteer's words, the end."""

from __future__ import annotations

from uuid import UUID

from caunoi.accounts.v1 import guidance_pb2
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity, kept, visits
from gateway.pages.guidance import bar, wording
from gateway.pages.guidance.bar import Shown
from gateway.pages.guidance.place import Where
from gateway.pages.kiosk import kiosk
from gateway.pages.plain import TROUBLE, local_path
from gateway.pages.refusals import SHOWN, raise_unless
from gateway.spread import newest_first
from gateway.wards import wards
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("guidance", __name__)
LONGEST_SESSION = 40 * 60  # seconds: five minutes for the code, thirty of guidance, and five to spare
_FOR_VISITORS = {"pages.guidance.here", "pages.guidance.part", "pages.guidance.stop", "pages.guidance.withdraw_own"}


@pages.before_request
def require_citizen_or_visitor() -> None:
    """Lets residents in and, at a station's computer, for guidance itself, also people without an account. Raises a
    Refusal (UNAUTHENTICATED, FORBIDDEN).
    """
    if identity.person() or request.endpoint not in _FOR_VISITORS or not kiosk():
        identity.require_citizen()


@pages.route("/huong-dan", methods=["GET", "POST"])
@limited("guidance", methods=["POST"])
def here() -> ResponseReturnValue:
    """What the citizen agrees to; then the code for the volunteer, and the state of the session."""
    back = local_path(request.values.get("ve", "")) or "/"
    own = _own(back)
    if request.method == "GET" and own is not None and own.state in ("waiting", "open"):
        return render_template("guidance/here.html", guidance=own, goes_on=back)
    place = kiosk()
    if place is None or not place.token:
        return render_template("guidance/elsewhere.html", ward=_ward(), guidance=own, goes_on=back)
    if request.method == "POST":
        try:
            _ask(place.ward)
        except Refusal as refusal:
            raise_unless(SHOWN, refusal)
            flash(refusal.text, TROUBLE)
        return redirect(url_for(".here", ve=back), 303)
    text = asking.services_in(place.ward).call(rpcs.GET_CONSENT_TEXT)
    return render_template("guidance/consent.html", consent=text, station=place, guidance=own, goes_on=back)


def _ward() -> Ward:
    here = kiosk()
    return identity.own_ward() if identity.person() or here is None else asking.district().wards[here.ward]


def _ask(ward: str) -> None:
    if not identity.guided_token(for_seconds=LONGEST_SESSION):
        visits.begin(ward)
    answer = asking.guidance_in(ward).call(
        rpcs.REQUEST_GUIDED_SESSION,
        text_version=request.form.get("text_version", ""),
        place=guidance_pb2.Place(page="guidance"),
    )
    kept.guidance.write(kept.Guidance(ward, answer.session.id, answer.session.consent_id, answer.code))


def _own(back: str) -> Shown | None:
    """This browser's session, as it is now."""
    own = kept.guidance.read()
    return bar.tell_place(own, Where("guidance", path=back)) if own else None


@pages.get("/huong-dan/phan")
def part() -> ResponseReturnValue:
    """The parts of a page that change while a volunteer guides; the page's script puts them in."""
    renewed = session.modified  # by new tokens, which must reach the browser
    own = kept.guidance.read()
    where = Where.read(request.args)
    shown = None
    if own is not None:
        try:
            answer = asking.guidance_in(own.ward).call(rpcs.GET_OWN_GUIDED_SESSION)
            shown = bar.shown(own, answer, where)
        except Refusal as refusal:
            if refusal.kind is not Kind.NOT_FOUND:
                raise
    session.modified = renewed  # else keep what a page may have renewed at the same time
    goes_on = local_path(where.path) or "/"
    return render_template("guidance/part.html", guidance=shown, goes_on=goes_on, asks_here=where.page == "account")


@pages.post("/huong-dan/dung")
def stop() -> ResponseReturnValue:
    """Ends this browser's guided session, if one is still going on."""
    own = kept.guidance.read()
    if own is not None:
        try:
            asking.guidance_in(own.ward).call(rpcs.END_GUIDED_SESSION, session_id=own.id)
        except Refusal as refusal:
            if refusal.kind is not Kind.NOT_FOUND:
                raise
        kept.guidance.drop()
        flash("Đã dừng hướng dẫn. Tình nguyện viên không thấy ông/bà đang ở trang nào nữa.")
    return redirect(local_path(request.form.get("ve", "")) or "/", 303)


@pages.post("/huong-dan/rut")
def withdraw_own() -> ResponseReturnValue:
    """Withdraws the consent of this browser's session, also of a session that waits or has ended, since people without
    an account have no page that lists it.
    """
    own = kept.guidance.read()
    if own is not None:
        asking.guidance_in(own.ward).call(rpcs.WITHDRAW_CONSENT, id=own.consent)
        flash(wording.WITHDRAWN)
    return redirect(local_path(request.form.get("ve", "")) or "/", 303)


@pages.get("/toi/dong-y")
def consents() -> ResponseReturnValue:
    """What the person has agreed to, in every ward that answers."""
    token = identity.access_token()
    requests = dict.fromkeys(wards().of(token), guidance_pb2.ListOwnConsentsRequest())
    answers = wards().send_all(rpcs.LIST_OWN_CONSENTS, requests, token=token).at_least_one()
    items = [(ward, one) for ward, answer in answers.answered.items() for one in answer.consents]
    return render_template(
        "guidance/consents.html",
        of_household=wording.HOUSEHOLD,
        consents=[one for _, one in newest_first(items, "given_at")],
        wards=asking.district().wards,
        silent=answers.missing(asking.district()),
    )


@pages.post("/toi/dong-y/<ward>/<uuid:id>/rut")
def withdraw(ward: str, id: UUID) -> ResponseReturnValue:
    withdrawn = asking.services_in(ward).call(rpcs.WITHDRAW_CONSENT, id=str(id))
    flash(wording.LEFT_HOUSEHOLD if withdrawn.purpose == wording.HOUSEHOLD else wording.WITHDRAWN)
    return redirect(url_for(".consents"), 303)
