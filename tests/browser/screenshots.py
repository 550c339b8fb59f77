"""Takes the pictures of the README: `python -m tests.browser.screenshots [address of a running stack]`.

Without an address it starts a stack of its own, on ports of its own, and removes it.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from tests.browser.chromium import NAMES, find_chromium, running_chromium
from tests.browser.guiding import POINTED, begin_form, scan, scanning, sit_down
from tests.browser.scene import OFFICER, Scene, set_scene
from tests.browser.steps import send
from tests.browser.visitor import Visitor
from tests.e2e.api import Phone, close_connections, sign_in
from tests.e2e.birth import HOSPITAL_PAPER, whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD
from tests.running_stack import FASTER

PICTURE = ROOT / "docs" / "picture.png"
STRIP = ROOT / "docs" / "guided.png"
MOST_BYTES = 300_000
#: The visible part of the pages, in pixels of the page, and the factor by which the picture is smaller.
ON_PHONE, ON_DESK, SCALE = (380, 1160), (1240, 1160), 0.7
ON_KIOSK, STRIP_SCALE = (1024, 900), 0.42
GROUND, EDGE, MARGIN = "#e9e6e1", "#b9b3aa", 28


@contextmanager
def stack_at(arguments: list[str]) -> Iterator[str]:
    """The address of the stack to be shown."""
    if arguments:
        yield arguments[0]
        return
    with tempfile.TemporaryDirectory(prefix="caunoi-pictures-") as home:
        stack = Stack(Path(home), 0, more=FASTER)
        stack.start()
        try:
            yield stack.urls["gateway"]
        finally:
            stack.stop()


def shot(browser: Browser, url: str, who: str, path: str, size: tuple[int, int]) -> Image.Image:
    """The first screen of a page as somebody sees it, made smaller."""
    visitor = Visitor(browser, url, size=size)
    visitor.sign_in(who)
    visitor.go(path)
    content = visitor.page.screenshot()
    visitor.leave()
    whole = Image.open(io.BytesIO(content)).convert("RGB")
    return whole.resize((int(size[0] * SCALE), int(size[1] * SCALE)), Image.Resampling.LANCZOS)


def side_by_side(desk: Image.Image, phone: Image.Image) -> Image.Image:
    """The desk's screen and, beside it, the citizen's phone, on one ground."""
    height = max(desk.height, phone.height) + 2 * MARGIN
    canvas = Image.new("RGB", (desk.width + phone.width + 3 * MARGIN, height), GROUND)
    draw = ImageDraw.Draw(canvas)
    left = MARGIN
    for screen in (phone, desk):
        top = (height - screen.height) // 2
        draw.rectangle((left - 1, top - 1, left + screen.width, top + screen.height), outline=EDGE)
        canvas.paste(screen, (left, top))
        left += screen.width + MARGIN
    return canvas


def save(picture: Image.Image, path: Path) -> None:
    """As a PNG with a palette; never more than a README should weigh."""
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path} is {size} bytes; at most {MOST_BYTES} are wanted")


def take(browser: Browser, url: str, scene: Scene) -> None:
    phone = shot(browser, url, APPLICANT, f"/ho-so/{SLUG}/{scene.accepted}", ON_PHONE)
    desk = shot(browser, url, OFFICER, f"/can-bo/ho-so/{scene.accepted}", ON_DESK)
    save(side_by_side(desk, phone), PICTURE)


def take_guided(browser: Browser, url: str) -> None:
    """A guided filing: the computer is enrolled, the digits, the volunteer's phone, the question pointed at, the paper
    that was scanned, and what the dossier says.
    """
    screens: list[Image.Image] = []
    with ExitStack() as held:

        def visit(**how: Any) -> Visitor:
            visitor = Visitor(browser, url, **how)
            held.callback(visitor.leave)
            return visitor

        def look(visitor: Visitor, _: str) -> None:
            screens.append(screen(visitor))

        pair = sit_down(visit, url, name="Máy 3", size=ON_KIOSK, look=look)
        citizen, volunteer = pair.citizen, pair.volunteer
        volunteer.page.set_viewport_size({"width": ON_PHONE[0], "height": ON_KIOSK[1]})
        path = begin_form(pair)
        digits = pair.agree()
        screens.append(screen(citizen))
        pair.join(digits)
        citizen.page.locator("h1", has_text="đang hướng dẫn ông/bà").wait_for()
        citizen.press("Về trang đang làm")
        citizen.press_first("Làm tiếp: ")
        volunteer.page.locator("#here-1-point").wait_for()
        screens.append(screen(volunteer))
        pair.guide("here-1-point")
        citizen.page.locator(POINTED).wait_for()
        pair.guide("phrase-1")
        citizen.page.locator("#guidance-panel li").nth(1).wait_for()
        citizen.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        screens.append(screen(citizen))
        phone = Phone(url, APPLICANT)
        fill_in(url, path)
        citizen.go(f"{path}/giay-to/{HOSPITAL_PAPER}")
        home = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="caunoi-scanner-")))
        held.enter_context(scanning(url, home, pair.kiosk))
        scan(citizen, lambda visitor, where: look(visitor, where) if where == "the page that was scanned" else None)
        citizen.go(f"{path}/kiem-tra")
        filed = send(citizen, phone)
        citizen.go(filed.path)
        citizen.page.get_by_text("Đã nộp thế nào").evaluate("one => one.scrollIntoView({block: 'end'})")
        screens.append(screen(citizen))
    save(in_rows(screens), STRIP)


def fill_in(url: str, path: str) -> None:
    """Fills in the rest of the form by the API, because no picture shows its pages."""
    draft = f"/wards/{WARD}/dossiers/{path.rpartition('/')[2]}"
    sign_in(url, APPLICANT).put(f"{draft}/form", whole_form("Lê Minh Khôi"))


def screen(visitor: Visitor) -> Image.Image:
    whole = Image.open(io.BytesIO(visitor.page.screenshot())).convert("RGB")
    size = int(whole.width * STRIP_SCALE), int(whole.height * STRIP_SCALE)
    return whole.resize(size, Image.Resampling.LANCZOS)


def in_rows(screens: Sequence[Image.Image], across: int = 3) -> Image.Image:
    """The screens from left to right, `across` in a row, on one background."""
    gap = MARGIN // 2
    rows = [screens[first : first + across] for first in range(0, len(screens), across)]
    width = max(sum(each.width + gap for each in row) for row in rows) + gap
    canvas = Image.new("RGB", (width, sum(max(each.height for each in row) + gap for row in rows) + gap), GROUND)
    draw = ImageDraw.Draw(canvas)
    top = gap
    for row in rows:
        left = gap
        for each in row:
            draw.rectangle((left - 1, top - 1, left + each.width, top + each.height), outline=EDGE)
            canvas.paste(each, (left, top))
            left += each.width + gap
        top += max(each.height for each in row) + gap
    return canvas


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(f"Pictures need a browser: none of {', '.join(NAMES)} is on the path.")
    with stack_at(sys.argv[1:]) as url, running_chromium(chromium) as browser:
        take(browser, url, set_scene(url))
        take_guided(browser, url)
        close_connections()
    print(f"wrote {PICTURE.relative_to(ROOT)} and {STRIP.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
