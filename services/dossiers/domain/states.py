"""The national portal's statuses."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Status codes of the national portal; 0 is a draft, which the portal does not know."""

    DRAFT = 0
    NEW = 1
    ACCEPTED = 2
    REFUSED = 3
    IN_PROGRESS = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    HANDED_OVER = 10


STATUS_TEXT: dict[Status, str] = {
    Status.DRAFT: "Bản nháp",
    Status.NEW: "Mới đăng ký",
    Status.ACCEPTED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.IN_PROGRESS: "Đang xử lý",
    Status.SUPPLEMENT_ASKED: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT_ASKED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.DONE: "Đã xử lý xong",
    Status.HANDED_OVER: "Đã trả kết quả",
}

# The final statuses.
FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.HANDED_OVER})
# The open statuses: the desk works on the dossier, or waits for somebody.
OPEN = frozenset(Status) - FINAL - {Status.DRAFT}
