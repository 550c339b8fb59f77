"""The desk's acts on residents' accounts: counted by officer, and no typed text is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_new_paper import FILLED
from tests.unit.gateway_pages.test_recovery import SEEN, at_desk
from tests.unit.gateway_pages.ward import OTP, Ward


@pytest.fixture
def limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two acts a minute for each officer, and one sign-in for each address."""
    limits = {"limits_enabled": True, "limit_desk": "2 per minute", "limit_sessions": "1 per minute"}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=limits))
    monkeypatch.setitem(app.extensions, "limits", MovingWindowRateLimiter(MemoryStorage()))


@pytest.mark.parametrize(
    ("page", "typed", "rpc"),
    [
        ("", {name: SEEN[name] for name in ("identity_kind", "identity_number")}, "FindAccount"),
        ("xac-nhan", SEEN, "ConfirmIdentity"),
        ("doi-dien-thoai", SEEN | {"phone": "0905 777 888", "without_email": "yes"}, "RequestPhoneReplacement"),
        ("dong", SEEN | {"reason": "second-account"}, "CloseAccount"),
        ("giay-to-moi", FILLED, "ReplaceIdentityPaper"),
        ("ma-xac-nhan", {"otp": OTP}, "ReplacePhone"),
    ],
)
@pytest.mark.usefixtures("limit")
def test_past_the_limit_the_form_is_shown_again_with_all_that_was_typed(
    browser: Browser, wards: FakeWards, page: str, typed: dict[str, str], rpc: str
) -> None:
    where = at_desk(browser)  # one of the two
    browser.get(f"{where}/doi-dien-thoai")
    browser.post(f"{where}/doi-dien-thoai", **SEEN, phone="0905 777 888")
    asked = len(wards.asked)
    address = f"{where}/{page}" if page else "/can-bo/tai-khoan"
    browser.get(address)
    browser.post(address, **typed)
    assert browser.response.status_code == 422
    check(browser)
    assert "Vừa có quá nhiều yêu cầu liên tiếp. Xin chờ một lát rồi làm lại." in browser.page.text
    for name, value in typed.items():
        (field,) = browser.page.all("input", name=name, value=value)
        assert field["type"] in ("text", "tel") or "checked" in field, name
    assert rpc not in [one.rpc for one in wards.asked[asked:]]


@pytest.mark.usefixtures("limit")
def test_a_colleague_goes_on_and_what_signs_in_at_the_same_address_counts_apart(browser: Browser, ward: Ward) -> None:
    where = at_desk(browser)  # with the one sign-in of this address
    ward.people["hotich.nam-duong"] = ward.person("Đỗ Thị Na", "civil_status_officer")
    browser.get(f"{where}/xac-nhan")
    for _ in range(3):
        browser.post(f"{where}/xac-nhan", **(SEEN | {"identity_number": "048156000999"}))
    assert "Vừa có quá nhiều yêu cầu liên tiếp." in browser.page.text
    browser.signed_in("hotich.nam-duong")
    browser.get(f"{where}/xac-nhan")
    browser.post(f"{where}/xac-nhan", **SEEN)
    assert browser.response.status_code == 303


def test_a_wrong_name_is_put_right_where_the_original_is_confirmed(browser: Browser, wards: FakeWards) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/xac-nhan")
    assert "Ngày sinh trên bản chính (không bắt buộc)" in browser.page.text
    born = {"date_of_birth-day": "3", "date_of_birth-month": "2", "date_of_birth-year": "1955"}
    browser.post(f"{where}/xac-nhan", **SEEN, full_name="Nguyễn Thị Tư", **born)
    assert browser.response.status_code == 303
    (asked,) = [one.request for one in wards.asked if one.rpc == "ConfirmIdentity"]
    assert (asked.full_name, asked.date_of_birth) == ("Nguyễn Thị Tư", "1955-02-03")
