"""A station's computer: one question a page, the clock, no network, and nothing that is left for whoever comes next."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.station import KIOSK, enrol
from tests.browser.visitor import Visit, Visitor, by_pointer
from tests.e2e.api import sign_in
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, SLUG, begin

CHILD = "Lê Hoàng Nhật"
SMALLEST, TARGET = 320, 44
OFFLINE = "Mất mạng. Những gì ông/bà vừa điền vẫn còn trên màn hình."


@pytest.fixture
def kiosk(visit: Visit) -> Visitor:
    """A computer that was enrolled, with nobody at it."""
    visitor: Visitor = visit(size=KIOSK)
    enrol(visitor)
    return visitor


@pytest.fixture
def draft(url: str) -> str:
    """The address of a birth registration that is filled in but for its papers."""
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
    visitor.press("Bắt đầu tờ khai")
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
