"""What the desk does for somebody who came in or wrote: begins their dossier, compares their originals.

Form, documents and supplement are filled in on the citizen's own pages, with the officer's session.
"""

from __future__ import annotations

from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.limits import limited
from gateway.pages import asking, desk, identity
from gateway.pages.plain import error_list, errors_from, posted_texts, question, shown_fields
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("counter", __name__)
pages.before_request(identity.require_office)

_CHANNELS = (("counter", "Người dân đến phường"), ("post", "Hồ sơ gửi qua bưu chính"))


@pages.route("/can-bo/nhan-ho-so", methods=["GET", "POST"])
@limited("drafts", methods=["POST"])
def begin() -> ResponseReturnValue:
    """Which procedure, and how it came in; then the form."""
    ward = desk.own_ward()
    stub = asking.dossiers(ward.code)
    offered = asking.read(ward.code, stub.ListProcedures, dossiers_v1.ListProceduresRequest()).procedures
    fields = (
        question("procedure", "Thủ tục", widget="radios", choices=tuple((one.code, one.name) for one in offered)),
        question("channel", "Hồ sơ đến bằng cách nào?", widget="radios", choices=_CHANNELS),
    )
    typed, errors = {"channel": "counter"}, {}
    if request.method == "POST":
        typed = posted_texts(fields, request.form)
        errors = {name: "Xin chọn một mục." for name, text in typed.items() if not text}
        if not errors:
            asked = dossiers_v1.CreateDraftRequest(**typed)
            try:
                draft = asking.write(ward.code, stub.CreateDraft, asked, key=request.form.get("key", ""))
                return redirect(url_for("pages.drafting.overview", slug=ward.slug, id=draft.id), 303)
            except Refusal as refusal:
                if refusal.kind is not Kind.INVALID:
                    raise
                errors = errors_from(refusal)
    content = render_template(
        "desk/begin.html",
        ward=ward,
        fields=shown_fields(fields, typed, errors),
        summary=error_list(fields, errors),
    )
    return content, 422 if errors else 200


@pages.post("/can-bo/ho-so/<uuid:id>/doi-chieu/<kind>")
def compare(id: UUID, kind: str) -> ResponseReturnValue:
    """The original of one paper agrees, or differs in what the note says."""
    ward, form = desk.own_ward(), request.form
    asked = dossiers_v1.CompareDocumentRequest(
        dossier_id=str(id), kind=kind, agrees=form.get("agrees") == "yes", note=form.get("note", "").strip()
    )
    try:
        asking.write(ward.code, asking.dossiers(ward.code).CompareDocument, asked, key=form.get("key", ""))
    except Refusal as refusal:
        if refusal.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        text = next((fault.text for fault in refusal.fields), refusal.text)
        return desk.show(desk.read_at_desk(id), {f"documents.{kind}": text}, "", {}, 422)
    flash("Đã ghi kết quả đối chiếu.")
    return redirect(url_for("pages.desk.dossier", id=id, _anchor=desk.place_of_comparison(kind)), 303)
