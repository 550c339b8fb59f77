"""A resident's account at the desk: finding it by the identity paper in hand, its level, its phone, closing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import count
from gateway.pages import asking, identity, kept
from gateway.pages.own_questions import CLOSING, CONFIRMATION, NEW_PAPER, NEW_PHONE_AT_DESK, ORIGINAL, OTP
from gateway.pages.plain import TROUBLE, digits, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import CODES_OVER, SHOWN_OF_WHAT_IS_NAMED, errors_from
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("accounts_at_desk", __name__)
pages.before_request(identity.require_desk)

CONFIRM, REPLACE, CLOSE = "xac-nhan", "doi-dien-thoai", "dong"
_RPCS: Mapping[str, Any] = {CONFIRM: rpcs.CONFIRM_IDENTITY, CLOSE: rpcs.CLOSE_ACCOUNT}
_DONE = {
    CONFIRM: "Đã ghi: đã xem bản chính giấy tờ tùy thân. Tài khoản ở mức 2.",
    "opened-by-other": "Đã đóng tài khoản. Số giấy tờ này mở được tài khoản mới ở mọi phường, sau ít phút.",
    "second-account": "Đã đóng tài khoản thứ hai. Người ấy đăng nhập tài khoản kia như trước.",
}
_FIELDS = {CONFIRM: CONFIRMATION, REPLACE: (*ORIGINAL, NEW_PHONE_AT_DESK), CLOSE: CLOSING}


@pages.route("/can-bo/tai-khoan", methods=["GET", "POST"])
def find() -> ResponseReturnValue:
    """Finds an account by kind and number of the paper: posted, since a number does not belong in an address."""
    typed, errors = {"identity_kind": "cccd"}, {}
    ward = identity.own_ward()
    if request.method == "POST":
        typed = posted_texts(ORIGINAL, request.form)
        errors = left_out(ORIGINAL, typed)
        if not errors:
            try:
                _count()
                found = asking.services_of(ward).call(rpcs.FIND_ACCOUNT, **typed)
                return redirect(url_for(".show", id=found.account.id), 303)
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
    content = render_template(
        "desk/find_account.html",
        ward=ward,
        fields=shown_fields(ORIGINAL, typed, errors),
        summary=error_list(ORIGINAL, errors),
    )
    return content, 422 if errors else 200


@pages.get("/can-bo/tai-khoan/<uuid:id>")
def show(id: UUID) -> ResponseReturnValue:
    return _shown(_read(id))


@pages.route("/can-bo/tai-khoan/<uuid:id>/<act>", methods=["GET", "POST"])
def act(id: UUID, act: str) -> ResponseReturnValue:
    """One act, on a page of its own: what it does, and the original, typed again."""
    if act not in (CONFIRM, REPLACE, CLOSE):
        raise not_found("unknown-act", "Không có thao tác này.")
    fields = _FIELDS[act]
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    services = asking.services_of(identity.own_ward())
    drops = request.form.get("without_email") == "yes"
    if request.method == "POST":
        typed = posted_texts(fields, request.form)
        errors = left_out(fields, typed)
        errors.update(
            _unseen("Xin xem bản chính còn giá trị sử dụng không, so với người trước mặt, rồi đánh dấu vào ô.")
        )
        if not errors:
            about: dict[str, Any] = {"account_id": str(id), "original_seen": True, **typed}
            try:
                _count()
                if act == REPLACE:
                    sent = services.call(rpcs.REQUEST_PHONE_REPLACEMENT, **about)
                    change = kept.PhoneChange(sent.change_id, "", sent.new_phone_masked, kept.until(), str(id), drops)
                    kept.phone_replacement.write(change)
                    return redirect(url_for(".code", id=id), 303)
                services.call(_RPCS[act], **about)
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
            else:
                flash(_DONE[typed["reason"] if act == CLOSE else act])
                return redirect(url_for(".show", id=id), 303)
    content = render_template(
        "desk/account_act.html",
        act=act,
        found=_read(id),
        fields=shown_fields(fields, typed, errors),
        seen=request.form.get("original_seen") == "yes",
        drops=drops,
        errors=errors,
        summary=_summary(fields, errors),
    )
    return content, 422 if errors else 200


@pages.route("/can-bo/tai-khoan/<uuid:id>/giay-to-moi", methods=["GET", "POST"])
def new_paper(id: UUID) -> ResponseReturnValue:
    """Another identity paper of the same person: both papers are typed, and what links them is chosen."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    corrects = request.form.get("corrects") == "yes"
    if request.method == "POST":
        typed = posted_texts(NEW_PAPER, request.form)
        errors = left_out(NEW_PAPER, typed)
        if not errors and _bare(typed["number_again"]) != _bare(typed["new_identity_number"]):
            errors["number_again"] = "Hai lần gõ số mới khác nhau. Xin gõ lại cả hai từ bản chính."
        errors.update(_unseen("Xin xem bản chính giấy tờ mới và căn cứ, so với người trước mặt, rồi đánh dấu vào ô."))
        if not errors:
            about = {name: text for name, text in typed.items() if name != "number_again"}
            services = asking.services_of(identity.own_ward())
            try:
                _count()
                services.call(
                    rpcs.REPLACE_IDENTITY_PAPER, account_id=str(id), original_seen=True, corrects=corrects, **about
                )
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
            else:
                flash("Đã ghi giấy tờ mới vào tài khoản. Từ nay người dân đăng nhập bằng số mới hoặc số điện thoại.")
                return redirect(url_for(".show", id=id), 303)
    found = _read(id)
    content = render_template(
        "desk/account_paper.html",
        found=found,
        fields=shown_fields(NEW_PAPER, typed or {"identity_kind": found.account.identity_kind}, errors),
        corrigible=any(one.purpose == "replace-identity-paper" for one in found.papers),
        corrects=corrects,
        seen=request.form.get("original_seen") == "yes",
        errors=errors,
        summary=_summary(NEW_PAPER, errors),
    )
    return content, 422 if errors else 200


