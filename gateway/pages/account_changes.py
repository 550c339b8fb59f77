"""Another phone, e-mail address or address: with the password typed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity, kept
from gateway.pages.own_questions import NEW_OTP, NEW_PHONE, OLD_OTP, OPENING, OWN_PASSWORD
from gateway.pages.plain import TROUBLE, UNCHANGED, differs, digits, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import CODES_OVER, SHOWN_OF_WHAT_IS_NAMED, errors_from
from gateway.questions import Field
from gateway.rpc import Rpc
from services.chassis.refusal import Refusal

pages = Blueprint("account_changes", __name__)
pages.before_request(identity.require_citizen)

_PHONE = (NEW_PHONE, OWN_PASSWORD)
_CODES = (OLD_OTP, NEW_OTP)
_EMAIL = (replace(OPENING["thu-dien-tu"], hint="Không có thì để trống."), OWN_PASSWORD)
_ADDRESS = (OPENING["noi-o"], OWN_PASSWORD)


@pages.route("/tai-khoan/dien-thoai", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def phone() -> ResponseReturnValue:
    """The new phone; then two codes are on their way."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    services = asking.services_of(identity.own_ward())
    if request.method == "POST":
        typed = posted_texts(_PHONE, request.form)
        errors = left_out(_PHONE, typed)
        if not errors:
            try:
                sent = services.call(rpcs.REQUEST_PHONE_CHANGE, **typed)
            except Refusal as refusal:
                errors = errors_from(refusal)
            else:
                change = kept.PhoneChange(sent.change_id, sent.old_phone_masked, sent.new_phone_masked, kept.until())
                kept.phone_change.write(change)
                return redirect(url_for(".phone_codes"), 303)
    return _form("account/phone.html", _PHONE, typed, errors, ward=identity.own_ward())


@pages.route("/tai-khoan/dien-thoai/ma-xac-nhan", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def phone_codes() -> ResponseReturnValue:
    sent = kept.phone_change.read()
    if sent is None:
        flash(
            "Không còn mã nào đang chờ. Đổi xong rồi thì số mới đã ghi trong tài khoản; chưa thì xin làm lại.", TROUBLE
        )
        return redirect(url_for(".phone"), 303)
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {one.name: digits(request.form, one.name) for one in _CODES}
        errors = left_out(_CODES, typed)
        if errors:
            return _form("account/phone_codes.html", _CODES, typed, errors, sent=sent)
        services = asking.services_of(identity.own_ward())
        try:
            services.call(rpcs.CHANGE_PHONE, change_id=sent.id, **typed)
        except Refusal as refusal:
            errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
            if refusal.type in CODES_OVER:
                kept.phone_change.drop()
                flash(refusal.text)
                # If the phone is changed already, there is nothing to begin again.
                is_done = refusal.type == "code-used"
                return redirect(url_for("pages.account.own" if is_done else ".phone"), 303)
        else:
            kept.phone_change.drop()
            flash(
                "Đã đổi số điện thoại. Trong 24 giờ tới chưa nộp được hồ sơ; tờ khai đang điền vẫn còn. Người nhà "
                "dùng chung số mới thì từ nay ai cũng đăng nhập bằng số giấy tờ tùy thân của mình."
            )
            return redirect(url_for("pages.account.own"), 303)
    return _form("account/phone_codes.html", _CODES, typed, errors, sent=sent)


@pages.route("/tai-khoan/thu-dien-tu", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def email() -> ResponseReturnValue:
    return _change(
        "account/email.html", _EMAIL, rpcs.CHANGE_EMAIL, "Đã ghi địa chỉ thư điện tử.", "Đã bỏ địa chỉ thư điện tử."
    )


@pages.route("/tai-khoan/noi-o", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def address() -> ResponseReturnValue:
    return _change("account/address.html", _ADDRESS, rpcs.CHANGE_ADDRESS, "Đã ghi nơi ở.")


def _change(
    template: str, fields: Sequence[Field], rpc: Rpc[..., Any], done: str, emptied: str = ""
) -> ResponseReturnValue:
    """One value and the password; the form shows the present value. If it was changed meanwhile in another tab, the
    page says so before it is overwritten.
    """
    services = asking.services_of(identity.own_ward())
    account = services.call(rpcs.GET_OWN_ACCOUNT)
    name = fields[0].name
    present: str = getattr(account, name)
    typed = {name: present}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(fields, request.form)
        errors = left_out(fields, typed)
        if differs(request.form.get("shown", present), present) and differs(typed[name], present):
            text = (
                f"Mục này vừa được đổi ở nơi khác, nay là “{present or 'để trống'}”. Muốn đổi nữa thì bấm Lưu lần nữa."
            )
            errors = {**errors, name: text}
        if not errors:
            try:
                services.call(rpc, **typed)
            except Refusal as refusal:
                errors = errors_from(refusal)
            else:
                if differs(typed[name], present):
                    flash(done if typed[name] else emptied or done)
                else:
                    flash(UNCHANGED, TROUBLE)
                return redirect(url_for("pages.account.own"), 303)
    return _form(template, fields, typed, errors, shown=present)


def _form(
    template: str, fields: Sequence[Field], typed: Mapping[str, str], errors: dict[str, str], **more: Any
) -> ResponseReturnValue:
    shown, summary = shown_fields(fields, typed, errors), error_list(fields, errors)
    return render_template(template, fields=shown, summary=summary, **more), 422 if errors else 200
