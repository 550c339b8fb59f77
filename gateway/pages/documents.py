"""Photographs and PDFs of papers: one page for each kind, for drafts and for supplements."""

from __future__ import annotations

from uuid import UUID

from caunoi.dossiers.v1.dossiers_pb2 import DocumentRequirement
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from gateway import rpcs
from gateway.acts import SUPPLEMENT
from gateway.files import shown_file
from gateway.limits import limited
from gateway.pages import asking, identity, leaving
from gateway.pages.dossier import Opened, open_dossier
from gateway.pages.drafting import CHECK, likely_files, step_of
from gateway.pages.kiosk import kiosk
from gateway.pages.plain import SUCCESS, TROUBLE
from gateway.pages.refusals import text_of
from gateway.pages.scanning import may_capture, scanners_here, waiting_pages
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("documents", __name__)
pages.before_request(identity.require_signed_in)

ACCEPT = "image/jpeg,image/png,application/pdf"
_IN_A_FRAME = "default-src 'none'; frame-ancestors 'self'; img-src 'self'; style-src 'self'"
FROM_SUPPLEMENT = "bo-sung"  # in ?tu=: the person came from the supplement page and goes back to it


@pages.get("/ho-so/<slug>/<uuid:id>/giay-to")
def first(slug: str, id: UUID) -> ResponseReturnValue:
    """Goes to the first kind that is asked for, or to the check page if none is."""
    kinds = likely_files(open_dossier(slug, id))
    if not kinds:
        return redirect(url_for("pages.filing.check", slug=slug, id=id), 303)
    return redirect(url_for(".kind", slug=slug, id=id, kind=kinds[0].kind), 303)


@pages.route("/ho-so/<slug>/<uuid:id>/giay-to/<kind>", methods=["GET", "POST"])
@limited("documents", methods=["POST"])
def kind(slug: str, id: UUID, kind: str) -> ResponseReturnValue:
    """Adds files of one kind and lists the existing ones. Going on also uploads the chosen file.

    A refused file keeps nobody on the page: the browser does not send it again, and going on without a file leads on.
    """
    opened = open_dossier(slug, id)
    requirement = requirement_of(opened, kind)
    error = ""
    if request.method == "POST":
        upload, onward, told = request.files.get("file"), leaving.destination(), ("", "")
        if upload is None or not upload.filename:
            if onward:
                return leaving.go(onward)
            error = "Xin chọn ảnh hoặc tệp PDF, hoặc chụp ảnh giấy tờ, rồi bấm “Tải lên”."
        else:
            error, told = _add(opened, kind, upload)
        if not error:
            flash(*told)
            if onward:
                return leaving.go(onward)
            return redirect(url_for(".kind", slug=slug, id=id, kind=kind, tu=came_from()), 303)
    content = render_template(
        "draft/documents.html",
        opened=opened,
        requirement=requirement,
        step=step_of(opened, kind) if opened.is_draft else "",
        documents=[one for one in opened.dossier.documents if one.kind == kind],
        asked=_asked(opened, kind),
        error=error,
        answers="" if kiosk() else leaving.ANSWERS,
        accept=ACCEPT,
        may_capture=may_capture(opened),
        waiting=[one for one in waiting_pages(opened) if one["kind"] == kind],
        scanners=scanners_here() if may_capture(opened) else [],
        came_from=came_from(),
        back=_back(opened),
        onward=_onward(opened, kind),
    )
    return content, 422 if error else 200


def _asked(opened: Opened, kind: str) -> list[str]:
    """What the office wants of this paper, while it waits for a supplement."""
    if not SUPPLEMENT.offered(opened.dossier):
        return []
    return [one.text for one in opened.dossier.supplement_request.items if one.field == f"documents/{kind}"]


def _add(opened: Opened, kind: str, upload: FileStorage) -> tuple[str, tuple[str, str]]:
    """Uploads a file; returns the error, or else the text to flash."""
    name, content = upload.filename or "", upload.read()
    try:
        added = opened.services.call(
            rpcs.ADD_DOCUMENT, dossier_id=opened.dossier.id, kind=kind, filename=name, content=content
        )
    except Refusal as refusal:
        return text_of(refusal), ("", "")
    if added.id in [one.id for one in opened.dossier.documents]:
        text = "Tệp này đã có ở đây rồi nên không thêm lần nữa. Nếu là trang khác, xin chọn tệp khác."
        return "", (text, TROUBLE)
    return "", ("Đã tải lên. Có thể tải thêm trang khác của giấy tờ này.", SUCCESS)


