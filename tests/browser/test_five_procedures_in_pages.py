"""Each procedure through the pages, JavaScript off: the form page by page, the papers, the code; then the office."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.steps import Filed, compare_all, draft, open_at_desk, send, sign_what_is_seen
from tests.browser.visitor import Visitor
from tests.e2e import forms
from tests.e2e.api import Phone, Staff, sign_in, staff_of
from tests.e2e.cases import file, text_of
from tests.e2e.drafts import APPLICANT, SLUG, WARD
from tests.e2e.forms import MARRY
from tests.unit.dossiers.worlds import changed


@dataclass(frozen=True)
class People:
    """The people at their computers, all without JavaScript."""

    citizen: Visitor
    reception: Visitor
    officer: Visitor
    chairman: Visitor


@pytest.fixture(scope="module")
def people(browser: Browser, url: str) -> Iterator[People]:
    logins = (APPLICANT, *(f"{who}.{SLUG}" for who in ("motcua", "hotich", "chutich")))
    sitting = [Visitor(browser, url, scripted=False) for _ in logins]
    for visitor, login in zip(sitting, logins, strict=True):
        visitor.sign_in(login)
    yield People(*sitting)
    for visitor in sitting:
        visitor.leave()
    assert [complaint for visitor in sitting for complaint in visitor.complaints] == []


@pytest.fixture
def phone(url: str) -> Phone:
    return Phone(url, APPLICANT)


@pytest.fixture(scope="module")
def staff(url: str) -> Staff:
    return staff_of(url, WARD, SLUG)


def filed_by(people: People, phone: Phone, procedure: str, form: dict[str, Any], papers: set[str]) -> Filed:
    """Filed through the pages; `papers` are the headings of the pages that asked for a file."""
    headings = draft(people.citizen, SLUG, procedure, form)
    assert papers <= set(headings)
    return send(people.citizen, phone)


def take_in(people: People, filed: Filed) -> None:
    open_at_desk(people.reception, filed)
    people.reception.press("Tiếp nhận")
    assert "In để giao" in people.reception.text
    people.reception.follow("Quay lại hồ sơ này")


def take_money(people: People, sum: str) -> None:
    """At the counter, at the dossier's screen."""
    assert sum in people.reception.text
    people.reception.fill({"/payment/receipt": "BL 0051"})
    people.reception.press("Ghi nhận")
    assert "Đã ghi nhận phí, lệ phí." in people.reception.text


def prepare_and_sign(people: People, filed: Filed, **ticks: str) -> None:
    open_at_desk(people.officer, filed)
    of_a_marriage = {"/approval/wife_elsewhere": "only-here", "/approval/husband_elsewhere": "paper"}
    people.officer.fill(of_a_marriage)
    people.officer.press("Trình người ký")
    assert "Đã trình ký" in people.officer.text
    sign(people, filed, **ticks)


def sign(people: People, filed: Filed, **ticks: str) -> None:
    open_at_desk(people.chairman, filed)
    sign_what_is_seen(people.chairman, filed, **ticks)
    open_at_desk(people.chairman, filed)
    assert people.chairman.row("Số đăng ký")


def pick_entry(officer: Visitor, names: str, number: int) -> None:
    """From a dossier's screen into the register and back with the entry that is to be copied."""
    officer.press("Tìm mục cần sao trong sổ")
    officer.fill({"/query": names, "/number": number})
    officer.press("Tìm trong sổ")
    officer.onward(officer.page.get_by_role("link", name="Chọn mục này"))
    assert "Sao từ mục" in officer.text


def result(people: People, filed: Filed, name: str) -> str:
    """The text of the result to which the citizen's page leads."""
    citizen = people.citizen
    citizen.go(filed.path)
    assert citizen.heading == f"Hồ sơ {filed.code}"
    link = citizen.page.get_by_role("link", name=f"{name} (PDF)", exact=True)
    answer = citizen.context.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    return text_of(answer.body())


