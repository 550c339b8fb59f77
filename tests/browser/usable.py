"""The checks of every page: a screen reader, both sizes, the keyboard alone, 320 px, text at 200 %, less motion, forced
colours, paper, and a slow network.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import ViewportSize

from tests.browser.scene import IN_STORIES
from tests.browser.visitor import DESKTOP, PHONE, Visitor

SMALLEST = (320, 640)
#: Width of A4 within its margins, at 96 dots an inch.
PAPER = (718, 1000)
#: Height of what a finger hits at a station's computer, in px.
TARGET = 44
#: The smallest letters there, in px.
LARGE = 18
#: Bytes that a page may take over the network, with all that belongs to it: at a first visit, and at a later one.
FIRST, LATER = 60_000, 30_000
#: Stops of the viewer of a paper, which is a page of its own within the page.
MOST_INSIDE = 50
#: Never printed: bars, buttons of the screen, words of a volunteer.
NOT_PRINTED = ".app-bar, .app-kiosk-bar, .app-guided, .app-no-print, .app-offline, .govuk-back-link, .govuk-skip-link"

_AXE = """axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
    .then(found => ({passed: found.passes.length, violations: found.violations}))"""

#: The elements at which the keyboard stops; each radio group counts once.
_STOPS = """() => {
    const all = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])')]
        .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true}));
    const group = one => all.filter(
        other => other.type === 'radio' && other.name === one.name && other.form === one.form);
    return all.filter(one => one.type !== 'radio'
        || one === (group(one).find(other => other.checked) ?? group(one)[0]));
}"""
_LOOK = """one => {
    const label = one.labels?.[0] ? [getComputedStyle(one.labels[0]), getComputedStyle(one.labels[0], '::before')] : [];
    return [getComputedStyle(one), ...label].map(style => ({
        edges: [style.outlineStyle, style.outlineStyle === 'none' ? '' : style.outlineWidth, style.borderTopWidth],
        all: [style.outlineColor, style.boxShadow, style.backgroundColor, style.borderTopColor, style.textDecoration],
    }));
}"""
_NAME = "one => (one.id || one.name || one.textContent.trim().slice(0, 40) || one.tagName)"

#: Presses of Tab are counted by the page itself: which stop has the focus, and whether that can be seen.
_WATCH = f"""() => {{
    document.body.tabIndex = -1; // Tab begins at the top, wherever somebody has clicked before
    document.body.focus();
    document.body.blur();
    document.body.removeAttribute('tabindex');
    const stops = ({_STOPS})(), look = {_LOOK}, plain = new Map(stops.map(one => [one, JSON.stringify(look(one))]));
    window.tabbed = {{stops: stops.map({_NAME}), reached: [], unseen: []}};
    window.watching?.abort(); // of an earlier look at a page that has changed by itself since
    window.watching = new AbortController();
    document.addEventListener('focusin', ({{target}}) => {{
        const same = stops.indexOf(target); // else a part of the page has been renewed meanwhile
        const at = same >= 0 ? same : window.tabbed.stops.indexOf(({_NAME})(target));
        window.tabbed.reached.push(at);
        if (same < 0 || JSON.stringify(look(target)) !== plain.get(target)) return;
        window.tabbed.unseen.push(({_NAME})(target));
    }}, {{signal: window.watching.signal}});
    return stops.length;
}}"""

#: With forced colours, only lines are left to show the focus. And nothing that has it is hidden behind another.
_FORCED = f"""async () => {{
    const look = {_LOOK}, edges = one => JSON.stringify(look(one).map(each => each.edges));
    const scrolled = one => one ? [one.scrollLeft, one.scrollTop, ...scrolled(one.parentElement)] : [];
    const unseen = [], covered = [];
    for (const one of ({_STOPS})()) {{
        document.activeElement?.blur();
        const before = edges(one), from = scrolled(one).join();
        one.focus();
        if (edges(one) === before) unseen.push(({_NAME})(one));
        one.scrollIntoView({{block: 'nearest', behavior: 'instant'}});
        if (scrolled(one).join() !== from) await new Promise(requestAnimationFrame);
        const shown = one.labels?.[0] ?? one, box = shown.getClientRects()[0];
        const hits = [0.1, 0.5, 0.9].map(
            part => document.elementFromPoint(box.left + box.width * part, box.top + box.height * part));
        if (!hits.some(hit => hit && (one.contains(hit) || shown.contains(hit)))) covered.push(({_NAME})(one));
    }}
    return {{unseen, covered}};
}}"""

#: Files whose address has a digest of their content; the browser has kept them since the first visit. Pictures of
#: papers weigh what they weigh, and what the page asks for while it stays open belongs to no visit.
_PARTS = """const page = performance.getEntriesByType('navigation')[0];
    const parts = performance.getEntriesByType('resource').filter(
        one => one.startTime <= page.loadEventEnd && !['img', 'iframe', 'embed', 'object'].includes(one.initiatorType));
