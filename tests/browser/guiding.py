"""A resident at a station's computer and a volunteer at the second one, as the tests and the pictures play them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.chassis.clock import SystemClock, day_in_vietnam
from tests.browser.station import KIOSK
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.api import Api, sign_in
from tests.e2e.drafts import APPLICANT, SLUG, WARD

VOLUNTEER = f"tinhnguyen.{SLUG}"
PROCEDURE = "1.001193"
POINTED = ".app-pointed"


@dataclass
class Station:
    """The station at which the volunteer is on duty now, seen by the ward's administrator."""

    administrator: Api
    id: str

    def add(self, kind: str, name: str, **more: str) -> dict[str, Any]:
        """A new device; returns it with the code that enrols it."""
        body = {"kind": kind, "station_id": self.id, "name": name, **more}
        added: dict[str, Any] = self.administrator.post(f"/wards/{WARD}/devices", body)
        return added

    def running_duty(self) -> dict[str, Any]:
        """The volunteer's duty on which a code is used now."""
        return running_duty(self.administrator)


def running_duty(caller: Api) -> dict[str, Any]:
    """In the last minutes of a day it is the next day's: its volunteer may begin a little before the hour."""
    now = SystemClock().now()
    days = {"since": day_in_vietnam(now).isoformat(), "until": day_in_vietnam(now + timedelta(days=1)).isoformat()}
    found: list[dict[str, Any]] = caller.get(f"/wards/{WARD}/duties", params=days)["duties"]
    begun = [
        each
        for each in found
        if each["volunteer"]["username"] == VOLUNTEER and datetime.fromisoformat(each["on_duty_from"]) <= now
    ]
    return max(begun, key=lambda each: str(each["on_duty_from"]))


def station(url: str) -> Station:
    return Station(sign_in(url, f"quantri.{SLUG}"), running_duty(sign_in(url, VOLUNTEER))["station_id"])


@dataclass
class Pair:
    """The two browsers, and the computer's id."""

    citizen: Visitor
    volunteer: Visitor
    kiosk: str

    def agree(self) -> str:
        """The citizen asks for guidance on the page that is open; returns the six digits."""
        self.citizen.onward(self.citizen.page.locator("#guidance :is(a, button)", has_text="Nhờ hướng dẫn"))
        self.citizen.press("Tôi đồng ý và nhờ hướng dẫn")
        return self.citizen.page.locator("#guidance-here .app-digits [aria-hidden]").inner_text()

    def join(self, digits: str) -> None:
        self.volunteer.go("/tinh-nguyen")
        self.volunteer.fill({"/code": digits})
        self.volunteer.press("Vào hướng dẫn")

    def begin(self) -> None:
        """A guided session on the page that the citizen has open, and both back at it."""
        self.join(self.agree())
        self.citizen.page.locator("h1", has_text="đang hướng dẫn ông/bà").wait_for()
        self.citizen.press("Về trang đang làm")

    def guide(self, button: str) -> None:
        """The volunteer presses a button of the session's page, by its id."""
        self.volunteer.page.locator(f"#{button}").click()


def sit_down(
    visit: Visit,
    url: str,
    *,
    name: str = "Máy thử",
    login: str = APPLICANT,
    look: Callable[[Visitor, str], object] = lambda *_: None,
    **how: Any,
) -> Pair:
    """A new computer of the station with a resident signed in (nobody without a login), and the volunteer signed in on
    a phone.
    """
    added = station(url).add("kiosk", name)
    citizen: Visitor = visit(**({"size": KIOSK} | how))
    citizen.go("/kiosk/ghi-danh")
    citizen.page.get_by_label("Phường của điểm hỗ trợ").select_option(SLUG)
    citizen.fill({"/code": added["code"]})
    look(citizen, "the code that enrols a computer")
    citizen.press("Ghi danh")
    if login:
        citizen.sign_in(login)
    volunteer: Visitor = visit(size=PHONE, scripted=how.get("scripted", True))
    volunteer.sign_in(VOLUNTEER)
    assert volunteer.heading == "Trực hướng dẫn"
    return Pair(citizen, volunteer, added["device"]["id"])


def begin_form(pair: Pair) -> str:
    """The citizen begins a birth registration; returns the address of the dossier."""
    pair.citizen.go(f"/phuong/{SLUG}/thu-tuc/{PROCEDURE}")
    pair.citizen.press_first("Bắt đầu ")
    return urlsplit(pair.citizen.page.url).path.removesuffix("/to-khai")


@contextmanager
def scanning(url: str, home: Path, kiosk: str) -> Iterator[None]:
    """SANE's test scanner beside the computer, with its agent."""
    code = station(url).add("scanner", "Máy quét thử", kiosk_id=kiosk)["code"]
    with (home / "log").open("wb") as output:
        command = [sys.executable, "-m", "deploy.local.scanner", str(home), url, WARD, code]
        agent = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            yield
        finally:
            agent.terminate()
            agent.wait(10)


def scan(citizen: Visitor, look: Callable[[Visitor, str], object] = lambda *_: None) -> None:
    """The page that lies on the scanner's glass, as soon as its agent is there."""
    for _ in range(20):
        if citizen.page.get_by_role("button", name="Quét giấy tờ").count():
            break
        citizen.page.wait_for_timeout(1000)
        citizen.page.reload()
    citizen.press("Quét giấy tờ")
    look(citizen, "where to lay the paper")
    citizen.page.locator("[name=source][value$=flatbed]").check()
    citizen.press("Quét")
    citizen.page.locator(".app-pages img").wait_for(timeout=60_000)
    look(citizen, "the page that was scanned")
    citizen.press("Dùng trang này")


def forget_lost_connections(pair: Pair) -> None:
    """A browser's messages about cut connections are no fault of the pages."""
    for visitor in (pair.citizen, pair.volunteer):
        visitor.complaints[:] = [one for one in visitor.complaints if "net::ERR_" not in one]
