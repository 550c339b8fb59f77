"""A person's own second factors: list, adding, removing, new recovery codes. Each change asks for a factor again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.staff_pb2 import ListAuthenticatorsResponse
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity
from gateway.pages import second_factor as factors
from gateway.pages.own_questions import AUTHENTICATOR, FACTOR_CODE, OWN_PASSWORD
from gateway.pages.plain import TROUBLE, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_OF_WHAT_IS_NAMED, raise_unless
from gateway.questions import Field
from gateway.wards import WardClient
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("authenticators", __name__)
pages.before_request(identity.require_staff)


@pages.get("/tai-khoan/xac-thuc")
def own() -> ResponseReturnValue:
    return render_template("account/authenticators.html", own=_own(), unkept=factors.unconfirmed_codes() is not None)


@pages.route("/tai-khoan/xac-thuc/them", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def add() -> ResponseReturnValue:
    """Adds an authenticator: the first with the password, each further one with a factor."""
    has = bool(_own().authenticators)
    asked = (*AUTHENTICATOR, *(FACTOR_CODE if has else (OWN_PASSWORD,)))

    def begin(state: dict[str, Any], typed: dict[str, str]) -> ResponseReturnValue:
        begun = _services().call(
            rpcs.START_AUTHENTICATOR,
            ticket=state["ticket"],
            kind=typed["kind"],
            name=typed["name"],
            factor=factors.posted_factor() if has else None,
            password="" if has else typed["password"],
        )
        return factors.set_up(state, begun, typed["kind"])

    return _changing(
        begin,
        asked,
        title="Thêm cách xác thực",
        text="Nên có hai cách để ở hai nơi, phòng khi mất một.",
        button="Tiếp tục",
    )


@pages.route("/tai-khoan/xac-thuc/<uuid:id>/go", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def remove(id: UUID) -> ResponseReturnValue:
    mine = _own()
    named = next((one.name for one in mine.authenticators if one.id == str(id)), None)
    if named is None:
        raise not_found("unknown-authenticator", "Không có cách xác thực này. Có thể đã gỡ; xin xem lại danh sách.")

    before, after = _of_the_last(mine) if len(mine.authenticators) == 1 else (_OF_ONE, "")

    def act(state: dict[str, Any], _: dict[str, str]) -> ResponseReturnValue:
        _services().call(
            rpcs.REMOVE_AUTHENTICATOR,
            authenticator_id=str(id),
            ticket=state["ticket"],
            factor=factors.posted_factor(),
        )
        flash(f"Đã gỡ “{named}”.{after}")
        return redirect(url_for(".own"), 303)

    return _changing(
        act,
        FACTOR_CODE,
        title=f"Gỡ “{named}”?",
        text=f"{before} Xin xác thực một lần nữa.",
        button="Gỡ",
    )


_OF_ONE = "Sau đó không đăng nhập bằng cách này được nữa."


def _of_the_last(mine: ListAuthenticatorsResponse) -> tuple[str, str]:
    """What becomes of an account without its last authenticator, before and after: the recovery codes go with it."""
    if mine.compulsory:
        return "Đây là cách xác thực cuối cùng, mà việc được giao bắt buộc phải có: xin thêm cách khác trước.", ""
    codes = mine.recovery_codes_left > 0
    printed = " Các mã dự phòng đã in hết hiệu lực." if codes else ""
    before = (
        "Đây là cách xác thực cuối cùng. Gỡ rồi thì chỉ cần mật khẩu là vào được tài khoản này: ai biết mật khẩu thì "
        f"vào được.{printed} Đổi điện thoại thì xin thêm cách mới trước, rồi gỡ cách này."
    )
    return before, f" Từ nay chỉ cần mật khẩu là vào được tài khoản này.{printed}"


@pages.route("/tai-khoan/xac-thuc/ma-du-phong", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes; until the owner confirms that those of a moment ago are kept, the same codes again."""
    again = factors.codes_again()
    if again is not None:
        return again
    if request.method == "POST" and request.form.get("kept"):  # they cannot be shown once more
        return redirect(url_for(".own"), 303)

    def act(state: dict[str, Any], _: dict[str, str]) -> ResponseReturnValue:
        made = _services().call(rpcs.RENEW_RECOVERY_CODES, ticket=state["ticket"], factor=factors.posted_factor())
        return factors.codes_page(made.recovery_codes, url_for(".own"))

    return _changing(
        act,
        FACTOR_CODE,
        title="Lấy mã dự phòng mới",
        text="Các mã dự phòng cũ hết hiệu lực ngay. Xin xác thực một lần nữa.",
        button="Lấy mã mới",
    )


def _changing(
    act: Callable[[dict[str, Any], dict[str, str]], ResponseReturnValue],
    asked: tuple[Field, ...],
    *,
    title: str,
    text: str,
    button: str,
) -> ResponseReturnValue:
    """A page that asks for a factor beside its own questions; it gets a new ticket each time it is opened."""
    state = factors.opened() if request.method == "POST" else None
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if state is None:
        if request.method == "POST":
            flash("Trang đã mở quá lâu nên chưa làm gì. Xin làm lại.", TROUBLE)
            return redirect(request.path, 303)
        state = factors.state_of(_services().call(rpcs.ASK_SECOND_FACTOR), identity.own_ward().code)
    else:
        typed = posted_texts(asked, request.form)
        errors = left_out(asked, typed)
        if request.form.get("assertion"):
            errors.pop("code", None)
        if not errors:
            try:
                return act(state, typed)
            except Refusal as refusal:
                if refusal.type == factors.OVER:
                    flash(refusal.text, TROUBLE)
                    return redirect(request.path, 303)
                raise_unless(SHOWN_OF_WHAT_IS_NAMED, refusal)
                errors = factors.factor_errors(refusal)
    content = render_template(
        "account/change_factors.html",
        heading=title,
        text=text,
        button=button,
        second=factors.seal(state),
        options=state["options"],
        fields=shown_fields(asked, typed, errors),
        summary=error_list(asked, errors),
    )
    return content, 422 if errors else 200


def _own() -> ListAuthenticatorsResponse:
    return _services().call(rpcs.LIST_AUTHENTICATORS)


def _services() -> WardClient:
    return asking.services_of(identity.own_ward())
