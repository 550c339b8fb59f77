"""The Ministry's printed forms (phôi): the offset of the ward's printer for each, and the page to measure it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from gateway import rpcs
from gateway.files import shown_file
from gateway.pages import beside, identity
from gateway.pages.asking import services_of
from gateway.pages.identity import own_ward
from gateway.pages.plain import TROUBLE, UNCHANGED, posted_texts, shown_fields
from gateway.pages.refusals import errors_from, is_stale
from gateway.questions import question, whole
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role

pages = Blueprint("blanks", __name__)
pages.before_request(identity.require_office_or_admin)

OFFSET = (
    question("dx", "Chỉnh sang phải (mm)", hint="Sang trái thì ghi số âm, ví dụ -1,5."),
    question("dy", "Chỉnh xuống dưới (mm)", hint="Lên trên thì ghi số âm, ví dụ -2."),
)
_STALE = "Người khác đã chỉnh phôi này trong lúc sửa ở đây. Xin xem số đang chỉnh rồi bấm Lưu lần nữa."
_UNKNOWN_PAGE = (
    "Chưa lưu: không rõ số đang chỉnh lúc mở trang này. Xin xem số đang chỉnh, nhập lại rồi bấm Lưu lần nữa."
)
_MILLIMETRES = re.compile(r"[+\-\u2212]?[0-9]{1,3}([.,][0-9])?")


@pages.get("/can-bo/phoi")
def blanks() -> ResponseReturnValue:
    return _shown("", {}, {})


@pages.post("/can-bo/phoi/<blank>")
def correct(blank: str) -> ResponseReturnValue:
    """Saves an offset in place of the one that the page showed; if it is refused, what was typed stays. What was typed
    for another blank also stays.
    """
    sent = {one.name: own for one in _blanks() if (own := beside.typed_for(one.name, request.form, blank))}
    own = sent.get(blank, MultiDict())
    version = own.get("version") or request.form.get("version", "")
    if not version:  # not a page that shows an offset: what it lacks must not be taken for 0
        return _shown(blank, sent, {"dx": _UNKNOWN_PAGE}, 412)
    typed = posted_texts(OFFSET, own)
    offsets = {name: tenths(text) for name, text in typed.items()}
    wrong = {
        name: "Xin ghi số mi-li-mét, nhiều nhất một chữ số sau dấu phẩy, ví dụ 1,5."
        for name, value in offsets.items()
        if value is None
    }
    if wrong:
        return _shown(blank, sent, wrong)
    now = next((one for one in _blanks() if one.name == blank), None)
    if now is not None and (now.dx, now.dy) == (offsets["dx"], offsets["dy"]):
        flash(UNCHANGED, TROUBLE)
        return _with_the_rest(blank, sent)
    changed = {name: value or 0 for name, value in offsets.items()}
    changed["expected_version"] = whole(version)
    try:
        services_of(own_ward()).call(rpcs.SET_BLANK_OFFSET, blank=blank, **changed)
    except Refusal as refusal:
        if is_stale(refusal):
            return _shown(blank, sent, {"dx": _STALE}, 412)
        return _shown(blank, sent, errors_from(refusal))
    flash("Đã lưu. Mọi bản in lên phôi này từ nay theo số chỉnh mới; xin in lại trang chỉnh để xem.")
    return _with_the_rest(blank, sent)


@pages.get("/can-bo/phoi/<blank>/trang-chinh")
def calibration(blank: str) -> ResponseReturnValue:
    """The calibration page as PDF."""
    paper = services_of(own_ward()).call(rpcs.GET_CALIBRATION_PAGE, blank=blank)
    return shown_file(paper.content, "application/pdf", paper.filename)


def tenths(text: str) -> int | None:
    """Tenths of a millimetre from what was typed, such as "-1,5"; None if it is not such a number. Empty is 0."""
    bare = "".join(text.split())
    if not bare:
        return 0
    if not _MILLIMETRES.fullmatch(bare):
        return None
    return round(float(bare.replace(",", ".").replace("\u2212", "-")) * 10)


def millimetres(value: int) -> str:
    """An offset as people write it, without a needless zero: "-1,5", "2"."""
    return f"{value / 10:g}".replace(".", ",")


def _blanks() -> Sequence[dossiers_v1.Blank]:
    return services_of(own_ward()).call(rpcs.LIST_BLANKS).blanks


def _with_the_rest(done: str, sent: Mapping[str, Mapping[str, str]]) -> ResponseReturnValue:
    """The page after a blank was saved; with what was typed for another one."""
    rest = {}
    for one in _blanks():
        own = {name: text for name, text in sent.get(one.name, {}).items() if name != "version"}
        if one.name != done and beside.says_something(own, _kept(one)):
            rest[one.name] = sent[one.name]
    return _shown("", rest, {}) if rest else redirect(url_for(".blanks"), 303)


def _kept(blank: dossiers_v1.Blank) -> dict[str, str]:
    return {"dx": millimetres(blank.dx), "dy": millimetres(blank.dy)}


def _shown(
    blank: str, sent: Mapping[str, Mapping[str, str]], errors: Mapping[str, str], status: int = 422
) -> ResponseReturnValue:
    """All blanks, with what was typed for them, and the errors of `blank`."""
    views = []
    for one in _blanks():
        own, typed, kept = one.name == blank, sent.get(one.name), _kept(one)
        values = posted_texts(OFFSET, typed) if typed is not None else kept
        fields = shown_fields(OFFSET, values, errors if own else {})
        for field in fields:
            field["params"]["id"] = f"{field['params']['name']}-{one.name}"  # a form for each blank: unique ids
        # What was typed for another blank belongs to the version that was shown then.
        version = one.version if typed is None or own else typed.get("version", "")
        views.append({"blank": one, "fields": beside.named(one.name, fields), "kept": kept, "version": version})
    content = render_template(
        "registers/blanks.html",
        ward=own_ward(),
        views=views,
        unsaved=bool(sent),
        may_correct=bool({Role.CIVIL_STATUS_OFFICER, Role.WARD_ADMIN} & set(identity.signed_in().roles)),
        summary=[{"text": text, "href": f"#{name}-{blank}"} for name, text in errors.items()],
    )
    return content, status if errors else 200
