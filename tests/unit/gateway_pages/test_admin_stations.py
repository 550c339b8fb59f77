"""The administrator's pages of stations."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, STATIONS
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


def answers_of(station: accounts_v1.Station, **other: str) -> dict[str, str]:
    """A station's form as the browser would send it."""
    texts = {name: getattr(station, name) for name in ("name", "venue", "address", "directions", "contact_name")}
    return texts | {"step_free": "no", "version": str(station.version), "key": "once"} | other


def test_a_station_is_added_and_then_stands_in_the_list(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STATIONS}/them")
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", address="3 Hoàng Diệu", step_free="yes", key="k1")
    assert wards.asked[-1].idempotency_key == "k1"
    browser.follow()
    assert "Đã thêm điểm hỗ trợ" in browser.page.text
    assert "Trạm tổ 12" in browser.page.text
    assert ward.stations[-1].step_free


def test_a_station_that_lacks_something_is_refused_at_its_field_and_what_was_typed_stays(
    browser: Browser, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STATIONS}/them")
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", step_free="yes")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-address")
    assert browser.page.all("input", id="f-name")[0]["value"] == "Trạm tổ 12"
    browser.post(f"{STATIONS}/them", name="Trạm tổ 12", address="3 Hoàng Diệu")
    assert browser.page.all("a", href="#f-step-free")
    assert len(ward.stations) == 1


def test_what_is_left_out_is_named_all_at_once(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STATIONS}/them")
    browser.post(f"{STATIONS}/them")
    check(browser)
    for anchor in ("#f-name", "#f-address", "#f-step-free"):
        assert browser.page.all("a", href=anchor), anchor
    browser.get("/quan-tri/may/them/kiosk")
    browser.post("/quan-tri/may/them/kiosk")
    check(browser)
    for anchor in ("#f-place", "#f-name"):
        assert browser.page.all("a", href=anchor), anchor


def test_who_saves_later_sees_what_was_saved_meanwhile_and_loses_nothing(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    path = f"{STATIONS}/{station.id}"
    browser.get(path)
    station.directions, station.version = "Từ chợ Cồn đi thẳng", 2
    browser.post(path, **answers_of(station, version="1", directions="Cạnh trường Phan Châu Trinh"))
    assert browser.response.status_code == 412
    check(browser)
    assert "Từ chợ Cồn đi thẳng" in browser.page.text
    assert "Cạnh trường Phan Châu Trinh" in browser.page.text
    assert browser.page.hidden("version") == "2"
    assert station.directions == "Từ chợ Cồn đi thẳng"
    browser.post(path, **answers_of(station, directions="Cạnh trường Phan Châu Trinh"))
    browser.follow()
    assert station.directions == "Cạnh trường Phan Châu Trinh"


def test_a_station_is_closed_after_a_question_and_can_be_opened_again(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    browser.get(f"{STATIONS}/{station.id}/dong")
    check(browser)
    assert "Các buổi sắp tới của điểm này bị hủy" in browser.page.text
    browser.post(f"{STATIONS}/{station.id}/dong", key="k")
    browser.follow()
    assert station.closed
    assert station.address == "12 Lê Đình Dương", "closing changes nothing else"
    browser.post(f"{STATIONS}/{station.id}/mo-lai", key="k")
    browser.follow()
    assert not station.closed


def test_a_station_that_is_sent_as_it_came_is_not_saved_again(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    browser.get(f"{STATIONS}/{station.id}")
    shown = {one["name"]: one.get("value", "") for one in browser.page.all("input", type="text")}
    shown |= {"contact_phone": station.contact_phone, "directions": station.directions}
    step = "yes" if station.step_free else "no"
    browser.post(f"{STATIONS}/{station.id}", **shown, step_free=step, version=str(station.version))
    assert "SaveStation" not in [one.rpc for one in wards.asked]
    browser.follow()
    assert "Chưa có gì thay đổi" in browser.page.text
