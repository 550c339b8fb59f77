"""The pages that only a form's button leads to (`IN_STORIES`): how somebody comes to each, and what it is for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.browser import practising
from tests.browser.guiding import station
from tests.browser.members import CHOSEN, App, new_member, set_up
from tests.browser.people import Person
from tests.browser.scene import OFFICER
from tests.browser.steps import answer_questions
from tests.browser.visitor import Visitor
from tests.e2e.api import PASSWORD, Phone, sign_in
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD, begin
from tests.e2e.people import new_person, open_account
from tests.running_stack import COMPULSORY_SLUG, COMPULSORY_WARD

NEW = "mùa xuân ở Sơn Trà"


@dataclass(frozen=True)
class Way:
    """How a visitor comes to a page, again and again, and what they do there rightly; as whom they are signed in."""

    reach: Callable[[], object]
    end: Callable[[], object]
    login: str = ""
    password: str = PASSWORD


@dataclass(frozen=True)
class Behind:
    """A page of `IN_STORIES` by its name, and a word that must be said: to a second tab that sends after the first has
    ended it, by the back button after the end, and where its sign-in has ended, by time or in another tab. Empty where
    that cannot be.

    `posted` is a page that answers a form: what Chromium shows by its back button is Chromium's own.
    """

    name: str
    find: Callable[[Visitor, str], Way]
    late: str = ""
    back: str = ""
    idle: str = ""
    elsewhere: str = ""
    posted: bool = False


def _again(visitor: Visitor, login: str, password: str = PASSWORD) -> None:
    visitor.context.clear_cookies()
    visitor.sign_in(login, password)


def _confirmation(visitor: Visitor, url: str) -> Way:
    path = begin(sign_in(url, APPLICANT), form=whole_form("Lê Bảo Ngọc")).path
    phone = Phone(url, APPLICANT)

    def reach() -> None:
        _again(visitor, APPLICANT)
        visitor.go(f"/ho-so/{SLUG}/{path.rpartition('/')[2]}/kiem-tra")
        visitor.page.get_by_label("Tôi đã tự xem lại").check()
        visitor.press("Gửi mã xác nhận đến điện thoại")

    def end() -> None:
        visitor.fill({"/otp": _newest(phone)})
        visitor.press("Gửi hồ sơ")
        assert "Hồ sơ đã gửi" in visitor.heading

    return Way(reach, end, APPLICANT)


def _newest(phone: Phone) -> str:
    """The code of the last message that has come: others were asked for by mistake."""
    code = phone.next_code()
    while True:
        try:
            code = phone.next_code(seconds=1)
        except AssertionError:
            return code


def _opening(visitor: Visitor, url: str, step: int) -> Way:
    """Step 0 is the password's page, 1 that of the code, 2 the end."""
    person = Person()
    phone = Phone(url, person.phone)

    def password() -> None:
        visitor.fill(person.answers)
        visitor.press("Mở tài khoản và gửi mã")
        assert visitor.heading == "Nhập mã vừa gửi đến điện thoại"

    def code() -> None:
        visitor.fill({"/otp": _newest(phone)})
        visitor.press("Tiếp tục")
        assert visitor.heading == "Tài khoản đã mở"

    def leave() -> None:
        visitor.press("Đăng nhập")
        assert visitor.heading == "Đăng nhập"

    steps = (password, code, leave)

    def reach() -> None:
        visitor.go(f"/phuong/{SLUG}/mo-tai-khoan")
        answer_questions(visitor, person.answers)
        for one in steps[:step]:
            one()

    return Way(reach, steps[step])


def _first_password(visitor: Visitor, url: str) -> Way:
    login = f"lan{secrets.randbelow(10**9)}"
    body = {"full_name": "Trần Thị Lan", "username": login}
    given_out = station(url).administrator.post(f"/wards/{WARD}/volunteers", body)["password"]

    def end() -> None:
        visitor.fill({"/new_password": NEW})
        visitor.press("Lưu và vào")
        assert visitor.heading == "Trực hướng dẫn"

    return Way(lambda: visitor.sign_in(f"{login}.{SLUG}", given_out), end)


def _recovery(visitor: Visitor, url: str) -> Way:
    person = new_person()
    open_account(url, person)
    phone = Phone(url, person["phone"])

    def reach() -> None:
        visitor.go("/quen-mat-khau")
        visitor.fill({"/login": person["phone"], "/date_of_birth": person["date_of_birth"]})
        visitor.press("Gửi mã")

    def end() -> None:
        visitor.fill({"/otp": _newest(phone), "/new_password": NEW})
        visitor.press("Đặt mật khẩu mới")
        assert "Đã đặt mật khẩu mới." in visitor.text

    return Way(reach, end)


def _both_phones(visitor: Visitor, url: str) -> Way:
    person, other = new_person(), new_person()["phone"]
    open_account(url, person)
    phones = Phone(url, person["phone"]), Phone(url, other)

    def reach() -> None:
        _again(visitor, person["phone"], person["password"])
        visitor.go("/tai-khoan/dien-thoai")
        visitor.fill({"/phone": other, "/password": person["password"]})
        visitor.press("Gửi hai mã")

    def end() -> None:
        visitor.fill({"/old_otp": _newest(phones[0]), "/new_otp": _newest(phones[1])})
        visitor.press("Đổi số điện thoại")
        assert "Đã đổi số điện thoại." in visitor.text

    return Way(reach, end, person["phone"], person["password"])


