"""In a ward where signers need a second factor: one who has none sets it up at the sign-in, before anything else."""

from __future__ import annotations

from secrets import randbelow

from playwright.sync_api import Dialog

from tests.browser.every_page.mistakes import half_an_hour_later
from tests.browser.members import CHOSEN, App, Member, make_signer, new_member
from tests.browser.usable import beside, told, usable
from tests.browser.visitor import Visit, Visitor
from tests.running_stack import COMPULSORY_SLUG, COMPULSORY_WARD

OWN = "/tai-khoan/xac-thuc"
#: Where a signer works, and where they could change what is due.
KEPT_BACK = ("/can-bo", "/can-bo/ky", "/can-bo/so-ho-tich", "/quan-tri", "/tai-khoan", OWN, f"{OWN}/them", "/ho-so")
DUE, CONNECT, CODES = "Thiết lập xác thực hai lớp", "Kết nối ứng dụng xác thực", "Mã dự phòng"


def begin_to_sign_in(visitor: Visitor, member: Member) -> None:
    visitor.context.clear_cookies()
    visitor.sign_in(member.login, CHOSEN)


def opens_nothing(visitor: Visitor) -> None:
    """In another tab of the browser."""
    tab = visitor.context.new_page()
    for path in KEPT_BACK:
        tab.goto(path)
        assert tab.locator("h1").inner_text() == "Đăng nhập", path
    tab.close()


def choose_app(visitor: Visitor) -> App:
    visitor.fill({"/kind": "totp", "/name": "Điện thoại"})
    visitor.press("Tiếp tục")
    assert visitor.heading == CONNECT
    return App("".join(visitor.page.locator("#khoa + p").inner_text().split()))


def connect(visitor: Visitor, app: App) -> list[str]:
    """Returns the recovery codes."""
    visitor.fill({"/code": app.code()})
    visitor.press("Xong")
    assert visitor.heading == CODES
    return visitor.page.locator("main li strong").all_inner_texts()


def test_a_signer_without_a_factor_sets_one_up_before_anything_else_and_shows_it_the_next_time(
    visit: Visit, url: str
) -> None:
    member = new_member(url, COMPULSORY_WARD, COMPULSORY_SLUG, "signer")
    visitor = visit()
    begin_to_sign_in(visitor, member)
    assert visitor.heading == DUE
    usable(visitor, "second factor to set up, as it comes")
    opens_nothing(visitor)
    visitor.press("Tiếp tục")
    assert sorted(told(visitor)) == sorted(beside(visitor)) != []
    usable(visitor, "second factor to set up")

    app = choose_app(visitor)
    usable(visitor, "authenticator to connect, as it comes")
    opens_nothing(visitor)
    visitor.fill({"/code": "000000"})
    visitor.press("Xong")
    assert told(visitor) == beside(visitor) != []
    usable(visitor, "authenticator to connect")
    opens_nothing(visitor)

    codes = connect(visitor, app)
    assert len({*codes}) == 10
    usable(visitor, "recovery codes at the first sign-in")
    visitor.press("Đã chép xong, tiếp tục")
    assert "/can-bo" in visitor.page.url
    visitor.go(OWN)
    assert "bắt buộc có xác thực hai lớp" in visitor.text
    assert "Còn 10 mã dự phòng" in visitor.text
    assert not [code for code in codes if code in visitor.page.content()]

    begin_to_sign_in(visitor, member)
    assert visitor.heading == "Xác thực lần hai"
    opens_nothing(visitor)
    visitor.fill({"/code": app.code()})
    visitor.press("Vào làm việc")
    assert "/can-bo" in visitor.page.url

    for said in ("Còn 9 mã dự phòng", "Mã không đúng hoặc đã dùng rồi"):
        begin_to_sign_in(visitor, member)
        visitor.fill({"/code": codes[0]})
        visitor.press("Vào làm việc")
        if "/can-bo" in visitor.page.url:
            visitor.go(OWN)
        assert said in visitor.text


def test_recovery_codes_are_shown_until_their_owner_has_kept_them_and_never_after(visit: Visit, url: str) -> None:
    member = new_member(url, COMPULSORY_WARD, COMPULSORY_SLUG, "signer")
    visitor = visit()
    begin_to_sign_in(visitor, member)
    codes = connect(visitor, choose_app(visitor))
    visitor.go(OWN)  # by mistake
    assert not [code for code in codes if code in visitor.page.content()]
    visitor.follow("Xem lại mã vừa cấp, chưa chép xong")
    assert visitor.page.locator("main li strong").all_inner_texts() == codes
    visitor.press("Đã chép xong, tiếp tục")
    for path in (f"{OWN}/ma-du-phong", OWN, "/dang-nhap/thiet-lap/xong"):
        visitor.go(path)
        assert not [code for code in codes if code in visitor.page.content()], path
    visitor.go(f"{OWN}/ma-du-phong")
    visitor.fill({"/code": codes[0]})
    visitor.press("Lấy mã mới")
    others = visitor.page.locator("main li strong").all_inner_texts()
    assert len({*others} - {*codes}) == 10


def test_nothing_typed_is_lost_where_the_sign_in_ends_because_a_factor_is_due_now(
    visit: Visit, url: str, secret: str
) -> None:
    """An administrator may sign from now on, which ends what they are signed in with."""
    member = new_member(url, COMPULSORY_WARD, COMPULSORY_SLUG, "ward_admin")
    text = f"Xin nghỉ {randbelow(10**6)} phút."
    visitor = visit()
    visitor.sign_in(member.login, CHOSEN)
    visitor.go("/quan-tri/cau-soan-san")
    visitor.fill({"/text": text})
    make_signer(url, COMPULSORY_SLUG, member)
    half_an_hour_later(visitor, secret)
    visitor.press("Thêm câu này")
    assert visitor.heading == "Đăng nhập"
    assert "những gì vừa nhập vẫn còn" in visitor.text
    visitor.fill({"/login": member.login, "/password": CHOSEN})
    visitor.press("Đăng nhập")
    assert visitor.heading == DUE
    _asks_before_it_is_left(visitor)
    app = choose_app(visitor)
    _asks_before_it_is_left(visitor)
    assert len(connect(visitor, app)) == 10
    assert "Chép mã xong" in visitor.text
    usable(visitor, "recovery codes before a form that waits")
    visitor.press("Đã chép xong, gửi và làm tiếp")
    assert text in visitor.page.locator(".app-phrase").all_inner_texts()


def _asks_before_it_is_left(visitor: Visitor) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    heading = visitor.heading
    visitor.page.once("dialog", stay)
    visitor.page.locator("header a").first.click(no_wait_after=True)
    for _ in range(200):
        if asked:
            break
        visitor.page.wait_for_timeout(10)
    assert asked == ["beforeunload"]
    assert visitor.heading == heading
