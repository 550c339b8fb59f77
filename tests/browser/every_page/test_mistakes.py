"""Each page with what people do wrong at it: nothing that they typed or chose is lost without a word.

The rule, for each form of each page of `scene.PAGES` in which something can be typed or chosen, and each mistake: what
was typed is there afterwards, in its field or offered with a word; or the browser has asked before, or a sentence has
said that it is lost. It is found by the controls of the page, so that a new page is tried by being in the scene.

- Fields marked `data-anew` are typed again each time and are not stored: passwords, one-time codes, a declaration.
- A form marked `data-finds` only finds something or lets somebody in, and writes nothing: it is left without a
  question, and the browser's own back button brings it again.
- What a browser does by itself counts as Chromium does it.
- A form that shows what is saved writes nothing where nothing was changed, and says so. Sent by two tabs, the later is
  shown what the earlier has saved. An act of the desk (`.app-act`) that is sent is that act.
- What only the browser keeps, of an account that is being opened, has no version: its check page shows it all.
- A station's computer has one window, and its clock says what becomes of what was typed.
- On paper, nothing is cut off, no bar, no button and no address is printed, on as many sheets as the text needs.

Not tried: pages without script, on which a browser asks nothing. What lies behind a form's button is tried in
`test_behind_buttons.py`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, PdfMargins

from services.chassis.clock import SystemClock, today_in_vietnam
from tests.browser.every_page.mistakes import (
    CUT_OFF,
    OFFERED,
    RETYPED,
    WORDS,
    Form,
    Hands,
    Typed,
    half_an_hour_later,
    load_anew,
    pages_of,
    path_of,
    sign_out_elsewhere,
)
from tests.browser.every_page.seats import Seats
from tests.browser.guiding import station
from tests.browser.scene import GUIDED, HOME, KIOSK, PAGES, PageKind, Scene
from tests.browser.usable import NOT_PRINTED, PAPER, media, sized
from tests.browser.visitor import Visitor
from tests.e2e.api import PASSWORD, sign_in
from tests.e2e.birth import whole_form
from tests.e2e.drafts import APPLICANT, NEIGHBOUR_APPLICANT, WARD

#: Height of A4 within its margins, in px of print; a little is left at the foot of a sheet, where no line is cut.
SHEET, LEFT = 1046, 1.15
MARGINS: PdfMargins = {"top": "1cm", "bottom": "1cm", "left": "1cm", "right": "1cm"}


class Loading(Seats):
    """Browsers that reload a page when somebody goes back, because the driver loses a page that was kept."""

    def _visit(self, **how: Any) -> Visitor:
        return load_anew(super()._visit(**how))


@pytest.fixture(scope="module")
def seats(engine: Browser, url: str, scene: Scene) -> Iterator[Seats]:
    taken = Loading(engine, url, scene)
    yield taken
    taken.leave()


@pytest.fixture(scope="module")
def apart(url: str, scene: Scene) -> Scene:
    """The scene with another opening session, which may be called off: others' tests need the one that is running."""
    on = today_in_vietnam(SystemClock()) + timedelta(days=60 + secrets.randbelow(300))
    body = {"on": on.isoformat(), "starts": "08:00", "ends": "10:00", "note": ""}
    made = station(url).administrator.post(f"/wards/{WARD}/stations/{scene.station}/openings", body)
    return replace(scene, day=on.isoformat(), opening=made["id"])


@pytest.fixture
def hands(page: PageKind, seats: Seats, scene: Scene, url: str) -> Iterator[Hands]:
    """Somebody's at the page; afterwards, its draft is again as the scene has it."""
    visitor = seats.of(page)
    visitor.complaints.clear()
    own = Hands(visitor, page.path(scene))
    own.open()
    yield own
    own.let_go()
    drafts = {scene.begun: {"requester": whole_form()["requester"]}, scene.whole: whole_form("Lê Hoàng Phúc")}
    for id, form in drafts.items():
        if id in page.path(scene):
            sign_in(url, APPLICANT).put(f"/wards/{WARD}/dossiers/{id}/form", form)


ELSEWHERE = "signed out elsewhere"
#: The page "no network" continues by itself.
BY_ITSELF = "kiosk-offline"
ON_PAPER = ("check", "filed", "kiosk-filed")


def of_pages(*names: str, at: Sequence[str] = (HOME, KIOSK, GUIDED)) -> pytest.MarkDecorator:
    """A test for those pages, or for all where somebody sits so."""
    chosen = [page for page in PAGES if page.at in at and (page.name in names if names else page.name != BY_ITSELF)]
    return pytest.mark.parametrize("page", chosen, ids=lambda page: page.name)


EVERY_PAGE = of_pages()


