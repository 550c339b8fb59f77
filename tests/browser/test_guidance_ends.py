"""The texts on both screens when a guided session ends, or does not begin: a table, played in two browsers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Route
from playwright.sync_api import TimeoutError as TimedOut

from deploy.local.stack import Stack
from tests.browser.guiding import Pair, begin_form, forget_lost_connections, sit_down, station
from tests.browser.station import KIOSK
from tests.browser.visitor import PHONE, Visit, Visitor
from tests.e2e.drafts import SLUG, WARD
from tests.page_scripts import heartbeat_seconds

PASSWORD = "mùa xuân ở Sơn Trà"
#: An act on an open session → the citizen's text, the volunteer's text.
ENDS = {
    "the citizen stops": ("Đã dừng hướng dẫn.", "Người dân đã dừng buổi hướng dẫn."),
    "the volunteer ends it": ("Tình nguyện viên đã kết thúc buổi hướng dẫn.", "Đã kết thúc buổi hướng dẫn."),
    "its time is over": (
        "Buổi hướng dẫn đã hết 30 phút.",
        "Buổi hướng dẫn đã hết 30 phút. Nếu người dân còn cần, xin nhờ họ lấy mã mới.",
    ),
    "the volunteer is taken off duty": (
        "Ca trực của tình nguyện viên đã hết nên buổi hướng dẫn dừng lại.",
        "Ca trực của bạn đã hết, hoặc phường đã đổi phân công, nên buổi hướng dẫn dừng lại.",
    ),
    "the citizen withdraws consent": (
        "Đã rút lại sự đồng ý. Buổi hướng dẫn đang mở theo sự đồng ý đó, nếu có, đã dừng.",
        "Người dân đã rút lại sự đồng ý nên buổi hướng dẫn dừng ngay.",
    ),
    "the citizen is gone while the volunteer points": (
        "Đọc mã này cho tình nguyện viên",  # what the one at the same computer reads who asks next
        "Máy của người dân im lặng đã 2 phút: mất mạng, hoặc người dân đã rời máy.",
    ),
    "the citizen signs out": ("Làm việc hộ tịch tại đây", "Người dân đã đăng xuất, hoặc người khác đã dùng máy này."),
}
#: An event before a volunteer has joined → the citizen's text, the volunteer's text at the code.
NOT_BEGUN = {
    "the citizen does not want it any more": (
        "Đã dừng hướng dẫn.",
        "Người dân đã thôi nhờ hướng dẫn trước khi mã này được dùng.",
    ),
    "the code is five minutes old": (
        "Mã đã quá 5 phút mà chưa ai nhập nên hết hạn.",
        "Mã đã quá 5 phút nên hết hạn. Xin nhờ người dân lấy mã mới.",
    ),
    "another volunteer has used the code": (
        "Phan Thị Bưởi đang hướng dẫn ông/bà",
        "Mã này đã được dùng. Nếu người dân còn cần hướng dẫn, xin nhờ họ lấy mã mới.",
    ),
    "somebody has guessed": (
        "Đọc mã này cho tình nguyện viên",
        "Mã đã bị nhập sai nhiều lần. Xin chờ 10 phút rồi thử lại.",
    ),
}


@dataclass
class Play:
    """Two people at a station, and what happens to their session besides."""

    pair: Pair
    stack: Stack
    url: str
    visit: Visit
    scripted: bool

    @property
    def citizen(self) -> Visitor:
        return self.pair.citizen

    @property
    def volunteer(self) -> Visitor:
        return self.pair.volunteer

    def change(self, values: str) -> None:
        """Lets time pass for the sessions of this computer."""
        url = self.stack.database_url("accounts", WARD).replace("+psycopg", "")
        with psycopg.connect(url) as database:
            database.execute(f"UPDATE guided_sessions SET {values} WHERE kiosk_id = %s", [self.pair.kiosk])

    def sees(self, visitor: Visitor, text: str) -> str:
        """The text, or all that is read instead; who has no script reloads, as their browser does."""
        shown = visitor.page.get_by_text(text)
        if not self.scripted and not shown.count():
            visitor.page.reload()
        try:
            shown.first.wait_for()
        except TimedOut:
            return visitor.text
        return text

    def stop(self) -> None:
        self.citizen.onward(self.citizen.page.locator("#guidance-stop"))

    def end(self) -> None:
        self.volunteer.press("Kết thúc buổi hướng dẫn")

    def let_time_pass(self) -> None:
        self.change("ends_at = now()")

    def take_off_duty(self) -> None:
        here = station(self.url)
        running = here.running_duty()
        here.administrator.send("DELETE", f"/wards/{WARD}/duties/{running['id']}")
        body = {"opening_id": running["opening"]["id"], "volunteer_id": running["volunteer"]["id"]}
        here.administrator.post(f"/wards/{WARD}/duties", body)

    def withdraw(self) -> None:
        self.citizen.go("/toi/dong-y")
        self.citizen.onward(self.citizen.page.locator("form[action^='/toi/dong-y/'] button").first)

    def leave(self) -> None:
        """The citizen's browser does not report any more; another one at the computer asks for guidance."""
        self.change("citizen_seen_at = now() - interval '170 seconds'")
        self.volunteer.page.reload()
        self.pair.guide("phrase-1")

    def sign_out(self) -> None:
        self.citizen.press("Kết thúc")


