"""The pages of the ward's administrator."""

from __future__ import annotations

import pytest

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

ADMIN = "quantri.nam-duong"
START, STATIONS, WEEK = "/quan-tri", "/quan-tri/diem-ho-tro", "/quan-tri/lich"
VOLUNTEERS, DEVICES, PHRASES = "/quan-tri/tinh-nguyen-vien", "/quan-tri/may", "/quan-tri/cau-soan-san"
FORMS = (
    f"{STATIONS}/them",
    f"{WEEK}/them",
    f"{WEEK}/them-nhieu",
    f"{VOLUNTEERS}/them",
    f"{DEVICES}/them/kiosk",
    f"{DEVICES}/them/scanner",
)
PAGES = (START, STATIONS, WEEK, VOLUNTEERS, DEVICES, PHRASES, *FORMS)


@pytest.mark.parametrize("who", ["0905123456", "motcua.nam-duong", "chutich.nam-duong", "tinhnguyen.nam-duong"])
def test_nobody_but_the_administrator_sees_these_pages(browser: Browser, who: str) -> None:
    browser.signed_in(who)
    for path in PAGES:
        browser.get(path)
        assert browser.response.status_code == 403, path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_with_and_without_content(browser: Browser, ward: Ward, path: str) -> None:
    browser.signed_in(ADMIN)
    ward.open(day_from_now(0), "00:00", "23:59")
    browser.get(path)
    assert browser.response.status_code == 200
    check(browser)
    ward.stations.clear()
    ward.volunteers.clear()
    ward.phrases.clear()
    browser.get(path)
    assert browser.response.status_code == 200
    check(browser)
