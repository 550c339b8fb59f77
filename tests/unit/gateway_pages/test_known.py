"""A browser in which somebody has signed in is known again."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1

from gateway.pages.known import COOKIE, MOST
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.station import put_station
from tests.unit.gateway_pages.test_kiosk import enrol
from tests.unit.gateway_pages.ward import PASSWORD, Ward


@pytest.fixture
def devices(ward: Ward, wards: FakeWards) -> list[tuple[str, ...]]:
    """The devices that each sign-in named; each gets `device-<number>`."""
    seen: list[tuple[str, ...]] = []

    def create(_: str, request: Any) -> accounts_v1.Session:
        seen.append(tuple(request.devices))
        answer = accounts_v1.Session()
        answer.CopyFrom(ward.rpc_create_session(request))
        answer.device = f"device-{len(seen)}"
        return answer

    wards.answers("CreateSession", create)
    return seen


def sign_in(browser: Browser, password: str = PASSWORD) -> None:
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="0905123456", password=password)


def sign_out(browser: Browser) -> None:
    browser.get("/tai-khoan")
    browser.post("/dang-xuat")


def test_a_browser_says_at_the_next_sign_in_what_it_was_given_by_earlier_ones(
    browser: Browser, devices: list[tuple[str, ...]]
) -> None:
    for _ in range(MOST + 2):
        sign_in(browser)
        sign_out(browser)
    assert devices[:3] == [(), ("device-1",), ("device-2", "device-1")]
    assert devices[-1] == tuple(f"device-{number}" for number in range(MOST + 1, 1, -1))


def test_the_cookie_is_sealed_and_for_the_browser_alone(browser: Browser, devices: list[tuple[str, ...]]) -> None:
    sign_in(browser)
    (cookie,) = [line for line in browser.response.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")]
    assert "device" not in cookie
    assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize("content", ["", "x", "AAAA", "not sealed by us", "ễ"])
def test_a_cookie_that_is_not_ours_is_ignored(browser: Browser, devices: list[tuple[str, ...]], content: str) -> None:
    browser.client.set_cookie(COOKIE, content)
    sign_in(browser)
    assert devices == [()]


def test_a_wrong_password_gives_a_browser_nothing(browser: Browser, devices: list[tuple[str, ...]]) -> None:
    sign_in(browser, "sai rồi")
    assert browser.client.get_cookie(COOKIE) is None


def test_a_new_password_makes_the_browser_known_again(
    browser: Browser, ward: Ward, wards: FakeWards, devices: list[tuple[str, ...]]
) -> None:
    sign_in(browser)

    def changed(_: str, request: Any) -> accounts_v1.Session:
        answer = accounts_v1.Session()
        answer.CopyFrom(ward.session(ward.people["0905123456"]))
        answer.device = "of-the-new-password"
        return answer

    wards.answers("ChangePassword", changed)
    browser.get("/tai-khoan/mat-khau")
    browser.post("/tai-khoan/mat-khau", password=PASSWORD, new_password="sóng biển Mỹ Khê")
    sign_out(browser)
    sign_in(browser)
    assert devices[-1] == ("of-the-new-password", "device-1")


def test_a_stations_computer_keeps_none(browser: Browser, wards: FakeWards, devices: list[tuple[str, ...]]) -> None:
    put_station(wards)
    enrol(browser)
    sign_in(browser)
    assert len(devices) == 1
    assert browser.client.get_cookie(COOKIE) is None