def play(visit: Visit, url: str, request: pytest.FixtureRequest, scripted: bool) -> Play:
    pair = sit_down(visit, url, name=f"Máy {secrets.randbelow(10**6)}", scripted=scripted)
    begin_form(pair)
    return Play(pair, request.getfixturevalue("stack"), url, visit, scripted)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])
def test_both_screens_say_how_a_session_ended(
    visit: Visit, url: str, request: pytest.FixtureRequest, scripted: bool
) -> None:
    both = play(visit, url, request, scripted)
    acts: dict[str, Callable[[], None]] = {
        "the citizen stops": both.stop,
        "the volunteer ends it": both.end,
        "its time is over": both.let_time_pass,
        "the volunteer is taken off duty": both.take_off_duty,
        "the citizen withdraws consent": both.withdraw,
        "the citizen signs out": both.sign_out,
    }
    seen = {}
    for name, act in acts.items():
        both.citizen.go("/ho-so")
        both.pair.join(both.pair.agree())
        both.citizen.go("/ho-so")
        assert "đang hướng dẫn ông/bà" in both.citizen.text
        act()
        seen[name] = tuple(
            both.sees(visitor, text) for visitor, text in zip((both.citizen, both.volunteer), ENDS[name], strict=True)
        )
        assert both.volunteer.page.locator("[data-guide]").count() == 0, name
    assert seen == {name: ENDS[name] for name in acts}
    forget_lost_connections(both.pair)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])
def test_a_volunteer_whose_citizen_is_gone_is_told_and_the_next_at_the_computer_has_a_session_of_their_own(
    visit: Visit, url: str, request: pytest.FixtureRequest, scripted: bool
) -> None:
    both = play(visit, url, request, scripted)
    name = "the citizen is gone while the volunteer points"
    both.pair.join(both.pair.agree())
    both.citizen.context.set_offline(True)
    both.leave()
    assert both.sees(both.volunteer, ENDS[name][1]) == ENDS[name][1]
    both.citizen.context.set_offline(False)
    both.sign_out()
    both.citizen.sign_in("0905209202")
    both.citizen.go("/ho-so")
    both.pair.agree()
    assert both.sees(both.citizen, ENDS[name][0]) == ENDS[name][0]
    ended = ENDS["the citizen signs out"][1]
    assert both.sees(both.volunteer, ended) == ended
    forget_lost_connections(both.pair)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "unscripted"])
def test_both_screens_say_why_a_session_did_not_begin(
    visit: Visit, url: str, request: pytest.FixtureRequest, scripted: bool
) -> None:
    both = play(visit, url, request, scripted)
    other = another_volunteer(both)

    def type_code(who: Visitor, digits: str) -> None:
        who.go("/tinh-nguyen")
        who.fill({"/code": digits})
        who.press("Vào hướng dẫn")

    def give_up(_: str) -> None:
        both.stop()

    def grow_old(_: str) -> None:
        both.change("code_expires_at = now()")

    def be_used(digits: str) -> None:
        type_code(other, digits)

    def be_guessed(digits: str) -> None:
        wrong = f"{(int(digits.replace(' ', '')) + 1) % 10**6:06}"
        for _ in range(10):
            type_code(other, wrong)

    acts: dict[str, Callable[[str], None]] = {
        "the citizen does not want it any more": give_up,
        "the code is five minutes old": grow_old,
        "another volunteer has used the code": be_used,
        "somebody has guessed": be_guessed,
    }
    seen = {}
    for name, act in acts.items():
        both.citizen.go("/ho-so")
        if name == "somebody has guessed":
            both.stop()
            both.citizen.go("/ho-so")
        digits = both.pair.agree()
        both.citizen.go("/ho-so")
        act(digits)
        who = other if name == "somebody has guessed" else both.volunteer
        type_code(who, digits)
        seen[name] = tuple(
            both.sees(visitor, text) for visitor, text in zip((both.citizen, who), NOT_BEGUN[name], strict=True)
        )
    assert seen == NOT_BEGUN


def test_a_volunteer_hears_that_the_citizen_is_silent_and_that_they_are_back(
    visit: Visit, url: str, request: pytest.FixtureRequest
) -> None:
    """Nobody opens another page meanwhile, and the citizen's fetches nothing: it only says that it is open."""
    both = play(visit, url, request, scripted=True)
    both.pair.join(both.pair.agree())
    both.citizen.page.clock.install()
    both.citizen.go("/ho-so")
    silent = both.volunteer.page.get_by_text("im lặng đã 2 phút")
    assert silent.count() == 0
    both.change("citizen_seen_at = now() - interval '170 seconds'")
    silent.wait_for(timeout=10_000)
    both.citizen.page.route("**/huong-dan/phan*", lambda route: route.abort())
    with both.citizen.page.expect_request(
        lambda sent: sent.method == "POST" and urlsplit(sent.url).path == "/streams/guidance"
    ):
        both.citizen.page.clock.run_for(int(1100 * heartbeat_seconds()))
    silent.wait_for(state="detached", timeout=20_000)


