"""An account opened at a station's computer, guided by a volunteer on a second screen before there is an account."""

from __future__ import annotations

from tests.browser.guiding import PROCEDURE, sit_down
from tests.browser.people import Person
from tests.browser.usable import usable
from tests.browser.visitor import Visit, Visitor
from tests.e2e.api import Phone
from tests.e2e.drafts import SLUG

OPENING = f"/phuong/{SLUG}/mo-tai-khoan"


def told(volunteer: Visitor, text: str) -> None:
    """The volunteer's page says so."""
    volunteer.page.locator("#guidance", has_text=text).wait_for()


def test_an_account_is_opened_at_a_station_with_a_volunteer_beside(visit: Visit, url: str) -> None:
    pair, person = sit_down(visit, url, login=""), Person()
    citizen, volunteer, phone = pair.citizen, pair.volunteer, Phone(url, person.phone)
    citizen.go(OPENING)
    citizen.press("Bắt đầu")
    citizen.fill({"/full_name": "Nguyễn Thị"})
    pair.begin()
    assert citizen.heading == "Họ, chữ đệm và tên"
    assert citizen.page.locator("[name=full_name]").input_value() == "Nguyễn Thị", "kept on the way to guidance"
    told(volunteer, "Mở tài khoản, bước 1 trong 10")
    usable(citizen, "guided-opening")

    # The fault is named by its rule, and the question at which the volunteer points lights up.
    citizen.fill({"/full_name": "Bưởiqz"})
    citizen.press("Tiếp tục")
    told(volunteer, "họ tên ghi chưa đúng cách")
    pair.guide("here-1-point")
    citizen.page.locator(".app-pointed").wait_for()
    assert "Bưởiqz" not in volunteer.page.content()
    citizen.fill(person.answers)
    citizen.press("Tiếp tục")

    while citizen.page.locator("#answers").count():
        citizen.fill(person.answers)
        citizen.press("Tiếp tục")
    assert citizen.heading == "Xem lại điều đã điền"
    told(volunteer, "trang xem lại điều đã điền")
    citizen.press("Đúng rồi, tiếp tục")
    told(volunteer, "trang đặt mật khẩu")
    citizen.fill(person.answers)
    citizen.press("Mở tài khoản và gửi mã")
    told(volunteer, "trang nhập mã từ điện thoại")
    citizen.fill({"/otp": phone.next_code()})
    citizen.press("Tiếp tục")
    assert citizen.heading == "Tài khoản đã mở"
    for value in (person.full_name, person.identity_number, person.phone, person.email, person.address):
        assert value not in volunteer.page.content()

    # After the sign-in to that account, the session continues, and the consent is the person's.
    citizen.press("Đăng nhập")
    citizen.fill({"/login": person.phone, "/password": person.password})
    citizen.press("Đăng nhập")
    assert "đang hướng dẫn ông/bà" in citizen.text
    citizen.go(f"/phuong/{SLUG}/thu-tuc/{PROCEDURE}")
    citizen.press_first("Bắt đầu ")
    told(volunteer, "Danh sách các phần của tờ khai")
    citizen.go("/toi/dong-y")
    assert "Tình nguyện viên hướng dẫn" in citizen.text
    citizen.press_first("Rút lại sự đồng ý")
    told(volunteer, "Người dân đã rút lại sự đồng ý")


def test_who_withdraws_before_there_is_an_account_goes_on_alone(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url, login="")
    citizen = pair.citizen
    citizen.go(f"{OPENING}/dien-thoai")
    citizen.fill({"/phone": "0905"})
    pair.begin()
    citizen.go(f"/huong-dan?ve={OPENING}/dien-thoai")
    usable(citizen, "guided-visitor-here")
    citizen.press("Rút lại sự đồng ý")
    assert citizen.page.locator("[name=phone]").input_value() == "0905"
    told(pair.volunteer, "Người dân đã rút lại sự đồng ý")


def test_leaving_the_computer_ends_it_and_keeps_nothing(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url, login="")
    citizen = pair.citizen
    citizen.go(f"{OPENING}/ho-ten")
    citizen.fill({"/full_name": "Nguyễn Thị Sáu"})
    pair.begin()
    citizen.press("Kết thúc")
    assert "Ông/bà chưa mở xong tài khoản" in citizen.text
    citizen.page.locator("main").get_by_role("button", name="Kết thúc").click()
    citizen.page.locator("h1", has_text="Làm việc hộ tịch tại đây").wait_for()
    told(pair.volunteer, "Người dân đã đăng xuất")
    citizen.go(f"{OPENING}/ho-ten")
    assert citizen.page.locator("[name=full_name]").input_value() == ""


def test_it_works_without_script(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url, login="", scripted=False)
    citizen, volunteer = pair.citizen, pair.volunteer
    citizen.go(f"{OPENING}/ho-ten")
    pair.join(pair.agree())
    citizen.go(f"{OPENING}/ho-ten")
    citizen.fill({"/full_name": "Nguyễn"})
    volunteer.page.reload()
    volunteer.page.locator("#here-1-point").click()
    citizen.press("Giữ lại và xem lời hướng dẫn mới")
    assert citizen.page.locator("[name=full_name]").input_value() == "Nguyễn"
    assert citizen.page.locator(".app-pointed").count() == 1
