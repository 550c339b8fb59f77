"""A person's household: who is in it, who can do it alone, the code that lets somebody in, and the way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from caunoi.accounts.v1.households_pb2 import Household, HouseholdMember
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity
from gateway.pages.admin.confirm import confirm
from gateway.pages.guidance.wording import HOUSEHOLD
from gateway.pages.own_questions import HOUSEHOLD_CODE, RESIDENTIAL_GROUP
from gateway.pages.plain import TROUBLE, UNCHANGED, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_OF_WHAT_IS_NAMED, errors_from, raise_unless
from gateway.questions import whole
from gateway.rpc import Rpc
from gateway.wards import WardClient
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("household", __name__)
pages.before_request(identity.require_citizen)

_GROUP = "residential_group"
_MEMBER = "/tai-khoan/ho-gia-dinh/thanh-vien/<uuid:id>"


@pages.get("/tai-khoan/ho-gia-dinh")
def show() -> ResponseReturnValue:
    found = _own()
    if found is None:
        return render_template("household/none.html")
    own = next(one for one in found.members if one.is_caller)
    return render_template("household/show.html", household=found, own=own)


@pages.route("/tai-khoan/ho-gia-dinh/bat-dau", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """What the person agrees to; then a new household, with this person alone."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _services().call(rpcs.START_HOUSEHOLD, text_version=request.form.get("text_version", ""))
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Đã bắt đầu một hộ. Ông/bà là người đứng đầu hộ: lấy mã rồi đọc cho người nhà.")
            return redirect(url_for(".show"), 303)
    elif _own() is not None:
        return redirect(url_for(".show"), 303)
    content = render_template("household/start.html", consent=_consent(), summary=error_list((), errors))
    return content, 422 if errors else 200


