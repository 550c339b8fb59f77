"""Text that the office has typed in one form of a page stays when any other form of the page is sent first."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog

from tests.browser.scene import ADMIN, OFFICER, RECEPTIONIST, Scene, set_scene
from tests.browser.visitor import Visit, Visitor

BOTH_MODES = pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    return set_scene(url)


def unfold(visitor: Visitor, act: str) -> None:
    """Opens the form of an act where it is closed."""
    details = visitor.page.locator(f"#act-{act}")
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()


def asked_about(visitor: Visitor) -> list[str]:
    """From now on, what the browser asks before a page is left."""
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    visitor.page.on("dialog", leave)
    return asked


@BOTH_MODES
def test_the_reason_of_a_refusal_stays_while_residence_is_looked_up(visit: Visit, scene: Scene, scripted: bool) -> None:
    desk = visit(scripted=scripted)
    desk.sign_in(RECEPTIONIST)
    desk.go(f"/can-bo/ho-so/{scene.filed}")
    asked = asked_about(desk)
    unfold(desk, "refusal")
    desk.page.locator("#refusal-reason").fill("Việc này của phường khác")
    desk.page.locator("#refusal-article").fill("Luật Hộ tịch 2014 Đ13")
    unfold(desk, "supplement-request")
    desk.page.locator("#supplement-request-reason").fill("Xin xem lại tên mẹ")
    desk.page.locator("[id^=tra-][id$=-result]").first.select_option("as-declared")
    desk.press_first("Ghi kết quả tra cứu")
    assert "Đã ghi kết quả tra cứu nơi cư trú" in desk.text
    assert asked == []
    for field, text in (
        ("#refusal-reason", "Việc này của phường khác"),
        ("#refusal-article", "Luật Hộ tịch 2014 Đ13"),
        ("#supplement-request-reason", "Xin xem lại tên mẹ"),
    ):
        assert desk.page.locator(field).input_value() == text
        assert desk.page.locator(field).is_visible()
    desk.page.locator("[id^=tra-][id$=-result]").first.select_option("otherwise")
    desk.press_first("Ghi kết quả tra cứu")  # refused: it needs to be said where
    assert desk.title.startswith("Lỗi: ")
    assert desk.page.locator("#refusal-reason").input_value() == "Việc này của phường khác"


@BOTH_MODES
def test_the_note_of_an_approval_stays_while_the_dossier_is_handed_on(
    visit: Visit, scene: Scene, scripted: bool
) -> None:
    desk = visit(scripted=scripted)
    desk.sign_in(OFFICER)
    desk.go(f"/can-bo/ho-so/{scene.accepted}")
    asked = asked_about(desk)
    unfold(desk, "approval")
    desk.page.locator("#approval-note").fill("Đã gọi hỏi bệnh viện")
    unfold(desk, "assignment")
    desk.page.locator("#assignment-note").fill("Xin xem giúp")
    desk.press("Giao hồ sơ")
    assert "Đã ghi người xử lý hồ sơ" in desk.text
    assert asked == []
    assert desk.page.locator("#approval-note").input_value() == "Đã gọi hỏi bệnh viện"
    assert desk.page.locator("#approval-note").is_visible()
    assert desk.page.locator("#assignment-note").input_value() == ""
    desk.page.reload()
    assert desk.page.locator("#approval-note").input_value() == "Đã gọi hỏi bệnh viện"
    if scripted:
        asked.clear()
        desk.page.locator("#approval-note").fill("Đã gọi hỏi bệnh viện, đúng")
        desk.follow("Danh sách việc")
        assert asked == ["beforeunload"], "a link sends nothing"


@BOTH_MODES
def test_a_note_to_an_entry_stays_while_the_ministrys_number_is_saved(
    visit: Visit, scene: Scene, scripted: bool
) -> None:
    officer = visit(scripted=scripted)
    officer.sign_in(OFFICER)
    officer.go(f"/can-bo/so-ho-tich/muc/{scene.entry}")
    asked = asked_about(officer)
    officer.page.locator("#ghi-chu > summary").click()
    officer.page.locator('[name="note.text"]').fill("Đổi chữ đệm")
    officer.page.locator("details", has=officer.page.locator("#ministry-number")).locator("summary").first.click()
    officer.page.locator("#ministry-number").fill(f"{scene.entry[:6]}/{'S' if scripted else 'U'}")
    if officer.page.locator("#ministry-reason").count():
        officer.page.locator("#ministry-reason").fill("Gõ nhầm")
    officer.press("Lưu số")
    assert "Đã ghi số của phần mềm Bộ Tư pháp" in officer.text
    assert asked == []
    assert officer.page.locator('[name="note.text"]').input_value() == "Đổi chữ đệm"
    officer.press("Viết ghi chú, chuyển ký")
    assert officer.title.startswith("Lỗi: ")
    assert officer.page.locator('[name="note.text"]').input_value() == "Đổi chữ đệm"


@BOTH_MODES
def test_a_new_phrase_stays_while_others_are_moved(visit: Visit, scene: Scene, scripted: bool) -> None:
    admin = visit(scripted=scripted)
    admin.sign_in(ADMIN)
    admin.go("/quan-tri/cau-soan-san")
    asked = asked_about(admin)
    admin.page.locator('[name="text"]').fill("Xin xem lại ngày sinh.")
    admin.press_first("Xuống")
    admin.press_first("Xuống")
    assert admin.page.locator('[name="text"]').input_value() == "Xin xem lại ngày sinh."
    assert asked == []
