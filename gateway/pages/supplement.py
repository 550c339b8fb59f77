"""Answering a supplement request: the fields and documents that the office asked for, and those that answers add."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.acts import SUPPLEMENT
from gateway.models import form_json
from gateway.pages import identity, leaving, typed
from gateway.pages.documents import FROM_SUPPLEMENT
from gateway.pages.dossier import Opened, open_dossier, title_of
from gateway.pages.form_pages import Values, filled, holds, read_posted, value_at
from gateway.pages.refusals import SHOWN, raise_unless
from gateway.pages.widgets import widget
from gateway.questions import Field, whole
from services.chassis.refusal import Refusal

#: Heading of fields and papers that the office did not name.
BECAUSE = "Câu trả lời của ông/bà cần thêm mục này."
#: Text at a paper that was uploaded, but that these answers do not need.
ADDED = "Đã tải lên. Không cần nữa thì bỏ ra cũng được."
#: Text for a finding that stops the supplement and cannot be corrected on this page.
NOT_HERE = "Mục này không sửa được ở đây. Xin báo Bộ phận Một cửa của phường: {text}"
#: Text if what was sent has arrived, but not the sentence beside it.
UNREAD = (
    "Phường đã nhận phần bổ sung, không phải gửi lại. Riêng câu ông/bà ghi cho phường thì chưa nhận được: xin đọc câu "
    "ấy ở dưới cho Bộ phận Một cửa."
)
#: The box for a sentence to the office. It lets what was asked for stay as it is only with the button that says so.
RIGHT = "right_as_it_is"

pages = Blueprint("supplement", __name__)
pages.before_request(identity.require_signed_in)


@pages.route("/ho-so/<slug>/<uuid:id>/bo-sung", methods=["GET", "POST"])
def answer(slug: str, id: UUID) -> ResponseReturnValue:
    """The questions of the request. A person who leaves the page and comes back finds what they had typed."""
    opened = open_dossier(slug, id)
    if not SUPPLEMENT.offered(opened.dossier):
        return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    if request.method == "GET":
        found = typed.kept()
        return _show(opened, found or opened.values, {}, "", why=found.get(RIGHT, ""))
    patch = read_posted(_questions(opened, read_posted(opened.form.fields.values(), request.form)), request.form)
    is_right, why = "right" in request.form, request.form.get(RIGHT, "").strip()
    if onward := leaving.destination():
        return _left(opened, patch, why, onward)
    version = whole(request.form.get("version", ""))
    if is_right and not why:
        return _show(opened, patch, {RIGHT: "Xin ghi một câu cho phường biết."}, "")
    try:
        answered = opened.services.call(
            SUPPLEMENT.rpc,
            dossier_id=str(id),
            form_json=form_json(patch),
            expected_version=version,
            **{RIGHT if is_right else "remark": why},
        )
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        errors = {fault.field: fault.text for fault in refusal.fields}
        return _show(opened, patch, errors, refusal.text, why=why)
    if why and not answered.supplement_request.right_as_it_is:  # a ward of the release before, which knows no remark
        response = current_app.make_response(_show(opened, patch, {}, UNREAD, why=why))
    else:
        flash("Phường đã nhận phần bổ sung. Thời gian giải quyết tính tiếp từ bây giờ.")
        response = current_app.make_response(redirect(url_for("pages.dossier.show", slug=slug, id=id), 303))
    typed.let_go(response)
    return response


def _left(opened: Opened, patch: Values, why: str, onward: str) -> ResponseReturnValue:
    response = leaving.go(onward)
    found = typed.kept()
    shown = found or opened.values
    is_new = why != found.get(RIGHT, "") or any(
        value_at(patch, one.pointer) != value_at(shown, one.pointer) for one in _questions(opened, patch)
    )
    if is_new and not typed.keep(response, {**patch, RIGHT: why}) and not leaving.ends():
        return _show(opened, patch, {}, leaving.LOST, why=why, unsaved=True)
    return response


def asked_for(opened: Opened) -> list[Field]:
    """The fields of the request, each once."""
    pointers = dict.fromkeys(item.field for item in opened.dossier.supplement_request.items)
    return [opened.form.fields[pointer] for pointer in pointers if pointer in opened.form.fields]


def _questions(opened: Opened, answers: Values) -> list[Field]:
    """The fields of the request, and after them those that these answers lead to."""
    fields = asked_for(opened)
    before, all_of_form = {*opened.dossier.asked}, opened.form.fields
    while True:
        new = opened.form.asked(_with(opened, fields, answers)) - before - {one.pointer for one in fields}
        if not new:
            return fields
        fields += [one for pointer, one in all_of_form.items() if pointer in new]


def _with(opened: Opened, fields: Sequence[Field], answers: Values) -> Values:
    """The form as it will be with these answers to these fields."""
    return filled(opened.values, {one.pointer: value_at(answers, one.pointer) for one in fields})


def _papers(opened: Opened, fields: Sequence[Field], answers: Values) -> dict[str, str]:
    """The papers to upload, as `documents/<kind>` with the text beside each: those that the office asked for, those
    that these answers need and the former ones did not, and those that are uploaded already.
    """
    said = {item.field: item.text for item in opened.dossier.supplement_request.items}
    now = _with(opened, fields, answers)
    added = {one.kind for one in opened.dossier.documents if one.removable}
    asked_now, asked_before = opened.form.asked(now), {*opened.dossier.asked}
    found = {}
    for one in opened.procedure.documents:
        when = json.loads(one.when_json or "{}")
        is_new = holds(when, now, asked_now) and not holds(when, opened.values, asked_before)
        if f"documents/{one.kind}" in said:
            found[f"documents/{one.kind}"] = said[f"documents/{one.kind}"]
        elif one.mode == "file" and (is_new or one.kind in added):
            found[f"documents/{one.kind}"] = BECAUSE if is_new else ADDED
    return found


def _show(
    opened: Opened,
    values: Values,
    errors: Mapping[str, str],
    trouble: str,
    *,
    why: str = "",
    unsaved: bool = False,
) -> ResponseReturnValue:
    fields = _questions(opened, values)
    papers = _papers(opened, fields, values)
    texts = {item.field: item.text for item in opened.dossier.supplement_request.items}
    titles = {f"documents/{one.kind}": one.title for one in opened.procedure.documents}
    added = {
        field: [one.filename for one in opened.dossier.documents if one.removable and f"documents/{one.kind}" == field]
        for field in papers
    }
    here = (
        {one.pointer: one.anchor for one in fields} | {each: each.replace("/", "-") for each in papers} | {RIGHT: RIGHT}
    )
    lines = [
        {"text": text, "href": f"#{here[field]}"}
        if field in here
        else {"text": NOT_HERE.format(text=": ".join(filter(None, (title_of(opened, field), text))))}
        for field, text in errors.items()
    ]
    content = render_template(
        "dossier/supplement.html",
        opened=opened,
        dossier=opened.dossier,
        answers="" if unsaved else leaving.ANSWERS,
        unsaved=bool(errors or trouble),
        fields=[
            {"asked": texts.get(one.pointer, BECAUSE), **widget(opened.with_choices(one), values, errors)}
            for one in (replace(one, optional=one.optional and one.pointer not in texts) for one in fields)
        ],
        papers=[
            {
                "title": titles[field],
                "asked": text,
                "error": errors.get(field, ""),
                "id": here[field],
                "href": url_for(
                    "pages.documents.kind",
                    **opened.where,
                    kind=field.partition("/")[2],
                    tu=FROM_SUPPLEMENT,
                ),
                "added": added[field],
            }
            for field, text in papers.items()
        ],
        unsent=[titles[field] for field in papers if field in texts and not added[field]],
        why={"text": why, "error": errors.get(RIGHT, "")},
        summary=lines or ([{"text": trouble}] if trouble else []),
    )
    return content, 422 if errors or trouble else 200
