"""A station's computer: one question on each page, the clock, no network, and nothing left for the next person."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.station import KIOSK, enrol
from tests.browser.usable import enter, tab_to
from tests.browser.visitor import Visit, Visitor, by_pointer
from tests.e2e.api import sign_in
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, SLUG, begin

CHILD = "Lê Hoàng Nhật"
OFFLINE = "Mất mạng. Những gì ông/bà vừa điền vẫn còn trên màn hình."


@pytest.fixture
def kiosk(visit: Visit) -> Visitor:
    """A computer that was enrolled, with nobody at it."""
    visitor: Visitor = visit(size=KIOSK)
    enrol(visitor)
    return visitor


@pytest.fixture
def draft(url: str) -> str:
    """The address of a birth registration that is filled in except for its papers."""
    path = begin(sign_in(url, APPLICANT), form=whole_form(CHILD)).path
    return f"/ho-so/{SLUG}/{path.rpartition('/')[2]}"


def asked(visitor: Visitor) -> list[str]:
    return [str(one.get_attribute("value")) for one in visitor.page.locator("input[name=asked]").all()]


def names_in_storage(visitor: Visitor) -> list[str]:
    """Everything that scripts of the page could find: storage, databases, caches."""
    found: list[str] = visitor.page.evaluate(
        """async () => [
            ...Object.keys(localStorage), ...Object.keys(sessionStorage),
            ...(await indexedDB.databases()).map(one => one.name),
            ...(await caches.keys()),
        ]"""
    )
    return found


# From enrolment to the end


def test_a_resident_files_question_by_question_and_the_next_finds_nothing(kiosk: Visitor, url: str) -> None:
    visitor = kiosk
    visitor.sign_in(APPLICANT)
    visitor.go(f"/phuong/{SLUG}")
    visitor.follow("Đăng ký khai sinh")
    visitor.press_first("Bắt đầu ")
    visitor.press_first("Làm tiếp: ")
    answers, seen = by_pointer(whole_form(CHILD)), 0
    while visitor.asks():
        assert len(asked(visitor)) == 1
        assert visitor.page.locator("h1").count() == 1
        seen += 1
        visitor.fill(answers)
        visitor.press("Tiếp tục")
        assert visitor.page.locator(".govuk-error-summary").count() == 0, visitor.text
    assert seen > 30
    address = urlsplit(visitor.page.url).path

    # Half a name is typed and not sent.
    visitor.go(f"{address.partition('/giay-to')[0]}/to-khai/child-name")
    assert visitor.page.locator('[name="child.full_name"]').input_value() == CHILD
    visitor.page.locator('[name="child.full_name"]').fill("Lê Thị Bí Mật")
    with visitor.page.expect_navigation(url="**/kiosk"):
        visitor.page.get_by_role("button", name="Kết thúc").click()
    assert visitor.heading == "Làm việc hộ tịch tại đây"

    assert {cookie["name"] for cookie in visitor.context.cookies()} == {"caunoi-kiosk"}
    for _ in range(4):
        visitor.page.go_back()
        assert CHILD not in visitor.text
        assert "Bí Mật" not in visitor.page.content()
        assert visitor.page.locator(f'input[value="{CHILD}"]').count() == 0
    visitor.page.reload()
    assert visitor.heading == "Làm việc hộ tịch tại đây"
    assert names_in_storage(visitor) in ([], ["caunoi-offline"])

    # The next person's form is empty, and nothing is offered for it.
    visitor.press("Bắt đầu: đăng nhập")
    for name in ("login", "password"):
        field = visitor.page.locator(f"[name={name}]")
        assert (field.input_value(), field.get_attribute("autocomplete")) == ("", "off")


def test_without_javascript_it_is_one_question_a_page_too_and_the_end_asks_once(visit: Visit, draft: str) -> None:
    visitor = visit(scripted=False, size=KIOSK)
    enrol(visitor)
    visitor.sign_in(APPLICANT)
    visitor.go(f"{draft}/to-khai/child-birth")
    assert asked(visitor) == ["child.birth_date"]
    visitor.press("Tiếp tục")
    assert asked(visitor) == ["child.sex"]
    visitor.press("Quay lại")
    assert asked(visitor) == ["child.birth_date"]
    visitor.go(f"{draft}/kiem-tra")
    visitor.follow("Thay đổi Trẻ là trai hay gái?")
    assert asked(visitor) == ["child.sex"]
    visitor.press("Tiếp tục")
    assert visitor.heading == "Xem lại trước khi gửi"
    reload = visitor.page.locator("meta[http-equiv=refresh]").get_attribute("content") or ""
    assert reload.endswith("; url=/kiosk/ket-thuc")
    visitor.go("/kiosk/ket-thuc")
    assert visitor.heading == "Ông/bà muốn kết thúc?"
    visitor.page.locator("main").get_by_role("button", name="Kết thúc").click()
    visitor.page.wait_for_url("**/kiosk")
    assert {cookie["name"] for cookie in visitor.context.cookies()} == {"caunoi-kiosk"}


# The clock, which the browser's is moved for


def at_question(visitor: Visitor, draft: str) -> None:
    visitor.page.clock.install()
    visitor.sign_in(APPLICANT)
    visitor.go(f"{draft}/to-khai/child-name")


def test_who_goes_away_is_asked_after_two_minutes_and_signed_out_after_three(kiosk: Visitor, draft: str) -> None:
    at_question(kiosk, draft)
    dialog = kiosk.page.get_by_role("alertdialog")
    kiosk.page.clock.fast_forward(118_000)
    expect(dialog).to_be_hidden()
    kiosk.page.clock.fast_forward(4_000)
    expect(dialog).to_be_visible()
    assert kiosk.page.evaluate("document.activeElement.textContent") == "Tôi vẫn đang làm"
    left = int(dialog.locator("[data-left]").inner_text())
    assert 50 < left < 60
    assert Axe().run(kiosk.page).response["violations"] == []
    kiosk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    kiosk.page.clock.fast_forward(122_000)
    expect(dialog).to_be_visible()
    kiosk.page.clock.fast_forward(60_000)
    kiosk.page.wait_for_url("**/kiosk?vi=*")
    assert kiosk.heading == "Làm việc hộ tịch tại đây"
    assert "vì 3 phút không có ai dùng" in kiosk.text
    assert {cookie["name"] for cookie in kiosk.context.cookies()} == {"caunoi-kiosk"}


def test_the_press_that_somebody_is_there_counts_by_itself_and_not_when_its_event_comes(
    kiosk: Visitor, draft: str
) -> None:
    at_question(kiosk, draft)
    dialog = kiosk.page.get_by_role("alertdialog")
    kiosk.page.clock.fast_forward(122_000)
    expect(dialog).to_be_visible()
    late = "(dialog) => dialog.addEventListener('close', (event) => event.stopImmediatePropagation(), true)"
    dialog.evaluate(late)  # on a busy computer the event is that late
    kiosk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    kiosk.page.clock.fast_forward(122_000)
    expect(dialog).to_be_visible()


def test_what_was_typed_is_saved_before_the_computer_ends_by_itself(kiosk: Visitor, draft: str) -> None:
    at_question(kiosk, draft)
    kiosk.page.locator('[name="child.full_name"]').press_sequentially(" Nam")
    kiosk.page.clock.fast_forward(122_000)
    expect(kiosk.page.get_by_role("alertdialog")).to_contain_text("máy lưu những gì ông/bà vừa điền")
    kiosk.page.clock.fast_forward(60_000)
    kiosk.page.wait_for_url("**/kiosk?vi=*")
    assert CHILD not in kiosk.page.content()
    kiosk.sign_in(APPLICANT)
    kiosk.go(f"{draft}/to-khai/child-name")
    assert kiosk.page.locator('[name="child.full_name"]').input_value() in (f"{CHILD} Nam", f" Nam{CHILD}".strip())


def test_who_types_is_there_and_the_gateway_hears_of_it(kiosk: Visitor, draft: str) -> None:
    at_question(kiosk, draft)
    name = kiosk.page.locator('[name="child.full_name"]')
    for letter in "Nhật":
        with kiosk.page.expect_request("**/kiosk/con-day"):
            name.press_sequentially(letter)
            kiosk.page.clock.fast_forward(100_000)
    expect(kiosk.page.get_by_role("alertdialog")).to_be_hidden()


# Without network


def test_a_form_that_is_sent_without_network_waits_and_sends_itself(kiosk: Visitor, draft: str) -> None:
    kiosk.sign_in(APPLICANT)
    kiosk.go(f"{draft}/to-khai/child-name")
    name = kiosk.page.locator('[name="child.full_name"]')
    name.fill("Lê Không Mạng")
    kiosk.context.set_offline(True)
    kiosk.page.get_by_role("button", name="Tiếp tục", exact=True).click()
    alert = kiosk.page.get_by_role("alert").filter(has_text=OFFLINE)
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("Có mạng lại thì máy tự gửi")
    assert name.input_value() == "Lê Không Mạng"
    assert names_in_storage(kiosk) == ["caunoi-offline"]
    assert Axe().run(kiosk.page).response["violations"] == []
    kiosk.context.set_offline(False)
    kiosk.page.wait_for_url("**/child-birth*")
    kiosk.go(f"{draft}/to-khai/child-name")
    assert name.input_value() == "Lê Không Mạng"
    kiosk.complaints.clear()  # the browser's own of the network


def test_a_page_that_is_asked_for_without_network_comes_by_itself(kiosk: Visitor, draft: str) -> None:
    kiosk.sign_in(APPLICANT)
    kiosk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kiosk.go("/ho-so")
    kiosk.context.set_offline(True)
    kiosk.go(f"{draft}/to-khai/child-name")
    assert kiosk.heading == "Mất mạng"
    assert "tự làm tiếp" in kiosk.text
    kiosk.context.set_offline(False)
    expect(kiosk.page.locator('[name="child.full_name"]')).to_have_value(CHILD)
    kiosk.complaints.clear()


# By keyboard


def test_the_keyboard_alone_answers_a_question_and_ends(kiosk: Visitor, draft: str) -> None:
    kiosk.sign_in(APPLICANT)
    kiosk.go(f"{draft}/to-khai/child-birth?cau=2")
    keys = kiosk.page.keyboard
    tab_to(kiosk, '[name="child.sex"]')
    keys.press("ArrowDown")
    tab_to(kiosk, "main button:not([name=later])")
    enter(kiosk)
    assert asked(kiosk) != ["child.sex"]
    tab_to(kiosk, ".app-kiosk-bar__end")
    with kiosk.page.expect_navigation(url="**/kiosk"):
        keys.press("Enter")
    assert kiosk.heading == "Làm việc hộ tịch tại đây"
