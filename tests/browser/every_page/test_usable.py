"""Every kind of page, as people meet it: with a screen reader, by keyboard, on a small phone, at a shared computer."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from gateway.pages.known import COOKIE as KNOWN
from tests.browser.every_page.seats import Seats
from tests.browser.people import Person
from tests.browser.scene import HOME, OFFICER, PAGES, RECEPTIONIST, SIGNER, PageKind, Scene
from tests.browser.steps import answer_questions
from tests.browser.usable import beside, enter, tab_to, told, usable
from tests.browser.visitor import PHONE, Visit
from tests.e2e.api import PASSWORD, Phone
from tests.e2e.drafts import APPLICANT, SLUG


@pytest.fixture
def begun(scene: Scene) -> str:
    """Where the pages of a draft lie that is hardly filled in."""
    return f"/ho-so/{SLUG}/{scene.begun}/to-khai"


@pytest.fixture(scope="module")
def seats(browser: Browser, url: str, scene: Scene) -> Iterator[Seats]:
    taken = Seats(browser, url, scene)
    yield taken
    taken.leave()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_whole_and_everybody_can_use_it(page: PageKind, scene: Scene, seats: Seats) -> None:
    visitor = seats.of(page)
    visitor.complaints.clear()
    answer = visitor.page.goto(page.path(scene))
    assert answer is not None
    assert answer.status == page.status
    if page.status == 200:
        assert urlsplit(visitor.page.url).path == urlsplit(page.path(scene)).path, "it leads elsewhere"
    assert visitor.page.locator("html").get_attribute("lang") == "vi"
    assert visitor.page.locator("h1").count() == 1
    assert visitor.heading
    assert visitor.title.endswith(" – Cầu Nối")
    assert not visitor.title.startswith(("Lỗi", " –"))
    usable(visitor, page.name)
    if page.who in (RECEPTIONIST, OFFICER, SIGNER):
        assert "ông/bà" not in visitor.text.lower(), "the office is not addressed as applicants are"
    assert visitor.complaints == []


def test_pages_that_answer_a_form_are_as_accessible(visit: Visit, scene: Scene) -> None:
    visitor = visit(size=PHONE)
    visitor.go("/theo-doi")
    visitor.fill({"/code": scene.code, "/key": scene.key})
    visitor.press("Xem hồ sơ")
    assert visitor.heading == f"Hồ sơ {scene.code}"
    usable(visitor, "tracked")

    visitor.sign_in(APPLICANT)
    visitor.go(f"/ho-so/{SLUG}/{scene.whole}/kiem-tra")
    visitor.press("Gửi mã xác nhận đến điện thoại")
    assert told(visitor) == beside(visitor) == ["Xin đọc lời cam đoan và đánh dấu vào ô nếu ông/bà đồng ý."]
    visitor.page.get_by_label("Tôi đã tự xem lại").check()
    visitor.press("Gửi mã xác nhận đến điện thoại")
    usable(visitor, "confirmation")
    visitor.fill({"/otp": "12"})
    visitor.press("Gửi hồ sơ")
    assert told(visitor) == beside(visitor) != []
    assert visitor.heading == "Nhập mã để gửi hồ sơ"


def test_the_pages_that_open_an_account_are_as_accessible(visit: Visit, url: str) -> None:
    somebody = Person()
    visitor = visit()
    visitor.go(f"/phuong/{SLUG}/mo-tai-khoan")
    answer_questions(visitor, somebody.answers)
    usable(visitor, "password of an account")
    visitor.fill(somebody.answers)
    phone = Phone(url, somebody.phone)
    visitor.press("Mở tài khoản và gửi mã")
    usable(visitor, "activation")
    visitor.fill({"/otp": phone.next_code()})
    visitor.press("Tiếp tục")
    usable(visitor, "account opened")


def test_titles_tell_the_pages_apart(scene: Scene, seats: Seats) -> None:
    titles: dict[str, list[str]] = {}
    for page in PAGES:
        if page.who == APPLICANT and page.at == HOME:
            visitor = seats.of(page)
            visitor.go(page.path(scene))
            titles.setdefault(visitor.title, []).append(page.name)
    same = {("check", "check-unfinished"), ("tray", "tray-jammed", "tray-waiting")}
    assert {tuple(names) for names in titles.values() if len(names) > 1} <= same


# Errors


def test_an_error_at_the_form_has_the_focus_and_stands_beside_its_field(visit: Visit, begun: str) -> None:
    visitor = visit()
    visitor.sign_in(APPLICANT)
    visitor.go(f"{begun}/child-birth")
    visitor.fill({"/child/sex": "male"})
    visitor.page.locator('[name="child.birth_date-day"]').fill("31")
    visitor.page.locator('[name="child.birth_date-month"]').fill("2")
    visitor.page.locator('[name="child.birth_date-year"]').fill("2026")
    visitor.press("Tiếp tục")
    assert told(visitor) == beside(visitor) != []
    usable(visitor, "error")
    typed = [
        visitor.page.locator(f'[name="child.birth_date-{part}"]').input_value() for part in ("day", "month", "year")
    ]
    assert typed == ["31", "2", "2026"]
    assert visitor.page.locator('[name="child.sex"][value="male"]').is_checked()
    field = visitor.page.locator('[name="child.birth_date-day"]')
    assert "error" in (visitor.page.locator("fieldset", has=field).get_attribute("aria-describedby") or "")
    visitor.page.locator(".govuk-error-summary__list a").click()
    assert visitor.page.evaluate("document.activeElement.name") == "child.birth_date-day"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ho-ten", {"/full_name": "Nguyễn Thị 6"}),
        ("ngay-sinh", {"/date_of_birth": "1956-02-31"}),
        ("so-giay-to", {"/identity_number": ""}),
        ("thu-dien-tu", {"/email": "lan"}),
    ],
)
def test_what_was_typed_stays_where_opening_an_account_is_refused(
    visit: Visit, name: str, typed: dict[str, str]
) -> None:
    visitor = visit()
    visitor.go(f"/phuong/{SLUG}/mo-tai-khoan/{name}")
    visitor.fill(typed)
    before = visitor.page.locator("#answers").evaluate("form => [...new FormData(form)].join()")
    visitor.press("Tiếp tục")
    assert told(visitor) == beside(visitor) != []
    typed_now = visitor.page.locator("#answers").evaluate("form => [...new FormData(form)].join()")
    assert typed_now.partition(",ve")[2] == before.partition(",ve")[2]
    usable(visitor, f"open-account-error-{name}")


def test_an_act_that_the_office_has_not_filled_in_is_refused_at_its_place(visit: Visit, scene: Scene) -> None:
    visitor = visit()
    visitor.sign_in(RECEPTIONIST)
    visitor.go(f"/can-bo/ho-so/{scene.filed}")
    visitor.page.locator("summary", has_text="Từ chối tiếp nhận").click()
    visitor.press("Từ chối tiếp nhận")
    assert told(visitor) == beside(visitor) != []
    usable(visitor, "desk-error")


# By keyboard alone


def test_the_keyboard_alone_signs_in_fills_a_page_and_follows_an_error_to_its_field(visit: Visit, begun: str) -> None:
    visitor = visit()
    keys = visitor.page.keyboard
    visitor.go("/")
    keys.press("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent").strip() == "Đến thẳng nội dung chính"
    tab_to(visitor, "a[href='/dang-nhap']")
    enter(visitor)
    tab_to(visitor, "[name=login]")
    keys.type(APPLICANT)
    tab_to(visitor, "[name=password]")
    keys.type(PASSWORD)
    enter(visitor)
    assert visitor.heading == "Hồ sơ của tôi"

    visitor.go(f"{begun}/child-situation")
    tab_to(visitor, "main button:not([name=later])")
    enter(visitor)
    assert told(visitor) == beside(visitor) != []
    tab_to(visitor, ".govuk-error-summary a")
    keys.press("Enter")
    assert visitor.page.evaluate("document.activeElement.name") == "child.situation"
    keys.press("Space")
    tab_to(visitor, "main button:not([name=later])")
    enter(visitor)
    assert visitor.heading == "Tên của trẻ"
    visitor.go(f"{begun}/child-situation")
    assert visitor.page.locator('[name="child.situation"][value="usual"]').is_checked()


# At a shared computer


def test_nothing_is_left_behind_after_signing_out(visit: Visit, scene: Scene) -> None:
    visitor = visit()
    visitor.sign_in(APPLICANT)
    cookies = {each["name"]: each for each in visitor.context.cookies()}
    assert cookies.pop(KNOWN)["httpOnly"]
    (cookie,) = cookies.values()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    assert cookie["secure"] == visitor.url.startswith("https:")
    answer = visitor.page.goto(f"/ho-so/{SLUG}/{scene.whole}/kiem-tra")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    assert "Lê Hoàng Phúc" in visitor.text
    visitor.press("Đăng xuất")
    assert visitor.heading == "Ông/bà đã đăng xuất"
    # It is sealed, and says only that this browser is known, not whose it is (docs/decisions/0042).
    assert [each["name"] for each in visitor.context.cookies()] == [KNOWN]
    for _ in range(2):
        visitor.page.go_back()  # waits for a load: a page that the browser had kept would come without one, and fail
        assert "Lê Hoàng Phúc" not in visitor.text
        assert "Phạm Thị Hạnh" not in visitor.text
    assert visitor.heading == "Đăng nhập"
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