"""
_WEIGHT = f"""() => {{
    {_PARTS}
    const sum = all => all.reduce((bytes, one) => bytes + one.encodedBodySize, 0);
    return [sum([page, ...parts]), sum([page, ...parts.filter(one => !new URL(one.name).searchParams.has('v'))])];
}}"""
#: At a station's computer: the page's text, its parts with their bytes, and the addresses of what the worker has
#: fetched for itself. The page and static files have none: the worker passes them on, and hides what they weighed.
_AT_STATION = f"""async () => {{
    {_PARTS}
    if (await navigator.serviceWorker.getRegistration()) await navigator.serviceWorker.ready;
    const ours = name => new URL(name).pathname.startsWith('/static/');
    const kept = async name => (await (await caches.open(name)).keys()).map(one => one.url);
    return {{
        text: document.documentElement.outerHTML,
        parts: Object.fromEntries(parts.map(one => [one.name, ours(one.name) ? null : one.encodedBodySize])),
        kept: (await Promise.all((await caches.keys()).map(kept))).flat(),
    }};
}}"""

_MOVING = """() => document.getAnimations().length + [...document.querySelectorAll('*')].filter(one => {
    const style = getComputedStyle(one);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(each => parseFloat(each) > 0.01);
}).length"""


def faults_of(visitor: Visitor) -> list[str]:
    """The findings of axe on the open page; also checks that axe ran."""
    visitor.page.evaluate("window.hadFocus = document.activeElement; window.hadFocus?.blur()")  # it is looked at apart
    if visitor.page.evaluate("!('axe' in window)"):  # half a megabyte, once for all sizes
        visitor.page.evaluate(AXE_SCRIPT)
    found = AxeResults(visitor.page.evaluate(_AXE))
    visitor.page.evaluate("window.hadFocus?.focus({preventScroll: true})")
    assert found.response["passed"] > 10
    return [found.generate_report(one["id"]) for one in found.response["violations"]]


def is_too_wide(visitor: Visitor) -> bool:
    """Whether a reader must scroll the page sideways, by more than the pixel of a text for screen readers."""
    return bool(
        visitor.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )


def too_small(visitor: Visitor) -> list[str]:
    """Separate buttons, fields and links that are smaller than a finger."""
    found: list[str] = visitor.page.evaluate(
        """least => [...document.querySelectorAll(
            'button, a.govuk-button, .govuk-back-link, .app-ways a, summary, .govuk-summary-list__actions a,'
            + ' .govuk-task-list__link, select, textarea,'
            + ' input:not([type=hidden]):not([type=radio]):not([type=checkbox])')]
            .filter(one => one.checkVisibility())
            .filter(one => one.getBoundingClientRect().height < least)
            .map(one => `${one.tagName} ${one.textContent.trim()} ${one.getBoundingClientRect().height}`)""",
        TARGET,
    )
    return found


def seen_though_hidden(visitor: Visitor) -> list[str]:
    """Elements that a script must first enable, but that a class already shows."""
    found: list[str] = visitor.page.evaluate(
        """[...document.querySelectorAll('[hidden]')].filter(one => one.checkVisibility())
            .map(one => one.textContent.trim().slice(0, 40) || one.outerHTML.slice(0, 80))"""
    )
    return found


def remembered(visitor: Visitor) -> list[str]:
    """Fields whose typed text the browser may keep and offer to the next person."""
    found: list[str] = visitor.page.evaluate(
        """[...document.querySelectorAll('input, textarea, select')]
            .filter(one => !['hidden', 'radio', 'checkbox', 'file', 'submit'].includes(one.type))
            .filter(one => one.autocomplete !== 'off').map(one => one.name)"""
    )
    return found


def in_small_letters(visitor: Visitor) -> list[str]:
    """Text that cannot be read from an arm's length."""
    found: list[str] = visitor.page.evaluate(
        """least => [...document.querySelectorAll('body *')]
            .filter(one => one.checkVisibility())
            .filter(one => !one.closest('svg, script, style, .govuk-visually-hidden, .app-default-button'))
            .filter(one => [...one.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim()))
            .filter(one => parseFloat(getComputedStyle(one).fontSize) < least)
            .map(one => `${one.textContent.trim().slice(0, 40)} ${getComputedStyle(one).fontSize}`)""",
        LARGE,
    )
    return found


