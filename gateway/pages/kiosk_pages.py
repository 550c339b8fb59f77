"""The pages of a station's computer: enrolling it, its start page, and leaving it."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity, kiosk, requested
from gateway.pages.own_questions import ENROLMENT
from gateway.pages.plain import error_list, local_path, posted_texts, shown_fields
from gateway.pages.public import by_use
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.wards import wards
from services.chassis.district import Ward
from services.chassis.refusal import Refusal

pages = Blueprint("kiosk", __name__)
#: Signing out must work from any page, however old. A request from another site is refused by its headers (`leave`).
UNPROTECTED = {"pages.kiosk.leave", "pages.kiosk.still_here"}


@pages.route("/kiosk/ghi-danh", methods=["GET", "POST"])
@limited("enrolments", methods=["POST"])
def enrol() -> ResponseReturnValue:
    """Makes this browser a station's computer, with the code that the ward's administrator was given."""
    slug = request.values.get("phuong", "")
    chosen = asking.district().by_slug(slug)
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(ENROLMENT, request.form)
        errors = {} if typed["code"] else {"code": "Xin nhập mã ghi danh."}
        if chosen is None:
            errors = {"phuong": "Xin chọn phường của điểm hỗ trợ.", **errors}
        elif not errors:
            try:
                return _enrolled(chosen.code, typed["code"])
            except Refusal as refusal:
                errors = _at_the_code(refusal)
    content = render_template(
        "kiosk/enrol.html",
        wards=asking.district().wards.values(),
        chosen=slug,
        fields=shown_fields(ENROLMENT, typed, errors),
        errors=errors,
        summary=([{"text": errors["phuong"], "href": "#phuong"}] if "phuong" in errors else [])
        + error_list(ENROLMENT, {name: text for name, text in errors.items() if name != "phuong"}),
    )
    return content, 422 if errors else 200


def _enrolled(ward: str, code: str) -> Response:
    answer = wards().client(ward).call(rpcs.ENROL_DEVICE, code=code, kind="kiosk")
    identity.forget()  # the person who sets the computer up must not stay signed in
    response = make_response(redirect(url_for(".start"), 303))
    kiosk.enrol(response, answer.credential)
    return response


def _at_the_code(refusal: Refusal) -> dict[str, str]:
    errors = errors_from(refusal, SHOWN_TO_STRANGERS)
    return errors if "code" in errors else {"code": refusal.text}


@pages.get("/kiosk")
def start() -> ResponseReturnValue:
    """The station's name, what to bring for each procedure, and the way in."""
    here = kiosk.kiosk()
    if here is None:
        return render_template("kiosk/none.html")
    ward = asking.district().wards[here.ward]
    procedures: list[Procedure] = []
    at_office: set[str] = set()
    with suppress(Refusal):  # people can still sign in
        procedures, at_office = _procedures(ward)
    idle = max(1, kiosk.clock()["wipe"] // 60) if request.args.get("vi") == kiosk.IDLE else 0
    response = make_response(
        render_template("kiosk/start.html", ward=ward, procedures=procedures, at_office=at_office, idle_minutes=idle)
    )
    kiosk.keep(response)
    return response


def _procedures(ward: Ward) -> tuple[list[Procedure], set[str]]:
    """The procedures, and which of them the ward does not take online now, since cached versions do not say it."""
    listed = asking.services_of(ward).call(rpcs.LIST_PROCEDURES).procedures
    versions = [asking.procedure_version(ward, one.code, one.version)[0] for one in sorted(listed, key=by_use)]
    return versions, {one.code for one in listed if one.not_online}


@pages.route("/kiosk/ket-thuc", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Leaves nothing of the person at this computer; asks once more if a link, a reload or another site led here."""
    if request.method == "POST" and not requested.is_from_elsewhere():
        return kiosk.leave(idle="idle" in request.form)
    return render_template("kiosk/leave.html", goes_on=_came_from() or url_for(".start"))


def _came_from() -> str:
    """The page that led here, where it is one of ours."""
    came = urlsplit(request.referrer or "")
    path = local_path(came.path + (f"?{came.query}" if came.query else ""))
    return path if came.netloc == request.host and not path.startswith(request.path) else ""


@pages.post("/kiosk/con-day")
def still_here() -> ResponseReturnValue:
    """Somebody types or reads without sending anything."""
    response = Response(status=204)
    if session:
        kiosk.note_used(response, by_script=True)
    return response


@pages.get("/kiosk/mat-mang")
def offline() -> ResponseReturnValue:
    """The page for when there is no network; the computer's browser keeps it."""
    return render_template("kiosk/offline.html")


@pages.get("/kiosk-worker.js")
def worker() -> Response:
    """The script that shows that page. At the root, since a service worker serves only addresses below its own."""
    return current_app.send_static_file("kiosk-worker.js")
