"""The purpose of the system: somebody who has never done it learns it, does it with help, then does it alone at
home.
"""

from __future__ import annotations

import io
import re
import secrets
from pathlib import Path

import pypdfium2

from tests.browser.guiding import PROCEDURE, Pair, scan, scanning, sit_down
from tests.browser.people import Person, opened
from tests.browser.practising import BIRTH, answer_the_office, begin, fill_and_send
from tests.browser.scene import ADMIN
from tests.browser.steps import Filed, draft, send
from tests.browser.visitor import PHONE, Visit, Visitor, by_pointer
from tests.e2e.api import Phone
from tests.e2e.birth import whole_form
from tests.e2e.drafts import SLUG, WARD
from tests.e2e.people import file_birth, new_person, open_account

HOUSEHOLD, OWN, REPORT = "/tai-khoan/ho-gia-dinh", "/tai-khoan/tu-lam", "/quan-tri/bao-cao"
#: Fewer are not told of.
NEIGHBOURS = 5


def let_neighbours_be_covered(url: str) -> None:
    """Five households of the ward, each with a member who has filed alone."""
    agreed = {"text_version": ""}
    for _ in range(NEIGHBOURS):
        person = new_person()
        citizen = open_account(url, person)
        text = citizen.get(f"/wards/{WARD}/consent-text", params={"purpose": "household"})
        agreed["text_version"] = text["version"]
        citizen.post("/me/household", agreed)
        file_birth(citizen, Phone(url, person["phone"]), child=f"Lê Hàng Xóm {secrets.choice('ABCDEGHK')}")


def covered(administrator: Visitor, *, at_least: int = 0) -> int:
    """The number of covered households in the ward's report, which changes when events of filings arrive."""
    for _ in range(20):
        administrator.go(REPORT)
        row = administrator.row("Hộ đã có người tự làm được")
        if row.isdigit() and int(row) >= at_least:
            return int(row)
        administrator.page.wait_for_timeout(500)
    raise AssertionError(administrator.text)


def has_come(visitor: Visitor, text: str) -> None:
    """The page says so, once the event is there."""
    for _ in range(20):
        if text in visitor.text:
            return
        visitor.page.wait_for_timeout(500)
        visitor.page.reload()
    raise AssertionError(visitor.text)


def practise(citizen: Visitor) -> None:
    """A birth registration with a supplement and a certificate that says what it is; somebody had helped."""
    begin(citizen)
    fill_and_send(citizen, scripted=True)
    answer_the_office(citizen)
    citizen.press("Kết thúc lần tập thử này")
    citizen.onward(citizen.page.get_by_role("link", name=re.compile("^Xem giấy khai sinh tập thử")))
    source = citizen.page.locator("iframe.app-file").get_attribute("src")
    pdf = pypdfium2.PdfDocument(io.BytesIO(citizen.context.request.get(f"{citizen.url}{source}").body()))
    assert all("TẬP THỬ" in page.get_textpage().get_text_range() for page in pdf)
    citizen.page.go_back()
    citizen.press("Có người làm giúp")
    assert "Đã ghi lần tập thử này" in citizen.text


def file_with_help(pair: Pair, phone: Phone, url: str, home: Path) -> Filed:
    """A real one at the station, guided, its paper scanned."""
    citizen = pair.citizen
    citizen.go(f"/phuong/{SLUG}/thu-tuc/{PROCEDURE}")
    citizen.press_first("Bắt đầu ")
    pair.begin()
    citizen.press_first("Làm tiếp: ")
    pair.volunteer.page.locator("#here-1-point").wait_for()
    pair.guide("here-1-point")
    citizen.page.locator(".app-pointed").wait_for()
    citizen.fill_pages(by_pointer(whole_form("Lê Gia Bảo")))
    with scanning(url, home, pair.kiosk):
        scan(citizen)
    citizen.press("Tiếp tục")
    filed = send(citizen, phone)
    pair.volunteer.press("Kết thúc buổi hướng dẫn")
    return filed


def test_whoever_was_helped_first_does_it_alone_and_the_household_is_covered(
    visit: Visit, url: str, tmp_path: Path
) -> None:
    let_neighbours_be_covered(url)
    administrator = visit()
    administrator.sign_in(ADMIN)
    before = covered(administrator, at_least=NEIGHBOURS)

    # At a station's computer: an account, a household, a practice.
    person = Person(full_name="Nguyễn Văn Bảy")
    pair = sit_down(visit, url, name="Máy cả nhà", login="")
    citizen = pair.citizen
    phone = opened(citizen, person, url)
    citizen.press("Đăng nhập")
    citizen.fill({"/login": person.phone, "/password": person.password})
    citizen.onward(citizen.page.locator("main").get_by_role("button", name="Đăng nhập"))
    citizen.go(HOUSEHOLD)
    citizen.press("Bắt đầu một hộ")
    citizen.press("Tôi đồng ý, bắt đầu")
    practise(citizen)
    citizen.go(HOUSEHOLD)
    assert "Trong hộ chưa có ai tự làm được" in citizen.text

    # A real filing with a volunteer: that does not yet count as alone.
    helped = file_with_help(pair, phone, url, tmp_path)
    citizen.go(OWN)
    has_come(citizen, f"{BIRTH} Có người giúp")
    citizen.go(HOUSEHOLD)
    assert "Trong hộ chưa có ai tự làm được" in citizen.text
    assert covered(administrator, at_least=before) == before
    citizen.press("Kết thúc")

    # The next one alone, on the phone at home.
    at_home = visit(size=PHONE)
    at_home.sign_in(person.phone, person.password)
    draft(at_home, SLUG, BIRTH, whole_form("Lê Gia Hân"))
    alone = send(at_home, phone)
    assert alone.code != helped.code
    at_home.go(OWN)
    has_come(at_home, "Ông/bà đã tự làm được")
    assert "Ông/bà tự làm – Phường Nam Dương" in at_home.text
    at_home.go(HOUSEHOLD)
    assert f"Hộ đã có người tự làm được {person.full_name}" in at_home.text
    assert covered(administrator, at_least=before + 1) == before + 1