def nothing(name: str, what: str, found: list[str]) -> None:
    assert not found, f"{name}, {what}: {found}"


def usable(visitor: Visitor, name: str) -> None:
    """The page that is open can be used by everybody, and looks afterwards as it did before.

    A name of `IN_STORIES` belongs to a page that is listed there with its address.
    """
    for address in (address for address, each in IN_STORIES.items() if each == name):
        assert re.fullmatch(re.sub(r"{\w+}", "[^/]+", address), urlsplit(visitor.page.url).path), visitor.page.url
    is_kiosk = visitor.page.locator("body.app-kiosk").count() > 0
    nothing(name, "hidden, and seen all the same", seen_though_hidden(visitor))
    if is_kiosk:
        nothing(name, "offered to whoever comes next", remembered(visitor))
        nothing(name, "small letters", in_small_letters(visitor))
    first, later = _weight_at_station(visitor) if is_kiosk else visitor.page.evaluate(_WEIGHT)
    assert first <= FIRST, f"{name}: {first} bytes at a first visit"
    assert later <= LATER, f"{name}: {later} bytes at a later one"
    with sized(visitor, PHONE) as resize:
        nothing(name, "axe", faults_of(visitor))
        nothing(name, "smaller than a finger", too_small(visitor) if is_kiosk else [])
        assert not is_too_wide(visitor), f"{name}, on a phone"
        resize(SMALLEST)
        assert not is_too_wide(visitor), f"{name}, 320 px"
        with twice_the_text(visitor):
            assert not is_too_wide(visitor), f"{name}, text at 200 %"
        resize(PAPER)
        with media(visitor, media="print"):
            assert not is_too_wide(visitor), f"{name}, printed"
            assert visitor.page.locator("h1").first.is_visible(), f"{name}, printed"
            nothing(name, "printed", visitor.page.locator(NOT_PRINTED).locator("visible=true").all_inner_texts())
        resize(DESKTOP)
        nothing(name, "axe", faults_of(visitor))
        nothing(name, "smaller than a finger", too_small(visitor) if is_kiosk else [])
        assert not is_too_wide(visitor), name
        with media(visitor, reduced_motion="reduce", forced_colors="active"):
            assert visitor.page.evaluate(_MOVING) == 0, f"{name}, less motion"
            by_keyboard(visitor, name)
            forced = visitor.page.evaluate(_FORCED)
            nothing(name, "the focus cannot be seen where colours are forced", forced["unseen"])
            nothing(name, "what has the focus is covered", forced["covered"])


