"""The ward's volunteers: a list, and a new one with the first password."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.plain import error_list, form_errors, posted_texts, shown_fields
from gateway.questions import question
from services.chassis.refusal import Refusal

pages = Blueprint("admin_volunteers", __name__)
pages.before_request(identity.require_admin)

VOLUNTEER = (
    question("full_name", "Họ, chữ đệm và tên", widget="name", autocomplete="off"),
    question(
        "username",
        "Tên đăng nhập",
        hint="Chữ thường không dấu, chữ số và dấu chấm, ví dụ lan.tran. Tên phường được thêm vào sau.",
        widget="login",
        autocomplete="off",
    ),
)


@pages.get("/quan-tri/tinh-nguyen-vien")
def volunteers() -> ResponseReturnValue:
    found = asked.services().call(rpcs.LIST_VOLUNTEERS).volunteers
    return render_template("admin/volunteers.html", ward=identity.own_ward(), volunteers=found)


@pages.route("/quan-tri/tinh-nguyen-vien/them", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Adds a volunteer. The answer to the form shows the password, and no page shows it again."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(VOLUNTEER, request.form)
        try:
            added = asked.services().call(rpcs.ADD_VOLUNTEER, **typed)
        except Refusal as refusal:
            errors = form_errors(refusal)
            if refusal.type == "username-taken":
                errors = {"username": refusal.text}
        else:
            return render_template("admin/added_volunteer.html", volunteer=added.volunteer, password=added.password)
    content = render_template(
        "admin/add_volunteer.html",
        fields=shown_fields(VOLUNTEER, typed, errors),
        summary=error_list(VOLUNTEER, errors),
    )
    return content, 422 if errors else 200
