"""What the gateway's own pages ask: opening an account, signing in, one-time codes, tracking."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from gateway.questions import question

_KINDS = (("cccd", "Căn cước công dân (12 số)"), ("cmnd", "Chứng minh nhân dân (9 số)"), ("passport", "Hộ chiếu"))
_PERSON = (
    question(
        "full_name", "Họ, chữ đệm và tên", hint="Ghi như trên giấy tờ tùy thân.", widget="name", autocomplete="name"
    ),
    question("date_of_birth", "Ngày, tháng, năm sinh", hint="Ví dụ: 27 3 1956.", widget="date", autocomplete="bday"),
    question("identity_kind", "Loại giấy tờ tùy thân", widget="radios", choices=_KINDS),
    question("identity_number", "Số giấy tờ tùy thân", hint="Số in trên mặt trước của giấy tờ.", widget="digits"),
)
_CONTACT = (
    question(
        "phone",
        "Số điện thoại di động",
        hint="Mã xác nhận và tin báo về hồ sơ sẽ gửi đến số này.",
        widget="tel",
        autocomplete="tel",
    ),
    question("email", "Địa chỉ thư điện tử", widget="email", optional=True, autocomplete="email"),
    question("address", "Nơi ở trong phường", hint="Số nhà, đường, tổ dân phố.", autocomplete="street-address"),
)
_WHICH = "Ít nhất 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất. Không dùng lại mật khẩu của nơi khác."
_SECRET = (question("password", "Mật khẩu", hint=_WHICH, widget="password", autocomplete="new-password"),)
NEW_PASSWORD = (question("new_password", "Mật khẩu mới", hint=_WHICH, widget="password", autocomplete="new-password"),)
CHANGED_PASSWORD = (
    question("password", "Mật khẩu đang dùng", widget="password", autocomplete="current-password"),
    *NEW_PASSWORD,
)
OPENING = (("Ông/bà là ai", _PERSON), ("Liên lạc", _CONTACT), ("Mật khẩu để đăng nhập", _SECRET))
OPENING_FIELDS = tuple(chain.from_iterable(fields for _, fields in OPENING))
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
#: At a station's computer nobody but residents and volunteers signs in.
SIGN_IN_AT_STATION = (replace(SIGN_IN[0], hint=""), SIGN_IN[1])
GUIDANCE_CODE = (question("code", "Mã sáu chữ số", hint="Người dân đọc mã trên màn hình của họ.", widget="otp"),)
