"""What the desk does for somebody who came in or wrote: begins their dossier, compares originals, looks up residences.

Form, documents and supplement are filled in on the citizen's own pages, with the officer's session.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, desk, identity
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from, text_of
from gateway.questions import question
from services.chassis.refusal import Refusal

pages = Blueprint("counter", __name__)
pages.before_request(identity.require_office)

_COUNTER, _POST = "counter", "post"


@pages.route("/can-bo/nhan-ho-so", methods=["GET", "POST"])
@limited("drafts", methods=["POST"])
def begin() -> ResponseReturnValue:
    """Which procedure somebody came in for, or, with `channel=post`, wrote for; then the form.

    Some procedures are filed in person and not offered by post (NĐ 123/2015 Đ3.1).
    """
    ward = identity.own_ward()
    channel = _POST if request.values.get("channel") == _POST else _COUNTER
    listed = asking.services_of(ward).call(rpcs.LIST_PROCEDURES).procedures
    offered = [one for one in listed if channel == _COUNTER or one.by_post]
    fields = (
        question("procedure", "Thủ tục", widget="radios", choices=tuple((one.code, one.name) for one in offered)),
    )
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(fields, request.form)
        errors = {name: "Xin chọn một mục." for name, text in typed.items() if not text}
        if not errors:
            try:
                draft = asking.services_of(ward).call(rpcs.CREATE_DRAFT, channel=channel, **typed)
                return redirect(url_for("pages.drafting.overview", slug=ward.slug, id=draft.id), 303)
            except Refusal as refusal:
                errors = errors_from(refusal)
    content = render_template(
        "desk/begin.html",
        ward=ward,
        channel=channel,
        by_post=channel == _POST,
        in_person=[one.name for one in listed if not one.by_post],
        fields=shown_fields(fields, typed, errors),
        summary=error_list(fields, errors),
    )
    return content, 422 if errors else 200


@pages.get("/can-bo/ho-so/<uuid:id>/doi-chieu/<kind>")
def compared(id: UUID, kind: str) -> ResponseReturnValue:
    """Where a press leaves its address in the bar, with what was typed beside it: opened anew it leads on."""
    return redirect(url_for("pages.desk.dossier", id=id, _anchor=desk.place_of_comparison(kind)), 303)


@pages.get("/can-bo/ho-so/<uuid:id>/tra-noi-cu-tru")
def looked_up(id: UUID) -> ResponseReturnValue:
    """As `compared`; which residence it was, the address does not say."""
    return redirect(url_for("pages.desk.dossier", id=id), 303)


@pages.post("/can-bo/ho-so/<uuid:id>/doi-chieu/<kind>")
def compare(id: UUID, kind: str) -> ResponseReturnValue:
    """Records that the original of one paper agrees, that a certified copy replaces it, or that it differs as the note
    says.

    What was typed for the acts, and for other papers and residences, is sent along, and stays.
    """
    said, note = request.form.get("agrees", ""), request.form.get(f"note-{kind}", "").strip()
    agrees, certified = said in ("yes", "certified"), said == "certified"
    sent = desk.sent_from(id)
    own = asking.services_of(identity.own_ward())
    try:
        own.call(rpcs.COMPARE_DOCUMENT, dossier_id=str(id), kind=kind, agrees=agrees, certified=certified, note=note)
    except Refusal as refusal:
        errors = {f"documents.{kind}": text_of(refusal)}
        return desk.show(desk.read_at_desk(id), errors, "", sent, 422)
    flash("Đã ghi kết quả đối chiếu.")
    at = desk.place_of_comparison(kind)
    return desk.with_the_rest(id, sent.without(kind)) or redirect(url_for("pages.desk.dossier", id=id, _anchor=at), 303)


@pages.post("/can-bo/ho-so/<uuid:id>/tra-noi-cu-tru")
def look_up(id: UUID) -> ResponseReturnValue:
    """Records that one declared residence was looked up, or could not be.

    What was typed for the acts, and for papers and other residences, is sent along, and stays.
    """
    field = request.form.get("field", "")
    sent = desk.sent_from(id)
    found = sent.lookups.get(field, {})
    asked: dict[str, Any] = {
        "source": found.get("source", ""),
        "result": found.get("result", ""),
        "note": found.get("found", ""),
    }
    own = asking.services_of(identity.own_ward())
    try:
        own.call(rpcs.RECORD_RESIDENCE, dossier_id=str(id), field=field, **asked)
    except Refusal as refusal:
        return desk.show(desk.read_at_desk(id), {desk.RESIDENCE + field: text_of(refusal)}, "", sent, 422)
    flash("Đã ghi kết quả tra cứu nơi cư trú.")
    at, rest = desk.place_of_residence(field), sent.without(field)
    return desk.with_the_rest(id, rest) or redirect(url_for("pages.desk.dossier", id=id, _anchor=at), 303)
