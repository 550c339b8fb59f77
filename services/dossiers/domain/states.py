"""The national portal's statuses and the acts that lead from one to the next."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from services.chassis.refusal import Refusal, conflict


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

# Nothing more happens to a dossier in one of these.
FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.HANDED_OVER})
# What the desk still has to do something about, or waits for somebody in.
OPEN = frozenset(Status) - FINAL - {Status.DRAFT}


class Act(StrEnum):
    """What somebody does to a dossier; the names are those of the API's paths."""

    SUBMISSION = "submission"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    SUPPLEMENT_REQUEST = "supplement-request"
    SUPPLEMENT = "supplement"
    FEE_REQUEST = "fee-request"
    PAYMENT = "payment"
    ASSIGNMENT = "assignment"
    VERIFICATION_REQUEST = "verification-request"
    VERIFICATION_REPLY = "verification-reply"
    EXTENSION = "extension"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    APPROVAL = "approval"
    SIGNATURE = "signature"
    HANDOVER = "handover"
    WITHDRAWAL = "withdrawal"
    STOP = "stop"


ACT_TEXT: dict[Act, str] = {
    Act.SUBMISSION: "nộp hồ sơ",
    Act.ACCEPTANCE: "tiếp nhận",
    Act.REFUSAL: "không tiếp nhận",
    Act.SUPPLEMENT_REQUEST: "yêu cầu bổ sung",
    Act.SUPPLEMENT: "nộp bổ sung",
    Act.FEE_REQUEST: "yêu cầu nộp phí, lệ phí",
    Act.PAYMENT: "nộp phí, lệ phí",
    Act.ASSIGNMENT: "nhận xử lý hoặc chuyển người xử lý",
    Act.VERIFICATION_REQUEST: "gửi xác minh",
    Act.VERIFICATION_REPLY: "ghi kết quả xác minh",
    Act.EXTENSION: "xin lỗi và hẹn lại",
    Act.REMINDER: "nhắc sắp đến hạn",
    Act.OVERDUE: "ghi quá hạn",
    Act.APPROVAL: "trình ký",
    Act.SIGNATURE: "ký và vào sổ",
    Act.HANDOVER: "trả kết quả",
    Act.WITHDRAWAL: "rút hồ sơ",
    Act.STOP: "dừng xử lý",
}

# Acts of the clock: nobody does them, the ward's sweep does.
CLOCK_ACTS = frozenset({Act.REMINDER, Act.OVERDUE})

# Where an act leads. What ends a wait for the citizen leads back, so it is decided by where the dossier stood before.
_NEXT: dict[Status, dict[Act, Status | None]] = {
    Status.DRAFT: {Act.SUBMISSION: Status.NEW},
    Status.NEW: {
        Act.ACCEPTANCE: Status.ACCEPTED,
        Act.REFUSAL: Status.REFUSED,
        Act.SUPPLEMENT_REQUEST: Status.SUPPLEMENT_ASKED,
        Act.FEE_REQUEST: Status.PAYMENT_ASKED,
        Act.ASSIGNMENT: Status.NEW,
        Act.REMINDER: Status.NEW,
        Act.OVERDUE: Status.NEW,
        Act.WITHDRAWAL: Status.WITHDRAWN,
    },
    Status.ACCEPTED: {
        Act.APPROVAL: Status.IN_PROGRESS,
        Act.SUPPLEMENT_REQUEST: Status.SUPPLEMENT_ASKED,
        Act.FEE_REQUEST: Status.PAYMENT_ASKED,
        Act.ASSIGNMENT: Status.ACCEPTED,
        Act.VERIFICATION_REQUEST: Status.IN_PROGRESS,
        Act.EXTENSION: Status.ACCEPTED,
        Act.REMINDER: Status.ACCEPTED,
        Act.OVERDUE: Status.ACCEPTED,
        Act.WITHDRAWAL: Status.WITHDRAWN,
        Act.STOP: Status.STOPPED,
    },
    Status.IN_PROGRESS: {
        Act.APPROVAL: Status.IN_PROGRESS,
        Act.SUPPLEMENT_REQUEST: Status.SUPPLEMENT_ASKED,
        Act.FEE_REQUEST: Status.PAYMENT_ASKED,
        Act.ASSIGNMENT: Status.IN_PROGRESS,
        Act.VERIFICATION_REQUEST: Status.IN_PROGRESS,
        Act.VERIFICATION_REPLY: Status.IN_PROGRESS,
        Act.EXTENSION: Status.IN_PROGRESS,
        Act.REMINDER: Status.IN_PROGRESS,
        Act.OVERDUE: Status.IN_PROGRESS,
        Act.SIGNATURE: Status.DONE,
        Act.WITHDRAWAL: Status.WITHDRAWN,
        Act.STOP: Status.STOPPED,
    },
    Status.SUPPLEMENT_ASKED: {
        Act.SUPPLEMENT: None,
        Act.ASSIGNMENT: Status.SUPPLEMENT_ASKED,
        Act.VERIFICATION_REPLY: Status.SUPPLEMENT_ASKED,
        Act.WITHDRAWAL: Status.WITHDRAWN,
        Act.STOP: Status.STOPPED,
    },
    Status.PAYMENT_ASKED: {
        Act.PAYMENT: None,
        Act.ASSIGNMENT: Status.PAYMENT_ASKED,
        Act.VERIFICATION_REPLY: Status.PAYMENT_ASKED,
        Act.WITHDRAWAL: Status.WITHDRAWN,
        Act.STOP: Status.STOPPED,
    },
    Status.DONE: {Act.HANDOVER: Status.HANDED_OVER},
}


def acts_in(status: Status) -> frozenset[Act]:
    """The acts that a dossier in this status allows, whoever may do them."""
    return frozenset(_NEXT.get(status, {}))


def next_status(status: Status, act: Act, before_pause: Status | None = None) -> Status:
    """Where the act leads; `before_pause` is where the dossier stood when a supplement or payment was asked for.

    Refusal CONFLICT `wrong-state` where the act is not possible now, naming what is.
    """
    following = _NEXT.get(status, {})
    if act not in following:
        raise _wrong_state(status, act)
    leads_to = following[act]
    if leads_to is not None:
        return leads_to
    if before_pause is None:
        raise ValueError("what ends a wait needs the status in which it began")
    if act is Act.PAYMENT:  # a dossier is taken in when it is paid for (NĐ 87/2020 Đ12)
        return Status.ACCEPTED if before_pause is Status.NEW else before_pause
    return Status.NEW if before_pause is Status.NEW else Status.IN_PROGRESS


def _wrong_state(status: Status, act: Act) -> Refusal:
    possible = [ACT_TEXT[each] for each in Act if each in acts_in(status)]
    rest = f"Lúc này có thể: {', '.join(possible)}." if possible else "Hồ sơ đã kết thúc, không thao tác được nữa."
    return conflict(
        "wrong-state", f"Hồ sơ đang ở trạng thái “{STATUS_TEXT[status]}” nên không thể {ACT_TEXT[act]}. {rest}"
    )