def add_chosen(opened: Opened, kind: str) -> None:
    """Adds the file that was chosen on the page of a kind beside the button that was pressed, and says what became of
    it.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return
    error, told = _add(opened, kind, upload)
    flash(*((f"Chưa tải lên được tệp “{upload.filename}”. {error}", TROUBLE) if error else told))


@pages.post("/ho-so/<slug>/<uuid:id>/giay-to/<kind>/<document>/bo")
@limited("documents")
def remove(slug: str, id: UUID, kind: str, document: str) -> ResponseReturnValue:
    opened = open_dossier(slug, id)
    try:
        opened.services.part(document).call(rpcs.REMOVE_DOCUMENT, dossier_id=str(id), document_id=document)
        flash("Đã bỏ tệp đó.")
    finally:  # the chosen file may be the same one again
        add_chosen(opened, kind)
    return redirect(url_for(".kind", slug=slug, id=id, kind=kind, tu=came_from()), 303)


@pages.get("/ho-so/<slug>/<uuid:id>/tep/<document>")
def content(slug: str, id: UUID, document: str) -> ResponseReturnValue:
    """A document as stored, for its applicant and, from the desk, for the ward's staff."""
    ward = asking.ward_of(slug)
    found = asking.services_of(ward).call(rpcs.GET_DOCUMENT, dossier_id=str(id), document_id=document)
    return shown_file(found.content, found.document.media_type, found.document.filename)


@pages.get("/ho-so/<slug>/<uuid:id>/tep/<document>/xem")
def view(slug: str, id: UUID, document: str) -> ResponseReturnValue:
    """A document within a page that has a way back, since a station's browser has no back button."""
    opened = open_dossier(slug, id)
    found = next((one for one in opened.dossier.documents if one.id == document), None)
    if found is None:
        raise not_found("unknown-document", "Hồ sơ không có tệp này.")
    return render_template(
        "dossier/file.html",
        heading=found.filename,
        source=url_for(".content", document=document, **opened.where),
        is_picture=found.media_type.startswith("image/"),
        back=url_for(".kind", kind=found.kind, **opened.where)
        if found.removable
        else url_for("pages.dossier.show", **opened.where),
    )


@pages.get("/ho-so/<slug>/<uuid:id>/tep/<document>/khung")
def framed(slug: str, id: UUID, document: str) -> ResponseReturnValue:
    """A document for a frame beside the form: a picture as wide as the frame, a PDF as the browser shows it."""
    opened = open_dossier(slug, id)
    found = next((one for one in opened.dossier.documents if one.id == document), None)
    if found is None:
        raise not_found("unknown-document", "Hồ sơ không có tệp này.")
    source = url_for(".content", document=document, **opened.where)
    if not found.media_type.startswith("image/"):
        return redirect(source, 303)
    response = make_response(render_template("dossier/framed.html", heading=found.filename, source=source))
    response.headers["Content-Security-Policy"] = _IN_A_FRAME
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def requirement_of(opened: Opened, kind: str) -> DocumentRequirement:
    """What the procedure says about a kind of document. Raises a Refusal (NOT_FOUND)."""
    requirement = next((one for one in opened.procedure.documents if one.kind == kind), None)
    if requirement is None:
        raise not_found("unknown-document-kind", "Hồ sơ này không dùng loại giấy tờ đó.")
    return requirement


def came_from() -> str:
    came = request.values.get("tu", "")
    return came if came in (CHECK, FROM_SUPPLEMENT) else ""


def _back(opened: Opened) -> str:
    return _elsewhere(opened) or url_for("pages.drafting.overview", **opened.where)


def _onward(opened: Opened, kind: str) -> str:
    """Goes to where the person came from, to the next kind, or after the last to the check page."""
    kinds = [one.kind for one in likely_files(opened)]
    following = kinds[kinds.index(kind) + 1 :] if kind in kinds else []
    if came_from():
        return _elsewhere(opened)
    return (
        url_for(".kind", kind=following[0], **opened.where)
        if following
        else url_for("pages.filing.check", **opened.where)
    )


def _elsewhere(opened: Opened) -> str:
    if came_from() == CHECK:
        return url_for("pages.filing.check", **opened.where)
    return url_for("pages.supplement.answer", **opened.where) if came_from() == FROM_SUPPLEMENT else ""