def _weight_at_station(visitor: Visitor) -> tuple[int, int]:
    """Bytes of a first visit, with the worker and what it keeps, and of a later one."""
    found = visitor.page.evaluate(_AT_STATION)
    text = len(gzip.compress(found["text"].encode()))
    parts = {name: _sent(name) if weight is None else weight for name, weight in found["parts"].items()}
    worker = [f"{visitor.url}/kiosk-worker.js", *(name for name in found["kept"] if name not in parts)]
    first = text + sum(parts.values()) + sum(_sent(name) for name in worker)
    return first, text + sum(weight for name, weight in parts.items() if "?v=" not in name)


@cache
def _sent(address: str) -> int:
    """Bytes of a file's answer, compressed as for a browser."""
    return int(httpx.head(address, headers={"Accept-Encoding": "gzip"}).headers["Content-Length"])


def by_keyboard(visitor: Visitor, name: str) -> None:
    """Tab stops at everything that can be pressed or filled in, in its order, and each stop can be seen."""
    for _ in range(visitor.page.evaluate(_WATCH)):
        visitor.page.keyboard.press("Tab")
    for _ in range(MOST_INSIDE):
        if visitor.page.evaluate("window.tabbed.stops.every((_, at) => window.tabbed.reached.includes(at))"):
            break
        visitor.page.keyboard.press("Tab")
    found: dict[str, Any] = visitor.page.evaluate("window.tabbed")
    missed = [one for at, one in enumerate(found["stops"]) if at not in found["reached"]]
    nothing(name, "not reached by Tab", missed)
    first = list(dict.fromkeys(found["reached"]))
    assert first == sorted(first), f"{name}: Tab jumps"
    nothing(name, "the focus cannot be seen", found["unseen"])


Size = tuple[int, int]


@contextmanager
def sized(visitor: Visitor, size: Size) -> Iterator[Callable[[Size], None]]:
    """The window in that size, then in others as the function says; at the end it is as it was before."""
    before = visitor.page.viewport_size
    assert before is not None

    def resize(size: Size) -> None:
        if visitor.page.viewport_size != (wanted := ViewportSize(width=size[0], height=size[1])):
            visitor.page.set_viewport_size(wanted)

    resize(size)
    try:
        yield resize
    finally:
        resize((before["width"], before["height"]))


@contextmanager
def twice_the_text(visitor: Visitor) -> Iterator[None]:
    """Also where type is larger than elsewhere, as at a station's computer."""
    visitor.page.evaluate(
        "document.documentElement.style.fontSize ="
        " `${2 * parseFloat(getComputedStyle(document.documentElement).fontSize)}px`"
    )
    try:
        yield
    finally:
        visitor.page.evaluate("document.documentElement.style.fontSize = ''")


@contextmanager
def media(visitor: Visitor, **how: Any) -> Iterator[None]:
    """As the browser of somebody who has set it so, or on paper."""
    visitor.page.emulate_media(**how)
    try:
        yield
    finally:
        visitor.page.emulate_media(media="screen", reduced_motion="no-preference", forced_colors="none")


# By keyboard alone


def tab_to(visitor: Visitor, selector: str, *, most: int = 60) -> None:
    """Presses Tab until what is looked for has the focus."""
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab at {visitor.page.url}")


def enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def focused(visitor: Visitor) -> str:
    """The id or the words of what has the focus."""
    return str(visitor.page.evaluate(f"({_NAME})(document.activeElement)"))


# Errors


def told(visitor: Visitor) -> list[str]:
    """The lines of the error summary, which must have the focus and be named at the start of the title."""
    assert visitor.title.startswith("Lỗi: ")
    assert visitor.page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
    return visitor.page.locator(".govuk-error-summary__list li").all_inner_texts()


def beside(visitor: Visitor) -> list[str]:
    """The error texts beside the fields, without the word that screen readers read before them."""
    messages = visitor.page.locator("main form .govuk-error-message").all_text_contents()
    return [" ".join(message.replace("Lỗi:", "").split()) for message in messages]
