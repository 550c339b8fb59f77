"""Paying, from the dossier's page through the provider's and back, and at the counter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.scene import RECEPTIONIST
from tests.browser.visitor import PHONE, Visit
from tests.e2e.api import sign_in, staff_of
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD, begin


@pytest.fixture
def owing(url: str) -> str:
    """Id of a dossier that waits for the money of two copies."""
    draft = begin(sign_in(url, APPLICANT), form=whole_form("Lê Bảo Châu") | {"copies": {"wanted": True, "count": 2}})
    draft.file(url)
    asked: dict[str, Any] = staff_of(url, WARD, SLUG).reception.post(f"{draft.path}/acceptance")
    assert asked["status"] == 6
    return draft.path.rpartition("/")[2]


def test_an_applicant_pays_on_the_phone_and_returns_to_an_accepted_dossier(visit: Visit, owing: str) -> None:
    visitor = visit(size=PHONE)
    visitor.sign_in(APPLICANT)
    visitor.go(f"/ho-so/{SLUG}/{owing}")
    visitor.press("Xem và nộp")
    assert visitor.heading == "Nộp phí, lệ phí"
    code = visitor.page.get_by_role("img", name="Mã VietQR").bounding_box()
    assert code is not None
    assert 150 < code["width"] <= PHONE[0]
    visitor.press("Trả 16.000 đồng qua cổng thanh toán")
    visitor.press("Sang trang thanh toán")
    visitor.press("Trả tiền")
    assert visitor.heading == "Nộp phí, lệ phí"
    assert "Ông/bà không phải nộp gì thêm." in visitor.text
    visitor.go(f"/ho-so/{SLUG}/{owing}")
    assert "Được tiếp nhận" in visitor.text
    assert visitor.row("Hẹn trả kết quả")


def test_the_desk_takes_the_money_and_hands_out_the_receipt(visit: Visit, owing: str) -> None:
    desk = visit()
    desk.sign_in(RECEPTIONIST)
    desk.go(f"/can-bo/ho-so/{owing}")
    desk.fill({"/payment/receipt": "BL 0012"})
    desk.press("Ghi nhận")
    assert "Đã ghi nhận phí, lệ phí." in desk.text
    assert desk.page.get_by_role("button", name="In phiếu nộp phí, lệ phí").count() == 1
    desk.follow("Quay lại hồ sơ này")
    assert "Đã thu tại quầy, biên lai số BL 0012" in desk.text
    assert "Phiếu nộp phí, lệ phí" in desk.text
