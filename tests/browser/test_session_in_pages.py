"""At home, a person who opens no page for long is asked before they are signed out, and loses no typed text."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.browser.guiding import PROCEDURE
from tests.browser.visitor import Visit, Visitor
from tests.e2e.api import PASSWORD
from tests.e2e.drafts import APPLICANT, SLUG


@pytest.fixture
def typing(visit: Visit) -> Visitor:
    """Somebody at a question with an answer that is not sent yet, in whose browser time can be moved on."""
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in(APPLICANT)
    visitor.go(f"/phuong/{SLUG}/thu-tuc/{PROCEDURE}")
    visitor.press_first("Bắt đầu ")
    visitor.go(f"{urlsplit(visitor.page.url).path}/child-name")
    visitor.page.locator('[name="child.full_name"]').fill("Lê Gia Bảo")
    return visitor


def near_the_end(visitor: Visitor, seconds: int) -> None:
    """The browser is told another duration; the gateway's own time does not change."""

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(body=str(seconds), content_type="text/plain")
        else:
            route.continue_()

    visitor.page.route("**/tai-khoan/phien", answer)


def forward(visitor: Visitor, minutes: float) -> None:
    visitor.page.clock.fast_forward(int(minutes * 60_000))


def test_the_warning_comes_two_minutes_before_and_its_button_goes_on(typing: Visitor) -> None:
    near_the_end(typing, 90)
    asked = typing.page.get_by_role("alertdialog")
    forward(typing, 27)
    expect(asked).to_be_hidden()
    forward(typing, 1.5)
    expect(asked).to_be_visible()
    assert typing.page.evaluate("document.activeElement.textContent") == "Tôi vẫn đang làm"
    assert Axe().run(typing.page).response["violations"] == []
    with typing.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        typing.page.keyboard.press("Enter")
    assert answer.value.status == 200
    expect(asked).to_be_hidden()
    forward(typing, 20)
    expect(asked).to_be_hidden()
    assert typing.page.locator('[name="child.full_name"]').input_value() == "Lê Gia Bảo"


def test_when_the_time_is_over_the_page_says_that_what_was_typed_is_not_lost(typing: Visitor) -> None:
    near_the_end(typing, 90)
    forward(typing, 28.5)
    expect(typing.page.get_by_role("alertdialog")).to_be_visible()
    forward(typing, 2)
    asked = typing.page.get_by_role("alertdialog")
    expect(asked).to_contain_text("chưa mất")
    asked.get_by_role("button", name="Đóng").click()
    expect(asked).to_be_hidden()


def test_another_tab_that_is_used_keeps_this_one_quiet(typing: Visitor) -> None:
    near_the_end(typing, 90)
    forward(typing, 28.5)
    asked = typing.page.get_by_role("alertdialog")
    expect(asked).to_be_visible()
    other = typing.context.new_page()
    other.clock.install(time=typing.page.evaluate("Date.now()"))
    other.goto("/ho-so")
    expect(asked).to_be_hidden()
    other.close()


def test_a_sign_in_that_a_script_has_renewed_is_not_said_to_end(typing: Visitor) -> None:
    """As of a volunteer who guides: their page renews it each eight minutes."""
    with typing.page.expect_response(lambda answer: answer.url.endswith("/tai-khoan/phien")):
        forward(typing, 28.5)
    expect(typing.page.get_by_role("alertdialog")).to_be_hidden()


def test_what_was_typed_is_offered_after_signing_out_in_another_tab(typing: Visitor) -> None:
    question, other = urlsplit(typing.page.url).path, typing.context.new_page()
    other.goto("/ho-so")
    other.get_by_role("button", name="Đăng xuất").click()
    other.wait_for_url("**/da-dang-xuat")
    other.close()
    typing.press("Tiếp tục")
    assert typing.heading == "Đăng nhập"
    assert "những gì vừa nhập vẫn còn" in typing.text
    typing.fill({"/login": APPLICANT, "/password": PASSWORD})
    typing.press("Đăng nhập")
    assert typing.heading == "Làm tiếp việc đang dở"
    typing.press("Tiếp tục")
    typing.go(question)
    assert typing.page.locator('[name="child.full_name"]').input_value() == "Lê Gia Bảo"
