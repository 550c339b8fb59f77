"""A practice as somebody does it through the pages, with the office of the practice ward answering."""

from __future__ import annotations

import re

from tests.browser.visitor import Visitor, by_pointer
from tests.e2e.birth import practice_form

BIRTH, CHILD = "Đăng ký khai sinh", "Lê Tập Khôi"


def begin(visitor: Visitor) -> None:
    """From the first page by its links to the overview of a practice."""
    visitor.go("/")
    visitor.follow("Tập thử trước")
    assert visitor.heading == "Tập thử: làm thử một lần"
    visitor.press("Tập thử đăng ký khai sinh")
    assert visitor.heading == BIRTH


def fill_and_send(visitor: Visitor, *, scripted: bool) -> None:
    visitor.press_first("Làm tiếp: ")
    visitor.fill_pages(by_pointer(practice_form(CHILD)))
    visitor.press("Dùng giấy mẫu")
    assert "giấy mẫu.jpg" in visitor.text
    visitor.press("Tiếp tục")
    assert visitor.heading == "Xem lại trước khi gửi"
    visitor.page.get_by_label("Tôi đã tự xem lại").check()
    visitor.press("Gửi mã xác nhận đến điện thoại")
    visitor.fill({"/otp": shown_code(visitor, scripted=scripted)})
    visitor.press("Gửi hồ sơ")
    assert "Hồ sơ đã gửi" in visitor.heading
    visitor.follow("Xem hồ sơ")


def shown_code(visitor: Visitor, *, scripted: bool) -> str:
    """The one-time code, on the phone that the page shows: with script by itself, without when it is asked again."""
    message = visitor.page.locator("#practice-phone .app-phone__message").filter(has_text="Ma xac nhan").first
    if scripted:
        message.wait_for()
    elif not message.count():
        visitor.follow("Xem tin mới")
    found = re.search(r"(?<=: )\d{6}(?=\. )", message.inner_text())
    assert found
    return found.group()


def wait_for_status(visitor: Visitor, status: str) -> None:
    for _ in range(40):
        if visitor.page.locator(".app-status__name").inner_text() == status:
            return
        visitor.page.wait_for_timeout(1500)
        visitor.page.reload()
    raise AssertionError(visitor.text)


def answer_the_office(visitor: Visitor) -> None:
    wait_for_status(visitor, "Yêu cầu bổ sung giấy tờ")
    visitor.press("Bổ sung hồ sơ")
    place = visitor.page.get_by_label("Quê quán của trẻ")
    place.fill(f"{place.input_value()}, tỉnh Quảng Nam")
    visitor.press("Gửi bổ sung")
    wait_for_status(visitor, "Đã trả kết quả")
