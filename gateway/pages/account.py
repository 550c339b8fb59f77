"""Signing in and out, passwords, one's account, and who has looked at one's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.access_log import access_log, look
from gateway.limits import limited
from gateway.pages import asking, identity, known, second_factor, signed_in, typed
from gateway.pages.failures import sign_in_fields
from gateway.pages.own_questions import CHANGED_PASSWORD, NEW_PASSWORD, SIGN_IN
from gateway.pages.plain import TROUBLE, error_list, local_path, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.questions import Field
from gateway.routing import sign_in as sign_in_at_home
from gateway.sealer import Sealer
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid

pages = Blueprint("account", __name__)

LOOKS_ASKED = 50  # for a page
FIRST_SECONDS = 600  # to choose a new password


@pages.route("/dang-nhap", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    back = local_path(request.values.get("ve", ""))
    if request.method == "POST":
        typed = posted_texts(SIGN_IN, request.form)
        errors = _missing(typed)
        if not errors:
            try:
                answer, ward = sign_in_at_home(typed["login"], typed["password"], devices=known.devices())
                return second_factor.go_on(answer, ward, back)
            except Refusal as refusal:
                if refusal.type == "password-to-change":
                    return _first_password(_given_out().seal({**typed, "back": back}), {})
                errors = errors_from(refusal, SHOWN_TO_STRANGERS)
    elif (who := identity.account_holder()) is not None:
        return redirect(back or signed_in.home_of(who), 303)
    content = render_template(
        "account/sign_in.html",
        fields=sign_in_fields(typed, errors),
        summary=error_list(SIGN_IN, errors),
        return_to=back,
        carried=request.form.get("carried", ""),
    )
    return content, 422 if errors else 200


@pages.route("/dang-nhap/mat-khau-moi", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def first_password() -> ResponseReturnValue:
    """Sets a password of one's own, after signing in with the one that the ward gave out.

    Only the page holds the ward's password, sealed: somebody who leaves the page leaves nothing that another could use.
    """
    sealed = request.form.get("first", "")
    first = _given_out().open(sealed, within=FIRST_SECONDS)
    if first is None:
        if request.method == "POST":
            flash(
                "Trang đã mở quá lâu nên mật khẩu mới chưa được ghi. Xin đăng nhập lại bằng mật khẩu phường cấp.",
                TROUBLE,
            )
        return redirect(url_for(".sign_in"), 303)
    try:
        new = _needed(NEW_PASSWORD)["new_password"]
        opened, ward = sign_in_at_home(first["login"], first["password"], new_password=new, devices=known.devices())
    except Refusal as refusal:
        if refusal.kind is Kind.UNAUTHENTICATED:
            flash(
                "Mật khẩu phường cấp không còn dùng được. Đã đặt mật khẩu mới rồi thì xin đăng nhập bằng mật khẩu ấy.",
                TROUBLE,
            )
            return redirect(url_for(".sign_in"), 303)
        return _first_password(sealed, errors_from(refusal, SHOWN_TO_STRANGERS))
    return second_factor.go_on(opened, ward, first["back"])


def _first_password(sealed: str, errors: dict[str, str]) -> ResponseReturnValue:
    return _password_form("account/first_password.html", NEW_PASSWORD, errors, first=sealed)


def _given_out() -> Sealer:
    sealer: Sealer = current_app.extensions["given_out_password"]
    return sealer


@pages.route("/tai-khoan/mat-khau", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def change_password() -> ResponseReturnValue:
    """Sets another password. Browsers that were signed in with the old one have to sign in again; this one stays."""
    services = asking.services_of(identity.own_ward())
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            answer = services.call(rpcs.CHANGE_PASSWORD, **_needed(CHANGED_PASSWORD))
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            identity.remember(answer)
            flash("Đã đổi mật khẩu. Nơi khác còn đăng nhập bằng mật khẩu cũ phải đăng nhập lại.")
            response = current_app.make_response(redirect(url_for(".own"), 303))
            known.keep(response, answer.device)
            return response
    return _password_form("account/password.html", CHANGED_PASSWORD, errors)


def _needed(questions: Sequence[Field]) -> dict[str, str]:
    """What was typed. Raises a Refusal (INVALID) if something was left out."""
    typed = posted_texts(questions, request.form)
    faults = [
        FieldFault(one.name, f"Xin nhập {one.title[:1].lower()}{one.title[1:]}.")
        for one in questions
        if not typed[one.name]
    ]
    if faults:
        raise invalid("invalid-password", faults[0].text, *faults)
    return typed


def _password_form(
    template: str, questions: Sequence[Field], errors: dict[str, str], **more: str
) -> ResponseReturnValue:
    fields, summary = shown_fields(questions, {}, errors), error_list(questions, errors)
    content = render_template(template, fields=fields, summary=summary, **more)
    return content, 422 if errors else 200


def _missing(typed: Mapping[str, str]) -> dict[str, str]:
    texts = {
        "login": "Xin nhập số điện thoại hoặc số giấy tờ tùy thân.",
        "password": "Xin nhập mật khẩu.",
    }
    return {name: text for name, text in texts.items() if not typed[name]}


@pages.route("/tai-khoan/phien", methods=["GET", "POST"])
def session_left() -> ResponseReturnValue:
    """The seconds until the person is signed out. A POST means that somebody is still there, and first renews the
    sign-in, as each page does. A GET, which a script sends, renews nothing.
    """
    identity.signed_in()
    return current_app.response_class(str(identity.seconds_left()), mimetype="text/plain")


@pages.post("/dang-xuat")
def sign_out() -> ResponseReturnValue:
    practised = identity.practising() is not None
    identity.forget()
    if practised:
        flash("Lần tập thử ở máy này cũng đã kết thúc.", TROUBLE)
    response = current_app.make_response(redirect(url_for(".signed_out"), 303))
    response.headers["Clear-Site-Data"] = '"cache"'  # nothing of the pages stays on a shared computer
    typed.drop(response)
    return response


@pages.get("/da-dang-xuat")
def signed_out() -> ResponseReturnValue:
    return render_template("account/signed_out.html")


@pages.get("/tai-khoan")
def own() -> ResponseReturnValue:
    ward = identity.own_ward()
    account = asking.services_of(ward).call(rpcs.GET_OWN_ACCOUNT)
    return render_template("account/own.html", account=account, ward=ward)


@pages.get("/tai-khoan/ai-da-xem")
def looks() -> ResponseReturnValue:
    """Who has looked at the person's data, in every ward."""
    identity.signed_in()
    page = access_log(identity.access_token(), LOOKS_ASKED, request.args.get("sau", ""))
    return render_template(
        "account/looks.html",
        entries=[
            (entry, look(entry.action), asking.district().wards[ward].name, getattr(entry, "dossier_code", ""))
            for ward, entry in page.looks
        ],
        next_cursor=page.next_cursor,
        silent=page.silent,
    )
