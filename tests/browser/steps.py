"""Acts of people through the pages on a dossier of any procedure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.browser.visitor import Visitor, by_pointer
from tests.e2e.api import Phone
from tests.e2e.birth import photograph


@dataclass(frozen=True)
class Filed:
    code: str
    key: str
    path: str  # of the citizen's page


def answer_questions(visitor: Visitor, answers: Mapping[str, str]) -> None:
    """From the page before the first question to the page of the password, each question on its own page."""
    visitor.press("Bắt đầu")
    while visitor.page.locator("#answers").count():
        visitor.fill(answers)
        visitor.press("Tiếp tục")
        assert visitor.page.locator(".govuk-error-summary").count() == 0, visitor.text
    assert visitor.heading == "Xem lại điều đã điền"
    visitor.press("Đúng rồi, tiếp tục")


def draft(visitor: Visitor, ward: str, procedure: str, form: Mapping[str, Any]) -> list[str]:
    """From the ward's page to the check before filing: every page of the form, then every paper that is asked for.

    Answers the headings on the way.
    """
    visitor.go(f"/phuong/{ward}")
    visitor.follow(procedure)
    visitor.press_first("Bắt đầu ")
    visitor.press_first("Làm tiếp: ")
    headings = visitor.fill_pages(by_pointer(form))
    while visitor.asks_for_file():
        headings.append(visitor.heading)
        visitor.upload("giấy tờ.jpg", photograph(200 - len(headings)))
        visitor.press("Tiếp tục")
    assert visitor.heading == "Xem lại trước khi gửi"
    return headings


def send(visitor: Visitor, phone: Phone) -> Filed:
    """Declares, asks for the code, and files with it."""
    visitor.page.get_by_label("Tôi đã tự xem lại").check()
    visitor.press("Gửi mã xác nhận đến điện thoại")
    visitor.fill({"/otp": phone.next_code()})
    visitor.press("Gửi hồ sơ")
    assert "Hồ sơ đã gửi" in visitor.heading
    code = visitor.page.locator(".govuk-panel__body").inner_text().removeprefix("Mã hồ sơ").strip()
    return Filed(
        code, visitor.page.locator(".app-secret").inner_text(), urlsplit(visitor.page.url).path.removesuffix("/da-gui")
    )


def open_at_desk(visitor: Visitor, filed: Filed) -> list[str]:
    """Finds the dossier by its code and opens it; returns its row of the work list."""
    visitor.go("/can-bo")
    visitor.page.get_by_label("Tìm hồ sơ").fill(filed.code)
    visitor.press("Lọc")
    row = visitor.page.locator("tbody tr").filter(has_text=filed.code)
    cells = row.locator("td").all_inner_texts()
    visitor.onward(row.get_by_role("link"))
    return cells


def compare_all(visitor: Visitor) -> None:
    """At a dossier's screen: the original of each paper agrees."""
    for _ in range(visitor.page.get_by_text("Chưa đối chiếu").count()):
        paper = visitor.page.locator("[id^=doi-chieu-]").filter(has_text="Chưa đối chiếu").first
        visitor.onward(paper.get_by_role("button", name="Khớp bản chính"))
        assert "Đã ghi kết quả đối chiếu" in visitor.text


def sign_what_is_seen(visitor: Visitor, filed: Filed, **ticks: str) -> None:
    """From a dossier's screen: the paper that will be sealed is looked at, and signed from there."""
    visitor.press("Xem bản giấy và ký")
    picture = visitor.page.locator("img.app-photo").first
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 1000
    visitor.fill({f"/signature/{name}": said for name, said in ({"no_conflict_of_interest": "yes"} | ticks).items()})
    visitor.press("Ký và vào sổ")
    assert f"Hồ sơ {filed.code}: đã ký" in visitor.text
