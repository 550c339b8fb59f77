"""The ward administrator sets up a station, and everybody reads when it is open."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from datetime import timedelta

import pytest

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from gateway.texts import weekday
from services.chassis.clock import SystemClock, today_in_vietnam
from tests.browser.guiding import VOLUNTEER
from tests.browser.scene import ADMIN
from tests.browser.usable import SMALLEST, beside, enter, tab_to, told, usable
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.drafts import SLUG, WARD


def looked_at(visitor: Visitor) -> None:
    usable(visitor, visitor.heading)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])
def test_a_station_is_set_up_from_nothing(visit: Visit, scripted: bool) -> None:
    """Station, sessions, volunteer, duty, computer; then the volunteer's password and the public timetable hold."""
    name = f"Trạm tổ {secrets.randbelow(10**6)}"
    monday = today_in_vietnam(SystemClock()) + timedelta(weeks=1)
    monday -= timedelta(days=monday.weekday())
    admin = visit(scripted=scripted, size=PHONE if scripted else (1280, 900))
    look = looked_at if scripted else lambda _: None
    admin.sign_in(ADMIN)
    assert admin.heading.startswith("Quản trị")

    admin.onward(admin.page.locator("main").get_by_role("link", name="Điểm hỗ trợ", exact=True))
    admin.press("Thêm điểm hỗ trợ")
    station = {"name": name, "venue": "Nhà văn hóa tổ 12", "contact_phone": "0236 3822 312", "step_free": "yes"}
    admin.fill(station)
    admin.press("Lưu")
    assert admin.title.startswith("Lỗi: ")
    admin.fill({"address": "3 Hoàng Diệu"})
    admin.press("Lưu")
    assert name in admin.text

    admin.go("/quan-tri/lich")
    admin.press("Thêm nhiều buổi")
    admin.page.get_by_label("Điểm hỗ trợ").select_option(label=name)
    for day in ("Thứ Hai", "Thứ Năm"):
        admin.page.get_by_label(day).check()
    admin.fill({"on": monday.isoformat(), "weeks": 2, "starts": "18h", "ends": "20h30"})
    look(admin)
    admin.press("Thêm các buổi này")
    assert "Đã thêm 4 buổi mở cửa." in admin.text
    look(admin)

    admin.go("/quan-tri/tinh-nguyen-vien")
    admin.press("Thêm tình nguyện viên")
    person = f"lan{secrets.randbelow(10**9)}"
    full_name = f"Trần Thị Lan {''.join(secrets.choice('bcdghklmn') for _ in range(6)).title()}"
    admin.fill({"full_name": full_name, "username": person})
    admin.press("Thêm và hiện mật khẩu")
    password = admin.page.locator(".app-secret").inner_text()
    assert "Chỉ hiện một lần" in admin.text
    look(admin)

    admin.go(f"/quan-tri/lich?tuan={monday}")
    admin.onward(admin.page.locator(".app-session", has_text=name).get_by_role("link").first)
    admin.page.get_by_label("Thêm người trực").select_option(label=full_name)
    admin.press("Phân công")
    assert "Đã phân công người trực." in admin.text
    look(admin)
    admin.onward(admin.page.get_by_role("link", name="Thôi phân công").first)
    assert "buổi hướng dẫn kết thúc ngay" in admin.text
    look(admin)
    admin.follow("Không, quay lại")

    admin.go("/quan-tri/tinh-nguyen-vien")
    admin.onward(admin.page.locator(".app-files li", has_text=person).get_by_role("link", name="Phân công"))
    assert admin.heading == f"Phân công {full_name}"
    admin.page.get_by_label("Thứ Năm", exact=True).check()
    look(admin)
    admin.press("Phân công các buổi đã chọn")
    assert "Đang trực" in admin.text
    look(admin)
    admin.go(f"/quan-tri/lich?tuan={monday}")
    admin.onward(admin.page.locator(".app-session", has_text=name).get_by_role("link").first)

    admin.follow("Hủy buổi này")
    admin.fill({"note": "Mất điện cả tổ"})
    look(admin)
    admin.press("Hủy buổi này")
    assert "Lý do: Mất điện cả tổ" in admin.text

    admin.go("/quan-tri/may")
    admin.press("Thêm máy tính")
    admin.page.get_by_label("Điểm hỗ trợ").select_option(label=name)
    admin.fill({"name": "Máy 1"})
    admin.press("Thêm và lấy mã ghi danh")
    assert len(admin.page.locator(".app-secret").inner_text()) == len("K7QF2-9XMRT")
    look(admin)

    volunteer = visit(scripted=scripted)
    volunteer.sign_in(f"{person}.{SLUG}", password)
    assert volunteer.heading == "Đặt mật khẩu của riêng mình"
    if scripted:
        volunteer.fill({"new_password": "ngắn"})
        volunteer.press("Lưu và vào")
        usable(volunteer, "first password")
    volunteer.fill({"new_password": "mùa xuân ở Sơn Trà"})
    volunteer.press("Lưu và vào")
    assert volunteer.heading == "Trực hướng dẫn"
    volunteer.press("Đăng xuất")
    volunteer.sign_in(f"{person}.{SLUG}", "mùa xuân ở Sơn Trà")
    assert full_name in volunteer.text

    reader = visit(scripted=scripted, size=SMALLEST)
    reader.go(f"/phuong/{SLUG}")
    reader.follow("Lịch mở cửa cả tuần")
    reader.follow("Tuần sau")
    assert f"Từ {weekday(monday)}" in reader.text
    for said in (name, "18 giờ – 20 giờ 30", "Lý do: Mất điện cả tổ", "Không có bậc thềm", "3 Hoàng Diệu"):
        assert said in reader.text
    look(reader)

    admin.go("/quan-tri/diem-ho-tro")
    admin.onward(admin.page.get_by_role("link", name="Đóng").filter(has_text=name))
    look(admin)
    admin.press("Đóng điểm hỗ trợ")
    reader.go(f"/lich/{SLUG}?tuan={monday}")
    closed = reader.page.locator("dd p", has_text=name)
    assert closed.filter(has_text="Đã hủy").count() == closed.count() > 0, "whoever had planned to come learns it"


