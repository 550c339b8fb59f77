"""A station's computer: enrolled by a code, its token beside the person's own, and nothing left after the clock."""

from __future__ import annotations

import time

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from flask import Flask
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty

from gateway.pages import kiosk
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser

CREDENTIAL = f"{NAM_DUONG}.secret"
DEVICE = stations_v1.Device(id="d1", kind="kiosk", name="Máy 1")
STATION = accounts_v1.Station(id="s1", name="Trạm tổ 3")
REVOKED = Refusal(Kind.UNAUTHENTICATED, "device-not-enrolled", "Máy này chưa được ghi danh.")
AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")


@pytest.fixture(autouse=True)
def station(app: Flask, wards: FakeWards) -> None:
    app.extensions.pop("kiosks", None)
    opened = stations_v1.DeviceSession(token="of-the-computer", expires_in=600, device=DEVICE, station=STATION)
    wards.answers("OpenDeviceSession", opened)
    wards.answers("EnrolDevice", stations_v1.EnrolledDevice(credential=CREDENTIAL, device=DEVICE))
    wards.answers("ClearKiosk", Empty())


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the gateway reads: a list of one that the test changes."""
    moment = [time.time()]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


def enrol(browser: Browser) -> None:
    browser.get("/kiosk/ghi-danh")
    browser.post("/kiosk/ghi-danh", phuong="nam-duong", code="tryme-ksk22")
    browser.follow()


def cookies(client: FlaskClient) -> set[str]:
    return {name for name in ("caunoi", kiosk.COOKIE, kiosk.USED_COOKIE) if client.get_cookie(name)}


def test_a_code_makes_the_browser_a_stations_computer(browser: Browser, wards: FakeWards) -> None:
    enrol(browser)
    assert browser.response.status_code == 200
    assert "Trạm tổ 3" in browser.page.text
    assert browser.page.all("body")[0]["class"].endswith("app-kiosk")
    asked = next(one for one in wards.asked if one.rpc == "EnrolDevice")
    assert (asked.ward, asked.request.code, asked.request.kind) == (NAM_DUONG, "tryme-ksk22", "kiosk")
    cookie = browser.client.get_cookie(kiosk.COOKIE)
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site, cookie.max_age) == (CREDENTIAL, True, "Lax", 31536000)
