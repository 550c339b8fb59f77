"""The administrator's pages of computers and scanners."""

from __future__ import annotations

from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, DEVICES
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import CODE
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward, at


def test_a_computer_and_its_scanner_are_added_with_the_code_that_enrols_them(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{DEVICES}/them/kiosk")
    browser.post(f"{DEVICES}/them/kiosk", place=ward.stations[0].id, name="")
    check(browser)
    assert browser.page.all("a", href="#f-name")
    browser.post(f"{DEVICES}/them/kiosk", place="", name="Máy 1")
    assert browser.page.all("a", href="#f-place")
    browser.post(f"{DEVICES}/them/kiosk", place=ward.stations[0].id, name="Máy 1", key="k")
    check(browser)
    assert CODE in browser.page.text
    assert "/kiosk/ghi-danh" in browser.page.text
    browser.get(f"{DEVICES}/them/scanner")
    browser.post(f"{DEVICES}/them/scanner", place=ward.devices[0].id, name="Máy quét 1", key="k")
    assert "mã phường 20248" in browser.page.text
    kiosk, scanner = ward.devices
    assert (scanner.kiosk_id, scanner.station_id) == (kiosk.id, ward.stations[0].id)
    assert kiosk.kiosk_id == ""
    browser.get(DEVICES)
    check(browser)
    assert browser.page.text.count("Chưa ghi danh") == 2


def test_nothing_is_added_at_a_closed_station_nor_beside_its_computers(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in(ADMIN)
    open_one, closed = ward.stations[0], accounts_v1.Station(id=str(uuid4()), name="Trạm tổ 9", closed=True)
    ward.stations.append(closed)
    for station, name in ((open_one, "Máy 1"), (closed, "Máy 9")):
        ward.devices.append(stations_v1.Device(id=str(uuid4()), kind="kiosk", station_id=station.id, name=name))
    beside, beside_closed = ward.devices
    for kind, here, there in (("kiosk", open_one.id, closed.id), ("scanner", beside.id, beside_closed.id)):
        browser.get(f"{DEVICES}/them/{kind}")
        offered = [one["value"] for one in browser.page.all("option") if one["value"]]
        assert offered == [here]
        browser.post(f"{DEVICES}/them/{kind}", place=there, name="Máy mới")
        assert browser.response.status_code == 422
        assert browser.page.all("a", href="#f-place")
    assert not [one for one in wards.asked if one.rpc == "AddDevice"]


def test_the_list_says_of_each_device_whether_it_is_enrolled_seen_or_revoked(browser: Browser, ward: Ward) -> None:
    for name in ("Máy 1", "Máy 2", "Máy 3"):
        ward.devices.append(
            stations_v1.Device(id=str(uuid4()), kind="kiosk", name=name, station_id=ward.stations[0].id)
        )
    ward.devices[1].enrolled_at.CopyFrom(at(8))
    ward.devices[1].last_seen_at.CopyFrom(at(9, 5))
    ward.devices[2].enrolled_at.CopyFrom(at(8))
    ward.devices[2].revoked_at.CopyFrom(at(10))
    browser.signed_in(ADMIN)
    browser.get(DEVICES)
    for said in ("Chưa ghi danh", "Thấy lần cuối lúc 9 giờ 05 ngày 06/10/2020", "Đã thu hồi 10 giờ ngày 06/10/2020"):
        assert said in browser.page.text
    assert not browser.page.all("a", href=f"{DEVICES}/{ward.devices[2].id}/thu-hoi"), "revoked for good"


def test_a_device_is_revoked_or_gets_a_new_code_after_a_question(browser: Browser, ward: Ward) -> None:
    ward.devices.append(stations_v1.Device(id=str(uuid4()), kind="kiosk", name="Máy 1", station_id=ward.stations[0].id))
    (device,) = ward.devices
    browser.signed_in(ADMIN)
    for what in ("ma-moi", "thu-hoi"):
        browser.get(f"{DEVICES}/{device.id}/{what}")
        check(browser)
    assert "không lấy lại được" in browser.page.text
    browser.post(f"{DEVICES}/{device.id}/ma-moi", key="k")
    check(browser)
    assert CODE in browser.page.text
    assert not device.revoked_at.seconds
    browser.get(f"{DEVICES}/{device.id}/thu-hoi")
    browser.post(f"{DEVICES}/{device.id}/thu-hoi", key="k2")
    browser.follow()
    assert device.revoked_at.seconds
