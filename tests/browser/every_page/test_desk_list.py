"""The office's list in a browser: its address says how it is narrowed and nothing of anybody, and back leads to it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.scene import OFFICER, RECEPTIONIST
from tests.browser.usable import usable
from tests.browser.visitor import Visit, Visitor


def _narrowed(visitor: Visitor) -> dict[str, list[str]]:
    return parse_qs(urlsplit(visitor.page.url).query)


@pytest.mark.parametrize("scripted", [True, False])
def test_back_leads_to_the_list_as_it_was_by_the_link_and_by_the_browser(
    visit: Visit, scene: object, scripted: bool
) -> None:
    desk = visit(scripted=scripted)
    desk.sign_in(RECEPTIONIST)
    desk.go("/can-bo")
    desk.page.get_by_label("Người xử lý").select_option("none")
    desk.page.get_by_label("Tìm hồ sơ").fill("Lê")
    desk.press("Lọc")
    listed = desk.page.url
    assert _narrowed(desk).keys() == {"nguoi", "tim"}
    assert "L%C3%AA" not in listed
    if scripted:  # what looks at the page is a script itself
        usable(desk, "list that was searched")
    first = desk.page.locator("tbody tr a").first
    desk.onward(first)
    assert desk.heading.startswith("Hồ sơ")
    desk.follow("Quay lại danh sách")
    assert desk.page.url == listed
    assert desk.page.get_by_label("Tìm hồ sơ").input_value() == "Lê"
    desk.onward(desk.page.locator("tbody tr a").first)
    desk.back()
    assert desk.page.url == listed
    assert desk.page.get_by_label("Người xử lý").input_value() == "none"


def test_back_from_an_entry_leads_to_what_was_found_in_the_register(visit: Visit, scene: object) -> None:
    officer = visit()
    officer.sign_in(OFFICER)
    officer.go("/can-bo/so-ho-tich")
    officer.fill({"/query": "Lê", "/reason": "thử"})
    officer.press("Tìm trong sổ")
    found = officer.page.url
    assert _narrowed(officer).keys() == {"tim"}
    usable(officer, "register that was searched")
    officer.onward(officer.page.locator("tbody tr a").first)
    officer.follow("Quay lại")
    assert officer.page.url == found


def test_a_search_that_is_over_says_so_where_it_is_typed(visit: Visit, scene: object) -> None:
    desk = visit()
    desk.sign_in(RECEPTIONIST)
    desk.page.goto("/can-bo?trang-thai=1&tim=over")
    assert "không còn mở được" in desk.text
    assert desk.page.get_by_label("Tình trạng").input_value() == "1"
    desk.complaints.clear()  # the browser notes the 410
    usable(desk, "search that is over")
