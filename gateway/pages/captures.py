"""Papers taken page by page: with a station's scanner, or with the citizen's own phone by a code on the screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from caunoi.accounts.v1.stations_pb2 import Scanner
from caunoi.dossiers.v1 import captures_pb2 as captures_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.files import shown_file
from gateway.limits import limited
from gateway.pages import asking, identity, kept
from gateway.pages.documents import add_chosen, came_from, requirement_of
from gateway.pages.dossier import Opened, open_dossier
from gateway.pages.kiosk import kiosk
from gateway.pages.plain import TROUBLE
from gateway.pages.qr import qr_code
from gateway.pages.refusals import SHOWN, raise_unless
from gateway.pages.scanning import scanners_here
from gateway.settings import Settings
from gateway.wards import wards
from services.chassis.call import forbidden
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("captures", __name__)
pages.before_request(identity.require_signed_in)
phone = Blueprint("phone", __name__)

_OF_PAPER = "/ho-so/<slug>/<uuid:id>/giay-to/<kind>"
_TRAY = f"{_OF_PAPER}/trang/<uuid:capture>"
#: What a scanner may take pages from → how it is offered.
SOURCES = {
    "flatbed": ("Mặt kính", "Một trang: mở nắp, úp giấy xuống kính, đậy nắp lại."),
    "feeder": ("Khay nạp giấy", "Nhiều trang: gỡ ghim, xếp ngay ngắn rồi đặt cả xấp vào khay."),
}
_OVER = (Kind.NOT_FOUND, Kind.CONFLICT)  # the ticket has ended, or a picture has used it up
#: Why pages are missing → what to do.
FAULTS = {
    "no-paper": "Máy quét không thấy giấy. Xin đặt giấy vào khay hoặc lên mặt kính, rồi bấm “Quét thêm trang”.",
    "jammed": "Máy quét bị kẹt giấy. Xin nhờ tình nguyện viên mở nắp, lấy giấy ra; rồi quét tiếp từ trang bị kẹt.",
    "cover-open": "Nắp máy quét đang mở. Xin đậy nắp lại, rồi bấm “Quét thêm trang”.",
    "device-busy": "Máy quét đang bận. Xin đợi một phút, rồi bấm “Quét thêm trang”.",
    "device-gone": "Máy quét không trả lời. Xin nhờ tình nguyện viên xem dây cắm và nguồn điện, rồi quét tiếp; "
    "hoặc chụp bằng điện thoại.",
    "too-many-pages": "Mỗi giấy tờ nhận nhiều nhất 60 trang, nên các trang sau chưa được nhận. "
    "Xin dùng 60 trang này, rồi quét phần còn lại thành một tệp nữa.",
}


@pages.post(f"{_OF_PAPER}/dien-thoai")
@limited("documents")
def by_phone(slug: str, id: UUID, kind: str) -> ResponseReturnValue:
    """Starts to take a paper with the citizen's phone: the next page shows the code."""
    opened = open_dossier(slug, id)
    add_chosen(opened, kind)
    try:
        started = _start(opened, kind, "phone")
    except Refusal as refusal:
        if refusal.type != "scanner-at-work":
            raise
        flash(refusal.text, TROUBLE)
        return redirect(url_for("pages.documents.kind", kind=kind, tu=came_from(), **opened.where), 303)
    return redirect(_tray(opened, started.capture), 303)


@pages.route(f"{_OF_PAPER}/quet", methods=["GET", "POST"])
@limited("documents", methods=["POST"])
def by_scanner(slug: str, id: UUID, kind: str) -> ResponseReturnValue:
    """Asks from where the scanner is to take pages, and has it scan."""
    opened = open_dossier(slug, id)
    requirement = requirement_of(opened, kind)
    scanners = scanners_here()
    error = ""
    if request.method == "POST":
        chosen, _, source = request.form.get("source", "").rpartition(":")
        scanner = next((each for each in scanners if each.id == chosen), None)
        if source not in SOURCES or scanner is None:
            error = "Xin chọn nơi đặt giấy."
        elif scanner.trouble:  # said before an earlier ticket is ended
            error = scanner.trouble
        else:
            try:
                return redirect(_tray(opened, _scan(opened, kind, chosen, source)), 303)
            except Refusal as refusal:
                raise_unless(SHOWN, refusal)
                error = refusal.text
    content = render_template(
        "captures/scan.html",
        opened=opened,
        requirement=requirement,
        choices=_choices(scanners),
        came_from=came_from(),
        back=url_for("pages.documents.kind", kind=kind, tu=came_from(), **opened.where),
        summary=[{"text": error, "href": "#source"}] if error else [],
    )
    return content, 422 if error else 200


