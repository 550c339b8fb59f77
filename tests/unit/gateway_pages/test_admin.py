"""The pages of the ward's administrator, all of them."""

from __future__ import annotations

import time

import pytest
from caunoi.accounts.v1 import staff_pb2

from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, DEVICES, PHRASES, START, STATIONS, VOLUNTEERS, WEEK
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

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


@pytest.mark.parametrize(
    ("rpc", "path", "typed"),
    [
        ("SaveStation", f"{STATIONS}/them", {"name": "Trạm tổ 12", "address": "3 Hoàng Diệu", "step_free": "yes"}),
        ("AddVolunteer", f"{VOLUNTEERS}/them", {"full_name": "Trần Thị Lan", "username": "lan.tran"}),
        ("SavePhrase", PHRASES, {"text": "Xin nghỉ một chút."}),
    ],
)
def test_a_ward_that_does_not_respond_costs_nothing_that_was_typed(
    browser: Browser, wards: FakeWards, rpc: str, path: str, typed: dict[str, str]
) -> None:
    wards.answers(rpc, Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5))
    browser.signed_in(ADMIN)
    browser.get(path)
    browser.post(path, **typed)
    assert browser.response.status_code == 422
    assert "Chưa trả lời." in browser.page.text
    content = browser.response.get_data(as_text=True)
    assert all(text in content for text in typed.values() if text != "yes")


def test_a_new_administrator_and_a_link_for_one_stand_on_the_first_page(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    me, now = ward.people[ADMIN].id, int(time.time())

    def member(
        id: str, name: str, days: int, *roles: str, opened: bool = True, since: int | None = None
    ) -> staff_pb2.AdministeredStaff:
        made = staff_pb2.AdministeredStaff(id=id, full_name=name, username=id, roles=roles, opened=opened)
        made.added_at.FromSeconds(now - days * 86_400)
        if since is not None:
            made.administrator_since.FromSeconds(now - since * 86_400)
        return made

    found = staff_pb2.ListAdministeredStaffResponse(
        staff=[
            member(me, "Ngô Văn Bảo", 1, "ward_admin"),
            member("moi", "Lê Thị Mới", 2, "receptionist", "ward_admin", opened=False),
            member("cu", "Trần Văn Cũ", 31, "ward_admin"),
            member("lau", "Hồ Thị Lâu", 400, "ward_admin", since=31),
            member("len", "Đỗ Văn Lên", 400, "receptionist", "ward_admin", since=3),
            member("motcua", "Phan Thị Cửa", 1, "receptionist"),
        ]
    )
    wards.answers("ListAdministeredStaff", found)
    browser.signed_in(ADMIN)
    browser.get(START)
    check(browser)
    assert "Quản trị viên mới: Lê Thị Mới" in browser.page.text
    assert "chưa đặt mật khẩu" in browser.page.text
    assert "Quản trị viên mới: Đỗ Văn Lên" in browser.page.text, "who has worked here for long and became one lately"
    assert browser.page.text.count("Quản trị viên mới:") == 2
    for name in ("Trần Văn Cũ", "Phan Thị Cửa", "liên kết mở tài khoản"):
        assert name not in browser.page.text
    found.administrator_link_until.FromSeconds(now + 3600)
    del found.staff[:]
    browser.get(START)
    check(browser)
    assert "liên kết mở tài khoản quản trị viên mới" in browser.page.text
    wards.answers("ListAdministeredStaff", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời."))
    browser.get(START)
    assert browser.response.status_code == 200
