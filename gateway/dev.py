"""Only on the local stack: the SMS and e-mails that were sent, the payment provider's page, and the style guide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
from flask import Flask, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.pages.plain import SUCCESS, TROUBLE, error_list, shown_fields
from gateway.questions import question
from gateway.settings import Settings
from services.chassis.grpc.client import unavailable
from services.chassis.refusal import not_found

#: Custom properties of caunoi.css, and what each is for.
_COLOURS = (
    ("header", "Đầu trang, đường viền trên của thẻ"),
    ("tint", "Nền của phần mở đầu, của thẻ đang trỏ vào"),
    ("ground", "Nền của thanh đường dẫn"),
    ("ink", "Chữ"),
    ("quiet", "Chữ phụ"),
    ("line", "Đường kẻ"),
    ("focus", "Chỗ bàn phím đang đứng"),
    ("warning", "Việc không lấy lại được"),
    ("guide", "Lời và chỗ chỉ của tình nguyện viên"),
)
_QUESTIONS = (
    question("full_name", "Họ và tên", hint="Ghi như trên giấy tờ.", widget="name"),
    question("email", "Thư điện tử", widget="email"),
    question("born", "Ngày sinh", widget="date"),
    question(
        "kind", "Loại giấy tờ", widget="radios", choices=(("cccd", "Căn cước công dân"), ("passport", "Hộ chiếu"))
    ),
    question("reason", "Vì sao?", widget="textarea", optional=True),
)
_STATUSES = ((1, "Mới nộp"), (4, "Đang xử lý"), (5, "Yêu cầu bổ sung"), (9, "Đã có kết quả"), (3, "Không tiếp nhận"))
PAYMENT_SECONDS = 40.0  # time for the provider's tries of its callback


def register_dev(app: Flask, settings: Settings) -> None:
    """Adds `/dev/messages` with `/dev/giao-dien`, and `/dev/payments`, each only if its URL is set; otherwise the paths
    do not exist.
    """
    if settings.catcher_url:
        _add_messages(app, settings.catcher_url)
        _add_look(app)
    if settings.payments_url:
        _add_payments(app, settings.payments_url)


def _add_messages(app: Flask, catcher: str) -> None:
    @app.get("/dev/messages")
    def messages() -> ResponseReturnValue:
        """`?to=<phone or address>&limit=`: newest first, JSON or HTML by Accept."""
        wanted = {name: request.args[name] for name in ("to", "limit") if request.args.get(name)}
        caught = _asked("GET", f"{catcher}/messages", params=wanted)["messages"]
        if _wants_a_page():
            shown = [{**each, "at": datetime.fromisoformat(each["at"])} for each in caught]
            return render_template("dev/messages.html", messages=shown, to=wanted.get("to", ""))
        return jsonify(messages=caught)


def _add_look(app: Flask) -> None:
    @app.get("/dev/giao-dien")
    def look() -> ResponseReturnValue:
        """Type, colours, spacing and components, as the pages have them."""
        errors = {"email": "Xin ghi thư điện tử đầy đủ, ví dụ sau@example.com."}
        return render_template(
            "dev/look.html",
            colours=_COLOURS,
            fields=shown_fields(_QUESTIONS, {"email": "sau"}, errors),
            faults=error_list(_QUESTIONS, errors),
            told=[(SUCCESS, "Đã lưu."), (TROUBLE, "Không thêm được: trùng giờ.")],
            statuses=_STATUSES,
        )


def _add_payments(app: Flask, provider: str) -> None:
    @app.get("/dev/payments")
    def orders() -> ResponseReturnValue:
        """`?reference=`: orders, newest first, JSON or HTML by Accept."""
        reference = request.args.get("reference", "")
        found = _asked("GET", f"{provider}/orders", params={"reference": reference})["orders"]
        return render_template("dev/payments.html", orders=found) if _wants_a_page() else jsonify(orders=found)

    @app.post("/dev/payments")
    def pay() -> ResponseReturnValue:
        """Pays the order `reference`; with `callback=lose` no callback is sent. Then the payer goes back to where they
        came from.
        """
        reference = request.form.get("reference", "")
        if not reference.isalnum():
            raise not_found("not-found", "Không có khoản này.")
        paid = _asked(
            "POST",
            f"{provider}/orders/{reference}/payment",
            json={"callback": request.form.get("callback", "send")},
            timeout=PAYMENT_SECONDS,
        )
        return redirect(paid["return_url"], 303) if _wants_a_page() else jsonify(paid)


def _wants_a_page() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json") == "text/html"


def _asked(method: str, url: str, *, timeout: float = 3.0, **options: Any) -> Any:
    try:
        answer = httpx.request(method, url, timeout=timeout, trust_env=False, **options)
        answer.raise_for_status()
    except httpx.HTTPError as fault:
        raise unavailable() from fault
    return answer.json()