def test_errors_have_the_focus_and_stand_beside_their_fields(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(ADMIN)
    for path, button in (
        ("/quan-tri/diem-ho-tro/them", "Lưu"),
        ("/quan-tri/lich/them", "Thêm buổi này"),
        ("/quan-tri/lich/them-nhieu", "Thêm các buổi này"),
        ("/quan-tri/tinh-nguyen-vien/them", "Thêm và hiện mật khẩu"),
        ("/quan-tri/may/them/kiosk", "Thêm và lấy mã ghi danh"),
        ("/quan-tri/cau-soan-san", "Thêm câu này"),
    ):
        visitor.go(path)
        visitor.press(button)
        assert sorted(told(visitor)) == sorted(beside(visitor)) != [], path
        usable(visitor, path)


def test_the_keyboard_alone_adds_a_phrase_and_moves_it_up(visit: Visit) -> None:
    text = f"Xin nghỉ {secrets.randbelow(10**6)} phút."
    visitor = visit()
    visitor.sign_in(ADMIN)
    visitor.go("/quan-tri/cau-soan-san")
    tab_to(visitor, "[name=text]", most=200)
    visitor.page.keyboard.type(text)
    tab_to(visitor, "main form .app-lead button")
    enter(visitor)
    phrases = visitor.page.locator(".app-phrase")
    assert phrases.last.inner_text() == text
    added = visitor.page.locator("main li", has_text=text)
    added.get_by_role("button", name="Lên").focus()
    enter(visitor)
    assert phrases.all_inner_texts().index(text) == phrases.count() - 2
    added.get_by_role("link", name="Bỏ").focus()
    enter(visitor)
    visitor.press("Bỏ câu này")
    assert text not in visitor.text


def test_a_volunteer_and_the_office_are_refused_these_pages(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(VOLUNTEER)
    for path in ("/quan-tri", "/quan-tri/may"):
        answer = visitor.page.goto(path)
        assert answer is not None
        assert answer.status == 403


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])
def test_a_wards_administrator_opens_the_account_by_the_link_of_an_operators_command(
    visit: Visit, stack: Stack, scripted: bool
) -> None:
    """The ward of the stack has an administrator already: one more is asked for."""
    link = administrator_link(stack)
    address, _, code = link.partition("#")
    username = f"quantri{secrets.randbelow(10**9)}"
    visitor = visit(scripted=scripted, size=PHONE if scripted else (1280, 900))
    visitor.go(link.removeprefix(stack.urls["gateway"]))
    if scripted:
        assert visitor.page.url == address, "the code is out of the address, and so of the history"
    else:
        visitor.fill({"link_code": code})
    visitor.fill({"full_name": "Ngô Văn Bảo", "username": "Quản trị", "password": "một câu dài dễ nhớ"})
    visitor.press("Mở tài khoản")
    assert visitor.title.startswith("Lỗi: ")
    if scripted:
        looked_at(visitor)
    visitor.fill({"username": username})  # the code and the password stay
    visitor.press("Mở tài khoản")
    assert f"Xin đăng nhập với tên {username}.{SLUG}." in visitor.text
    visitor.sign_in(f"{username}.{SLUG}", "một câu dài dễ nhớ")
    assert visitor.heading.startswith("Quản trị")
    visitor.leave()

    late = visit(scripted=scripted)
    late.go(link.removeprefix(stack.urls["gateway"]))
    late.fill({"link_code": code, "full_name": "Ai Khác", "username": "khac", "password": "một câu dài dễ nhớ"})
    late.press("Mở tài khoản")
    assert "Liên kết này không còn dùng được" in late.text


def administrator_link(stack: Stack) -> str:
    """By the operator's command of docs/runbook.md, on this stack."""
    command = ["accounts", "administrator-link", "--ward", WARD, "--another"]
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.operate", *command],
        env={**os.environ, "CAUNOI_HOME": str(stack.home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (link,) = (line for line in done.stdout.splitlines() if line.startswith("http"))
    return link
