"""What a citizen reads about a dossier: what it waits for, who holds it, what happened."""

from __future__ import annotations

from services.dossiers.domain.states import Act, Status

_WAITS_FOR: dict[Status, str] = {
    Status.DRAFT: "Đang chờ ông/bà điền xong và nộp. Phường chưa nhận được hồ sơ này.",
    Status.NEW: "Bộ phận Một cửa của phường đang giữ hồ sơ, đang kiểm tra giấy tờ để tiếp nhận.",
    Status.ACCEPTED: "Công chức tư pháp – hộ tịch của phường đang giữ hồ sơ, đang xem xét.",
    Status.REFUSED: "Hồ sơ không được tiếp nhận. Xin xem lý do; ông/bà có thể nộp hồ sơ mới khi đã đủ điều kiện.",
    Status.IN_PROGRESS: "Công chức tư pháp – hộ tịch của phường đang giữ hồ sơ, đang chuẩn bị nội dung ghi vào sổ.",
    Status.SUPPLEMENT_ASKED: (
        "Đang chờ ông/bà bổ sung những điều phường đã ghi. Thời gian chờ không tính vào hạn trả kết quả."
    ),
    Status.PAYMENT_ASKED: "Đang chờ ông/bà nộp lệ phí. Thời gian chờ không tính vào hạn trả kết quả.",
    Status.WITHDRAWN: "Ông/bà đã rút hồ sơ này. Phường không xử lý nữa.",
    Status.STOPPED: "Phường đã dừng xử lý hồ sơ này. Xin xem lý do.",
    Status.DONE: (
        "Kết quả đã có ở Bộ phận Một cửa của phường. Đang chờ ông/bà đến ký vào sổ và nhận; "
        "xin mang theo bản gốc giấy tờ để đối chiếu."
    ),
    Status.HANDED_OVER: "Đã trả kết quả. Hồ sơ đã xong, ông/bà không phải làm gì thêm.",
}
_WAITS_FOR_SIGNER = "Lãnh đạo Ủy ban nhân dân phường đang giữ hồ sơ, đang chờ ký. Nội dung ghi vào sổ đã chuẩn bị xong."

# What the history tells the citizen about each act.
HISTORY_TEXT: dict[Act, str] = {
    Act.SUBMISSION: "Ông/bà đã nộp hồ sơ.",
    Act.ACCEPTANCE: "Phường đã tiếp nhận hồ sơ và hẹn ngày giờ trả kết quả.",
    Act.REFUSAL: "Phường không tiếp nhận hồ sơ, có ghi lý do.",
    Act.SUPPLEMENT_REQUEST: "Phường đề nghị bổ sung. Từ lúc này thời hạn tạm ngừng tính.",
    Act.SUPPLEMENT: "Ông/bà đã nộp bổ sung. Thời hạn được tính tiếp.",
    Act.APPROVAL: "Công chức tư pháp – hộ tịch đã kiểm tra xong và trình lãnh đạo ký.",
    Act.SIGNATURE: "Lãnh đạo Ủy ban nhân dân phường đã ký. Việc đã được ghi vào sổ hộ tịch.",
    Act.HANDOVER: "Người yêu cầu đã ký vào sổ và nhận kết quả.",
    Act.WITHDRAWAL: "Ông/bà đã rút hồ sơ.",
    Act.STOP: "Phường dừng xử lý hồ sơ, có ghi lý do.",
}
# The stable name of each act in the history.
HISTORY_ACTION: dict[Act, str] = {
    Act.SUBMISSION: "submitted",
    Act.ACCEPTANCE: "accepted",
    Act.REFUSAL: "refused",
    Act.SUPPLEMENT_REQUEST: "supplement-requested",
    Act.SUPPLEMENT: "supplemented",
    Act.APPROVAL: "approved",
    Act.SIGNATURE: "signed",
    Act.HANDOVER: "handed-over",
    Act.WITHDRAWAL: "withdrawn",
    Act.STOP: "stopped",
}


def waits_for(status: Status, *, proposed: bool = False) -> str:
    """What the dossier waits for and who holds it; names nobody.

    `proposed`: the register entry is prepared and waits for the signer (status 4 only).
    """
    if status is Status.IN_PROGRESS and proposed:
        return _WAITS_FOR_SIGNER
    return _WAITS_FOR[status]