@pages.route("/can-bo/tai-khoan/<uuid:id>/ma-xac-nhan", methods=["GET", "POST"])
def code(id: UUID) -> ResponseReturnValue:
    """The code that went to the new phone, as its owner reads it out or types it."""
    sent = kept.phone_replacement.read()
    if sent is None or sent.account != str(id):
        flash(
            "Không còn mã nào đang chờ. Đổi xong rồi thì số mới đã ghi trong tài khoản; chưa thì xin làm lại.", TROUBLE
        )
        return redirect(url_for(".act", id=id, act=REPLACE), 303)
    otp = digits(request.form, "otp")
    errors: dict[str, str] = {}
    if request.method == "POST":
        services = asking.services_of(identity.own_ward())
        try:
            _count()
            services.call(rpcs.REPLACE_PHONE, change_id=sent.id, otp=otp, remove_email=sent.without_email)
        except Refusal as refusal:
            errors = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
            if refusal.type in CODES_OVER:
                kept.phone_replacement.drop()
                flash(refusal.text)
                # If the phone is replaced already, there is nothing to begin again.
                is_done = refusal.type == "code-used"
                return redirect(url_for(".show", id=id) if is_done else url_for(".act", id=id, act=REPLACE), 303)
        else:
            kept.phone_replacement.drop()
            flash(
                "Đã đổi số điện thoại. Người dân đặt mật khẩu mới bằng “Quên mật khẩu”; sau 24 giờ mới nộp hồ sơ. "
                "Người nhà dùng chung số mới thì từ nay ai cũng đăng nhập bằng số giấy tờ tùy thân của mình."
            )
            return redirect(url_for(".show", id=id), 303)
    content = render_template(
        "desk/account_code.html",
        id=id,
        sent=sent,
        fields=shown_fields(OTP, {} if "otp" in errors else {"otp": otp}, errors),
        summary=error_list(OTP, errors),
    )
    return content, 422 if errors else 200


def _count() -> None:
    """Counts by officer, not by the address of the office. What was typed is kept and shown again."""
    count("desk", identity.signed_in().id)


def _read(id: UUID) -> Any:
    return asking.services_of(identity.own_ward()).call(rpcs.GET_ACCOUNT, account_id=str(id))


def _shown(found: Any) -> ResponseReturnValue:
    is_open = found.account.status == accounts_v1.ACCOUNT_STATUS_ACTIVE
    return render_template("desk/account.html", found=found, account=found.account, open=is_open)


def _unseen(text: str) -> dict[str, str]:
    return {} if request.form.get("original_seen") == "yes" else {"original_seen": text}


def _bare(number: str) -> str:
    """A number without the separators that people type between its digits."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def _summary(fields: Any, errors: dict[str, str]) -> list[dict[str, str]]:
    lines = error_list(fields, {name: text for name, text in errors.items() if name != "original_seen"})
    return lines + ([{"text": errors["original_seen"], "href": "#original-seen"}] if "original_seen" in errors else [])
