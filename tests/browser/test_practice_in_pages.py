"""A practice through the pages, beside a real sign-in, from the first page to a certificate that says that it is not
real.
"""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser.practising import BIRTH, CHILD, answer_the_office, begin, fill_and_send
from tests.browser.usable import usable
from tests.browser.visitor import PHONE, Visit
from tests.e2e.api import PASSWORD, Api
from tests.e2e.drafts import APPLICANT

NOT_SENT = "hồ sơ này không gửi đến phường nào"


@pytest.mark.parametrize("scripted", [True, False])
def test_somebody_without_an_account_practises_a_birth_to_the_certificate(visit: Visit, scripted: bool) -> None:
    visitor = visit(scripted=scripted, size=PHONE)
    begin(visitor)
    assert NOT_SENT in visitor.text
    assert visitor.title.startswith("TẬP THỬ: ")
    fill_and_send(visitor, scripted=scripted)
    answer_the_office(visitor)
    visitor.press("Kết thúc lần tập thử này")
    assert visitor.heading.startswith("Ông/bà đã làm xong một lần tập thử")
    assert "Ghi lần tập thử này" in visitor.text
    if scripted:
        usable(visitor, "end of a practice")
    link = visitor.page.get_by_role("link", name=re.compile("^Xem giấy khai sinh tập thử")).get_attribute("href")
    pdf = pypdfium2.PdfDocument(io.BytesIO(visitor.context.request.get(f"{visitor.url}{link}").body()))
    words = " ".join(page.get_textpage().get_text_range() for page in pdf)
    assert "TẬP THỬ – không có giá trị" in words
    assert CHILD.upper() in words.upper()
    certificate = re.search(r"00000(-[0-9a-z]{4}){3}", words)
    assert certificate
    visitor.go(f"/xac-minh/{certificate.group()}")
    assert visitor.heading == "Giấy tập thử, không có giá trị"
    visitor.go("/tap-thu")
    visitor.press("Thôi tập thử")
    assert visitor.heading == "Thôi tập thử?"
    if scripted:
        usable(visitor, "leaving a practice")
    visitor.press("Thôi tập thử")
    assert "Ông/bà đang tập với tên" not in visitor.text


def test_who_is_signed_in_practises_without_signing_out_and_the_two_do_not_mix(visit: Visit, url: str) -> None:
    visitor = visit()
    visitor.sign_in(APPLICANT, PASSWORD)
    own = visitor.page.locator("header, .app-bar").first.inner_text()
    begin(visitor)
    draft = visitor.page.url
    invented = visitor.page.locator(".app-bar__who").inner_text()
    assert "không có thật" in invented
    visitor.go("/ho-so")
    assert visitor.page.locator(f'a[href*="{draft.rpartition("/ho-so/")[2].partition("/to-khai")[0]}"]').count() == 0
    assert "không có thật" not in visitor.text
    assert visitor.page.locator("header, .app-bar").first.inner_text() == own
    visitor.page.goto(draft)
    assert visitor.heading == BIRTH
    visitor.go("/theo-doi")
    wards = Api(url).get("/wards")["wards"]
    assert not [ward for ward in wards if ward["code"] == "00000"]


def test_a_practice_is_counted_once_in_the_account_of_who_signs_in_for_it(visit: Visit) -> None:
    visitor = visit(size=PHONE)
    begin(visitor)
    fill_and_send(visitor, scripted=True)
    answer_the_office(visitor)
    visitor.press("Kết thúc lần tập thử này")
    end = visitor.page.url
    visitor.follow("đăng nhập")
    visitor.fill({"/login": APPLICANT, "/password": PASSWORD})
    visitor.press("Đăng nhập")
    assert visitor.page.url == end
    usable(visitor, "end of a practice, signed in")
    visitor.press("Chính tay ông/bà làm")
    assert "Chính tay ông/bà làm: ông/bà đã tự làm được." in visitor.text
    assert not visitor.page.get_by_role("button", name="Có người làm giúp").count()
    visitor.follow("Xem những gì tôi đã làm")
    assert visitor.heading.startswith("Ông/bà đã tự làm được")
    assert f"Tập thử: {BIRTH}" in visitor.text
    usable(visitor, "what somebody did by themselves")


def test_a_practice_that_is_over_leads_to_its_start_and_not_to_signing_in(visit: Visit) -> None:
    visitor, other = visit(), visit()
    begin(visitor)
    other.page.goto(visitor.page.url)
    assert other.heading == "Tập thử: làm thử một lần"
    other.go("/phuong/tap-thu/mo-tai-khoan")
    expect(other.page).to_have_url(re.compile("/tap-thu$"))
