"""Words of the guided session, for the citizen and for the volunteer."""

from __future__ import annotations

#: Why a session ended, as the citizen reads it.
CITIZEN_ENDS = {
    "citizen": "Ông/bà đã dừng buổi hướng dẫn.",
    "volunteer": "Tình nguyện viên đã kết thúc buổi hướng dẫn.",
    "time": "Buổi hướng dẫn đã hết 30 phút.",
    "code-expired": "Mã đã quá 5 phút mà chưa ai nhập nên hết hạn.",
    "signed-out": "Buổi hướng dẫn đã dừng vì có người đăng xuất, hoặc người khác nhờ hướng dẫn ở máy này.",
    "duty-ended": "Ca trực của tình nguyện viên đã hết nên buổi hướng dẫn dừng lại.",
    "consent-withdrawn": "Ông/bà đã rút lại sự đồng ý nên buổi hướng dẫn dừng ngay.",
}
#: As the volunteer reads it.
VOLUNTEER_ENDS = {
    "citizen": "Người dân đã dừng buổi hướng dẫn.",
    "volunteer": "Bạn đã kết thúc buổi hướng dẫn.",
    "time": "Buổi hướng dẫn đã hết 30 phút. Nếu người dân còn cần, xin nhờ họ lấy mã mới.",
    "code-expired": "Mã đã hết hạn.",
    "signed-out": "Người dân đã đăng xuất, hoặc người khác đã dùng máy này.",
    "duty-ended": "Ca trực của bạn đã hết, hoặc phường đã đổi phân công, nên buổi hướng dẫn dừng lại.",
    "consent-withdrawn": "Người dân đã rút lại sự đồng ý nên buổi hướng dẫn dừng ngay.",
}
WITHDRAWN = "Đã rút lại sự đồng ý. Buổi hướng dẫn đang mở theo sự đồng ý đó, nếu có, đã dừng."
#: The purpose of a consent.
HOUSEHOLD = "household"
LEFT_HOUSEHOLD = "Đã rút lại sự đồng ý. Ông/bà không còn ở hộ."
ENDED = "Buổi hướng dẫn đã kết thúc."
#: Where the citizen is.
PLACES = {
    "start": "Trang chọn thủ tục",
    "account": "Trang tài khoản",
    "procedure": "Trang giới thiệu thủ tục, có nút “Bắt đầu tờ khai”",
    "overview": "Danh sách các phần của tờ khai",
    "form": "Một trang của tờ khai",
    "documents": "Trang giấy tờ",
    "check": "Trang xem lại trước khi gửi",
    "code": "Trang nhập mã xác nhận để gửi hồ sơ",
    "filed": "Trang báo đã gửi hồ sơ",
    "guidance": "Trang nhờ hướng dẫn",
    "elsewhere": "Một trang khác",
}
#: Where they are in opening an account, for the steps that are not questions.
OPENING = {
    "kiem-tra": "Mở tài khoản: trang xem lại điều đã điền",
    "mat-khau": "Mở tài khoản: trang đặt mật khẩu",
    "ma-xac-nhan": "Mở tài khoản: trang nhập mã từ điện thoại",
}
#: The findings of checks whose names reveal nothing about a person.
_REMARKS = {
    "required": "chưa trả lời",
    "document-required": "chưa có giấy này",
    "type": "ghi chưa đúng kiểu",
    "choice": "chưa chọn một trong các câu có sẵn",
    "date": "ngày chưa đúng",
    "pattern": "ghi chưa đúng mẫu",
    "length": "dài hoặc ngắn quá",
    "range": "số lớn hoặc nhỏ quá",
    "person-names": "họ tên ghi chưa đúng cách",
    "phone-number": "số điện thoại chưa đúng",
    "dates-not-in-future": "ngày ở tương lai",
    "dates-not-long-ago": "ngày quá xa về trước",
    "birth-date": "ngày sinh cần xem lại",
    "death-and-birth": "ngày sinh và ngày mất cần xem lại",
}
_ANY_REMARK = "cần xem lại"
#: What the volunteer is told after what they did.
TOLD = {
    "point": "Đã chỉ vào câu đó trên màn hình của người dân.",
    "phrase": "Đã gửi câu mẫu.",
    "term": "Đã gửi lời giải thích.",
    "explained": "Đã ghi là đã giải thích.",
}
A_QUESTION, A_PAPER, ON_SCREEN = "Một câu trong tờ khai", "Một giấy tờ", "câu đang hiện trên màn hình"


def remark_of(check: str) -> str:
    """What a check finds, in words; for an unknown check only that the question needs another look."""
    return _REMARKS.get(check, _ANY_REMARK)