def test_a_volunteer_who_guides_by_voice_stays_signed_in(
    visit: Visit, url: str, request: pytest.FixtureRequest
) -> None:
    both = play(visit, url, request, scripted=True)
    both.pair.join(both.pair.agree())
    page = both.volunteer.page
    page.clock.install()
    # A stream that says nothing ends: what is fetched after eight minutes is not fetched because of it.
    page.add_init_script("window.EventSource = class extends EventTarget { close() {} }")
    page.reload()
    with page.expect_response(f"**{urlsplit(page.url).path}/phan") as answer:
        page.clock.run_for(35_000)
        page.clock.fast_forward(450_000)
    assert answer.value.status == 200


def test_the_minutes_go_on_while_nothing_changes(visit: Visit, url: str, request: pytest.FixtureRequest) -> None:
    both = play(visit, url, request, scripted=True)
    both.pair.join(both.pair.agree())
    both.change("ends_at = now() + interval '5 minutes 30 seconds'")
    left = "[data-seconds-left]"
    for visitor in (both.citizen, both.volunteer):
        visitor.page.clock.install()
        visitor.go(urlsplit(visitor.page.url).path)
        assert visitor.page.locator(left).first.inner_text() == "6"
        visitor.page.clock.run_for(35_000)  # sooner than the page takes its stream for lost, and fetches its part
        assert visitor.page.locator(left).first.inner_text() == "5"


def another_volunteer(both: Play) -> Visitor:
    """A second volunteer on duty at the same station, signed in on a phone."""
    here = station(both.url)
    username = f"buoi{secrets.randbelow(10**9)}"
    body = {"full_name": "Phan Thị Bưởi", "username": username}
    added = here.administrator.post(f"/wards/{WARD}/volunteers", body)
    opening = here.running_duty()["opening"]["id"]
    here.administrator.post(f"/wards/{WARD}/duties", {"opening_id": opening, "volunteer_id": added["volunteer"]["id"]})
    other: Visitor = both.visit(size=PHONE, scripted=both.scripted)
    other.sign_in(f"{username}.{SLUG}", added["password"])
    other.fill({"new_password": PASSWORD})
    other.press("Lưu và vào")
    assert urlsplit(other.page.url).path == "/tinh-nguyen"
    return other


def test_a_page_asks_nothing_more_once_its_reader_signs_out(
    visit: Visit, url: str, request: pytest.FixtureRequest
) -> None:
    """The ward ends the guided session first, so the page hears of it while its sign-out is still on the way."""
    both = play(visit, url, request, scripted=True)
    page = both.citizen.page
    both.pair.join(both.pair.agree())
    page.evaluate("navigator.serviceWorker.ready.then(one => one.unregister())")  # what it sends cannot be held up
    page.add_init_script("Object.defineProperty(navigator, 'serviceWorker', {value: undefined})")
    both.citizen.go("/ho-so")  # the last page that it serves
    both.citizen.go("/ho-so")
    sent: list[str] = []

    def take_long(route: Route) -> None:
        """The answer comes when the volunteer has long read that the citizen is gone."""
        page.on("request", lambda one: sent.append(f"{one.method} {urlsplit(one.url).path}"))
        answer = route.fetch(max_redirects=0)
        ended = ENDS["the citizen signs out"][1]
        assert both.sees(both.volunteer, ended) == ended
        page.wait_for_timeout(1000)
        route.fulfill(response=answer)

    page.route("**/kiosk/ket-thuc", take_long, times=1)
    with page.expect_navigation(url="**/kiosk"):
        page.get_by_role("button", name="Kết thúc", exact=True).click()
    own = [one for one in sent[: sent.index("GET /kiosk")] if "/static/" not in one]
    assert own == [], "the page that signs out asked for something"
    forget_lost_connections(both.pair)


def test_a_page_whose_reader_was_signed_out_elsewhere_leads_to_the_sign_in(
    visit: Visit, url: str, request: pytest.FixtureRequest
) -> None:
    """A copy of the page in another window, which looks again when it comes to the front."""
    both = play(visit, url, request, scripted=True)
    both.pair.join(both.pair.agree())
    both.citizen.go("/ho-so")
    kept: Any = both.citizen.context.cookies()
    window = both.visit(size=KIOSK)
    window.context.add_cookies(kept)
    window.go("/ho-so")
    window.page.locator("#guidance[data-state=open]").wait_for()
    window.page.evaluate("window.isOld = true")
    both.sign_out()
    looks = "() => { document.dispatchEvent(new Event('visibilitychange')); return !window.isOld; }"
    window.page.wait_for_function(looks, polling=500)  # its stream may have told it sooner
    window.page.wait_for_load_state()
    for _ in range(20):  # the dossiers hear of the sign-out by an event
        if "/dang-nhap" in window.page.url:
            break
        window.page.wait_for_timeout(500)
        window.page.reload()
    assert urlsplit(window.page.url).path == "/dang-nhap"
    window.complaints[:] = [one for one in window.complaints if "status of 401" not in one]  # it had to ask