@EVERY_PAGE
def test_nothing_typed_is_lost_without_a_word(page: PageKind, hands: Hands, request: pytest.FixtureRequest) -> None:
    forms = [form for form in hands.forms() if not form.scripted]
    if forms:
        _print_it(hands)
    for form in forms:
        if form.anew:
            continue
        hands.page.evaluate("() => [...document.forms].forEach(form => form.reset())")
        if form is forms[0]:
            _leave_it(hands, form)
        elif hands.type(form, WORDS[0]) and not hands.press_away(next(iter(hands.ways(form)))):
            hands.faults.append(f"{form.path} is left without a word")
            hands.open()
    for form in forms:
        if not form.acts and not form.anew:
            _send_it_as_it_came(hands, form)
    first = next((form for form in hands.forms() if not form.scripted), None)
    if page.at != HOME:
        _at_a_station(page, hands)
    elif page.who and first:
        _away_for_half_an_hour(page, hands, first, request.getfixturevalue("secret"))
        _signed_out_elsewhere(page, hands, first)
    assert hands.faults == []
    # A file that is shown by itself has no icon.
    assert [each for each in hands.visitor.complaints if "/tep/" not in each] == []


def _leave_it(hands: Hands, form: Form) -> None:
    """By each of the page's ways, by the browser's back button, and by loading it again."""
    words = iter(WORDS)
    typed, ways = hands.type(form, next(words)), hands.ways(form)
    if not typed:
        return
    if form.finds:
        _find_again(hands, typed, ways[0])
        return
    for way in ways:
        if hands.way(way).count() and not hands.press_away(way):
            lost = hands.lost(typed)
            form = hands.again(form)
            if lost and (lost := hands.lost(typed)):
                hands.faults.append(f"by {way}, without a word: {lost}")
            typed = hands.type(form, next(words))
            hands.ways(form)
    hands.page.mouse.click(2, 2)  # a browser asks nobody who has not touched the page
    _leave_by_the_browser(hands, typed)


def _leave_by_the_browser(hands: Hands, typed: Typed) -> None:
    for what, script in (("back", "history.back()"), ("a reload", "location.reload()")):
        if not hands.run_away(script):
            if what == "back":
                hands.run_away("history.forward()")
            if lost := hands.lost(typed):
                hands.faults.append(f"by {what}, without a word: {lost}")
    if lost := hands.lost(typed):
        hands.faults.append(f"by staying: {lost}")


def _find_again(hands: Hands, typed: Typed, way: str) -> None:
    if hands.press_away(way):
        hands.faults.append(f"asks before {way}, where nothing is lost")
        return
    hands.run_away("history.back()")
    if lost := hands.lost(typed):
        hands.faults.append(f"by {way} and back: {lost}")


def _send_it_as_it_came(hands: Hands, form: Form) -> None:
    form = hands.again(form)
    status = hands.send(form)
    said, where = hands.said(), path_of(hands.page.url)
    if status >= 500:
        hands.faults.append(f"sent as it came: {status}")
    if not form.keeps and not form.finds and not said:
        hands.faults.append(f"sent as it came, {where} says nothing")
    hands.open()
    again = next((one for one in hands.forms() if one.path == form.path), None)
    if form.filled and (again is None or again.version != form.version):
        hands.faults.append(f"sent as it came, it has written something: {said}")
    if form.filled and not form.keeps and not form.finds and re.search("Đã (lưu|ghi|đổi)", said):
        hands.faults.append(f"sent as it came, it says that something was saved: {said}")


def _at_a_station(page: PageKind, hands: Hands) -> None:
    """The clock's question says what becomes of what was typed."""
    asked = hands.page.locator("#con-do-con")
    if page.at == KIOSK and asked.count():
        saves = hands.page.locator("#con-do[data-saved]").count()
        words = " ".join((asked.text_content() or "").split())
        if saves != ("máy lưu những gì" in words) or not re.search("lưu|xóa", words):
            hands.faults.append(f"the clock says: {words}")


def _away_for_half_an_hour(page: PageKind, hands: Hands, form: Form, secret: str) -> None:
    form = hands.again(form)
    typed = hands.type(form, WORDS[-1])
    half_an_hour_later(hands.visitor, secret)
    _offered(page, hands, form, typed, "after half an hour")


def _signed_out_elsewhere(page: PageKind, hands: Hands, form: Form) -> None:
    form = hands.again(form)
    typed = hands.type(form, WORDS[-2])
    sign_out_elsewhere(hands.visitor)
    _offered(page, hands, form, typed, ELSEWHERE)