@pages.get(_TRAY)
def tray(slug: str, id: UUID, kind: str, capture: UUID) -> ResponseReturnValue:
    """The pages that have arrived; only the citizen sees them."""
    opened = open_dossier(slug, id)
    return render_template("captures/tray.html", **_shown(opened, kind, capture))


@pages.get(f"{_TRAY}/moi")
def fresh(slug: str, id: UUID, kind: str, capture: UUID) -> ResponseReturnValue:
    """The part of the tray that changes while pages arrive."""
    return render_template("captures/pages.html", **_shown(open_dossier(slug, id), kind, capture))


@pages.get(f"{_TRAY}/<uuid:page>")
def large(slug: str, id: UUID, kind: str, capture: UUID, page: UUID) -> ResponseReturnValue:
    """A page in readable size, with the way back, since a station's browser has no back button."""
    shown = _shown(open_dossier(slug, id), kind, capture)
    found = next(((at, one) for at, one in enumerate(shown["capture"].pages, 1) if one.id == str(page)), None)
    if found is None:
        raise not_found("unknown-page", "Trang này không còn. Xin xem lại các trang đang có.")
    number, one = found
    back = url_for(".tray", **shown["where"], tu=came_from())
    return render_template("captures/page.html", **(shown | {"back": back}), page=one, number=number)


@pages.get("/ho-so/<slug>/<uuid:id>/trang/<uuid:capture>/<uuid:page>")
def picture(slug: str, id: UUID, capture: UUID, page: UUID) -> Response:
    services = asking.services_of(asking.ward_of(slug))
    found = services.call(rpcs.GET_CAPTURE_PAGE, dossier_id=str(id), capture_id=str(capture), page_id=str(page))
    return shown_file(found.content, found.media_type, "")


@pages.post(f"{_TRAY}/<uuid:page>/xoay")
def turn(slug: str, id: UUID, kind: str, capture: UUID, page: UUID) -> ResponseReturnValue:
    services = asking.services_of(asking.ward_of(slug))
    services.call(rpcs.TURN_CAPTURE_PAGE, dossier_id=str(id), capture_id=str(capture), page_id=str(page))
    return _back_to_tray(slug, id, kind, capture)


@pages.post(f"{_TRAY}/<uuid:page>/bo")
def remove(slug: str, id: UUID, kind: str, capture: UUID, page: UUID) -> ResponseReturnValue:
    services = asking.services_of(asking.ward_of(slug))
    services.call(rpcs.REMOVE_CAPTURE_PAGE, dossier_id=str(id), capture_id=str(capture), page_id=str(page))
    flash("Đã bỏ trang đó.")
    return _back_to_tray(slug, id, kind, capture)


@pages.post(f"{_TRAY}/dung")
@limited("documents")
def keep(slug: str, id: UUID, kind: str, capture: UUID) -> ResponseReturnValue:
    """Makes a document of the pages."""
    opened = open_dossier(slug, id)
    try:
        opened.services.call(rpcs.KEEP_CAPTURE, dossier_id=str(id), capture_id=str(capture))
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        shown = _shown(opened, kind, capture)
        summary = [{"text": refusal.text}]
        return render_template("captures/tray.html", **shown, summary=summary), 422
    _forget_ticket(capture)
    flash("Đã thêm giấy tờ vào hồ sơ.")
    return redirect(url_for("pages.documents.kind", kind=kind, tu=came_from(), **opened.where), 303)


@pages.post(f"{_TRAY}/bo-het")
def discard(slug: str, id: UUID, kind: str, capture: UUID) -> ResponseReturnValue:
    services = asking.services_of(asking.ward_of(slug))
    services.call(rpcs.DISCARD_CAPTURE, dossier_id=str(id), capture_id=str(capture))
    _forget_ticket(capture)
    flash("Đã bỏ các trang vừa rồi. Xin quét hoặc chụp lại.")
    return redirect(url_for("pages.documents.kind", slug=slug, id=id, kind=kind, tu=came_from()), 303)