@pages.route("/tai-khoan/ho-gia-dinh/vao", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def join() -> ResponseReturnValue:
    """What the others will see of the person; then joins, with the code that the head reads out."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(HOUSEHOLD_CODE, request.form)
        errors = left_out(HOUSEHOLD_CODE, typed)
        if not errors:
            try:
                _services().call(rpcs.JOIN_HOUSEHOLD, text_version=request.form.get("text_version", ""), **typed)
            except Refusal as refusal:
                errors = errors_from(refusal)
            else:
                flash("Ông/bà đã vào hộ. Người đứng đầu hộ được báo.")
                return redirect(url_for(".show"), 303)
    elif _own() is not None:
        return redirect(url_for(".show"), 303)
    content = render_template(
        "household/join.html",
        consent=_consent(),
        fields=shown_fields(HOUSEHOLD_CODE, typed, errors),
        summary=error_list(HOUSEHOLD_CODE, errors),
    )
    return content, 422 if errors else 200


@pages.route("/tai-khoan/ho-gia-dinh/ma", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """What the code is for; the answer to the form shows it. A reload shows the same code."""
    made = None
    if request.method == "POST":
        try:
            made = _services().call(rpcs.ISSUE_HOUSEHOLD_CODE)
        except Refusal as refusal:
            return _told(refusal)
    elif not _is_head(_own()):
        return redirect(url_for(".show"), 303)
    return render_template("household/code.html", made=made)


@pages.route("/tai-khoan/ho-gia-dinh/to-dan-pho", methods=["GET", "POST"])
def group() -> ResponseReturnValue:
    if request.method == "POST":
        return _save_group(request.form.get("shown", ""), posted_texts(RESIDENTIAL_GROUP, request.form))
    found = _own()
    if found is None or not _is_head(found):
        return redirect(url_for(".show"), 303)
    present = str(found.residential_group or "")
    return _group_form(present, {_GROUP: present}, {})


def _save_group(shown: str, typed: dict[str, str]) -> ResponseReturnValue:
    """Changes the group that the form showed. Writes nothing if the form is sent unchanged."""
    group, shown_group = whole(typed[_GROUP]), whole(shown)
    if typed[_GROUP] and not group:
        text = "Xin ghi số của tổ dân phố bằng chữ số, ví dụ 12; không rõ thì để trống."
        return _group_form(shown, typed, {_GROUP: text})
    if group == shown_group:
        flash(UNCHANGED if group else "Chưa ghi tổ dân phố.", TROUBLE)
        return redirect(url_for(".show"), 303)
    try:
        _services().call(rpcs.SET_RESIDENTIAL_GROUP, residential_group=group, shown_group=shown_group)
    except Refusal as refusal:
        return _group_refused(refusal, shown, typed)
    flash("Đã ghi tổ dân phố của hộ." if group else "Đã bỏ tổ dân phố của hộ.")
    return redirect(url_for(".show"), 303)


def _group_refused(refusal: Refusal, shown: str, typed: dict[str, str]) -> ResponseReturnValue:
    """The form with its errors; if the group was changed meanwhile in another tab, with the present group."""
    errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
    found = _own()
    if found is None or not _is_head(found):
        return _told(refusal)
    if refusal.type == "residential-group-changed":
        shown = str(found.residential_group or "")
        now = shown or "để trống"
        errors = {_GROUP: f"Mục này vừa được đổi ở nơi khác, nay là “{now}”. Muốn đổi nữa thì bấm Lưu lần nữa."}
    return _group_form(shown, typed, errors)


def _group_form(shown: str, typed: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    content = render_template(
        "household/group.html",
        shown=shown,
        fields=shown_fields(RESIDENTIAL_GROUP, typed, errors),
        summary=error_list(RESIDENTIAL_GROUP, errors),
    )
    return content, 422 if errors else 200


@pages.route("/tai-khoan/ho-gia-dinh/roi", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    found = _own()
    if found is None:
        return redirect(url_for(".show"), 303)
    alone = len(found.members) == 1
    then = "Hộ không còn ai thì hết." if alone else "Hộ vẫn còn với những người khác."
    if _is_head(found) and not alone:
        then = "Người vào hộ sớm nhất sau ông/bà sẽ đứng đầu hộ, và được báo."
    return confirm(
        lambda _: _done(rpcs.LEAVE_HOUSEHOLD, "Ông/bà đã ra khỏi hộ."),
        title="Ra khỏi hộ này?",
        text=f"Người trong hộ không thấy ông/bà nữa, và ông/bà không thấy hộ nữa. {then} Tài khoản, hồ sơ và những gì "
        "ông/bà đã tự làm vẫn còn. Việc này không đổi gì về đăng ký cư trú.",
        button="Ra khỏi hộ",
        back=url_for(".show"),
        about={},
    )


@pages.route(f"{_MEMBER}/moi-ra", methods=["GET", "POST"])
def remove(id: UUID) -> ResponseReturnValue:
    found = _own()
    if found is None or not _is_head(found):
        return redirect(url_for(".show"), 303)
    member = _other(found, id)
    return confirm(
        lambda _: _done(rpcs.REMOVE_HOUSEHOLD_MEMBER, f"{member.full_name} không còn ở hộ.", member_id=member.id),
        title=f"Mời {member.full_name} ra khỏi hộ?",
        text="Người ấy được báo, không thấy hộ này nữa, và người trong hộ không thấy người ấy nữa. Muốn vào lại thì "
        "cần mã mới.",
        button="Mời ra khỏi hộ",
        back=url_for(".show"),
        about={},
    )


@pages.route(f"{_MEMBER}/giao", methods=["GET", "POST"])
def hand_over(id: UUID) -> ResponseReturnValue:
    found = _own()
    if found is None or not _is_head(found):
        return redirect(url_for(".show"), 303)
    member = _other(found, id)
    return confirm(
        lambda _: _done(rpcs.HAND_OVER_HOUSEHOLD, f"{member.full_name} đứng đầu hộ từ bây giờ.", member_id=member.id),
        title=f"Giao cho {member.full_name} đứng đầu hộ?",
        text="Người ấy được báo. Từ đó chỉ người ấy lấy được mã, mời người ra khỏi hộ và giao lại việc này. Ông/bà "
        "vẫn ở trong hộ.",
        button="Giao lại",
        back=url_for(".show"),
        about={},
    )


def _services() -> WardClient:
    return asking.services_of(identity.own_ward())


def _own() -> Household | None:
    try:
        return _services().call(rpcs.GET_OWN_HOUSEHOLD)
    except Refusal as no:
        if no.type != "no-household":
            raise
        return None


def _is_head(found: Household | None) -> bool:
    return found is not None and any(one.is_caller and one.is_head for one in found.members)


def _other(found: Household, id: UUID) -> HouseholdMember:
    for one in found.members:
        if one.id == str(id) and not one.is_caller:
            return one
    raise not_found("unknown-household-member", "Người này không còn trong hộ. Xin mở lại trang của hộ.")


def _consent() -> Any:
    return _services().call(rpcs.GET_CONSENT_TEXT, purpose=HOUSEHOLD)


def _done(rpc: Rpc[..., Any], done: str, **about: str) -> ResponseReturnValue | str:
    """Does the act and returns what to say; if the household has changed meanwhile, its page says so."""
    try:
        _services().call(rpc, **about)
    except Refusal as refusal:
        return _told(refusal)
    return done


def _told(refusal: Refusal) -> ResponseReturnValue:
    """The page of the household as it is now, with the refusal."""
    raise_unless(SHOWN_OF_WHAT_IS_NAMED, refusal)
    flash(refusal.text, TROUBLE)
    return redirect(url_for(".show"), 303)
