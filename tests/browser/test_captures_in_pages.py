"""A paper by phone: the code on the computer, the phone's page, and the picture that appears by itself."""

from __future__ import annotations

import io
import time
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import FilePayload

from tests.browser.usable import enter, tab_to, usable
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.api import Api, accepted, sign_in
from tests.e2e.birth import HOSPITAL_PAPER
from tests.e2e.drafts import APPLICANT, SLUG, WARD, begin

SECONDS = 2.0  # from the phone's "sent" to the picture on the computer


def picture(shade: int = 210) -> bytes:
    page = Image.new("RGB", (1200, 900), (shade, shade, 180))
    page.paste((60, 40, 40), (0, 0, 1200, 120))
    out = io.BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()


JPEG = {"Content-Type": "image/jpeg"}


class Holder(Api):
    """Somebody who holds only a capture's ticket."""

    def __init__(self, url: str, ticket: str) -> None:
        super().__init__(url)
        self._ticket = {"Authorization": f"Capture {ticket}"}

    def send(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        headers = self._ticket | options.pop("headers", {})
        return accepted(super().send(method, path, headers=headers, **options))


class Citizen:
    """At a computer with a draft's paper open; and over the API, which gives the ticket that the code draws."""

    def __init__(self, visit: Visit, url: str, **how: Any) -> None:
        self.api = sign_in(url, APPLICANT)
        self.draft = begin(self.api, papers=False)
        self.computer: Visitor = visit(**how)
        self.computer.sign_in(APPLICANT)
        self.computer.go(f"/ho-so/{SLUG}/{self.draft.path.rpartition('/')[2]}/giay-to/{HOSPITAL_PAPER}")
        self.computer.press("Dùng điện thoại của tôi")

    def ticket(self) -> str:
        """A new one for the paper; the code on the screen is no longer good."""
        body = {"kind": HOSPITAL_PAPER, "source": "phone"}
        ticket: str = self.api.post(f"{self.draft.path}/captures", body)["ticket"]
        return ticket


def take(phone: Visitor, content: bytes) -> None:
    payload = FilePayload(name="IMG_0001.jpg", mimeType="image/jpeg", buffer=content)
    with phone.page.expect_navigation():
        phone.page.set_input_files("#file", payload)


def test_a_picture_of_ones_own_phone_is_on_the_computer_at_once(visit: Visit, url: str) -> None:
    citizen = Citizen(visit, url)
    computer = citizen.computer
    assert computer.page.locator(".app-qr svg").count() == 1
    usable(computer, "tray, waiting")

    ticket = citizen.ticket()
    phone = visit(size=PHONE)
    phone.go(f"/chup/{SLUG}#{ticket}")
    phone.page.get_by_text("Giấy chứng sinh").wait_for()
    assert ticket not in phone.page.url
    usable(phone, "phone")
    take(phone, picture())
    sent = time.monotonic()
    assert "Xin nhìn lại máy tính." in phone.text
    computer.page.locator(".app-pages img").wait_for()
    assert time.monotonic() - sent < SECONDS
    usable(phone, "phone, sent")
    usable(computer, "tray")
    assert [one for visitor in (phone, computer) for one in visitor.addresses if ticket in one.partition("#")[0]] == []

    again = visit(size=PHONE)
    again.go(f"/chup/{SLUG}#{ticket}")
    again.page.get_by_text("đã dùng rồi").wait_for()
    assert not again.page.locator("#phone").is_visible()
    usable(again, "phone, used up")
    assert ["409" in complaint for complaint in again.complaints] == [True], "the ticket is asked about"
    again.complaints.clear()

    shown = computer.page.locator(".app-pages img")
    computer.onward(shown)
    usable(computer, "one page, large")
    computer.press("Rõ, quay lại")
    computer.press("Xoay trang 1")
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth < one.naturalHeight)")
    computer.press("Dùng trang này")
    assert computer.heading == "Giấy chứng sinh"
    assert "Giấy chứng sinh.jpg" in computer.text


def test_the_tray_by_keyboard_and_without_script(visit: Visit, url: str) -> None:
    citizen = Citizen(visit, url, scripted=False)
    computer = citizen.computer
    assert computer.page.locator("meta[http-equiv=refresh]").count() == 1
    phone = visit(size=PHONE)
    phone.go(f"/chup/{SLUG}#{citizen.ticket()}")
    take(phone, picture())
    computer.page.locator(".app-pages img").wait_for(timeout=15_000)
    computer.page.get_by_role("button", name="Dùng trang này").focus()
    with computer.page.expect_navigation():
        computer.page.keyboard.press("Enter")
    assert "Giấy chứng sinh.jpg" in computer.text

    without = visit(size=PHONE, scripted=False)
    without.go(f"/chup/{SLUG}#some-ticket")
    assert "JavaScript" in without.text
    assert "nhờ tình nguyện viên" in without.text


def test_pages_of_a_scanner_come_one_by_one_and_what_came_stays_after_a_jam(visit: Visit, url: str) -> None:
    citizen = Citizen(visit, url)
    computer = citizen.computer
    body = {"kind": HOSPITAL_PAPER, "source": "scanner"}
    ticket = citizen.api.post(f"{citizen.draft.path}/captures", body)["ticket"]
    holder, captures = Holder(url, ticket), f"/wards/{WARD}/captures"
    for number in (1, 2, 3):
        holder.send("PUT", f"{captures}/pages/{number}", content=picture(40 * number), headers=JPEG)
        computer.page.locator(f".app-pages li:nth-child({number})").wait_for()
        if number == 1:
            computer.page.locator(".app-pages a").focus()
        own = computer.page.locator(".app-pages a").first
        assert own.evaluate("one => one === document.activeElement"), "what has the focus keeps it"
    fetched = [address for address in computer.addresses if address.endswith("v=0")]
    assert len(fetched) == len(set(fetched)), "a picture that is there is not fetched again"
    holder.send("POST", f"{captures}/end", json={"fault": "jammed"})
    computer.page.get_by_text("kẹt giấy").wait_for()
    usable(computer, "tray, jammed")
    tab_to(computer, ".app-pages li:nth-child(2) form[action$='/bo'] button")
    enter(computer)
    tab_to(computer, "form[action$='/dung'] button")
    enter(computer)
    assert "Giấy chứng sinh.pdf" in computer.text
