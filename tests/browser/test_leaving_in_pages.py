"""Nothing that was typed is lost: by a link, with the Enter key, by the browser's own ways, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, FilePayload

from tests.browser.guiding import sit_down
from tests.browser.station import KIOSK, enrol
from tests.browser.test_captures_in_pages import picture
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.api import sign_in
from tests.e2e.birth import HOSPITAL_PAPER, whole_form
from tests.e2e.drafts import APPLICANT, SLUG, begin

NAME = '[name="child.full_name"]'


@pytest.fixture
def draft(url: str) -> str:
    path = begin(sign_in(url, APPLICANT), form=whole_form("Lê Hoàng Nhật"), papers=False).path
    return f"/ho-so/{SLUG}/{path.rpartition('/')[2]}"


def typed(visitor: Visitor, draft: str) -> str:
    visitor.go(f"{draft}/to-khai/child-name")
    return visitor.page.locator(NAME).input_value()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [KIOSK, PHONE], ids=["kiosk", "phone"])
def test_who_leaves_a_question_by_a_link_finds_it_as_it_was(
    visit: Visit, draft: str, scripted: bool, size: tuple[int, int]
) -> None:
    visitor = visit(scripted=scripted, size=size)
    ways = ["Quay lại", "Hồ sơ của tôi"]
    if size == KIOSK:
        enrol(visitor)
        ways = ["Quay lại", "Nhờ hướng dẫn"]
    visitor.sign_in(APPLICANT)
    for way in ways:
        before = typed(visitor, draft)
        visitor.page.locator(NAME).fill(f"{before} An")
        visitor.press(way)
        assert not visitor.page.url.endswith("/to-khai/child-name")
        assert typed(visitor, draft) == f"{before} An"


def test_enter_answers_the_question_and_does_not_leave(visit: Visit, draft: str) -> None:
    visitor = visit(size=KIOSK)
    enrol(visitor)
    visitor.sign_in(APPLICANT)
    visitor.go(f"{draft}/to-khai/child-name")
    visitor.page.locator(NAME).fill("Lê An")
    with visitor.page.expect_navigation():
        visitor.page.locator(NAME).press("Enter")
    assert "/to-khai/child-birth" in visitor.page.url
    assert typed(visitor, draft) == "Lê An"


def test_the_end_and_the_end_of_guidance_save_the_question(visit: Visit, url: str, draft: str) -> None:
    pair = sit_down(visit, url)
    citizen = pair.citizen
    citizen.go(f"{draft}/to-khai/child-name")
    pair.begin()
    citizen.page.locator(NAME).fill("Lê Dừng")
    citizen.press("Dừng hướng dẫn")
    assert citizen.page.locator(NAME).input_value() == "Lê Dừng"
    citizen.page.locator(NAME).fill("Lê Kết Thúc")
    with citizen.page.expect_navigation(url="**/kiosk"):
        citizen.page.get_by_role("button", name="Kết thúc", exact=True).click()
    assert {cookie["name"] for cookie in citizen.context.cookies()} == {"caunoi-kiosk"}
    citizen.sign_in(APPLICANT)
    assert typed(citizen, draft) == "Lê Kết Thúc"


def test_the_browser_asks_only_where_something_typed_would_be_lost(visit: Visit, draft: str) -> None:
    visitor = visit()
    visitor.sign_in(APPLICANT)
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    visitor.page.on("dialog", note)
    visitor.go(f"{draft}/to-khai/child-name")
    visitor.page.locator(NAME).click()
    visitor.page.reload()
    assert asked == []
    visitor.page.locator(NAME).press_sequentially("x")
    visitor.press("Tiếp tục")
    assert asked == []
    visitor.go(f"{draft}/to-khai/child-name")
    visitor.page.locator(NAME).press_sequentially("x")
    visitor.page.get_by_role("link", name="Cầu Nối").click()
    visitor.page.wait_for_url(f"{visitor.url}/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_chosen_file_is_added_whichever_button_of_a_paper_s_page_is_pressed(
    visit: Visit, draft: str, scripted: bool
) -> None:
    visitor = visit(scripted=scripted)
    visitor.sign_in(APPLICANT)
    visitor.go(f"{draft}/giay-to/{HOSPITAL_PAPER}")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    visitor.page.on("dialog", leave)
    for name, shade, press in (
        ("mot.jpg", 201, "Tải lên"),
        ("hai.jpg", 202, "Bỏ tệp mot.jpg"),
        ("ba.jpg", 203, "Dùng điện thoại của tôi"),
    ):
        payload = FilePayload(name=name, mimeType="image/jpeg", buffer=picture(shade))
        visitor.page.set_input_files('input[type="file"]', payload)
        visitor.press(press)
    assert "Đã tải lên." in visitor.text
    visitor.go(f"{draft}/giay-to/{HOSPITAL_PAPER}")
    names = visitor.page.locator(".app-filename").all_inner_texts()
    assert names == ["hai.jpg", "ba.jpg"]
    assert asked == []
