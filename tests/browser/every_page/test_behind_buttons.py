"""The pages that only a form's button leads to, with what people do wrong at them: nothing promised there is lost.

Their fields are typed anew each time: passwords and one-time codes. So the rule of `test_mistakes.py` is here: whoever
presses a wrong button, goes back, loads the page again or sends it empty comes to the page again, and the code or
password that was given to them still counts there. Where it counts no more, a sentence says so, and what to do: to a
second tab, by the back button after the end, after half an hour, and after signing out in another tab.

Not tried: a code that is too old, which the services judge by their own clock.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.every_page.behind import BEHIND, Behind, Way
from tests.browser.every_page.mistakes import (
    RETYPED,
    WORDS,
    Hands,
    half_an_hour_later,
    load_anew,
    path_of,
    sign_out_elsewhere,
)
from tests.browser.visitor import Visit, Visitor

#: Ways that only lead away, and another form's button, which says what it has done.
LEADING = (
    "the site's name",
    "the bar",
    "the way back",
    "another link",
    "the foot",
    "another form's button",
)


@pytest.fixture(scope="module")
def browser(engine: Browser) -> Browser:
    """In which `visit` sits somebody down: hundreds of pages are loaded here, and none is looked at."""
    return engine


@pytest.mark.parametrize("page", BEHIND, ids=lambda page: page.name)
def test_nothing_promised_behind_a_button_is_lost_without_a_word(
    page: Behind, visit: Visit, url: str, secret: str
) -> None:
    visitor = load_anew(visit())
    way = page.find(visitor, url)
    hands = Hands(visitor, "")
    if page.idle:
        way.reach()
        _send_late(hands, way, page.idle, lambda: half_an_hour_later(visitor, secret))
    if page.elsewhere:
        way.reach()
        _send_late(hands, way, page.elsewhere, lambda: sign_out_elsewhere(visitor))
    way.reach()
    _press_what_is_wrong(hands, way, posted=page.posted)
    _send_it_empty(hands, posted=page.posted)
    tab = _in_another_tab(visitor, way, page)
    way.end()
    if tab:
        _send_from(hands, tab, page.late)
    if page.back:
        hands.run_away("history.back()")
        _expect(hands, page.back, "by back after the end", visitor.text)
    hands.let_go()
    assert hands.faults == []


def _expect(hands: Hands, word: str, when: str, text: str) -> None:
    if word not in text:
        hands.faults.append(f"{when}, {path_of(hands.page.url)} says: {text[:400]}")


def _send_late(hands: Hands, way: Way, word: str, end_the_sign_in: Callable[[], object]) -> None:
    """Sends it after the sign-in has ended, signs in again, and sends on what is offered."""
    visitor, form = hands.visitor, hands.own_form()
    assert form is not None
    hands.type(form, WORDS[0])
    retyped = hands.is_retyped(form)
    end_the_sign_in()
    hands.send(form)
    seen = visitor.text
    if (RETYPED in seen) != retyped:
        hands.faults.append(f"after {end_the_sign_in}, what is not kept: {seen[:400]}")
    if visitor.heading == "Đăng nhập":
        visitor.fill({"/login": way.login, "/password": way.password})
        visitor.press("Đăng nhập")
        seen += visitor.text
    if visitor.heading == "Làm tiếp việc đang dở":
        visitor.press("Tiếp tục")
        seen += visitor.text
    _expect(hands, word, "after the sign-in has ended", seen)


def _press_what_is_wrong(hands: Hands, way: Way, *, posted: bool) -> None:
    """Each way that leads on, the back button, a reload: nobody is asked, and the page is there again."""
    visitor = hands.visitor
    heading, address = visitor.heading, visitor.page.url
    ways = [one for one in hands.ways(hands.own_form()) if one in LEADING]
    for one in ways:
        form = hands.own_form()
        hands.ways(form)
        if form:
            hands.type(form, WORDS[1])
        if hands.press_away(one):
            hands.faults.append(f"asks before {one}, where nothing is lost")
        if visitor.heading == heading:
            if not hands.said():
                hands.faults.append(f"by {one}, the page says nothing")
        elif posted:
            way.reach()
        else:
            hands.run_away("history.back()")
        _expect(hands, heading, f"by {one} and back", visitor.heading)
    hands.run_away("location.reload()")
    _expect(hands, heading, "by a reload", visitor.heading)
    if not posted:
        hands.run_away("history.back()")
        hands.leaves = True  # the browser writes again what was typed in the form before
        hands.run_away("history.forward()")
        hands.leaves = False
        visitor.page.wait_for_url(address)
        _expect(hands, heading, "by back and forward", visitor.heading)


def _send_it_empty(hands: Hands, *, posted: bool) -> None:
    """The form names missing answers, and this costs no try of a code."""
    form = hands.own_form()
    if form is None or not hands.page.locator("main form [data-anew]").count():
        return
    heading = hands.visitor.heading
    path = path_of(hands.page.url)
    status = hands.send(form)
    if status != 422 or not hands.said() or "Còn" in hands.said() or hands.visitor.heading != heading:
        hands.faults.append(f"sent empty: {status}, {hands.visitor.heading}, {hands.said()}")
    if not posted:
        hands.visitor.go(path)  # by the back button, Chromium asks itself about a page that answered a form


def _in_another_tab(visitor: Visitor, way: Way, page: Behind) -> Page | None:
    """The same page in a second tab of the browser, where its late sending has a word of its own."""
    if not page.late:
        return None
    tab = visitor.context.new_page()
    if not page.posted:
        tab.goto(visitor.page.url)
        return tab
    own, visitor.page = visitor.page, tab
    way.reach()
    visitor.page = own
    return tab


def _send_from(hands: Hands, tab: Page, word: str) -> None:
    other = Hands(hands.visitor, "", tab=tab)
    form = other.own_form()
    assert form is not None
    other.type(form, WORDS[2])
    if (status := other.send(form)) >= 500:
        hands.faults.append(f"the later tab: {status}")
    _expect(hands, word, "the later tab", " ".join(tab.locator("body").inner_text().split()))
    tab.close()
