"""Two people of one house: one starts a household, reads out the code, hands it over and leaves."""

from __future__ import annotations

import pytest

from tests.browser.people import Person, opened
from tests.browser.usable import usable
from tests.browser.visitor import PHONE, Visit, Visitor

PAGE = "/tai-khoan/ho-gia-dinh"


def at_home(visitor: Visitor, person: Person, link: str = "Hộ gia đình") -> None:
    """Signed in, at the page of the household, reached only by the links of the pages."""
    visitor.sign_in(person.phone, person.password)
    visitor.go("/tai-khoan")
    visitor.follow(link)
    assert visitor.heading == "Hộ gia đình của ông/bà"


@pytest.mark.parametrize("scripted", [True, False])
def test_a_household_is_started_joined_handed_over_and_left(visit: Visit, url: str, scripted: bool) -> None:
    hien, duc = Person(full_name="Trần Thị Hiền"), Person(full_name="Trần Văn Đức")
    head, other = visit(scripted=scripted), visit(scripted=scripted, size=PHONE)
    head_phone, other_phone = opened(head, hien, url), opened(other, duc, url)

    at_home(head, hien)
    head.press("Bắt đầu một hộ")
    head.press("Tôi đồng ý, bắt đầu")
    assert "Người trong hộ: 1" in head.text
    head.follow("Ghi tổ dân phố")
    head.fill({"/residential_group": "tổ 7"})
    head.press("Lưu")
    assert head.page.locator(".govuk-error-summary").count() == 1
    head.fill({"/residential_group": "7"})
    head.press("Lưu")
    assert "Tổ dân phố số 7." in head.text
    head.press("Lấy mã")
    head.press("Lấy mã")
    code = "".join(head.page.locator(".app-secret [aria-hidden]").inner_text().split())
    assert len(code) == 8
    if scripted:
        usable(head, "code of a household")

    at_home(other, duc)
    other.press("Vào một hộ bằng mã")
    other.fill({"/code": code[::-1] if code != code[::-1] else "12345678"})
    other.press("Tôi đồng ý, vào hộ")
    assert "Mã không đúng" in other.text
    other.fill({"/code": f"{code[:4]} {code[4:]}"})
    other.press("Tôi đồng ý, vào hộ")
    assert "Người trong hộ: 2" in other.text
    assert hien.full_name in other.text
    assert "Tổ dân phố số 7" not in other.text
    head_phone.wait_for("Co nguoi vua vao ho")

    head.press("Xong, về trang của hộ")
    assert duc.full_name in head.text
    head.follow(f"Giao đứng đầu hộ cho {duc.full_name}")
    head.press("Giao lại")
    assert head.page.get_by_role("button", name="Lấy mã").count() == 0
    other_phone.wait_for("dung dau ho")

    head.follow("Ra khỏi hộ")
    head.press("Ra khỏi hộ")
    assert "Ông/bà chưa ở hộ nào." in head.text
    other.go(PAGE)
    assert "Người trong hộ: 1" in other.text
    assert hien.full_name not in other.text
    other.go("/tai-khoan/ai-da-xem")
    assert "Xem hộ gia đình" in other.text
    other.go("/toi/dong-y")
    other.press_first("Rút lại sự đồng ý")
    assert "Ông/bà không còn ở hộ." in other.text
    other.go(PAGE)
    assert "Ông/bà chưa ở hộ nào." in other.text
