"""The status of a dossier for somebody who has its code and key. Neither is in an address; no name is shown."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from gateway import routing
from gateway.limits import limited
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.questions import question
from services.chassis.refusal import Refusal

pages = Blueprint("tracking", __name__)

QUESTIONS = (
    question("code", "Mã hồ sơ", hint="In trên giấy tiếp nhận, ví dụ 009.01.01.H17-201006-0001.", widget="code"),
    question(
        "key", "Mã tra cứu", hint="Được trao cùng mã hồ sơ khi gửi. Không đưa mã này cho người lạ.", widget="login"
    ),
)


@pages.route("/theo-doi", methods=["GET", "POST"])
@limited("tracking", methods=["POST"])
def track() -> ResponseReturnValue:
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: "".join(text.split()) for name, text in posted_texts(QUESTIONS, request.form).items()}
        errors = _missing(typed)
        if not errors:
            try:
                found = routing.track(typed["code"], typed["key"])
                return render_template(
                    "tracking/status.html", dossier=found, ward_here=routing.ward_of_code(typed["code"])
                )
            except Refusal as refusal:
                errors = errors_from(refusal, SHOWN_TO_STRANGERS)
    content = render_template(
        "tracking/ask.html", fields=shown_fields(QUESTIONS, typed, errors), summary=error_list(QUESTIONS, errors)
    )
    return content, 422 if errors else 200


def _missing(typed: dict[str, str]) -> dict[str, str]:
    texts = {"code": "Xin nhập mã hồ sơ.", "key": "Xin nhập mã tra cứu."}
    return {name: text for name, text in texts.items() if not typed[name]}
