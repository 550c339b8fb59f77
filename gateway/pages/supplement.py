"""Answering a supplement request: exactly the fields and documents that the office asked for."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.acts import SUPPLEMENT
from gateway.models import form_json
from gateway.pages import identity, leaving, typed
from gateway.pages.documents import FROM_SUPPLEMENT
from gateway.pages.dossier import Opened, open_dossier
from gateway.pages.forms import Values, read_posted, value_at
from gateway.pages.refusals import SHOWN, raise_unless
from gateway.pages.widgets import widget
from gateway.questions import Field, whole
from services.chassis.refusal import Refusal

#: What the applicant writes where nothing has to change.
RIGHT = "right_as_it_is"

pages = Blueprint("supplement", __name__)
pages.before_request(identity.require_signed_in)


@pages.route("/ho-so/<slug>/<uuid:id>/bo-sung", methods=["GET", "POST"])
def answer(slug: str, id: UUID) -> ResponseReturnValue:
    """The questions of the request. Who leaves the page finds what they had typed when they come back."""
    opened = open_dossier(slug, id)
    if not SUPPLEMENT.offered(opened.dossier):
        return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    if request.method == "GET":
        found = typed.kept()
        return _show(opened, found or opened.values, {}, "", why=found.get(RIGHT, ""))
    patch = read_posted(asked_for(opened), request.form)
    is_right, why = "right" in request.form, request.form.get(RIGHT, "").strip()
    if onward := leaving.destination():
        return _left(opened, patch, why, onward)
    version = whole(request.form.get("version", ""))
    if is_right and not why:
        return _show(opened, patch, {RIGHT: "Xin ghi một câu cho phường biết."}, "")
    try:
        opened.services.call(
            SUPPLEMENT.rpc,
            dossier_id=str(id),
            form_json=form_json(patch),
            expected_version=version,
            right_as_it_is=why if is_right else "",
        )
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        errors = {fault.field: fault.text for fault in refusal.fields}
        return _show(opened, patch, errors, refusal.text, why=why)
    flash("Phường đã nhận phần bổ sung. Thời gian giải quyết tính tiếp từ bây giờ.")
    response = current_app.make_response(redirect(url_for("pages.dossier.show", slug=slug, id=id), 303))
    typed.let_go(response)
    return response


def _left(opened: Opened, patch: Values, why: str, onward: str) -> ResponseReturnValue:
    response = leaving.go(onward)
    found = typed.kept()
    shown = found or opened.values
    is_new = why != found.get(RIGHT, "") or any(
        value_at(patch, one.pointer) != value_at(shown, one.pointer) for one in asked_for(opened)
    )
    if is_new and not typed.keep(response, {**patch, RIGHT: why}) and not leaving.ends():
        return _show(opened, patch, {}, leaving.LOST, why=why, unsaved=True)
    return response


def asked_for(opened: Opened) -> list[Field]:
    """The fields of the request, each once."""
    pointers = dict.fromkeys(item.field for item in opened.dossier.supplement_request.items)
    return [opened.form.fields[pointer] for pointer in pointers if pointer in opened.form.fields]


def _show(
    opened: Opened,
    values: Values,
    errors: Mapping[str, str],
    trouble: str,
    *,
    why: str = "",
    unsaved: bool = False,
) -> ResponseReturnValue:
    items = opened.dossier.supplement_request.items
    fields = asked_for(opened)
    texts = {item.field: item.text for item in items}
    titles = {f"documents/{one.kind}": one.title for one in opened.procedure.documents}
    here = {one.pointer: one.anchor for one in fields} | {RIGHT: RIGHT}
    lines = [
        {"text": text, "href": f"#{here.get(field, field.replace('/', '-'))}"}
        for field, text in errors.items()
        if field in here or field in titles
    ]
    content = render_template(
        "dossier/supplement.html",
        opened=opened,
        dossier=opened.dossier,
        answers="" if unsaved else leaving.ANSWERS,
        unsaved=bool(errors or trouble),
        fields=[{"asked": texts[one.pointer], **widget(opened.with_choices(one), values, errors)} for one in fields],
        papers=[
            {
                "title": titles[item.field],
                "asked": item.text,
                "error": errors.get(item.field, ""),
                "id": item.field.replace("/", "-"),
                "href": url_for(
                    "pages.documents.kind",
                    **opened.where,
                    kind=item.field.partition("/")[2],
                    tu=FROM_SUPPLEMENT,
                ),
                "added": [
                    one.filename
                    for one in opened.dossier.documents
                    if one.removable and f"documents/{one.kind}" == item.field
                ],
            }
            for item in items
            if item.field in titles
        ],
        why={"text": why, "error": errors.get(RIGHT, "")},
        summary=lines or ([{"text": trouble}] if trouble else []),
    )
    return content, 422 if errors or trouble else 200
