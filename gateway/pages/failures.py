"""Pages for what went wrong: in plain words, with the request id that the office can look up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError

from gateway.pages import identity, kept, leaving, requested
from gateway.pages.headers import secured
from gateway.pages.kiosk import kiosk, leave, renewed_token
from gateway.pages.own_questions import SIGN_IN, SIGN_IN_AT_STATION
from gateway.pages.plain import TROUBLE, shown_fields
from gateway.problems import Problem, problem_of_http
from gateway.sealer import Sealer

CARRY_SECONDS = 1800  # from sending the form to the new sign-in
READER_SECONDS = 12 * 3600  # an open page counts as long as a session lasts
#: Problem type → title and text, where the words for programs would not help a person.
_PLAIN = {
    "malformed-request": (
        "Trang này đã mở quá lâu hoặc gửi thiếu thông tin",
        "Xin quay lại trang trước, tải lại trang rồi làm lại. Điều đã lưu vẫn còn.",
    ),
    "not-found": (
        "Không tìm thấy trang này",
        "Xin kiểm tra lại địa chỉ, hoặc bắt đầu lại từ trang đầu.",
    ),
    "invalid-cursor": (
        "Danh sách này không mở tiếp được",
        "Danh sách hoặc cách lọc nay đã khác. Xin mở lại danh sách từ đầu.",
    ),
    "method-not-allowed": ("Không mở được trang này", "Xin bắt đầu lại từ trang đầu."),
    "file-too-large": (
        "Tệp quá lớn",
        "Mỗi tệp lớn nhất là 10 MB. Xin quay lại, chụp ảnh nhỏ hơn rồi tải lên.",
    ),
    "request-timeout": (
        "Gửi lên quá chậm",
        "Đường truyền chậm nên hệ thống chưa nhận đủ. Điều đã lưu vẫn còn. Xin quay lại trang trước rồi gửi lại.",
    ),
    "gateway-busy": (
        "Hệ thống đang quá tải",
        "Điều đã lưu vẫn còn. Xin quay lại trang trước rồi gửi lại sau ít giây.",
    ),
    "too-many-requests": (
        "Vừa có quá nhiều yêu cầu liên tiếp",
        "Xin đợi vài phút rồi làm lại. Điều đã lưu vẫn còn.",
    ),
    "internal-error": (
        "Hệ thống gặp lỗi",
        "Điều đã lưu vẫn còn. Xin thử lại sau ít phút; nếu vẫn lỗi, xin báo Bộ phận Một cửa mã sự cố dưới đây.",
    ),
}


def error_page(problem: Problem) -> Response:
    """The page of a problem that no form shows. For 401 it leads to the sign-in page, unless the invalid token is the
    computer's and not the person's. It does not stop anybody who leaves a station's computer.
    """
    if leaving.ends():
        return leave(idle="idle" in request.form)
    if problem.type == "kiosk-token-expired":
        renewed_token()
    elif problem.status == 401 and requested.asks_for_a_page():
        return practice_over() if identity.in_practice() else sign_in_again()
    title, text = _PLAIN.get(problem.type, (problem.title, problem.detail))
    return make_response(render_template("error.html", title=title, text=text, problem=problem), problem.status)


def forged_or_old(fault: CSRFError) -> Response:
    """A form whose protection is no longer valid: the page is from before its reader signed out, here or in another
    tab, or it is somebody else's page. If the page was ours, its reader, and nobody else, is offered what was typed.
    """
    whose, who = _whose(), identity.person()
    if not whose or kiosk() or requested.is_from_elsewhere():
        return error_page(problem_of_http(fault))
    if who is None:
        return practice_over() if identity.in_practice() else sign_in_again(whose)
    if who.id != whose:
        return error_page(problem_of_http(fault))
    return make_response(render_template("account/resume.html", **resumed(_form()), files=_files()))


def practice_over() -> Response:
    """Goes to the start of practice: nobody practises in this browser, or not any more. A signed-in person stays signed
    in.
    """
    lost = " Điều vừa nhập không còn." if request.method == "POST" else ""
    text = (
        f"Lần tập thử ấy đã hết, hoặc làm ở máy khác, nên không mở ở đây được.{lost} Xin chọn một việc để tập lần mới."
    )
    flash(text, TROUBLE)
    kept.practice.drop()
    return secured(make_response(redirect(url_for("pages.practice.start"), 303)))


def sealed_reader() -> str:
    """The reader of the page that is being made, sealed once for all its forms; empty if nobody is signed in."""
    if "sealed_reader" not in g:
        who = identity.person()
        g.sealed_reader = _carrier().seal({"reader": who.id}) if who else ""
    return str(g.sealed_reader)


def _whose() -> str:
    found = _carrier().open(request.form.get("reader", ""), within=READER_SECONDS) or {}
    return str(found.get("reader", ""))


def sign_in_again(whose: str = "") -> Response:
    """Goes to the sign-in page, and from there back; what was typed waits, sealed, for the same person."""
    was = identity.end_sign_in(whose)
    if request.method == "POST":
        carried = _carrier().seal({**_form(), "account": was})
        notice = f"Phiên làm việc đã hết hạn. Xin đăng nhập lại; {_RETYPED if _is_retyped() else _STILL_THERE}"
        content = render_template(
            "account/sign_in.html", fields=sign_in_fields({}, {}), carried=carried, notice=notice, files=_files()
        )
        return make_response(content, 401)
    if kiosk() and not was:  # by the back button, to a page of the person who sat here before
        return secured(make_response(redirect(url_for("pages.kiosk.start"), 303)))
    if session.pop("ended", False):  # not for somebody who opens such a page for the first time
        flash(_ENDED, TROUBLE)
    back = request.full_path.rstrip("?")
    return secured(make_response(redirect(url_for("pages.account.sign_in", ve=back), 303)))


def sign_in_fields(typed: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    return shown_fields(SIGN_IN_AT_STATION if kiosk() else SIGN_IN, typed, errors)


#: Fields of a form that must be typed again after a new sign-in.
_RETYPABLE = {"password", "new_password", "otp", "old_otp", "new_otp", "code"}
#: Fields that are not kept for it.
_UNKEPT = {"csrf_token", "reader", "kept", *_RETYPABLE}
_ENDED = (
    "Phiên làm việc đã kết thúc: để lâu không dùng, đã đăng xuất ở nơi khác, hoặc mật khẩu, cách xác thực hay việc "
    "được giao vừa được đổi. Xin đăng nhập lại."
)
_STILL_THERE = "những gì vừa nhập vẫn còn."
_RETYPED = "những gì vừa nhập vẫn còn, riêng mật khẩu và mã thì phải gõ lại."


def _form() -> dict[str, Any]:
    """Where the form was sent, what is kept of it, and whether something must be typed again."""
    return {"back": _address(), "typed": _typed(), "retyped": _is_retyped()}


def _is_retyped() -> bool:
    return any(request.form.get(name) for name in _RETYPABLE)


def resumed(form: Mapping[str, Any]) -> dict[str, Any]:
    """The content of the page that offers a form (`_form`) after a new sign-in."""
    return {"resume": form["back"], "typed": form["typed"], "still": _RETYPED if form.get("retyped") else _STILL_THERE}


def _address() -> str:
    """Where the form was sent, with the parameters of its page's address, such as the weeks that are shown."""
    return request.full_path.rstrip("?")


def _files() -> list[str]:
    """The names of the files that were chosen: files are too large to keep, and must be chosen again."""
    return [one.filename for one in request.files.values() if one.filename]


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name not in _UNKEPT}


def carried(sealed: str) -> dict[str, Any] | None:
    """What `sign_in_again` sealed: where to post it, what was typed, and by which account."""
    found = _carrier().open(sealed, within=CARRY_SECONDS) if sealed else None
    return found if found and "typed" in found else None


def _carrier() -> Sealer:
    found: Sealer = current_app.extensions["carry"]
    return found
