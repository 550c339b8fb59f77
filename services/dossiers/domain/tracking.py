"""The tracking texts for a citizen: what a dossier waits for and who has it."""

from __future__ import annotations

from services.dossiers.domain.handover import Delivery
from services.dossiers.domain.procedures import Handover
from services.dossiers.domain.states import Status

#: The alphabet of tracking keys: no letters or digits that are confused when read out or typed from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_WAITS_FOR: dict[Status, str] = {
    Status.DRAFT: "Đang chờ ông/bà điền xong và nộp. Phường chưa nhận được hồ sơ này.",
    Status.NEW: "Bộ phận Một cửa của phường đang giữ hồ sơ, đang kiểm tra giấy tờ để tiếp nhận.",
    Status.ACCEPTED: "Công chức tư pháp – hộ tịch của phường đang giữ hồ sơ, đang xem xét.",
    Status.REFUSED: "Hồ sơ không được tiếp nhận. Xin xem lý do; ông/bà có thể nộp hồ sơ mới khi đã đủ điều kiện.",
    Status.IN_PROGRESS: "Công chức tư pháp – hộ tịch của phường đang giữ hồ sơ, đang chuẩn bị nội dung ghi vào sổ.",
    Status.SUPPLEMENT_ASKED: (
        "Đang chờ ông/bà bổ sung những điều phường đã ghi. Thời gian chờ không tính vào hạn trả kết quả."
    ),
    Status.PAYMENT_ASKED: "Đang chờ ông/bà nộp phí, lệ phí. Thời gian chờ không tính vào hạn trả kết quả.",
    Status.WITHDRAWN: "Ông/bà đã rút hồ sơ này. Phường không xử lý nữa.",
    Status.STOPPED: "Phường đã dừng xử lý hồ sơ này. Xin xem lý do.",
    Status.DONE: (
        "Kết quả đã có ở Bộ phận Một cửa của phường. Đang chờ ông/bà đến ký vào sổ và nhận; "
        "xin mang theo bản gốc giấy tờ để đối chiếu."
    ),
    Status.HANDED_OVER: "Đã trả kết quả. Hồ sơ đã xong, ông/bà không phải làm gì thêm.",
}
#: Of an entry, or of an entry that was copied, that was annulled before the result was fetched.
_ANNULLED = (
    "Mục trong sổ hộ tịch đã bị hủy, nên không còn giấy tờ để nhận: ông/bà không phải đến nhận nữa. "
    "Phường sẽ báo ông/bà việc tiếp theo."
)
#: In practice nobody comes to the office; the button under the text continues.
_WAITS_FOR_IN_PRACTICE: dict[Status, str] = {
    Status.DONE: "Kết quả đã có. Phường tập thử trả ngay, ông/bà không phải đến nhận.",
    Status.HANDED_OVER: (
        "Phường tập thử đã làm xong. Xin bấm “Kết thúc lần tập thử này” để xem ông/bà đã làm được gì và ghi lại."
    ),
}
_POSTED_IN_PRACTICE = (
    "Phường tập thử làm như đã gửi kết quả qua bưu chính, số hiệu bưu gửi {posted} (số không có thật). Khi làm thật, "
    "chưa nhận được thì ông/bà hỏi bưu điện theo số hiệu của phường báo. "
)
_WAITS_FOR_ALL = (
    "Kết quả đã có ở Bộ phận Một cửa của phường. Đang chờ hai bên cùng đến nhận; "
    "xin mang theo bản gốc giấy tờ để đối chiếu."
)
_WAITS_FOR_DELIVERY = (
    "Kết quả đã có. Đang chờ ông/bà đến Bộ phận Một cửa của phường nhận; "
    "không đến được thì xin báo phường gửi qua bưu chính hay gửi bản điện tử."
)
#: An electronic paper cannot be sent to people who came in or wrote and have no account.
_WAITS_FOR_POST = (
    "Kết quả đã có. Đang chờ ông/bà đến Bộ phận Một cửa của phường nhận; "
    "không đến được thì xin báo phường gửi qua bưu chính."
)
#: Where a list does not look into the form.
_WAITS_FOR_ASKED = "Kết quả đã có. Xin mở hồ sơ để xem ông/bà nhận bằng cách nào."
_WAITS_AS_ASKED: dict[Delivery, str] = {
    Delivery.OFFICE: "Kết quả đã có ở Bộ phận Một cửa của phường. Đang chờ ông/bà đến nhận như đã chọn.",
    Delivery.POST: "Kết quả đã có. Phường gửi qua bưu chính như ông/bà đã chọn; ông/bà chưa phải làm gì.",
    Delivery.ELECTRONIC: (
        "Kết quả đã có. Phường gửi bản điện tử vào tài khoản như ông/bà đã chọn; ông/bà chưa phải làm gì."
    ),
}
_GIVEN: dict[Delivery, str] = {
    Delivery.OFFICE: "Đã trả kết quả tại phường. Hồ sơ đã xong, ông/bà không phải làm gì thêm.",
    Delivery.POST: (
        "Phường đã gửi kết quả qua bưu chính. Số hiệu bưu gửi: {posted}. "
        "Chưa nhận được thì xin hỏi bưu điện hoặc phường."
    ),
    Delivery.ELECTRONIC: "Phường đã gửi bản điện tử vào tài khoản của người nộp, xem ở trang hồ sơ này khi đăng nhập.",
}
#: For the applicant's own page, on which the paper can be opened.
_GIVEN_HERE = "Bản điện tử đã có ở ngay trang này: ông/bà mở xem và tải về được. Hồ sơ đã xong."
#: For a list, which does not read the way: the result may still be on its way, or has to be opened in the account.
_GIVEN_AS_ASKED = "Đã trả kết quả. Xin mở hồ sơ để xem đã trả bằng cách nào."
_WAITS_FOR_SIGNER = "Lãnh đạo Ủy ban nhân dân phường đang giữ hồ sơ, đang chờ ký. Nội dung ghi vào sổ đã chuẩn bị xong."
_WAITS_FOR_VERIFICATION = (
    "Phường đang chờ kết quả xác minh hoặc niêm yết theo quy định. Ông/bà chưa phải làm gì; "
    "có kết quả phường sẽ giải quyết tiếp và báo cho ông/bà."
)


