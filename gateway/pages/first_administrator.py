"""The page behind the link that an operator's command makes: a ward's first administrator opens their account.

The ticket stands behind the # of the address, which browsers do not send: a script, or without one the person, puts it
into the form.
"""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, new_password
from gateway.pages.own_questions import ADMINISTRATION
from gateway.pages.plain import error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.staff_links import ticket_in
from gateway.wards import wards
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("first_administrator", __name__)

_SHOWN = SHOWN_TO_STRANGERS | {Kind.EXISTS}


@pages.route("/quan-tri/lan-dau/<slug>", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def open_account(slug: str) -> ResponseReturnValue:
    """On POST opens the account. If it is refused, what was typed stays; the password is sealed in the page."""
    ward = asking.ward_of(slug)
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    password = ""
    if request.method == "POST":
        typed = posted_texts(ADMINISTRATION, request.form)
        typed["password"] = typed["password"] or new_password.open_sealed(request.form.get("kept", ""))
        errors = left_out(ADMINISTRATION, typed)
        if not errors:
            try:
                opened = _open(ward.code, **typed)
            except Refusal as refusal:
                errors = errors_from(refusal, _SHOWN)
            else:
                flash(f"Đã mở tài khoản quản trị {ward.name}. Xin đăng nhập với tên {opened.username}.")
                return redirect(url_for("pages.account.sign_in"), 303)
        if typed["password"] and "password" not in errors:
            password = new_password.seal(typed["password"])
    content = render_template(
        "admin/first.html",
        ward=ward,
        fields=shown_fields(ADMINISTRATION, typed, errors),
        summary=error_list(ADMINISTRATION, errors),
        kept=password,
    )
    return content, 422 if errors else 200


def _open(ward: str, *, link_code: str, **fields: str) -> accounts_pb2.OpenAdministrationResponse:
    return wards().client(ward).call(rpcs.OPEN_ADMINISTRATION, ticket=ticket_in(link_code), **fields)
