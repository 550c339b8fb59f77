"""The set phrases that volunteers send: added, changed, ordered, retired."""

from __future__ import annotations

from uuid import UUID

from caunoi.accounts.v1.stations_pb2 import Phrase
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import TROUBLE, UNCHANGED, differs, error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from, is_stale
from gateway.questions import question
from services.chassis.refusal import Refusal

pages = Blueprint("admin_phrases", __name__)
pages.before_request(identity.require_admin)

PHRASE = (
    question(
        "text",
        "Câu soạn sẵn",
        hint="Ngắn, nói việc cần làm ngay, xưng “ông/bà”. Ví dụ: Xin ông/bà xem lại ô đang sáng.",
        widget="textarea",
    ),
)
#: Between two phrases, so that one can be put between them.
APART = 10
_CHANGED_MEANWHILE = "Người khác đã đổi câu này trong lúc sửa ở đây. Xin xem lại rồi bấm Lưu lần nữa."


@pages.route("/quan-tri/cau-soan-san", methods=["GET", "POST"])
def phrases() -> ResponseReturnValue:
    """The list, with the form for a new phrase, which goes to the end."""
    found = _phrases()
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(PHRASE, request.form)
        position = max((one.position for one in found), default=0) + APART
        try:
            asked.services().call(rpcs.SAVE_PHRASE, text=typed["text"], position=position)
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Đã thêm câu soạn sẵn.")
            return redirect(url_for(".phrases"), 303)
    return _shown(found, typed, errors)


def _shown(found: list[Phrase], typed: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    content = render_template(
        "admin/phrases.html",
        phrases=found,
        fields=shown_fields(PHRASE, typed, errors),
        summary=error_list(PHRASE, errors),
        unsaved=any(typed.values()),
    )
    return content, 422 if errors else 200


@pages.route("/quan-tri/cau-soan-san/<uuid:id>", methods=["GET", "POST"])
def change(id: UUID) -> ResponseReturnValue:
    """Changes the words. A phrase that was only moved does not disturb this: the page sends the words that it showed,
    and if the phrase still has them, its present version is used.
    """
    phrase = asked.by_id(_phrases(), id)
    typed = {"text": phrase.text}
    errors: dict[str, str] = {}
    was_changed = False
    if request.method == "POST":
        typed = posted_texts(PHRASE, request.form)
        if typed["text"] == phrase.text:
            flash(UNCHANGED, TROUBLE)
            return redirect(url_for(".phrases"), 303)
        was_changed = differs(request.form.get("shown", phrase.text), phrase.text)
        if was_changed:
            errors = {"text": _CHANGED_MEANWHILE}
    if request.method == "POST" and not was_changed:
        try:
            asked.change(asked.services(), rpcs.SAVE_PHRASE, phrase, expected_version=phrase.version, **typed)
        except Refusal as refusal:
            errors = errors_from(refusal)
            if is_stale(refusal):
                phrase, was_changed, errors = asked.by_id(_phrases(), id), True, {"text": _CHANGED_MEANWHILE}
        else:
            flash("Đã đổi câu soạn sẵn. Phiên đang mở vẫn giữ câu đã gửi.")
            return redirect(url_for(".phrases"), 303)
    content = render_template(
        "admin/phrase.html",
        phrase=phrase,
        stale=was_changed,
        fields=shown_fields(PHRASE, typed, errors),
        summary=error_list(PHRASE, errors),
    )
    return content, 412 if was_changed else 422 if errors else 200


@pages.post("/quan-tri/cau-soan-san/<uuid:id>/<any(len, xuong):way>")
def move(id: UUID, way: str) -> ResponseReturnValue:
    """Moves a phrase one place up or down; saves only phrases whose position changes. What was typed for a new one
    stays.
    """
    found = _phrases()
    place = found.index(asked.by_id(found, id))
    other = place + (-1 if way == "len" else 1)
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    services = asked.services()
    for position, one in enumerate(found, start=1):
        if one.position != position * APART:
            try:
                version = {"position": position * APART, "expected_version": one.version}
                asked.change(services.part(one.id), rpcs.SAVE_PHRASE, one, **version)
            except Refusal as refusal:
                if not is_stale(refusal):
                    raise
                flash("Người khác vừa đổi danh sách này. Xin xem lại rồi bấm lần nữa.", TROUBLE)
                break
    typed = posted_texts(PHRASE, request.form)
    if any(typed.values()):
        return _shown(found, typed, {})
    return redirect(url_for(".phrases", _anchor=f"cau-{id}"), 303)


@pages.route("/quan-tri/cau-soan-san/<uuid:id>/bo", methods=["GET", "POST"])
def retire(id: UUID) -> ResponseReturnValue:
    phrase = asked.by_id(_phrases(), id)

    def do(_: dict[str, str]) -> str:
        asked.services().call(rpcs.RETIRE_PHRASE, id=phrase.id)
        return "Đã bỏ câu soạn sẵn."

    return confirm(
        do,
        title="Bỏ câu soạn sẵn này?",
        text="Tình nguyện viên không còn gửi được câu này. Phiên đang mở vẫn giữ câu đã gửi.",
        button="Bỏ câu này",
        back=url_for(".phrases"),
        about={"Câu soạn sẵn": phrase.text},
    )


def _phrases() -> list[Phrase]:
    return list(asked.services().call(rpcs.LIST_PHRASES).phrases)
