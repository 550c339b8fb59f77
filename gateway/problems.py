"""Problem documents (RFC 9457): the one form of all the gateway's refusals, made from Refusals and HTTP faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import structlog
from flask import Flask, Response, abort, current_app, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from services.chassis.call import current_request_id
from services.chassis.refusal import FieldFault, Kind, Refusal

log = structlog.get_logger()

#: In a request's WSGI environment: the problem that the server found before the application ran (gateway/server).
FOUND = "caunoi.problem"
TYPE_BASE = "https://caunoi.vn/problems/"
MEDIA_TYPE = "application/problem+json"

#: Kind → HTTP status and title.
_OF_KIND: dict[Kind, tuple[int, str]] = {
    Kind.INVALID: (400, "Nội dung gửi lên chưa dùng được"),
    Kind.UNAUTHENTICATED: (401, "Cần đăng nhập"),
    Kind.FORBIDDEN: (403, "Không được phép"),
    Kind.NOT_FOUND: (404, "Không tìm thấy"),
    Kind.CONFLICT: (409, "Chưa làm được ở bước này"),
    Kind.EXISTS: (409, "Đã có rồi"),
    Kind.STALE: (412, "Nội dung đã được thay đổi ở nơi khác"),
    Kind.THROTTLED: (429, "Thử quá nhiều lần"),
    Kind.UNAVAILABLE: (503, "Hệ thống tạm thời chưa trả lời"),
    Kind.BROKEN: (500, "Hệ thống gặp lỗi"),
}
#: Types for which HTTP has a more exact status than the kind's.
_OF_TYPE: dict[str, tuple[int, str]] = {
    "precondition-required": (428, "Cần cho biết đang thay đổi bản nào"),
    "file-too-large": (413, "Tệp quá lớn"),
    "unsupported-media-type": (415, "Kiểu nội dung chưa dùng được"),
    "request-timeout": (408, "Gửi lên quá chậm"),
    "uri-too-long": (414, "Địa chỉ quá dài"),
    "headers-too-large": (431, "Phần đầu của yêu cầu quá lớn"),
}
#: HTTP status → type and text, for faults that Werkzeug finds before any of our code runs.
_OF_HTTP: dict[int, tuple[str, str]] = {
    400: ("malformed-request", "Yêu cầu không đọc được. Xin kiểm tra lại cách gửi."),
    404: ("not-found", "Không có địa chỉ này."),
    405: ("method-not-allowed", "Địa chỉ này không nhận cách gọi đó."),
    408: ("request-timeout", "Yêu cầu gửi lên quá chậm. Xin thử lại."),
    413: ("file-too-large", "Nội dung gửi lên quá lớn. Mỗi tệp tối đa 10 MB."),
    414: ("uri-too-long", "Địa chỉ của yêu cầu dài quá mức cho phép."),
    415: ("unsupported-media-type", "Kiểu nội dung này chưa dùng được ở đây."),
    429: ("too-many-requests", "Địa chỉ mạng này đang mở quá nhiều kết nối. Xin chờ một lát rồi thử lại."),
    431: ("headers-too-large", "Phần đầu của yêu cầu lớn quá mức cho phép. Xin xóa cookie của trang này rồi thử lại."),
    500: ("internal-error", "Hệ thống gặp lỗi. Điều đã lưu vẫn còn; xin thử lại sau."),
    503: ("gateway-busy", "Hệ thống đang quá tải. Điều đã lưu vẫn còn; xin thử lại sau ít giây."),
}
#: Seconds after which to come again, if the server itself had no room.
_AGAIN = {429: 5, 503: 5}


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal as people and programs read it; `retry_after` in seconds, `version` the present one."""

    type: str  # kebab-case, without TYPE_BASE
    title: str
    status: int
    detail: str
    fields: tuple[FieldFault, ...] = ()
    retry_after: int | None = None
    version: int | None = None

    @property
    def request_id(self) -> str:
        return current_request_id()

    def document(self) -> dict[str, object]:
        content: dict[str, object] = {
            "type": TYPE_BASE + self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": self.request_id,
        }
        if self.fields:
            content["fields"] = [{"field": fault.field, "text": fault.text} for fault in self.fields]
        if self.retry_after is not None:
            content["retry_after"] = self.retry_after
        return content


def problem_of(refusal: Refusal) -> Problem:
    status, title = _OF_TYPE.get(refusal.type) or _OF_KIND[refusal.kind]
    return Problem(refusal.type, title, status, refusal.text, refusal.fields, refusal.retry_after, refusal.version)


def problem_of_http(fault: HTTPException) -> Problem:
    """The problem of a fault that Werkzeug or Flask found: unknown path or method, body too large …"""
    status = fault.code or 500
    titles = dict(_OF_KIND.values()) | dict(_OF_TYPE.values())
    type, text = _OF_HTTP.get(status, ("http-error", "Yêu cầu không thực hiện được."))
    title = titles.get(status, "Yêu cầu không thực hiện được")
    return Problem(type, title, status, text, retry_after=_AGAIN.get(status))


def broken() -> Problem:
    """The problem of a fault of our own, after it was logged."""
    text = f"Hệ thống gặp lỗi. Điều đã lưu vẫn còn; xin thử lại sau. Mã sự cố: {current_request_id()}"
    status, title = _OF_KIND[Kind.BROKEN]
    return Problem("internal-error", title, status, text)


def problem_response(problem: Problem) -> Response:
    response = Response(
        json.dumps(problem.document(), ensure_ascii=False), status=problem.status, content_type=MEDIA_TYPE
    )
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Capture" if problem.type == "no-ticket" else "Bearer"
    if problem.version is not None:
        response.headers["ETag"] = f'"{problem.version}"'
    return response


def register_problems(app: Flask) -> None:
    """Turns every fault into a response: on /api a problem document, elsewhere a page, made by the callable (Problem) →
    response that the pages package put into `app.extensions["error_page"]`.
    """

    def refuse() -> None:
        if status := request.environ.get(FOUND):
            abort(status)

    def on_refusal(refusal: Refusal) -> ResponseReturnValue:
        return _answer(problem_of(refusal))

    def on_http(fault: HTTPException) -> ResponseReturnValue:
        if isinstance(fault, RequestRedirect) or (fault.code or 500) < 400:
            return fault.get_response()
        answer = app.make_response(_answer(problem_of_http(fault)))
        for name, value in fault.get_headers():
            if name == "Allow":
                answer.headers[name] = value
        return answer

    def on_anything(fault: Exception) -> ResponseReturnValue:
        log.error("request-broke", endpoint=request.endpoint, exc_info=fault)
        return _answer(broken())

    app.before_request(refuse)
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    # Unexpected: logged with its trace; the response has the request id, which finds it in the log.
    app.register_error_handler(Exception, on_anything)


def _answer(problem: Problem) -> ResponseReturnValue:
    answer = problem_response(problem) if request.path.startswith("/api/") else _page_of(problem)
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _page_of(problem: Problem) -> Response:
    error_page = cast("Callable[[Problem], ResponseReturnValue] | None", current_app.extensions.get("error_page"))
    if error_page is None:
        return problem_response(problem)
    try:
        return current_app.make_response(error_page(problem))
    except Exception:
        # If even the page of a fault breaks, the fault is still reported, with its own status.
        log.exception("error-page-broke", endpoint=request.endpoint)
        return problem_response(problem)
