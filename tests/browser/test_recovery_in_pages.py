"""Somebody forgets the password, changes the phone, and loses it: through the pages, told by SMS at each step."""

from __future__ import annotations

import secrets

import pytest

from tests.browser.people import Person, opened
from tests.browser.scene import RECEPTIONIST
from tests.browser.usable import usable
from tests.browser.visitor import Visit, Visitor
from tests.e2e.api import Phone

NEW = "mùa xuân ở Sơn Trà"


def another_phone() -> str:
    return f"0937{secrets.randbelow(1_000_000):06d}"


def recover(visitor: Visitor, login: str, phone: Phone, *, look: bool = False) -> None:
    visitor.go("/dang-nhap")
    visitor.follow("Quên mật khẩu?")
    visitor.fill({"/login": login, "/date_of_birth": "1955-03-08"})
    visitor.press("Gửi mã")
    code = phone.next_code()
    visitor.fill({"/otp": "111111" if code != "111111" else "222222", "/new_password": NEW})
    visitor.press("Đặt mật khẩu mới")
    assert visitor.page.locator(".govuk-error-summary").count() == 1
    if look:
        usable(visitor, "recovery")
    visitor.fill({"/otp": code})  # the password was kept
    visitor.press("Đặt mật khẩu mới")
    assert "Đã đặt mật khẩu mới." in visitor.text


@pytest.mark.parametrize("scripted", [True, False])
def test_a_password_is_forgotten_and_a_phone_changed_and_lost(visit: Visit, url: str, scripted: bool) -> None:
    person, second, third = Person(), another_phone(), another_phone()
    visitor = visit(scripted=scripted)
    phone = opened(visitor, person, url)
    recover(visitor, person.phone, phone, look=scripted)
    phone.wait_for("Mat khau tai khoan")

    visitor.sign_in(person.phone, NEW)
    visitor.go("/tai-khoan")
    visitor.follow("Đổi số điện thoại")
    visitor.fill({"/phone": second, "/password": NEW})
    new_phone = Phone(url, second)
    visitor.press("Gửi hai mã")
    if scripted:
        usable(visitor, "codes to both phones")
    visitor.fill({"/old_otp": phone.next_code(), "/new_otp": new_phone.next_code()})
    visitor.press("Đổi số điện thoại")
    assert visitor.row("Nộp hồ sơ được từ")
    phone.wait_for("da doi tu so nay hoac sang so nay")
    new_phone.wait_for("da doi tu so nay hoac sang so nay")

    desk = visit(scripted=scripted)
    desk.sign_in(RECEPTIONIST)
    desk.follow("Tài khoản của người dân")
    desk.fill({"/identity_kind": "cccd", "/identity_number": person.identity_number})
    desk.press("Tìm")
    assert desk.heading == person.full_name
    desk.follow("Đổi số điện thoại đã mất")
    desk.fill({"/identity_kind": "cccd", "/identity_number": person.identity_number, "/phone": third})
    desk.page.get_by_label("Tôi đã xem bản chính").check()
    last_phone = Phone(url, third)
    desk.press("Gửi mã đến số mới")
    if scripted:
        usable(desk, "code to the new phone")
    desk.fill({"/otp": last_phone.next_code()})
    desk.press("Đổi số điện thoại")
    assert "Đã đổi số điện thoại." in desk.text
    new_phone.wait_for("da doi mot tai khoan tu so nay")
    last_phone.wait_for("da doi mot tai khoan tu so nay")

    desk.follow("Đóng tài khoản: do người khác mở, hoặc là tài khoản thứ hai")
    paper = {"/identity_kind": "cccd", "/identity_number": person.identity_number}
    desk.fill(paper | {"/reason": "opened-by-other"})
    desk.page.get_by_label("Tôi đã xem bản chính").check()
    desk.press("Đóng tài khoản")
    assert desk.row("Tình trạng") == "Đã đóng"
    last_phone.wait_for("da dong tai khoan")