def _new_phone_at_desk(visitor: Visitor, url: str) -> Way:
    person, other = new_person(), new_person()["phone"]
    account = open_account(url, person).get("/me")["id"]
    phone = Phone(url, other)

    def reach() -> None:
        _again(visitor, OFFICER)
        visitor.go(f"/can-bo/tai-khoan/{account}/doi-dien-thoai")
        visitor.fill({"/identity_kind": "cccd", "/identity_number": person["identity_number"], "/phone": other})
        visitor.page.get_by_label("Tôi đã xem bản chính").check()
        visitor.press("Gửi mã đến số mới")

    def end() -> None:
        visitor.fill({"/otp": _newest(phone)})
        visitor.press("Đổi số điện thoại")
        assert "Đã đổi số điện thoại." in visitor.text

    return Way(reach, end, OFFICER)


def _practice_done(visitor: Visitor, url: str) -> Way:
    visitor.sign_in(APPLICANT)
    practising.begin(visitor)
    practising.fill_and_send(visitor, scripted=True)
    practising.answer_the_office(visitor)
    visitor.press("Kết thúc lần tập thử này")
    address = urlsplit(visitor.page.url).path

    def end() -> None:
        visitor.press("Chính tay ông/bà làm")
        assert "ông/bà đã tự làm được" in visitor.text

    return Way(lambda: visitor.go(address), end, APPLICANT)


def _practice_left(visitor: Visitor, url: str) -> Way:
    def reach() -> None:
        _again(visitor, APPLICANT)
        practising.begin(visitor)
        visitor.go("/tap-thu/thoi")

    def end() -> None:
        visitor.press("Thôi tập thử")
        assert "Đã thôi tập thử." in visitor.text

    return Way(reach, end, APPLICANT)


def _second_step(visitor: Visitor, url: str) -> Way:
    member = new_member(url, WARD, SLUG, "receptionist")
    _, codes = set_up(url, member)

    def end() -> None:
        visitor.fill({"/code": codes.pop()})
        visitor.press("Vào làm việc")
        assert "/can-bo" in visitor.page.url

    return Way(lambda: visitor.sign_in(member.login, CHOSEN), end)


def _enrolment(visitor: Visitor, url: str, step: int) -> Way:
    """Step 0 is the page on which an authenticator is chosen, 1 that on which it is connected."""
    member = new_member(url, COMPULSORY_WARD, COMPULSORY_SLUG, "signer")

    def choose() -> None:
        visitor.fill({"/kind": "totp", "/name": "Điện thoại"})
        visitor.press("Tiếp tục")
        assert visitor.heading == "Kết nối ứng dụng xác thực"

    def connect() -> None:
        visitor.fill({"/code": App("".join(visitor.page.locator("#khoa + p").inner_text().split())).code()})
        visitor.press("Xong")
        assert visitor.heading == "Mã dự phòng"

    steps = (choose, connect)

    def reach() -> None:
        visitor.sign_in(member.login, CHOSEN)
        for one in steps[:step]:
            one()

    return Way(reach, steps[step])


def _removal(visitor: Visitor, url: str) -> Way:
    member = new_member(url, WARD, SLUG, "receptionist")
    id, codes = set_up(url, member)
    visitor.sign_in(member.login, CHOSEN)
    visitor.fill({"/code": codes.pop()})
    visitor.press("Vào làm việc")

    def end() -> None:
        visitor.fill({"/code": codes.pop()})
        visitor.press("Gỡ")
        assert "Đã gỡ" in visitor.text

    return Way(lambda: visitor.go(f"/tai-khoan/xac-thuc/{id}/go"), end)


_TOO_OLD, _REMOVED = "Trang này đã mở quá lâu", "Không có cách xác thực này. Có thể đã gỡ"
_ANOTHER_CODE, _CHANGED = "Hồ sơ chưa gửi: không còn mã nào đang chờ", "số mới đã ghi trong tài khoản"
_SET = "Đã đặt mật khẩu mới thì xin đăng nhập"
BEHIND = (
    Behind(
        "confirmation",
        _confirmation,
        late="Hồ sơ đã gửi",
        back="Hồ sơ đã gửi",
        idle=_ANOTHER_CODE,
        elsewhere=_ANOTHER_CODE,
    ),
    Behind(
        "password of an account",
        lambda visitor, url: _opening(visitor, url, 0),
        late="Nhập mã vừa gửi đến điện thoại",
        back="Đặt mật khẩu",
    ),
    Behind(
        "activation",
        lambda visitor, url: _opening(visitor, url, 1),
        late="Tài khoản đã mở",
        back="Tài khoản đã mở",
    ),
    Behind("account opened", lambda visitor, url: _opening(visitor, url, 2), back="Tài khoản đã mở"),
    Behind("first password", _first_password, late=_TOO_OLD, posted=True),
    Behind("second step of signing in", _second_step, late=_TOO_OLD, posted=True),
    Behind("second factor to set up", lambda visitor, url: _enrolment(visitor, url, 0), late="Kết nối", posted=True),
    Behind("authenticator to connect", lambda visitor, url: _enrolment(visitor, url, 1), late=_TOO_OLD, posted=True),
    Behind("removing a second factor", _removal, late=_REMOVED, back=_REMOVED),
    Behind("recovery", _recovery, late=_SET, back=_SET),
    Behind("codes to both phones", _both_phones, late=_CHANGED, back=_CHANGED, idle=_CHANGED, elsewhere=_CHANGED),
    Behind(
        "code to the new phone", _new_phone_at_desk, late=_CHANGED, back=_CHANGED, idle=_CHANGED, elsewhere=_CHANGED
    ),
    Behind(
        "end of a practice",
        _practice_done,
        late="đã ghi từ trước: chính tay ông/bà làm",
        back="Đã ghi",
        idle="Chưa ghi lần tập thử này. Xin đăng nhập rồi chọn lại.",
    ),
    Behind(
        "leaving a practice",
        _practice_left,
        late="Đã thôi tập thử.",
        back="không có lần tập thử nào đang làm",
        elsewhere="Lần tập thử ấy đã hết",
    ),
)