def test_a_marriage_is_registered_through_the_pages(people: People, phone: Phone) -> None:
    papers = {"Giấy xác nhận tình trạng hôn nhân của bên nam"}
    filed = filed_by(people, phone, "Đăng ký kết hôn", forms.marriage(), papers)
    take_in(people, filed)
    prepare_and_sign(people, filed, register_signed="yes")
    desk = people.reception
    open_at_desk(desk, filed)
    compare_all(desk)
    desk.fill({"/handover/recipient_name": forms.WIFE})
    desk.page.get_by_label(forms.WIFE).check()
    desk.press("Đã trả kết quả")
    assert "còn thiếu: Nguyễn Văn Hùng" in desk.text
    desk.page.get_by_label("Nguyễn Văn Hùng").check()
    desk.press("Đã trả kết quả")
    assert "Hồ sơ kết thúc" in desk.text
    text = result(people, filed, "Giấy chứng nhận kết hôn")
    assert forms.WIFE.upper() in text
    assert "NGUYỄN VĂN HÙNG" in text


def test_a_death_is_registered_through_the_pages_and_its_copies_paid_at_the_counter(
    people: People, phone: Phone
) -> None:
    form = forms.death_of_husband(forms.marriage())
    filed = filed_by(people, phone, "Đăng ký khai tử", form, {"Giấy báo tử của cơ sở y tế"})
    take_in(people, filed)
    take_money(people, "24.000 đồng")
    prepare_and_sign(people, filed)
    desk = people.reception
    open_at_desk(desk, filed)
    compare_all(desk)
    desk.fill({"/handover/recipient_name": forms.WIFE, "/handover/register_signed": "yes"})
    desk.press("Đã trả kết quả")
    assert "Hồ sơ kết thúc" in desk.text
    assert "TRÍCH LỤC KHAI TỬ" in result(people, filed, "Trích lục khai tử")


def test_marital_status_is_confirmed_through_the_pages_and_sent(people: People, phone: Phone) -> None:
    form = changed(forms.marital_status(), {"/elsewhere": {"lived": False, "abroad": False}})
    filed = filed_by(people, phone, "Cấp giấy xác nhận tình trạng hôn nhân", form, set())
    take_in(people, filed)
    take_money(people, "5.000 đồng")
    prepare_and_sign(people, filed)
    desk = people.reception
    open_at_desk(desk, filed)
    desk.fill({"/handover/recipient_name": "Trần Thị Mỹ Duyên", "/handover/delivery": "electronic"})
    desk.press("Đã trả kết quả")
    assert "Hồ sơ kết thúc" in desk.text
    assert "TRẦN THỊ MỸ DUYÊN" in result(people, filed, "Giấy xác nhận tình trạng hôn nhân")


def test_a_copy_is_paid_online_by_the_pages_and_posted(url: str, people: People, phone: Phone, staff: Staff) -> None:
    couple = forms.marriage()
    entry = file(url, sign_in(url, APPLICANT), staff, MARRY, couple).registered()
    form = forms.copy_of_marriage(couple, f"{entry['number']:02d}/{entry['year']}")
    filed = filed_by(people, phone, "Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh", form, set())
    take_in(people, filed)
    citizen = people.citizen
    citizen.follow("Xem hồ sơ")
    citizen.press("Xem và nộp")
    citizen.press("Trả 16.000 đồng qua cổng thanh toán")
    citizen.press("Sang trang thanh toán")
    citizen.press("Trả tiền")
    assert "Ông/bà không phải nộp gì thêm." in citizen.text
    desk = people.reception
    open_at_desk(desk, filed)
    officer = people.officer
    open_at_desk(officer, filed)
    pick_entry(officer, "hung nguyen hang le", entry["number"])
    officer.press("Trình người ký")
    assert "Đã trình ký" in officer.text
    sign(people, filed)
    open_at_desk(desk, filed)
    desk.fill(
        {
            "/handover/recipient_name": forms.WIFE,
            "/handover/delivery": "post",
            "/handover/delivery_note": "RR123456789VN",
        }
    )
    desk.press("Đã trả kết quả")
    assert "Hồ sơ kết thúc" in desk.text
    assert "TRÍCH LỤC KẾT HÔN" in result(people, filed, "Bản sao trích lục hộ tịch")


def test_a_birth_recognised_by_the_father_is_registered_through_the_pages(people: People, phone: Phone) -> None:
    """1.000689: the pages draw a procedure that they know only by its data."""
    papers = {"Giấy chứng sinh", "Văn bản cam đoan về quan hệ cha, mẹ, con"}
    procedure = "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con"
    filed = filed_by(people, phone, procedure, forms.combined_birth(), papers)
    take_in(people, filed)
    assert people.reception.row("Người nộp")
