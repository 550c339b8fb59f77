"""A forgotten password: login and date of birth, then the code from the phone and a new password.

No page says whether there is such an account: the second page comes in any case.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.limits import limited
from gateway.pages import kept, new_password
from gateway.pages.own_questions import FORGOTTEN, NEW_PASSWORD, OTP
from gateway.pages.plain import TROUBLE, digits, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import CODES_OVER, SHOWN_TO_STRANGERS, errors_from
from gateway.routing import recover, request_recovery
from services.chassis.refusal import Refusal

pages = Blueprint("recovery", __name__)


def is_begun() -> bool:
    """Whether somebody has asked for a code in this browser."""
    return kept.recovery.read() is not None


@pages.route("/quen-mat-khau", methods=["GET", "POST"])
@limited("accounts", methods=["POST"])
def ask() -> ResponseReturnValue:
    """Login and date of birth."""
    asked = kept.recovery.read()
    typed = dict(asked.typed) if asked else {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(FORGOTTEN, request.form)
        errors = left_out(FORGOTTEN, typed)
        if not errors:
            try:
                _request(typed)
                return redirect(url_for(".complete"), 303)
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_TO_STRANGERS)
    content = render_template(
        "account/forgotten.html", fields=shown_fields(FORGOTTEN, typed, errors), summary=error_list(FORGOTTEN, errors)
    )
    return content, 422 if errors else 200


@pages.route("/quen-mat-khau/ma-xac-nhan", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def complete() -> ResponseReturnValue:
    """The code and the new password. If the code is wrong, the password stays, sealed in the page."""
    asked = kept.recovery.read()
    if asked is None:
        return _none_waits()
    errors: dict[str, str] = {}
    over = False
    password = otp = ""
    if request.method == "POST":
        otp = digits(request.form, "otp")
        new = posted_texts(NEW_PASSWORD, request.form)["new_password"]
        new = new or new_password.open_sealed(request.form.get("kept", ""))
        try:
            errors = _missing(otp, new)
            if not errors:
                recover(asked.sealed, otp, new)
                kept.recovery.drop()
                flash("Đã đặt mật khẩu mới. Mọi nơi đang đăng nhập đã bị đăng xuất. Xin đăng nhập bằng mật khẩu mới.")
                return redirect(url_for("pages.account.sign_in"), 303)
        except Refusal as refusal:
            errors, over = errors_from(refusal, SHOWN_TO_STRANGERS), refusal.type in CODES_OVER
        password = new_password.seal(new) if "new_password" not in errors else ""
    fields = [*OTP, *NEW_PASSWORD]
    content = render_template(
        "account/recover.html",
        fields=shown_fields(fields, {} if over else {"otp": otp}, errors),
        summary=error_list(fields, errors),
        kept=password,
        silent=asked.silent,
    )
    return content, 422 if errors else 200


@pages.post("/quen-mat-khau/ma-khac")
@limited("accounts")
def resend() -> ResponseReturnValue:
    asked = kept.recovery.read()
    if asked is None:
        return _none_waits()
    try:
        _request(asked.typed)
    except Refusal as refusal:
        flash(next(iter(errors_from(refusal, SHOWN_TO_STRANGERS).values())), TROUBLE)
    else:
        flash("Nếu thông tin đúng, một mã khác đã được gửi. Xin dùng mã trong tin nhắn mới nhất.")
    if "retyped" in request.form:  # the page had said that the password need not be typed again
        flash("Mật khẩu mới vừa gõ không còn; xin gõ lại cùng với mã.", TROUBLE)
    return redirect(url_for(".complete"), 303)


def _none_waits() -> ResponseReturnValue:
    """No code waits in this browser: it was used, perhaps in another tab, or is too old."""
    flash(
        "Ở máy này không còn mã nào đang chờ. Đã đặt mật khẩu mới thì xin đăng nhập; "
        "chưa thì xin ghi hai điều dưới đây để lấy mã khác.",
        TROUBLE,
    )
    return redirect(url_for(".ask"), 303)


def _request(typed: Mapping[str, str]) -> None:
    asked = request_recovery(typed["login"], typed["date_of_birth"])
    silent = tuple(ward.name for ward in asked.silent)
    kept.recovery.write(kept.Recovery(asked.sealed, typed, silent, kept.until()))


def _missing(otp: str, new: str) -> dict[str, str]:
    texts = {"otp": "Xin nhập mã trong tin nhắn.", "new_password": "Xin nhập mật khẩu mới."}
    typed = {"otp": otp, "new_password": new}
    return {name: text for name, text in texts.items() if not typed[name]}