@phone.route("/chup/<slug>", methods=["GET", "POST"])
@limited("captures", methods=["POST"])
def send(slug: str) -> ResponseReturnValue:
    """The page that the code opens on a phone. The ticket stands behind the # of the address, which browsers do not
    send; the page's script puts it into the form.
    """
    ward = asking.ward_of(slug)
    if request.method == "GET":
        return render_template("captures/phone.html", ward=ward, ticket="")
    ticket, upload = request.form.get("ticket", ""), request.files.get("file")
    if not ticket:
        return render_template("captures/phone_over.html", text=""), 410
    if upload is None or not upload.filename:
        return _again(slug, ticket, "Chưa có ảnh nào. Xin bấm nút và chụp giấy tờ.")
    try:
        services = wards().client(ward.code)
        services.call(rpcs.ADD_CAPTURE_PAGE, ticket=ticket, number=1, content=upload.read())
    except Refusal as refusal:
        if refusal.kind in _OVER:
            return render_template("captures/phone_over.html", text=refusal.text), 410
        raise_unless(SHOWN, refusal)
        return _again(slug, ticket, refusal.text)
    return render_template("captures/phone_sent.html")


def _again(slug: str, ticket: str, error: str) -> ResponseReturnValue:
    summary = [{"text": error, "href": "#file"}]
    return render_template("captures/phone.html", ward=asking.ward_of(slug), ticket=ticket, summary=summary), 422


def _start(opened: Opened, kind: str, source: str) -> captures_v1.StartCaptureResponse:
    started = opened.services.call(rpcs.START_CAPTURE, dossier_id=opened.dossier.id, kind=kind, source=source)
    if kiosk():
        identity.end_capture(kept.capture.read())  # leaving the computer ends only the last capture
    kept.capture.write(kept.Capture(started.capture.id, started.ticket, opened.ward.code))
    return started


def _scan(opened: Opened, kind: str, scanner: str, source: str) -> captures_v1.Capture:
    """Starts to take a paper, and asks the scanner for its pages."""
    here = asking.services_here()
    if here is None:
        raise forbidden("Máy quét chỉ dùng được ở máy tính của điểm hỗ trợ.")
    started = _start(opened, kind, "scanner")
    try:
        here.call(rpcs.REQUEST_SCAN, scanner_id=scanner, ward=opened.ward.code, ticket=started.ticket, source=source)
    except Refusal:  # no pages will come, so the paper need not wait for them
        opened.services.call(rpcs.END_CAPTURE, ticket=started.ticket, fault="device-gone")
        raise
    return started.capture


def _choices(scanners: list[Scanner]) -> list[dict[str, Any]]:
    """Each scanner with each place for paper; its name only where there are several."""
    return [
        {
            "value": f"{scanner.id}:{source}",
            "text": f"{scanner.name}: {name[:1].lower()}{name[1:]}" if len(scanners) > 1 else name,
            "hint": {"text": hint},
        }
        for scanner in scanners
        for source, (name, hint) in SOURCES.items()
    ]


def _shown(opened: Opened, kind: str, id: UUID) -> dict[str, Any]:
    """What the tray shows."""
    capture = opened.services.call(rpcs.GET_CAPTURE, dossier_id=opened.dossier.id, capture_id=str(id))
    requirement: dossiers_v1.DocumentRequirement = requirement_of(opened, kind)
    ticket = _ticket(capture)
    settings: Settings = current_app.extensions["settings"]
    address = settings.public_base_url + url_for("pages.phone.send", slug=opened.ward.slug)
    return {
        "opened": opened,
        "requirement": requirement,
        "capture": capture,
        "where": {**opened.where, "kind": kind, "capture": capture.id},
        "waits": capture.state in ("waiting", "receiving"),
        "fault": FAULTS.get(capture.fault, ""),
        "can_scan": not capture.scanning and bool(scanners_here()),
        "code": qr_code(f"{address}#{ticket}") if ticket else "",
        "came_from": came_from(),
        "back": url_for("pages.documents.kind", kind=kind, tu=came_from(), **opened.where),
    }


def _ticket(capture: captures_v1.Capture) -> str:
    """The ticket to show to a phone; empty if no phone is expected."""
    own = kept.capture.read()
    is_waited_for = capture.source == "phone" and capture.state in ("waiting", "receiving")
    return own.ticket if own and own.id == capture.id and is_waited_for else ""


def _forget_ticket(capture: UUID) -> None:
    own = kept.capture.read()
    if own and own.id == str(capture):
        kept.capture.drop()


def _tray(opened: Opened, capture: captures_v1.Capture) -> str:
    return url_for(".tray", kind=capture.kind, capture=capture.id, tu=came_from(), **opened.where)


def _back_to_tray(slug: str, id: UUID, kind: str, capture: UUID) -> ResponseReturnValue:
    return redirect(url_for(".tray", slug=slug, id=id, kind=kind, capture=capture, tu=came_from()), 303)