def _offered(page: PageKind, hands: Hands, form: Form, typed: Typed, what: str) -> None:
    """After a new sign-in the typed values are shown to the person who typed them, and to nobody else."""
    retyped = hands.is_retyped(form)
    status = hands.send(form)
    if status != 401 or OFFERED not in hands.visitor.text or (RETYPED in hands.visitor.text) != retyped:
        hands.faults.append(f"{what}: {status}, {hands.visitor.heading}")
        hands.visitor.sign_in(page.who)
        return
    files = [each for each in typed if each[0] == "file"]
    if files and hands.lost(files):
        hands.faults.append(f"{what}, without a word: {files}")
    if what == ELSEWHERE:
        seen = _by_another(hands.visitor, hands.page.locator("input[name=carried]").get_attribute("value") or "")
        if any(str(value) in seen for _, value, there in typed if there and len(str(value)) > 5):
            hands.faults.append(f"{what}, another sees it")
    hands.visitor.fill({"/login": page.who, "/password": PASSWORD})
    hands.visitor.press("Đăng nhập")
    action = hands.page.locator("main form").get_attribute("action") or ""
    if hands.visitor.heading != "Làm tiếp việc đang dở" or action != form.path:
        hands.faults.append(f"{what}: {hands.visitor.heading}, {action} for {form.path}")
        return
    if lost := hands.lost([each for each in typed if each not in files]):
        hands.faults.append(f"{what}, not offered: {lost}")
    if PASSWORD in hands.page.locator("main form").inner_html():
        hands.faults.append(f"{what}, a password was kept")


def _by_another(visitor: Visitor, carried: str) -> str:
    """The answer to another person who signs in on that page."""
    with httpx.Client(base_url=visitor.url) as http:
        token = re.search(r'name="csrf_token" value="([^"]+)"', http.get("/dang-nhap").text)
        assert token
        login = {"login": NEIGHBOUR_APPLICANT, "password": PASSWORD, "carried": carried, "csrf_token": token.group(1)}
        answer = http.post("/dang-nhap", data=login)
        assert answer.status_code == 303
        return answer.text


# On paper


def _print_it(hands: Hands) -> None:
    visitor = hands.visitor
    with sized(visitor, PAPER), media(visitor, media="print"):
        height = visitor.page.evaluate("document.documentElement.scrollHeight")
        buttons = visitor.page.locator(f"button, .govuk-button, {NOT_PRINTED}").locator("visible=true")
        if found := buttons.all_inner_texts():
            hands.faults.append(f"printed: {found}")
        if cut := visitor.page.evaluate(CUT_OFF):
            hands.faults.append(f"cut off on paper: {cut}")
        sheets = pages_of(visitor.page.pdf(format="A4", margin=MARGINS))
    if [sheet for sheet in sheets if re.search("https?://", sheet)]:
        hands.faults.append("printed: an address")
    if not all(sheets) or len(sheets) > ceil(height / SHEET * LEFT):
        hands.faults.append(f"printed on {len(sheets)} sheets, of which {sheets.count('')} are empty")


@of_pages(*ON_PAPER)
def test_what_is_kept_on_paper_stands_on_few_sheets_with_the_key_and_the_office(page: PageKind, hands: Hands) -> None:
    with media(hands.visitor, media="print"):
        sheets = pages_of(hands.page.pdf(format="A4", margin=MARGINS))
        key = hands.page.locator(".app-secret")
        sizes = key.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert len(sheets) <= (3 if page.name == "check" else 1)
    text = " ".join(sheets)
    assert re.search(r"Bộ phận Một cửa .*0236[ .\d]{7,}.*thứ Hai đến thứ Sáu", text), "the office, its phone, its hours"
    assert page.name == "check" or min(sizes) >= 24


# Two tabs


@of_pages(at=[HOME])
def test_two_tabs_do_not_overwrite_each_other_unseen(page: PageKind, hands: Hands, apart: Scene) -> None:
    """Last in this module: what is sent here is done."""
    if page.path(apart) != hands.path:
        hands.path = page.path(apart)
        hands.open()
    form = next((one for one in hands.forms() if not one.anew and not one.finds and not one.scripted), None)
    if form is None:
        return
    heading = hands.visitor.heading
    hands.type(form, WORDS[2])
    tab = hands.visitor.context.new_page()
    other = Hands(hands.visitor, hands.path, tab=tab)
    other.open()
    later = other.type(form, WORDS[4])
    was_saved = hands.send(form) < 400
    status, said = other.send(form), other.said()
    if status >= 500:
        hands.faults.append(f"the later tab: {status}")
    if was_saved and (form.version or (form.filled and not form.keeps)):
        if status < 400:
            hands.faults.append(f"the later tab has overwritten the earlier: {said}")
        elif status in (412, 422, 409) and (not said or other.lost(later)):
            hands.faults.append(f"the later tab loses: {other.lost(later)}, and says: {said}")
    elif not said and " ".join(tab.locator("h1").inner_text().split()) == heading:
        hands.faults.append("the later tab says nothing")
    tab.close()
    assert hands.faults == []
