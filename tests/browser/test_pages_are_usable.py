"""Every kind of page, as people meet it: with a screen reader, by keyboard, on a small phone, at a shared computer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.scene import NOBODY, OFFICER, PAGES, RECEPTIONIST, PageKind, Scene, set_scene
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.api import PASSWORD
from tests.e2e.drafts import APPLICANT, SLUG

#: Rules of axe that some page may break: (page, rule) → why. Nothing is excepted.
EXCEPTIONS: dict[tuple[str, str], str] = {}
#: More presses of Tab than any page of ours has stops before what is looked for.
MOST_STOPS = 40
SMALLEST = (320, 640)


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    return set_scene(url)


@pytest.fixture(scope="module")
def people(browser: Browser, url: str) -> Iterator[dict[str, Visitor]]:
    """Who looks at the pages, signed in once for all of them."""
    sitting = {who: Visitor(browser, url) for who in {page.who for page in PAGES}}
    for who, visitor in sitting.items():
        if who:
            visitor.sign_in(who)
    yield sitting
    for visitor in sitting.values():
        visitor.leave()


@pytest.fixture
def begun(scene: Scene) -> str:
    """Where the pages of a draft lie that is hardly filled in."""
    return f"/ho-so/{SLUG}/{scene.begun}/to-khai"


def faults_of(page: PageKind, visitor: Visitor) -> list[str]:
    """What axe finds on the page that is open, but for what is excepted; and that it looked at all."""
    found = Axe().run(visitor.page)
    assert len(found.response["passes"]) > 10
    rules = [one["id"] for one in found.response["violations"]]
    return [found.generate_report(rule) for rule in rules if (page.name, rule) not in EXCEPTIONS]


def is_too_wide(visitor: Visitor) -> bool:
    """Whether the page has to be pushed sideways to be read."""
    return bool(visitor.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def too_wide_when_small(visitor: Visitor) -> list[str]:
    """At which sizes of letters the page that is open has to be pushed sideways on the smallest phone."""
    before = visitor.page.viewport_size
    assert before is not None
    visitor.page.set_viewport_size({"width": SMALLEST[0], "height": SMALLEST[1]})
    found = []
    for size in ("", "200%"):
        visitor.page.evaluate("size => document.documentElement.style.fontSize = size", size)
        if is_too_wide(visitor):
            found.append(f"{visitor.page.url} {size}")
    visitor.page.evaluate("document.documentElement.style.fontSize = ''")
    visitor.page.set_viewport_size(before)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_whole_accessible_and_fits_a_small_phone(
    page: PageKind, scene: Scene, people: dict[str, Visitor]
) -> None:
    visitor = people[page.who]
    visitor.complaints.clear()
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
    answer = visitor.page.goto(page.path(scene))
    assert answer is not None
    assert answer.status == page.status
    assert visitor.page.locator("html").get_attribute("lang") == "vi"
    assert visitor.page.locator("h1").count() == 1
    assert visitor.heading
    assert visitor.title.endswith(" – Cầu Nối")
    assert not visitor.title.startswith(("Lỗi", " –"))
    assert faults_of(page, visitor) == []
    assert not is_too_wide(visitor)
    visitor.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert not is_too_wide(visitor)
    if page.who not in (RECEPTIONIST, OFFICER):  # the desk is not worked at on a phone
        assert too_wide_when_small(visitor) == []
    assert visitor.complaints == []


def test_pages_that_answer_a_form_are_as_accessible(visit: Visit, scene: Scene) -> None:
    visitor = visit(size=PHONE)
    visitor.go("/theo-doi")
    visitor.fill({"/code": scene.code, "/key": scene.key})
    visitor.press("Xem hồ sơ")
    assert visitor.heading == f"Hồ sơ {scene.code}"
    assert faults_of(PageKind("tracked", NOBODY, ""), visitor) == []
    assert not is_too_wide(visitor)

    visitor.sign_in(APPLICANT)
    visitor.go(f"/ho-so/{SLUG}/{scene.whole}/kiem-tra")
    visitor.press("Gửi mã xác nhận đến điện thoại")
    assert told(visitor) == beside(visitor) == ["Xin đọc lời cam đoan và đánh dấu vào ô nếu ông/bà đồng ý."]
    visitor.page.get_by_label("Tôi đã tự xem lại").check()
    visitor.press("Gửi mã xác nhận đến điện thoại")
    assert faults_of(PageKind("confirmation", APPLICANT, ""), visitor) == []
    assert not is_too_wide(visitor)
    visitor.fill({"/otp": "12"})
    visitor.press("Gửi hồ sơ")
    assert told(visitor) == beside(visitor) != []
    assert visitor.heading == "Nhập mã để gửi hồ sơ"


def test_titles_tell_the_pages_apart(scene: Scene, people: dict[str, Visitor]) -> None:
    titles: dict[str, list[str]] = {}
    for page in PAGES:
        if page.who == APPLICANT:
            people[page.who].go(page.path(scene))
            titles.setdefault(people[page.who].title, []).append(page.name)
    same = {("check", "check-unfinished")}
    assert {tuple(names) for names in titles.values() if len(names) > 1} <= same


# Errors


def told(visitor: Visitor) -> list[str]:
    """The lines of the error summary, which has to have the focus and to lead the title."""
    assert visitor.title.startswith("Lỗi: ")
    assert visitor.page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
    return visitor.page.locator(".govuk-error-summary__list li").all_inner_texts()


def beside(visitor: Visitor) -> list[str]:
    """What stands beside the fields, without the word that screen readers hear before it."""
    messages = visitor.page.locator("main form .govuk-error-message").all_text_contents()
    return [" ".join(message.replace("Lỗi:", "").split()) for message in messages]


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
    assert faults_of(PageKind("error", APPLICANT, begun), visitor) == []
    typed = [
        visitor.page.locator(f'[name="child.birth_date-{part}"]').input_value() for part in ("day", "month", "year")
    ]
    assert typed == ["31", "2", "2026"]
    assert visitor.page.locator('[name="child.sex"][value="male"]').is_checked()
    field = visitor.page.locator('[name="child.birth_date-day"]')
    assert "error" in (visitor.page.locator("fieldset", has=field).get_attribute("aria-describedby") or "")
    visitor.page.locator(".govuk-error-summary__list a").click()
    assert visitor.page.evaluate("document.activeElement.name") == "child.birth_date-day"


def test_what_was_typed_stays_where_opening_an_account_is_refused(visit: Visit) -> None:
    visitor = visit()
    visitor.go(f"/phuong/{SLUG}/mo-tai-khoan")
    visitor.fill({"/full_name": "Nguyễn Thị 6", "/identity_kind": "cccd", "/identity_number": "12", "/password": "x"})
    visitor.press("Mở tài khoản và gửi mã")
    assert sorted(told(visitor)) == sorted(beside(visitor))
    assert len(beside(visitor)) >= 4
    assert visitor.page.locator('[name="full_name"]').input_value() == "Nguyễn Thị 6"
    assert visitor.page.locator('[name="identity_number"]').input_value() == "12"
    assert visitor.page.locator('[name="identity_kind"][value="cccd"]').is_checked()
    assert visitor.page.locator('[name="password"]').input_value() == ""  # a password is not sent back
    assert faults_of(PageKind("open-account-error", NOBODY, ""), visitor) == []


def test_an_act_that_the_office_has_not_filled_in_is_refused_at_its_place(visit: Visit, scene: Scene) -> None:
    visitor = visit()
    visitor.sign_in(RECEPTIONIST)
    visitor.go(f"/can-bo/ho-so/{scene.filed}")
    visitor.page.locator("summary", has_text="Từ chối tiếp nhận").click()
    visitor.press("Từ chối tiếp nhận")
    assert told(visitor) == beside(visitor) != []
    assert faults_of(PageKind("desk-error", RECEPTIONIST, ""), visitor) == []


# By keyboard alone


def tab_to(visitor: Visitor, selector: str) -> None:
    """Presses Tab until what is looked for has the focus, and can be seen to have it."""
    for _ in range(MOST_STOPS):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab at {visitor.page.url}")


def enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


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
    (cookie,) = visitor.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    assert cookie["secure"] == visitor.url.startswith("https:")
    answer = visitor.page.goto(f"/ho-so/{SLUG}/{scene.whole}/kiem-tra")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    assert "Lê Hoàng Phúc" in visitor.text
    visitor.press("Đăng xuất")
    assert visitor.heading == "Ông/bà đã đăng xuất"
    assert visitor.context.cookies() == []
    for _ in range(2):
        visitor.page.go_back()  # waits for a load: a page that the browser had kept would come without one, and fail
        assert "Lê Hoàng Phúc" not in visitor.text
        assert "Phạm Thị Hạnh" not in visitor.text
    assert visitor.heading == "Đăng nhập"
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
