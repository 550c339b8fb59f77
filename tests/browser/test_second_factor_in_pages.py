"""A new member of staff opens their account, and signs in with an authenticator app and with a security key."""

from __future__ import annotations

import secrets

from playwright.sync_api import Browser

from gateway.texts import role_name
from tests.browser.members import CHOSEN, App
from tests.browser.scene import ADMIN
from tests.browser.usable import beside, told, usable
from tests.browser.visitor import Visit, Visitor
from tests.e2e.drafts import SLUG

OWN = "/tai-khoan/xac-thuc"


def new_member(admin: Visitor, name: str) -> str:
    """Adds somebody; returns the link that is shown once."""
    admin.sign_in(ADMIN)
    admin.go("/quan-tri/can-bo/them")
    admin.fill({"full_name": "Lê Thị Thu Hà", "username": name, "phone": "0905 300 300", "email": ""})
    admin.press("Thêm và hiện liên kết")
    assert admin.title.startswith("Lỗi: ")
    admin.page.get_by_label(role_name("receptionist"), exact=True).check()
    admin.fill({"title": "Công chức Bộ phận Một cửa"})
    admin.press("Thêm và hiện liên kết")
    usable(admin, "link of a member of staff")
    return admin.page.locator("#lien-ket + p").inner_text().strip()


def type_password(visitor: Visitor, login: str) -> None:
    visitor.context.clear_cookies()
    visitor.go("/dang-nhap")
    visitor.fill({"login": login, "password": CHOSEN})
    visitor.press("Đăng nhập")


def test_staff_sign_in_with_an_app_and_without_a_script(visit: Visit) -> None:
    name = f"ha.{secrets.token_hex(4)}"
    link = new_member(visit(), name)
    member = visit(scripted=False)
    address, _, ticket = link.partition("#")
    member.go(address[address.index("/can-bo") :])
    member.fill({"link_code": ticket, "password": CHOSEN})
    member.press("Đặt mật khẩu")
    assert f"{name}.{SLUG}" in member.text
    type_password(member, f"{name}.{SLUG}")
    assert "/can-bo" in member.page.url  # none is compulsory here

    member.go(OWN)
    member.press("Thêm cách xác thực")
    member.page.get_by_label("Ứng dụng xác thực").check()
    member.fill({"name": "Điện thoại", "password": CHOSEN})
    member.press("Tiếp tục")
    app = App("".join(member.page.locator("#khoa + p").inner_text().split()))
    member.fill({"code": "000000"})
    member.press("Xong")
    assert member.title.startswith("Lỗi: ")
    member.fill({"code": app.code()})
    member.press("Xong")
    codes = member.page.locator("main li strong").all_inner_texts()
    assert len(codes) == 10

    type_password(member, f"{name}.{SLUG}")
    assert member.heading == "Xác thực lần hai"
    member.fill({"code": "000000"})
    member.press("Vào làm việc")
    assert "Mã không đúng" in member.text
    member.fill({"code": app.code()})
    member.press("Vào làm việc")
    assert "/can-bo" in member.page.url

    type_password(member, f"{name}.{SLUG}")
    member.fill({"code": codes[0]})
    member.press("Vào làm việc")
    member.go(OWN)
    assert "Còn 9 mã dự phòng" in member.text


def test_staff_sign_in_with_a_security_key(visit: Visit, browser: Browser, url: str) -> None:
    name = f"ha.{secrets.token_hex(4)}"
    link = new_member(visit(), name)
    # Keys are bound to a name, and an IP address is no name.
    member = Visitor(browser, url.replace("127.0.0.1", "localhost"))
    try:
        devices = member.context.new_cdp_session(member.page)
        devices.send("WebAuthn.enable")
        key = {"protocol": "ctap2", "transport": "usb", "isUserVerified": True, "hasUserVerification": True}
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})
        member.page.goto(link.replace("127.0.0.1", "localhost"))
        assert "#" not in member.page.url  # the script has put the ticket into the form
        usable(member, "a link opened")
        member.fill({"password": CHOSEN})
        member.press("Đặt mật khẩu")
        type_password(member, f"{name}.{SLUG}")

        member.go(f"{OWN}/them")
        member.page.get_by_label("Khóa bảo mật").check()
        member.fill({"name": "Khóa USB", "password": CHOSEN})
        member.press("Tiếp tục")
        usable(member, "connecting a security key")
        assert member.page.get_by_role("alert").count() == 0  # hidden until something is wrong
        member.press("Kết nối khóa bảo mật")
        assert member.heading == "Mã dự phòng"
        usable(member, "recovery codes")
        member.press("Đã chép xong, tiếp tục")
        assert "Khóa USB" in member.text
        usable(member, "own second factors")

        type_password(member, f"{name}.{SLUG}")
        usable(member, "second step of signing in, as it comes")
        member.fill({"code": "12"})
        member.press("Vào làm việc")
        assert told(member) == beside(member)[-1:] != []  # the key's own message is there, and hidden
        usable(member, "second step of signing in")
        member.press("Dùng khóa bảo mật")
        assert "/can-bo" in member.page.url

        member.go(OWN)
        member.page.get_by_role("link", name="Gỡ Khóa USB").click()
        member.page.wait_for_url("**/go")
        usable(member, "removing a second factor")
        member.press("Gỡ bằng khóa bảo mật")
        assert "chưa có cách xác thực nào" in member.text
        assert member.complaints == []
    finally:
        member.leave()
