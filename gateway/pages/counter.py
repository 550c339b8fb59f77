"""What the desk does for somebody who came in or wrote: begins their dossier, compares originals, looks residence up.

Form, documents and supplement are filled in on the citizen's own pages, with the officer's session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.acts import HANDOVER, SUPPLEMENT_REQUEST
from gateway.limits import limited
from gateway.pages import asking, desk, identity
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from, text_of
from gateway.questions import question
from services.chassis.refusal import Refusal

pages = Blueprint("counter", __name__)
pages.before_request(identity.require_office)

_CHANNELS = (("counter", "Người dân đến phường"), ("post", "Hồ sơ gửi qua bưu chính"))


@pages.route("/can-bo/nhan-ho-so", methods=["GET", "POST"])
@limited("drafts", methods=["POST"])
def begin() -> ResponseReturnValue:
    """Which procedure, and how it came in; then the form."""
    ward = identity.own_ward()
    offered = asking.services_of(ward).call(rpcs.LIST_PROCEDURES).procedures
    fields = (
        question("procedure", "Thủ tục", widget="radios", choices=tuple((one.code, one.name) for one in offered)),
        question("channel", "Hồ sơ đến bằng cách nào?", widget="radios", choices=_CHANNELS),
    )
    typed, errors = {"channel": "counter"}, {}
    if request.method == "POST":
        typed = posted_texts(fields, request.form)
        errors = {name: "Xin chọn một mục." for name, text in typed.items() if not text}
        if not errors:
            try:
                draft = asking.services_of(ward).call(rpcs.CREATE_DRAFT, **typed)
                return redirect(url_for("pages.drafting.overview", slug=ward.slug, id=draft.id), 303)
            except Refusal as refusal:
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
    """The original of one paper agrees, or a certified copy stands for it, or it differs in what the note says.

    What was typed for the hand-over or for a supplement, and of other papers and residences, comes with it, and stays.
    """
    said, note = request.form.get("agrees", ""), request.form.get(f"note-{kind}", "").strip()
    agrees, certified = said in ("yes", "certified"), said == "certified"
    act, typed = _beside()
    own = asking.services_of(identity.own_ward())
    try:
        own.call(rpcs.COMPARE_DOCUMENT, dossier_id=str(id), kind=kind, agrees=agrees, certified=certified, note=note)
    except Refusal as refusal:
        errors = {f"documents.{kind}": text_of(refusal)}
        return desk.show(desk.read_at_desk(id), errors, act, typed, 422)
    flash("Đã ghi kết quả đối chiếu.")
    typed["notes"].pop(kind, None)
    if act or _says_something(typed):
        return desk.show(desk.read_at_desk(id), {}, act, typed)
    return redirect(url_for("pages.desk.dossier", id=id, _anchor=desk.place_of_comparison(kind)), 303)


@pages.post("/can-bo/ho-so/<uuid:id>/tra-noi-cu-tru")
def look_up(id: UUID) -> ResponseReturnValue:
    """One declared residence was looked up, or could not be.

    What was typed for the hand-over or for a supplement, and of papers and other residences, comes with it, and stays.
    """
    field = request.form.get("field", "")
    act, typed = _beside()
    found = typed["lookups"].get(field, {})
    asked = {"source": found.get("source", ""), "result": found.get("result", ""), "note": found.get("found", "")}
    own = asking.services_of(identity.own_ward())
    try:
        own.call(rpcs.RECORD_RESIDENCE, dossier_id=str(id), field=field, **asked)
    except Refusal as refusal:
        return desk.show(desk.read_at_desk(id), {desk.RESIDENCE + field: text_of(refusal)}, act, typed, 422)
    flash("Đã ghi kết quả tra cứu nơi cư trú.")
    typed["lookups"].pop(field, None)
    if act or _says_something(typed):
        return desk.show(desk.read_at_desk(id), {}, act, typed)
    return redirect(url_for("pages.desk.dossier", id=id, _anchor=desk.place_of_residence(field)), 303)


def _beside() -> tuple[str, dict[str, Any]]:
    """The act whose form was sent along, where anything may have been typed in it, and all that was: for it, into the
    notes of comparisons, and of residences that are looked up.
    """
    form = request.form
    beside = {"notes": desk.typed_notes(form), "lookups": desk.typed_lookups(form)}
    act = form.get("beside", "")
    typed = [name for name, text in form.items() if text.strip()]
    asks = [name for name in typed if name in ("pick", "reason") or name.startswith("text-")]
    if act == HANDOVER.name or (act == SUPPLEMENT_REQUEST.name and asks):
        return act, {**form, "pick": form.getlist("pick"), **beside}
    return "", beside


def _says_something(typed: Mapping[str, Any]) -> bool:
    """Whether a note or a look-up has begun; where to look stands chosen from the first."""
    begun = [one.get(name) for one in typed["lookups"].values() for name in ("result", "found")]
    return any((*typed["notes"].values(), *begun))
