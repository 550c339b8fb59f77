"""What the gateway's own pages ask: opening an account, signing in, one-time codes, tracking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gateway.questions import Field, question
from gateway.texts import CLOSINGS, PAPER_GROUNDS, in_sentence

_KINDS = (("cccd", "Căn cước công dân (12 số)"), ("cmnd", "Chứng minh nhân dân (9 số)"), ("passport", "Hộ chiếu"))
#: Only the account uses this date; a recovery asks the same question, and the answer must be the same.
_BIRTH = "Ví dụ: 27 3 1956. Giấy tờ chỉ ghi năm sinh: xin ghi ngày 1 tháng 1 của năm ấy."
#: Only somebody who completes all steps learns whether a number already has an account, and never whose.
_ONE_ACCOUNT = "Mỗi số chỉ mở được một tài khoản: đã có thì xin đăng nhập."
#: What opening an account asks, one question a page: the page's name in its address → the question.
OPENING: Mapping[str, Field] = {
    "ho-ten": question(
        "full_name", "Họ, chữ đệm và tên", hint="Ghi như trên giấy tờ tùy thân.", widget="name", autocomplete="name"
    ),
    "ngay-sinh": question("date_of_birth", "Ngày, tháng, năm sinh", hint=_BIRTH, widget="date", autocomplete="bday"),
    "loai-giay-to": question(
        "identity_kind",
        "Loại giấy tờ tùy thân",
        hint="Thẻ ghi “Căn cước” hay “Căn cước công dân” đều chọn mục đầu.",
        widget="radios",
        choices=_KINDS,
    ),
    "so-giay-to": question(
        "identity_number",
        "Số giấy tờ tùy thân",
        hint="Số in trên mặt trước của giấy tờ. " + _ONE_ACCOUNT,
        widget="digits",
    ),
    "dien-thoai": question(
        "phone",
        "Số điện thoại di động",
        hint="Điện thoại của chính ông/bà: mã xác nhận và tin báo về hồ sơ gửi đến số này. Ví dụ: 0905 123 456.",
        widget="tel",
        autocomplete="tel",
    ),
    "thu-dien-tu": question(
        "email",
        "Địa chỉ thư điện tử",
        hint="Không có thì để trống rồi bấm “Tiếp tục”.",
        widget="email",
        optional=True,
        autocomplete="email",
    ),
    "noi-o": question(
        "address", "Nơi ở trong phường", hint="Số nhà, đường, tổ dân phố.", autocomplete="street-address"
    ),
}
#: All steps of opening an account; the last three are the check, the password and the code.
OPENING_STEPS = (*OPENING, "kiem-tra", "mat-khau", "ma-xac-nhan")
#: A warning, not a stop, as for a dossier: that none is valid after 31/12/2024 is from memory (docs/law.md).
_MAY_HAVE_EXPIRED = "Giấy này có thể đã hết hạn. Nếu có thẻ căn cước hoặc hộ chiếu, xin dùng thay."
#: Kind of paper → the name of its number, and where to find it.
_NUMBERS = {
    "cccd": ("Số căn cước", "12 chữ số ở mặt trước thẻ, sau chữ “Số / No.”. " + _ONE_ACCOUNT),
    "cmnd": (
        "Số chứng minh nhân dân",
        "9 chữ số ở mặt trước, ngay dưới dòng “Giấy chứng minh nhân dân”. " + _ONE_ACCOUNT + " " + _MAY_HAVE_EXPIRED,
    ),
    "passport": ("Số hộ chiếu", "Chữ và số ở góc trên, bên phải của trang có ảnh. Ví dụ: C1234567. " + _ONE_ACCOUNT),
}
_WHICH = "Ít nhất 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất. Không dùng lại mật khẩu của nơi khác."
PASSWORD = (question("password", "Mật khẩu", hint=_WHICH, widget="password", autocomplete="new-password"),)
NEW_PASSWORD = (question("new_password", "Mật khẩu mới", hint=_WHICH, widget="password", autocomplete="new-password"),)
CHANGED_PASSWORD = (
    question("password", "Mật khẩu đang dùng", widget="password", autocomplete="current-password"),
    *NEW_PASSWORD,
)
OTP = (
    question(
        "otp", "Mã xác nhận", hint="Dãy số trong tin nhắn vừa gửi đến.", widget="otp", autocomplete="one-time-code"
    ),
)
ENROLMENT = (
    question(
        "code",
        "Mã ghi danh",
        hint="Mười chữ và số do quản trị viên của phường cấp cho máy này, ví dụ K7QF2-9XMRT.",
        widget="code",
    ),
)
ADMINISTRATION = (
    question(
        "link_code",
        "Mã trong liên kết",
        hint="Phần đứng sau dấu # của liên kết; mở liên kết thì mã tự điền.",
    ),
    question(
        "full_name", "Họ, chữ đệm và tên", hint="Ghi như trên quyết định phân công.", widget="name", autocomplete="name"
    ),
    question(
        "username",
        "Tên đăng nhập",
        hint="Chữ thường không dấu, chữ số và dấu chấm, ví dụ quantri; tên phường tự thêm vào sau.",
        widget="login",
        autocomplete="username",
    ),
    *PASSWORD,
)
STAFF_LINK = (ADMINISTRATION[0], *PASSWORD)
FACTOR_CODE = (
    question(
        "code",
        "Mã xác thực",
        hint="Sáu chữ số trong ứng dụng xác thực trên điện thoại, hoặc một mã dự phòng.",
        widget="one-time",
        autocomplete="one-time-code",
    ),
)
NEW_APP_CODE = (
    question(
        "code",
        "Mã trong ứng dụng",
        hint="Sáu chữ số mà ứng dụng đang hiện cho Cầu Nối.",
        widget="otp",
        autocomplete="one-time-code",
    ),
)
AUTHENTICATOR = (
    question(
        "kind",
        "Xác thực bằng gì",
        widget="radios",
        choices=(
            ("totp", "Ứng dụng xác thực trên điện thoại (Google Authenticator, Microsoft Authenticator …)"),
            ("webauthn", "Khóa bảo mật USB, vân tay hoặc khuôn mặt của máy này"),
        ),
    ),
    question("name", "Tên gọi để dễ nhận ra", hint="Ví dụ: Điện thoại, Khóa USB ở cơ quan.", autocomplete="off"),
)
SIGN_IN = (
    question(
        "login",
        "Số điện thoại hoặc số giấy tờ tùy thân",
        hint="Cán bộ nhập tên đăng nhập, ví dụ motcua.nam-duong.",
        widget="login",
        autocomplete="username",
    ),
    question("password", "Mật khẩu", widget="password", autocomplete="current-password"),
)
#: Only residents and volunteers sign in at a station's computer.
SIGN_IN_AT_STATION = (replace(SIGN_IN[0], hint=""), SIGN_IN[1])
#: For people who have forgotten the password. It names no user name: the ward gives staff and volunteers new passwords.
FORGOTTEN = (replace(SIGN_IN_AT_STATION[0], autocomplete="username"), OPENING["ngay-sinh"])
OLD_OTP = replace(OTP[0], pointer="/old_otp", title="Mã gửi đến số đang dùng", hint="")
NEW_OTP = replace(OTP[0], pointer="/new_otp", title="Mã gửi đến số mới", hint="")
OWN_PASSWORD = replace(CHANGED_PASSWORD[0], title="Mật khẩu", hint="Gõ lại mật khẩu đang dùng.")
NEW_PHONE = replace(OPENING["dien-thoai"], title="Số điện thoại mới", hint="Số di động của chính ông/bà.")
NEW_PHONE_AT_DESK = replace(NEW_PHONE, hint="Số mà người dân đang cầm trên tay.")
#: The original of an identity paper, as the desk has it in hand.
ORIGINAL = (
    replace(
        OPENING["loai-giay-to"],
        hint="Chứng minh nhân dân có hạn 15 năm, và sau ngày 31/12/2024 có thể không còn giá trị: xin xem kỹ.",
    ),
    replace(OPENING["so-giay-to"], widget="text", hint="Gõ lại từ bản chính đang cầm."),
)
#: Name and date of birth are typed only if the account differs from the original.
CONFIRMATION = (
    *ORIGINAL,
    replace(
        OPENING["ho-ten"],
        title="Họ, chữ đệm và tên trên bản chính",
        hint="Chỉ gõ khi khác với tài khoản: tên trong tài khoản sẽ sửa thành tên này.",
        optional=True,
        autocomplete="off",
    ),
    replace(
        OPENING["ngay-sinh"],
        title="Ngày sinh trên bản chính",
        hint="Chỉ gõ khi khác với tài khoản. Bản chính chỉ ghi năm sinh: xin ghi ngày 1 tháng 1.",
        optional=True,
        autocomplete="off",
    ),
)
CLOSING = (*ORIGINAL, question("reason", "Lý do đóng tài khoản này", widget="radios", choices=(*CLOSINGS.items(),)))
#: The paper that an account has, the new one, and what links them. The new number is typed twice, since it cannot be
#: compared with anything.
NEW_PAPER = (
    replace(ORIGINAL[0], title="Loại giấy tờ cũ", hint="Loại đang ghi trong tài khoản."),
    replace(ORIGINAL[1], title="Số giấy tờ cũ", hint="Gõ lại từ giấy tờ cũ, hoặc từ nơi ghi số cũ."),
    question(
        "new_identity_kind",
        "Loại giấy tờ mới",
        hint=OPENING["loai-giay-to"].hint,
        widget="radios",
        choices=(_KINDS[0], _KINDS[2]),
    ),
    question("new_identity_number", "Số giấy tờ mới", hint="Gõ lại từ bản chính đang cầm."),
    question("number_again", "Số giấy tờ mới, lần thứ hai", hint="Xin nhìn lại bản chính rồi gõ lần nữa."),
    question(
        "ground", "Căn cứ cho biết hai giấy tờ là của một người", widget="radios", choices=(*PAPER_GROUNDS.items(),)
    ),
)
GUIDANCE_CODE = (question("code", "Mã sáu chữ số", hint="Người dân đọc mã trên màn hình của họ.", widget="otp"),)
HOUSEHOLD_CODE = (question("code", "Mã tám chữ số", hint="Người đứng đầu hộ lấy mã rồi đọc cho ông/bà.", widget="otp"),)
RESIDENTIAL_GROUP = (question("residential_group", "Tổ dân phố số", hint="Ví dụ: 12.", widget="number", optional=True),)


def of_kind(one: Field, kind: str, ward: str) -> Field:
    """A question of `OPENING` in the words for somebody with this kind of paper, in this ward."""
    if one.name == "identity_number" and kind in _NUMBERS:
        title, hint = _NUMBERS[kind]
        return replace(one, title=title, hint=hint, widget="passport" if kind == "passport" else one.widget)
    if one.name == "address":
        return replace(one, hint=f"Số nhà, đường, tổ dân phố, ở {in_sentence(ward)}.")
    return one