def waits_for(
    status: Status,
    *,
    annulled: bool = False,
    proposed: bool = False,
    verifying: bool = False,
    handover: Handover | None = None,
    delivery: Delivery | None = None,
    given: Delivery | None = None,
    posted: str = "",
    is_listed: bool = False,
    practice: bool = False,
    has_account: bool = True,
    own: bool = False,
) -> str:
    """What the dossier waits for and who has it, without names.

    `annulled`: what was registered was annulled before the result was handed over (status 9 only); `proposed`: the
    register entry is prepared and waits for the signer; `verifying`: another office is asked, or a public notice is
    posted (status 4 only); `given`: how it was handed over, with the number of what was `posted`;
    `handover`: how the procedure's result is handed over, `delivery`: how the applicant asked for it, `is_listed`: the
    text is for a list, which does not read `delivery` and `given` (status 9 and 10 only); `practice`: the ward is the
    practice ward; `has_account`: the applicant has an account; `own`: the applicant reads the text in that account.
    """
    if practice and status in _WAITS_FOR_IN_PRACTICE:
        sent = _POSTED_IN_PRACTICE.format(posted=posted) if given is Delivery.POST else ""
        return sent + _WAITS_FOR_IN_PRACTICE[status]
    if status is Status.HANDED_OVER and (given is not None or is_listed):
        return _handed_over(handover, given, posted, own=own)
    if status is Status.DONE and handover is not None:
        waits = _waits_for_hand_over(handover, delivery, is_listed=is_listed, has_account=has_account)
        return _ANNULLED if annulled else waits
    if status is Status.IN_PROGRESS and verifying:
        return _WAITS_FOR_VERIFICATION
    if status is Status.IN_PROGRESS and proposed:
        return _WAITS_FOR_SIGNER
    return _WAITS_FOR[status]


def _handed_over(handover: Handover | None, given: Delivery | None, posted: str, *, own: bool) -> str:
    if given is None:
        return _GIVEN_AS_ASKED if handover is not None and handover.remote else _WAITS_FOR[Status.HANDED_OVER]
    if own and given is Delivery.ELECTRONIC:
        return _GIVEN_HERE
    return _GIVEN[given].format(posted=posted)


def _waits_for_hand_over(handover: Handover, delivery: Delivery | None, *, is_listed: bool, has_account: bool) -> str:
    if handover.present:
        return _WAITS_FOR_ALL
    if delivery is not None:
        return _WAITS_AS_ASKED[delivery]
    if handover.asked and is_listed:
        return _WAITS_FOR_ASKED
    if not handover.remote:
        return _WAITS_FOR[Status.DONE]
    return _WAITS_FOR_DELIVERY if has_account else _WAITS_FOR_POST


def shown_key(key: str) -> str:
    """In groups of four, as people read it out."""
    return "-".join(key[place : place + 4] for place in range(0, len(key), 4))
