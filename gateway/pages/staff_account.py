"""The page behind a member of staff's link: they set their password, and sign in with it.

As for a first administrator, the ticket stands behind the # of the address, which browsers do not send.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking
from gateway.pages.own_questions import STAFF_LINK
from gateway.pages.plain import error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.staff_links import PATH, ticket_in
from gateway.wards import wards
from services.chassis.refusal import Refusal

pages = Blueprint("staff_account", __name__)


@pages.route(PATH + "/<slug>", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def open_account(slug: str) -> ResponseReturnValue:
    ward = asking.ward_of(slug)
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(STAFF_LINK, request.form)
        errors = left_out(STAFF_LINK, typed)
        if not errors:
            try:
                done = (
                    wards()
                    .client(ward.code)
                    .call(rpcs.OPEN_STAFF_ACCOUNT, ticket=ticket_in(typed["link_code"]), password=typed["password"])
                )
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_TO_STRANGERS)
            else:
                flash(f"Đã đặt mật khẩu. Xin đăng nhập với tên {done.username}.")
                return redirect(url_for("pages.account.sign_in"), 303)
    content = render_template(
        "account/staff_link.html",
        ward=ward,
        fields=shown_fields(STAFF_LINK, typed, errors),
        summary=error_list(STAFF_LINK, errors),
    )
    return content, 422 if errors else 200
